"""Which customers a list shows, in a form that fits into a button."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.vocabulary import Grade, RelationshipStage

TAG_BYTES = 40  # what a button has left for a tag, beside a verb and a customer


class Kind(StrEnum):
    """What a list is filtered by; the value is how its button begins."""

    ALL = "all"
    GRADE = "g"
    UNGRADED = "none"
    STAGE = "s"
    TAG = "t"
    OVERDUE = "over"
    SEARCH = "q"


WITHOUT_VALUE = frozenset({Kind.ALL, Kind.UNGRADED, Kind.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFilter:
    """One filter. ``value`` is a grade, a stage, a tag, or the id of a kept search."""

    kind: Kind
    value: str = ""

    @property
    def token(self) -> str:
        """The filter as callback data carries it."""
        return self.kind.value if self.kind in WITHOUT_VALUE else f"{self.kind.value}.{self.value}"


EVERYTHING = CustomerFilter(kind=Kind.ALL)


def parse_filter(token: str) -> CustomerFilter:
    """The filter of a button. Raises Refused("button_unknown") for what no button of ours says."""
    name, _, value = token.partition(".")
    try:
        kind = Kind(name)
        if kind is Kind.GRADE:
            Grade(value)
        if kind is Kind.STAGE:
            RelationshipStage(value)
    except ValueError as error:
        raise Refused("button_unknown") from error
    if kind is Kind.SEARCH and not value.isdecimal():
        raise Refused("button_unknown")
    return CustomerFilter(kind=kind, value=value)


def fits_button(tag: str) -> bool:
    """Whether a tag can be carried by a button."""
    return len(tag.encode()) <= TAG_BYTES
