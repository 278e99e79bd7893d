"""The route of a date as it is kept: stops with instants and reasons, what was left out, and the totals."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from bot.domain.screen import Json

Words = dict[str, Json]
"""A code with its params, for a template to put into words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A visit, or lunch where ``customer_id`` is None. ``travel_m`` and ``travel_s`` lead to it from the stop before.

    ``reasons`` are the one or two worth showing, ``parts`` all that made its ``priority`` (0-100). ``pinned`` is an
    appointment. ``late_s`` is how far the visit starts after the agreed time.
    """

    customer_id: int | None
    arrival: datetime
    start: datetime
    departure: datetime
    travel_m: int = 0
    travel_s: int = 0
    grade: str | None = None
    priority: int = 0
    reasons: tuple[Words, ...] = ()
    parts: tuple[Words, ...] = ()
    stake_minor: int = 0
    pinned: bool = False
    late_s: int = 0
    place_known: bool = True

    @property
    def is_lunch(self) -> bool:
        return self.customer_id is None

    def to_json(self) -> dict[str, Json]:
        instants = {name: getattr(self, name).isoformat() for name in ("arrival", "start", "departure")}
        return {**asdict(self), "reasons": list(self.reasons), "parts": list(self.parts), **instants}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        instants = {name: datetime.fromisoformat(data[name]) for name in ("arrival", "start", "departure")}
        lists = {name: tuple(data[name]) for name in ("reasons", "parts")}
        return cls(**{**data, **instants, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutStop:
    """A customer that could have been visited; ``why`` is a code of the planner with its params."""

    customer_id: int
    grade: str | None
    priority: int
    pinned: bool
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A member's date. ``a_due`` counts the due customers of grade A. ``skipped`` and ``added`` are the rep's word.

    ``fingerprint`` names what the plan was made from, so that an unstarted one follows when that changes.
    ``not_before`` is what the rep said of being late: later plans of the day keep to it.
    ``ends_at_home`` is False where the start place is not known, and the day is over at the last stop.
    """

    stops: tuple[Stop, ...]
    left_out: tuple[LeftOutStop, ...]
    departs: datetime
    home_by: datetime
    home_travel_m: int
    a_due: int
    fingerprint: str
    ends_at_home: bool
    overtime_s: int = 0
    not_before: datetime | None = None
    notes: tuple[str, ...] = ()
    skipped: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()

    @property
    def visits(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.stops if not stop.is_lunch)

    @property
    def kept_visits(self) -> tuple[Stop, ...]:
        """The visits without those that were skipped."""
        return tuple(stop for stop in self.visits if stop.customer_id not in self.skipped)

    @property
    def distance_m(self) -> int:
        return sum(stop.travel_m for stop in self.kept_visits) + self.home_travel_m

    @property
    def travel_s(self) -> int:
        return sum(stop.travel_s for stop in self.kept_visits)

    @property
    def stake_minor(self) -> int:
        return sum(stop.stake_minor for stop in self.kept_visits)

    def stop_of(self, customer_id: int) -> Stop | None:
        return next((stop for stop in self.visits if stop.customer_id == customer_id), None)

    def to_json(self) -> dict[str, Json]:
        """For ``DayPlan.plan``; the totals stand in it for whoever reads the table."""
        return {
            "stops": [stop.to_json() for stop in self.stops],
            "left_out": [asdict(entry) for entry in self.left_out],
            "departs": self.departs.isoformat(),
            "home_by": self.home_by.isoformat(),
            "home_travel_m": self.home_travel_m,
            "a_due": self.a_due,
            "fingerprint": self.fingerprint,
            "ends_at_home": self.ends_at_home,
            "overtime_s": self.overtime_s,
            "not_before": self.not_before.isoformat() if self.not_before else None,
            "notes": list(self.notes),
            "skipped": [*sorted(self.skipped)],
            "added": [*sorted(self.added)],
            "totals": {"distance_m": self.distance_m, "stake_minor": self.stake_minor, "visits": len(self.kept_visits)},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self | None:
        """The route in a row's data; None where the row holds none."""
        if "stops" not in data:
            return None
        plain = {field.name: data[field.name] for field in fields(cls)}
        return cls(
            **{
                **plain,
                "stops": tuple(Stop.from_json(stop) for stop in data["stops"]),
                "left_out": tuple(LeftOutStop(**entry) for entry in data["left_out"]),
                "departs": datetime.fromisoformat(data["departs"]),
                "home_by": datetime.fromisoformat(data["home_by"]),
                "not_before": datetime.fromisoformat(data["not_before"]) if data["not_before"] else None,
                "notes": tuple(data["notes"]),
                "skipped": frozenset(data["skipped"]),
                "added": frozenset(data["added"]),
            }
        )
