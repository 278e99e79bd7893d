"""What a brief asks: the questions that fill the biggest gaps in what is known of a customer, and of a deal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.playbook import Entry, Letter, Spin
from bot.domain.vocabulary import ContactRole, Need

QUESTIONS_SHOWN = 3
SELLING_GAPS = frozenset({"budget", "timing", "growth", "next_step"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a customer when a visit is prepared. ``needs`` are those heard, the latest first."""

    has_share: bool
    missing_roles: tuple[ContactRole, ...]
    has_decider: bool
    needs: tuple[Need, ...]
    has_other_needs: bool = False  # heard in own words
    has_suppliers: bool
    has_satisfaction: bool
    has_open_deal: bool
    has_orders: bool
    has_complaint: bool = False
    has_budget: bool = False
    has_timing: bool = False

    @property
    def has_needs(self) -> bool:
        return bool(self.needs) or self.has_other_needs


def letters(known: Known) -> dict[Letter, bool]:
    """Which letters of BANT the answers have filled. Nobody is asked to tick them."""
    return {
        Letter.NEED: known.has_needs,
        Letter.AUTHORITY: known.has_decider,
        Letter.BUDGET: known.has_budget,
        Letter.TIMING: known.has_timing,
    }


def next_letter(known: Known) -> Letter | None:
    """The one letter of an open deal to fill next; None: there is no deal, or all are known."""
    if not known.has_open_deal:
        return None
    return next((letter for letter, is_filled in letters(known).items() if not is_filled), None)


def choose_questions(known: Known, bank: Sequence[Entry], *, most: int = QUESTIONS_SHOWN) -> list[Entry]:
    """The questions that fill the biggest gaps, at most ``most`` of the bank's, in SPIN order.

    Who decides and our share come first, since stage and single-thread risk hang on them (METHOD.md section 5), then
    the next letter of an open deal. What is known is never asked again; a need that was heard is followed up with
    the bank's questions on it, a team's own before the shipped ones. While a complaint is open, how we do comes first
    and nothing is asked that leads to more business.
    """
    if known.has_complaint:
        bank = [one for one in bank if not _sells(one)]
    chosen: dict[str, Entry] = {}
    for candidates in _by_gap(known, bank):
        for one in candidates:
            if one.key not in chosen:
                chosen[one.key] = one
                break
        if len(chosen) == most:
            break
    return sorted(chosen.values(), key=_spin_order)


def questions_by_gap(known: Known, bank: Sequence[Entry]) -> list[Entry]:
    """The whole bank, what fills the biggest gaps first."""
    found = {one.key: one for candidates in _by_gap(known, bank) for one in candidates}
    return list({**found, **{one.key: one for one in bank}}.values())


def _by_gap(known: Known, bank: Sequence[Entry]) -> Iterable[list[Entry]]:
    letter = next_letter(known)
    gaps = [
        ("satisfaction", known.has_complaint),
        ("share", known.has_orders and not known.has_share),
        ("suppliers", not known.has_orders and not known.has_suppliers),
        ("decider", not known.has_decider),
        ("needs", not known.has_needs),
    ]
    yield from ([one for one in bank if _fills(one, name)] for name, is_gap in gaps if is_gap)
    yield [one for one in bank if letter and one.traits and one.traits.letter is letter]
    for need in known.needs:
        on_it = [one for one in bank if one.slot == need]
        yield [one for one in on_it if one.traits is None or one.traits.spin is Spin.IMPLICATION]
    later = [
        ("satisfaction", known.has_orders and not known.has_satisfaction),
        ("roles", bool(known.missing_roles)),
    ]
    yield from ([one for one in bank if _fills(one, name)] for name, is_gap in later if is_gap)
    for need in known.needs:
        yield [one for one in bank if one.slot == need and one.traits and one.traits.spin is Spin.PAYOFF]
    yield from ([one for one in bank if _fills(one, name)] for name in ("growth", "next_step"))


def _fills(question: Entry, gap: str) -> bool:
    return question.traits is not None and question.traits.gap == gap


def _sells(question: Entry) -> bool:
    traits = question.traits
    return traits is not None and (traits.gap in SELLING_GAPS or traits.spin is Spin.PAYOFF)


def _spin_order(question: Entry) -> int:
    """A team's own question on a need goes where its implications are asked."""
    spin = question.traits.spin if question.traits else Spin.IMPLICATION
    return list(Spin).index(spin)
