"""Shares customers out among those who stay, evenly by work, and spreads their first visits over the days."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.frequency import visits_per_week
from bot.domain.vocabulary import Grade

INTRODUCTIONS_A_DAY = 4
LOOKED_AHEAD_DAYS = 400
_ORDER: Mapping[Grade | None, int] = {Grade.A: 0, Grade.B: 1, Grade.C: 2, Grade.D: 3, None: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A customer that changes hands."""

    customer_id: int
    grade: Grade | None
    visits_per_week: float | None = None  # None: by grade

    @property
    def load(self) -> float:
        return visits_per_week(self.grade, override=self.visits_per_week)


def important_first(customers: Sequence[Handed]) -> list[Handed]:
    return sorted(customers, key=lambda one: (_ORDER[one.grade], one.customer_id))


def share_out(customers: Sequence[Handed], takers: Sequence[int]) -> dict[int, int]:
    """Who takes which customer: the best first, each to whoever has taken the least work so far.

    Raises ValueError without takers.
    """
    if not takers:
        raise ValueError("customers are shared out among at least one person")
    loads = dict.fromkeys(takers, 0.0)
    counts = dict.fromkeys(takers, 0)
    taken: dict[int, int] = {}
    for customer in important_first(customers):
        taker = min(takers, key=lambda one: (loads[one], counts[one]))
        taken[customer.customer_id] = taker
        loads[taker] += customer.load
        counts[taker] += 1
    return taken


def introduction_days(
    customers: Sequence[Handed], today: date, is_working: Callable[[date], bool]
) -> Iterator[tuple[int, date]]:
    """The day on which each customer meets its new rep: the best first, a few a working day, from tomorrow on."""
    days = [day for ahead in range(1, LOOKED_AHEAD_DAYS) if is_working(day := today + timedelta(days=ahead))]
    for place, customer in enumerate(important_first(customers)):
        number = place // INTRODUCTIONS_A_DAY
        yield customer.customer_id, days[number] if number < len(days) else today + timedelta(days=LOOKED_AHEAD_DAYS)
