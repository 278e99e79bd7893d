"""A planned week, or up to four, as kept: days with their stops, who is not visited and why, and it all in numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Self

from bot.domain.screen import Json
from bot.services.day.route import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStop:
    """A visit on a day; ``pinned`` has a time that is agreed or locked, ``kept`` stood before the week was planned."""

    customer_id: int
    name: str
    grade: str | None
    start: datetime
    departure: datetime
    travel_m: int
    priority: int
    stake_minor: int
    pinned: bool = False
    kept: bool = False
    late_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekDay:
    """One day of the week. ``notes`` are the planner's codes."""

    on: date
    stops: tuple[WeekStop, ...]
    home_by: datetime
    distance_m: int
    overtime_s: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotVisited:
    """Somebody who is due and gets no visit; ``why`` is a code with params."""

    customer_id: int
    name: str
    grade: str | None
    priority: int
    stake_minor: int
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """``fingerprint`` names what the plan was made from, so that a proposal is made anew when that has changed.

    ``off`` are the weekdays on which nobody works: a holiday, a day off, sick leave.
    """

    starts_on: date
    days: tuple[WeekDay, ...]
    not_visited: tuple[NotVisited, ...]
    due: int
    fingerprint: str
    seconds: float = 0.0
    weeks: int = 1
    off: tuple[date, ...] = ()

    @property
    def visits(self) -> int:
        return sum(len(day.stops) for day in self.days)

    @property
    def distance_m(self) -> int:
        return sum(day.distance_m for day in self.days)

    @property
    def risked_minor(self) -> int:
        return sum(entry.stake_minor for entry in self.not_visited)

    def part_of(self, on: date) -> int:
        """In which of the weeks a date lies, from 0."""
        return (on - self.starts_on).days // 7

    def part(self, number: int) -> "PlannedWeek":
        """One of several weeks, by itself; who is not visited is not visited in any."""
        days = tuple(day for day in self.days if self.part_of(day.on) == number)
        off = tuple(on for on in self.off if self.part_of(on) == number)
        return replace(self, starts_on=self.starts_on + timedelta(weeks=number), days=days, weeks=1, off=off)

    def day_of(self, on: date) -> WeekDay | None:
        return next((day for day in self.days if day.on == on), None)

    def dates_of(self, customer_id: int) -> frozenset[date]:
        """The dates on which a customer is visited."""
        return frozenset(day.on for day in self.days for stop in day.stops if stop.customer_id == customer_id)

    def stop_of(self, customer_id: int, on: date) -> WeekStop | None:
        day = self.day_of(on)
        return next((stop for stop in day.stops if stop.customer_id == customer_id), None) if day else None

    def to_json(self) -> dict[str, Json]:
        return {
            "starts_on": self.starts_on.isoformat(),
            "days": [_day_to_json(day) for day in self.days],
            "not_visited": [asdict(entry) for entry in self.not_visited],
            "due": self.due,
            "fingerprint": self.fingerprint,
            "seconds": self.seconds,
            "weeks": self.weeks,
            "off": [on.isoformat() for on in self.off],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self | None:
        """The week in a row's data; None where the row holds none yet."""
        if "days" not in data:
            return None
        return cls(
            starts_on=date.fromisoformat(data["starts_on"]),
            days=tuple(_day_from_json(day) for day in data["days"]),
            not_visited=tuple(NotVisited(**entry) for entry in data["not_visited"]),
            due=data["due"],
            fingerprint=data["fingerprint"],
            seconds=data["seconds"],
            weeks=data.get("weeks", 1),
            off=tuple(map(date.fromisoformat, data.get("off", []))),
        )


def _day_to_json(day: WeekDay) -> Json:
    stops: list[Json] = [
        {**asdict(stop), "start": stop.start.isoformat(), "departure": stop.departure.isoformat()} for stop in day.stops
    ]
    return {
        "on": day.on.isoformat(),
        "stops": stops,
        "home_by": day.home_by.isoformat(),
        "distance_m": day.distance_m,
        "overtime_s": day.overtime_s,
        "notes": list(day.notes),
    }


def _day_from_json(data: Mapping[str, Any]) -> WeekDay:
    stops = (
        WeekStop(
            **{
                **stop,
                "start": datetime.fromisoformat(stop["start"]),
                "departure": datetime.fromisoformat(stop["departure"]),
            }
        )
        for stop in data["stops"]
    )
    return WeekDay(
        **{
            **data,
            "on": date.fromisoformat(data["on"]),
            "stops": tuple(stops),
            "home_by": datetime.fromisoformat(data["home_by"]),
            "notes": tuple(data["notes"]),
        }
    )
