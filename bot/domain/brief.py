"""What a brief asks: the questions that fill the biggest gaps in what is known of a customer."""

from dataclasses import dataclass

from bot.domain.vocabulary import ContactRole

QUESTIONS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a customer when a visit is prepared."""

    has_share: bool
    roles: frozenset[ContactRole]
    has_decider: bool
    needs_heard: int
    has_suppliers: bool
    has_satisfaction: bool
    has_open_deal: bool
    has_orders: bool


def choose_questions(known: Known) -> list[str]:
    """Name the questions of the playbook that fill the biggest gaps, at most three, in SPIN order.

    Who decides and our share come first, since stage and single-thread risk hang on them (METHOD.md section 5);
    what is known is never asked again, and a customer of whom all is known is asked what is planned.
    """
    gaps = [
        ("share", known.has_orders and not known.has_share),
        ("suppliers", not known.has_orders and not known.has_suppliers),
        ("decider", not known.has_decider and ContactRole.DECIDER not in known.roles),
        ("needs", known.needs_heard == 0),
        ("satisfaction", known.has_orders and not known.has_satisfaction),
        ("implication", known.needs_heard > 0),
        ("budget", known.has_open_deal),
        ("payoff", known.needs_heard > 0),
        ("growth", True),
        ("next_step", True),
    ]
    chosen = [name for name, is_gap in gaps if is_gap][:QUESTIONS_SHOWN]
    spin = ["share", "suppliers", "decider", "growth", "needs", "satisfaction", "implication", "budget", "payoff"]
    return sorted(chosen, key=lambda name: spin.index(name) if name in spin else len(spin))
