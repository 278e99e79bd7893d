"""What a period plan is asked and what it answers: who is visited on which days of one to four weeks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.geo import Pin
from bot.domain.planning.problem import ALL_DAY, DayPlan, Shift, Window
from bot.domain.planning.travel import GreatCircleTravel, TravelTimes

MOST_DAYS = 40
"""Working days of a period; the product plans 5 to 24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCustomer:
    """A customer with the visits that it should get. Days are numbers of working days of the period, from 0.

    ``visits`` are to be ``interval_days`` apart; on day 0 the last one is ``waited_days`` ago (None: never).
    ``windows`` are one tuple for every day, or one for all. ``fixed`` are appointments, by day.
    ``held`` are the days of an accepted plan: a replan keeps them where it can. ``only`` names the reps that may go.
    """

    key: str
    pin: Pin | None
    prize: float
    service_s: int
    visits: int
    interval_days: float
    waited_days: float | None = None
    windows: tuple[tuple[Window, ...], ...] = ((ALL_DAY,),)
    fixed: Mapping[int, Window] = field(default_factory=dict)
    held: frozenset[int] = frozenset()
    only: frozenset[int] | None = None

    def __post_init__(self) -> None:
        if min(self.visits, self.service_s, self.prize, self.waited_days or 0) < 0:
            raise ValueError(f"visits, service, prize and waiting are 0 or more ({self.key})")
        if self.interval_days <= 0:
            raise ValueError(f"an interval is more than 0 working days, not {self.interval_days}")

    def windows_on(self, day: int) -> tuple[Window, ...]:
        """When a visit may start on a day: at the appointment, else while the customer is open."""
        if day in self.fixed:
            return (self.fixed[day],)
        return self.windows[day] if len(self.windows) > 1 else self.windows[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodProblem:
    """``shifts[day][rep]`` is a rep's day, or None when the rep does not work. ``most_visits`` caps a rep's day."""

    shifts: tuple[tuple[Shift | None, ...], ...]
    customers: tuple[PeriodCustomer, ...]
    travel: TravelTimes = field(default_factory=GreatCircleTravel)
    most_visits: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.shifts) <= MOST_DAYS:
            raise ValueError(f"a period has 1 to {MOST_DAYS} working days, not {len(self.shifts)}")
        if len({len(today) for today in self.shifts}) != 1 or not self.shifts[0]:
            raise ValueError("every day names the same reps, at least one")
        if len({customer.key for customer in self.customers}) != len(self.customers):
            raise ValueError("each customer has a key of its own")
        for customer in self.customers:
            if len(customer.windows) not in (1, self.days):
                raise ValueError(f"windows are given once for all days or for each ({customer.key})")
            if any(not 0 <= day < self.days for day in customer.fixed):
                raise ValueError(f"an appointment falls on a day of the period ({customer.key})")

    @property
    def days(self) -> int:
        return len(self.shifts)

    @property
    def reps(self) -> int:
        return len(self.shifts[0])

    def may_visit(self, customer: PeriodCustomer, rep: int) -> bool:
        return customer.only is None or rep in customer.only


class ShortfallReason(StrEnum):
    """Why a customer gets fewer visits than it should."""

    NO_ROOM = "no_room"  # the period is full, others count for more
    NO_DAY = "no_day"  # closed, or nobody works, on every day that would suit
    APPOINTMENT = "appointment"  # an appointment of this customer cannot be kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """``planned`` of ``wanted`` visits; ``lost_days`` are the appointments that could not be kept."""

    key: str
    planned: int
    wanted: int
    reason: ShortfallReason
    lost_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDay:
    """One rep's plan of one day of the period."""

    day: int
    rep: int
    plan: DayPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPlan:
    """A plan for every worked day of every rep, and who is seen less often than wanted."""

    days: tuple[RepDay, ...]
    shortfalls: tuple[Shortfall, ...]

    @property
    def travel_s(self) -> int:
        return sum(each.plan.travel_s for each in self.days)

    def days_of(self, key: str) -> tuple[int, ...]:
        """The days on which a customer is visited, in order."""
        return tuple(sorted(each.day for each in self.days if any(stop.key == key for stop in each.plan.visits)))
