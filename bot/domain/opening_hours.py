"""When a customer receives visits: its weekdays, the hours of each, and whether the midday rest is open too."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, TypeAlias

from bot.domain.planning.problem import DAY_S, Window
from bot.domain.screen import Json

EVERY_DAY = "1234567"
HOUR_S = 3600
FIRST_HOUR, LAST_HOUR = 8, 20
"""Hours that can be ticked: visits are made in contact hours only (METHOD.md section 10)."""

Spans: TypeAlias = tuple[Window, ...]
"""When a day is open; none: all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """``weekdays`` are the ISO weekdays that are open; ``spans`` of each of them, none means all day. Seconds since
    local midnight. ``special`` are the spans of those that differ, by weekday.

    ``in_rest``: the customer has asked for visits during the midday rest.
    """

    weekdays: str = EVERY_DAY
    spans: Spans = ()
    special: Mapping[str, Spans] = field(default_factory=dict)
    in_rest: bool = False

    def __post_init__(self) -> None:
        if not self.weekdays or not set(self.weekdays) <= set(EVERY_DAY):
            raise ValueError(f"weekdays are some of {EVERY_DAY}, not {self.weekdays!r}")
        for spans in (self.spans, *self.special.values()):
            if any(not 0 <= span.opens_s < span.closes_s <= DAY_S for span in spans):
                raise ValueError("hours open before they close, within a day")
        if any(day not in self.weekdays for day in self.special):
            raise ValueError("special hours are of open days")

    @classmethod
    def of_days(cls, days: Mapping[str, Spans], *, in_rest: bool = False) -> Self:
        """The hours of each open weekday; what most of them share becomes the rule. One at least."""
        [(rule, _)] = Counter(days.values()).most_common(1)
        return cls(
            weekdays="".join(sorted(days)),
            spans=rule,
            special={day: spans for day, spans in sorted(days.items()) if spans != rule},
            in_rest=in_rest,
        )

    @property
    def days(self) -> dict[str, Spans]:
        """The spans of each open weekday."""
        return {day: self.special.get(day, self.spans) for day in self.weekdays}

    def on_weekdays(self, weekdays: str) -> Self:
        """Open on other days; a day that is opened has the hours of most."""
        return replace(
            self, weekdays=weekdays, special={day: spans for day, spans in self.special.items() if day in weekdays}
        )

    def with_day(self, day: str, spans: Spans | None) -> Self:
        """One weekday with hours of its own; None: those of the others again."""
        special = {each: own for each, own in self.special.items() if each != day}
        return replace(self, special=special if spans is None else {**special, day: spans})

    def opens_on(self, day: date) -> bool:
        return str(day.isoweekday()) in self.weekdays

    def within(self, contact: Window, day: date) -> list[Window]:
        """The parts of a date's contact hours in which the customer is open."""
        spans = self.days.get(str(day.isoweekday()))
        if spans is None:
            return []
        parts = [(max(contact.opens_s, span.opens_s), min(contact.closes_s, span.closes_s)) for span in spans]
        found = [Window(opens_s=opens, closes_s=closes) for opens, closes in sorted(parts) if opens < closes]
        return found if spans else [contact]

    def to_json(self) -> dict[str, Json]:
        special: dict[str, Json] = {day: _dumped(spans) for day, spans in self.special.items()}
        return {"weekdays": self.weekdays, "spans": _dumped(self.spans), "special": special, "in_rest": self.in_rest}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What is kept of a customer; nothing kept is open at any time."""
        return cls(
            weekdays=data.get("weekdays", EVERY_DAY),
            spans=_loaded(data.get("spans", [])),
            special={day: _loaded(spans) for day, spans in data.get("special", {}).items()},
            in_rest=data.get("in_rest", False),
        )


def _dumped(spans: Spans) -> list[Json]:
    return [[span.opens_s, span.closes_s] for span in spans]


def _loaded(data: Iterable[tuple[int, int]]) -> Spans:
    return tuple(Window(opens_s=opens, closes_s=closes) for opens, closes in data)


ANY_TIME = OpeningHours()


def hours_of_spans(spans: Spans) -> frozenset[int]:
    """The full hours that are open, of those that can be ticked."""
    ticked = range(FIRST_HOUR, LAST_HOUR)
    if not spans:
        return frozenset(ticked)
    return frozenset(
        hour
        for hour in ticked
        if any(span.opens_s <= hour * HOUR_S and (hour + 1) * HOUR_S <= span.closes_s for span in spans)
    )


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
