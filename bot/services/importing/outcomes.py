"""What becomes of a row: new, changed, unchanged, or bad; and how a known row takes new values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.services.importing.rows import Fault
from bot.store.tables import Row


class Verdict(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the row at a line. ``label`` names it to people; a bad row has its fault."""

    line: int
    verdict: Verdict
    label: str = ""
    fault: Fault | None = None


def bad(line: int, fault: Fault) -> Outcome:
    return Outcome(line=line, verdict=Verdict.BAD, fault=fault)


def duplicate_of(line: int, first: int) -> Outcome:
    return bad(line, Fault(code="duplicate_row", params={"line": first}))


def took_new_values(row: Row, known: Mapping[str, object]) -> bool:
    """Set every value that the file tells and that differs. What the file leaves empty stays; ``extra`` is merged."""
    changed = False
    for name, value in known.items():
        before = getattr(row, name)
        if name == "extra" and isinstance(value, Mapping):
            value = {**before, **value}
        if value in (None, "", []) or value == before:
            continue
        setattr(row, name, value)
        changed = True
    return changed
