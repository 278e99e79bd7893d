"""The playbook: what to say at a customer's, by section and slot, and how a team's entries change what is shipped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from string import Formatter
from types import MappingProxyType
from typing import Any

from bot.domain.vocabulary import ClosingTechnique, Need, ObjectionKind, ProofKind, RelationshipStage

ANY = "any"
GAP = "gap"
IDEA = "idea"
CATEGORY = "category"
LONGEST_KEY = 40  # it goes into buttons, beside a draft and its revision
SHIPPED_CHARACTERS = 90  # two lines of a phone


class Section(StrEnum):
    ANSWERS = "answers"
    QUESTIONS = "questions"
    CLOSINGS = "closings"
    PROOF = "proof"
    PLAYS = "plays"
    JUSTIFY = "justify"
    NURTURE = "nurture"


SLOTS: Mapping[Section, tuple[str, ...]] = MappingProxyType(
    {
        Section.ANSWERS: (*ObjectionKind, ANY),
        Section.QUESTIONS: (GAP, *Need),
        Section.CLOSINGS: tuple(ClosingTechnique),
        Section.PROOF: tuple(ProofKind),
        Section.PLAYS: tuple(RelationshipStage),
        Section.JUSTIFY: (*Need, ANY),
        Section.NURTURE: (IDEA,),
    }
)
"""What each section is sorted by. ``any`` fits every objection, or a product without a named need."""


class Spin(StrEnum):
    """The order of questions: Rackham, SPIN Selling (1988)."""

    SITUATION = "situation"
    PROBLEM = "problem"
    IMPLICATION = "implication"
    PAYOFF = "payoff"


class Letter(StrEnum):
    """The letters of BANT, in the order in which a conversation reaches them: nobody talks of money before a need."""

    NEED = "need"
    AUTHORITY = "authority"
    BUDGET = "budget"
    TIMING = "timing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a question is. ``gap`` is what it fills in of a customer, ``letter`` what of a deal."""

    spin: Spin
    is_open: bool
    gap: str | None = None
    letter: Letter | None = None


class EntryState(StrEnum):
    """Where an entry of a team is. Values are stored, so they never change."""

    PROPOSED = "proposed"
    SHOWN = "shown"
    HIDDEN = "hidden"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to say. ``entry_id`` is the row of the team's own words; None: as shipped."""

    key: str
    text: str
    fact: str = ""
    traits: Traits | None = None
    state: EntryState = EntryState.SHOWN
    entry_id: int | None = None
    is_shipped: bool = True

    @property
    def section(self) -> Section:
        return Section(self.key.split(".")[0])

    @property
    def slot(self) -> str:
        return self.key.split(".")[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of a team: a shipped entry reworded or hidden (``shipped_key``), or one of the team's own."""

    entry_id: int
    section: Section
    slot: str
    state: EntryState
    shipped_key: str | None = None
    text: str = ""
    fact: str = ""

    @property
    def key(self) -> str:
        return self.shipped_key or own_key(self.section, self.slot, self.entry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """All entries of a language, shipped or a team's. ``goals`` are by relationship stage."""

    goals: Mapping[str, str]
    entries: Mapping[str, Entry]
    category: str

    def of(self, section: Section, slot: str | None = None) -> list[Entry]:
        """What is said in a slot, or in a whole section, in the book's order."""
        return [
            one
            for one in self.entries.values()
            if one.section == section and slot in (None, one.slot) and one.state is EntryState.SHOWN
        ]

    def adapted(self, changes: Iterable[Change], category: str = "") -> "Playbook":
        """The playbook of a team: its words over the shipped ones, its own entries first, its category named."""
        category = category or self.category
        shipped, own = dict(self.entries), dict[str, Entry]()
        for change in changes:
            known = shipped.get(change.shipped_key or "")
            if known is not None:
                said = replace(known, text=change.text, fact=change.fact) if change.text else known
                shipped[known.key] = replace(said, state=change.state, entry_id=change.entry_id)
            elif change.shipped_key is None:
                own[change.key] = Entry(
                    key=change.key,
                    text=change.text,
                    fact=change.fact,
                    state=change.state,
                    entry_id=change.entry_id,
                    is_shipped=False,
                )
        named = {
            key: one if one.entry_id and not one.is_shipped else replace(one, text=_named(one.text, category))
            for key, one in {**own, **shipped}.items()
        }
        return Playbook(goals=self.goals, entries=MappingProxyType(named), category=category)


def own_key(section: Section, slot: str, entry_id: int) -> str:
    """The key of a team's own entry: no shipped name is a t with a number."""
    return f"{section}.{slot}.t{entry_id}"


def is_slot(section: str, slot: str) -> bool:
    """Whether the playbook has such a place."""
    return section in set(Section) and slot in SLOTS[Section(section)]


def read_playbook(data: Mapping[str, Any], traits: Mapping[str, Any]) -> Playbook:
    """The playbook of one language from its data file and the traits of the questions.

    Raises ValueError that names what is wrong: a section, slot or stage that is missing or unknown, an empty or too
    long text, a placeholder that is none, a question without traits or traits without a question.
    """
    _same_names("sections", data, {"words", "stages", *Section})
    _same_names("stages", data["stages"], set(RelationshipStage))
    entries: dict[str, Entry] = {}
    for section in Section:
        _same_names(section, data[section], set(SLOTS[section]))
        for slot in SLOTS[section]:
            for name, words in data[section][slot].items():
                entry = _entry(f"{section}.{slot}.{name}", words, traits)
                entries[entry.key] = entry
    asked = {f"{slot}.{name}" for slot, names in traits.items() for name in names}
    _same_names("questions", {one.key.partition(".")[2] for one in entries.values() if one.traits}, asked)
    return Playbook(
        goals={stage: _text(f"stages.{stage}", data["stages"][stage]) for stage in RelationshipStage},
        entries=MappingProxyType(entries),
        category=_text("words.category", data["words"][CATEGORY]),
    )


def _entry(key: str, words: Any, traits: Mapping[str, Any]) -> Entry:
    section, slot, name = key.split(".")
    if len(key) > LONGEST_KEY or ":" in key or _looks_own(name):
        raise ValueError(f"a key has at most {LONGEST_KEY} letters and is no t with a number: {key}")
    if section == Section.ANSWERS:
        _same_names(key, words, {"say", "fact"})
        return Entry(key=key, text=_text(key, words["say"]), fact=_text(key, words["fact"]))
    if section != Section.QUESTIONS:
        return Entry(key=key, text=_text(key, words))
    try:
        told = dict(traits[slot][name])
        letter = told.get("letter")
        read = Traits(
            spin=Spin(told["spin"]),
            is_open=bool(told["open"]),
            gap=told.get("gap"),
            letter=Letter(letter) if letter else None,
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{key} has no traits, or wrong ones") from error
    return Entry(key=key, text=_text(key, words), traits=read)


def _text(key: str, words: Any) -> str:
    if not isinstance(words, str) or not words.strip() or len(words) > SHIPPED_CHARACTERS:
        raise ValueError(f"{key} is a text of 1 to {SHIPPED_CHARACTERS} characters, not {words!r}")
    placeholders = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    if not placeholders <= {CATEGORY}:
        raise ValueError(f"{key} has a placeholder that is not {{{CATEGORY}}}: {words!r}")
    return words


def _named(text: str, category: str) -> str:
    return text.replace(f"{{{CATEGORY}}}", category)


def _same_names(what: str, found: Iterable[str], wanted: set[str]) -> None:
    differing = set(found) ^ wanted
    if differing:
        raise ValueError(f"{what} of the playbook: missing or unknown are {', '.join(sorted(differing))}")


def _looks_own(name: str) -> bool:
    return name[:1] == "t" and name[1:].isdecimal()


def names_in(text: str, firms: Iterable[str], people: Iterable[str]) -> list[str]:
    """Which of these names a text holds: as whole words, or anywhere where words are not set apart (Chinese).

    A person's single Latin name counts only as it is written: Mark is a name, to mark a line is none.
    """
    written, lowered = f" {_spaced(text)} ", f" {_spaced(text.casefold())} "
    found = [name for name in firms if _holds(lowered, _spaced(name.casefold()))]
    for name in people:
        plain = _spaced(name)
        is_bare = plain.isascii() and " " not in plain
        if _holds(written if is_bare else lowered, plain if is_bare else plain.casefold()):
            found.append(name)
    return found


def _spaced(text: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in text).split())


def _holds(text: str, name: str) -> bool:
    return len(name) > 1 and (f" {name} " in text or (not name.isascii() and name in text))
