"""When a customer receives visits: its weekdays, the hours of those days, and whether the midday rest is open too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from bot.domain.planning.problem import DAY_S, Window
from bot.domain.screen import Json

EVERY_DAY = "1234567"
HOUR_S = 3600
FIRST_HOUR, LAST_HOUR = 8, 20
"""Hours that can be ticked: visits are made in contact hours only (METHOD.md section 10)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """``weekdays`` are ISO weekdays; ``spans`` of each of them, none means all day. Seconds since local midnight.

    ``in_rest``: the customer has asked for visits during the midday rest.
    """

    weekdays: str = EVERY_DAY
    spans: tuple[Window, ...] = ()
    in_rest: bool = False

    def __post_init__(self) -> None:
        if not self.weekdays or not set(self.weekdays) <= set(EVERY_DAY):
            raise ValueError(f"weekdays are some of {EVERY_DAY}, not {self.weekdays!r}")
        if any(not 0 <= span.opens_s < span.closes_s <= DAY_S for span in self.spans):
            raise ValueError("hours open before they close, within a day")

    def opens_on(self, day: date) -> bool:
        return str(day.isoweekday()) in self.weekdays

    def within(self, contact: Window) -> list[Window]:
        """The parts of a day's contact hours in which the customer is open."""
        if not self.spans:
            return [contact]
        parts = [(max(contact.opens_s, span.opens_s), min(contact.closes_s, span.closes_s)) for span in self.spans]
        return [Window(opens_s=opens, closes_s=closes) for opens, closes in sorted(parts) if opens < closes]

    @property
    def hours(self) -> frozenset[int]:
        """The full hours that are open, of those that can be ticked."""
        ticked = range(FIRST_HOUR, LAST_HOUR)
        if not self.spans:
            return frozenset(ticked)
        return frozenset(
            hour
            for hour in ticked
            if any(span.opens_s <= hour * HOUR_S and (hour + 1) * HOUR_S <= span.closes_s for span in self.spans)
        )

    def to_json(self) -> dict[str, Json]:
        spans: list[Json] = [[span.opens_s, span.closes_s] for span in self.spans]
        return {"weekdays": self.weekdays, "spans": spans, "in_rest": self.in_rest}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What is kept of a customer; nothing kept is open at any time."""
        return cls(
            weekdays=data.get("weekdays", EVERY_DAY),
            spans=tuple(Window(opens_s=opens, closes_s=closes) for opens, closes in data.get("spans", [])),
            in_rest=data.get("in_rest", False),
        )


ANY_TIME = OpeningHours()


def spans_of_hours(hours: Iterable[int]) -> tuple[Window, ...]:
    """Ticked hours as spans: 9, 10, 11, 14 are 9-12 and 14-15. All of them are no limit."""
    ticked = sorted(set(hours) & set(range(FIRST_HOUR, LAST_HOUR)))
    if len(ticked) == LAST_HOUR - FIRST_HOUR:
        return ()
    spans: list[Window] = []
    for hour in ticked:
        opens_s, closes_s = hour * HOUR_S, (hour + 1) * HOUR_S
        if spans and spans[-1].closes_s == opens_s:
            opens_s = spans.pop().opens_s
        spans.append(Window(opens_s=opens_s, closes_s=closes_s))
    return tuple(spans)
