"""What a day plan is asked and what it answers. Times are whole seconds since local midnight, distances metres."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.geo import Pin
from bot.domain.planning.travel import GreatCircleTravel, TravelTimes

DAY_S = 24 * 3600
ASSUMED_TRAVEL_S = 30 * 60
"""Travel to and from a customer without a pin: long enough that the plan holds for most of a city."""

MOST_CANDIDATES = 20_000
"""More than a territory holds; a guard against an import gone wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """A visit may START from ``opens_s`` to ``closes_s``, both included. Equal for an appointment at an instant."""

    opens_s: int
    closes_s: int

    def __post_init__(self) -> None:
        if self.opens_s > self.closes_s:
            raise ValueError(f"a window closes when or after it opens, not {self.opens_s} to {self.closes_s}")


ALL_DAY = Window(opens_s=0, closes_s=DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A visit that could be made today. ``key`` is the caller's name for it, unique within the problem.

    ``prize`` is the visit priority (0-100). ``required`` is an appointment or a stop that the rep locked: it is kept
    before everything else, if need be late. No ``pin``: travel to and from it is assumed, and the stop says so.
    """

    key: str
    pin: Pin | None
    prize: float
    service_s: int
    windows: tuple[Window, ...] = (ALL_DAY,)
    required: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.prize < float("inf"):
            raise ValueError(f"a prize is 0 or more, not {self.prize}")
        if not 0 <= self.service_s <= DAY_S:
            raise ValueError(f"a visit takes 0 s to a day, not {self.service_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunch:
    """A pause that starts inside ``window``, at the place of the stop before it."""

    window: Window
    duration_s: int

    def __post_init__(self) -> None:
        if not 0 < self.duration_s <= DAY_S:
            raise ValueError(f"lunch takes more than 0 s and at most a day, not {self.duration_s}")

    def is_needed(self, *, departs_s: int, home_by_s: int) -> bool:
        """False for a day that leaves time to eat before it or after it, or that begins too late for lunch."""
        eats_before = departs_s >= self.window.opens_s + self.duration_s
        return departs_s <= self.window.closes_s < home_by_s and not eats_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One rep's day: from ``starts_s`` at ``start`` until back at ``end`` by ``ends_s``.

    No ``start``: the day begins at the first stop. No ``end``: it is over at the last one.
    """

    starts_s: int
    ends_s: int
    start: Pin | None = None
    end: Pin | None = None
    lunch: Lunch | None = None

    def __post_init__(self) -> None:
        if self.starts_s > self.ends_s:
            raise ValueError(f"a day ends when or after it starts, not {self.starts_s} to {self.ends_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProblem:
    """A day to plan. To plan again from here and now: ``start`` is where the rep is, ``now_s`` the time of day.

    Candidates that are done or skipped, and a lunch that was eaten, are left out by the caller.
    """

    shift: Shift
    candidates: tuple[Candidate, ...]
    travel: TravelTimes = field(default_factory=GreatCircleTravel)
    now_s: int = 0

    def __post_init__(self) -> None:
        if len({candidate.key for candidate in self.candidates}) != len(self.candidates):
            raise ValueError("each candidate has a key of its own")
        if len(self.candidates) > MOST_CANDIDATES:
            raise ValueError(f"at most {MOST_CANDIDATES} candidates a day, not {len(self.candidates)}")

    @property
    def leaves_s(self) -> int:
        """The earliest moment that the rep can set out."""
        return max(self.shift.starts_s, self.now_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDayProblem:
    """One day of several reps who share customers. ``only`` names who may visit a candidate, by number of shift.

    A candidate that is not in ``only`` may be visited by anybody.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    only: Mapping[str, frozenset[int]] = field(default_factory=dict)
    travel: TravelTimes = field(default_factory=GreatCircleTravel)
    now_s: int = 0

    def __post_init__(self) -> None:
        if not self.shifts:
            raise ValueError("a team's day has at least one shift")
        for shift in self.shifts:  # each day must be a sound problem of its own
            DayProblem(shift=shift, candidates=self.candidates, travel=self.travel, now_s=self.now_s)

    def may_visit(self, key: str, shift: int) -> bool:
        return shift in self.only[key] if key in self.only else True


class StopKind(StrEnum):
    VISIT = "visit"
    LUNCH = "lunch"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStop:
    """One line of a day: ``travel_s`` and ``distance_m`` from the stop before, waiting from arrival to start.

    ``late_s`` is how far a required visit starts after its window; ``place_known`` is False where travel was assumed.
    Lunch has no key.
    """

    kind: StopKind
    key: str | None
    arrival_s: int
    start_s: int
    departure_s: int
    travel_s: int
    distance_m: int
    late_s: int = 0
    place_known: bool = True

    @property
    def waiting_s(self) -> int:
        return self.start_s - self.arrival_s


class LeftOutReason(StrEnum):
    """Why a candidate is not in the plan. Params in brackets."""

    NO_ROOM = "no_room"  # others count for more
    NOT_WORTH = "not_worth"  # it would fit, but the way costs more than the visit counts
    CLOSED = "closed"  # no window is open in what remains of the day
    TOO_FAR = "too_far"  # there and back does not fit into the day, even alone [distance_m]
    PASSED = "passed"  # a required time that is over [late_s]
    UNREACHABLE = "unreachable"  # a required time that cannot be reached from the start [late_s]
    CLASHES = "clashes"  # a required time that another required stop excludes [with_key]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    key: str
    reason: LeftOutReason
    params: Mapping[str, str | int] = field(default_factory=dict)


class NoteCode(StrEnum):
    """What a rep must be told of the plan as a whole. Params in brackets."""

    LATE = "late"  # a required stop starts late [key, late_s]
    OVERTIME = "overtime"  # home after the end of the day [overtime_s]
    NO_LUNCH = "no_lunch"  # lunch does not fit between the required stops
    PLACE_UNKNOWN = "place_unknown"  # stops without a pin: travel is a guess [count]
    START_UNKNOWN = "start_unknown"  # the day begins at the first stop
    NOTHING_FITS = "nothing_fits"  # there are candidates, and none can be visited today


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    code: NoteCode
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """The stops of a day in order, the way home, and what was left out and why.

    ``departs_s`` is when to set out for the first stop, ``home_by_s`` when the day is over at its end place.
    ``travel_s`` and ``distance_m`` are totals with the way home, which is also given alone.
    """

    stops: tuple[PlannedStop, ...]
    left_out: tuple[LeftOut, ...]
    departs_s: int
    home_by_s: int
    home_travel_s: int
    home_distance_m: int
    travel_s: int
    distance_m: int
    prize: float
    overtime_s: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def visits(self) -> tuple[PlannedStop, ...]:
        return tuple(stop for stop in self.stops if stop.kind is StopKind.VISIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDayPlan:
    """A day plan for each shift, in their order; what nobody visits is told once, here."""

    days: tuple[DayPlan, ...]
    left_out: tuple[LeftOut, ...]
