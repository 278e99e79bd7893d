"""Visit patterns: the sets of days on which a customer can be seen so often, and what each costs beside its travel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.planning.model import PRIZE_WORTH_S
from bot.domain.planning.period_problem import PeriodCustomer

MOST_PATTERNS = 48
"""Choices of a customer with its full number of visits; more hardly shorten a route."""

_MOST_FEWER = 8
"""Choices for each smaller number of visits."""

_KEPT = 6
"""Partial patterns that are followed up from each first day."""

SHORTEST_GAP = 0.6
LONGEST_GAP = 1.5
"""Gaps between visits against the interval. Twice a week (2.5 days) gives 2 to 4: never on neighbouring days."""

_WORTH_IN_PERIOD = 3.0
"""A visit left out of a day may follow tomorrow; one left out of a period is lost: it is worth a longer way."""

_UNEVEN_COST = 0.2
"""Share of a visit's worth that a gap costs which is off by a whole interval."""

_MOVED_COST = 0.3
"""Share of a visit's worth that it costs to move it off the day of an accepted plan."""

_BROKEN_APPOINTMENT_COST = 50.0
"""Visits that an appointment is worth: it is given up only when it cannot be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """``mask`` has bit d for day d; ``cost`` is in travel seconds."""

    mask: int
    cost: float

    @property
    def days(self) -> tuple[int, ...]:
        return tuple(day for day in range(self.mask.bit_length()) if self.mask >> day & 1)


def shortest_gap(interval_days: float) -> int:
    return max(1, math.ceil(SHORTEST_GAP * interval_days - 1e-9))


def make_patterns(customer: PeriodCustomer, open_days: Sequence[int], period_days: int) -> tuple[Pattern, ...]:
    """The patterns of a customer, the cheapest first, over the days on which somebody can visit it.

    Patterns with fewer visits follow, at the worth of what is missed; one without any is not among them.
    """
    worth = _worth_of_visit(customer)
    patterns: dict[int, float] = {}
    for visits in range(customer.visits, 0, -1):
        most = MOST_PATTERNS if visits == customer.visits else _MOST_FEWER
        found = _spread(customer, open_days, visits, period_days)
        for mask, uneven in sorted(found.items(), key=lambda entry: (entry[1], entry[0]))[:most]:
            days = {day for day in range(period_days) if mask >> day & 1}
            cost = _UNEVEN_COST * uneven + (customer.visits - visits)
            cost += _MOVED_COST * len(customer.held - days)
            cost += _BROKEN_APPOINTMENT_COST * len(customer.fixed.keys() - days)
            patterns.setdefault(mask, cost * worth)
    return tuple(
        Pattern(mask=mask, cost=cost) for mask, cost in sorted(patterns.items(), key=lambda entry: (entry[1], entry[0]))
    )


def missed_cost(customer: PeriodCustomer) -> float:
    """What it costs not to visit a customer at all, in travel seconds."""
    visits = customer.visits + _MOVED_COST * len(customer.held) + _BROKEN_APPOINTMENT_COST * len(customer.fixed)
    return visits * _worth_of_visit(customer)


def lost_cost(customer: PeriodCustomer, day: int) -> float:
    """What it costs to leave one day of a pattern out, in travel seconds."""
    visits = 1 + (_MOVED_COST if day in customer.held else _BROKEN_APPOINTMENT_COST if day in customer.fixed else 0)
    return visits * _worth_of_visit(customer)


def _worth_of_visit(customer: PeriodCustomer) -> float:
    return _WORTH_IN_PERIOD * PRIZE_WORTH_S * customer.prize


def _spread(customer: PeriodCustomer, open_days: Sequence[int], visits: int, period_days: int) -> dict[int, float]:
    """Masks of ``visits`` days with legal gaps, and how uneven each is, in intervals.

    A beam from every first day: partial patterns grow day by day and only the most even ones are followed up.
    Appointments are days like any other here, but steps towards the next one may be shorter or longer than usual.
    """
    interval = customer.interval_days * customer.visits / visits
    least, most = shortest_gap(interval), max(1, math.floor(LONGEST_GAP * interval + 1e-9))
    preferred = customer.held.union(customer.fixed)
    found: dict[int, float] = {}
    for first in open_days:
        uneven_start = 0.0
        if customer.waited_days is not None:
            gap = customer.waited_days + first
            if gap < shortest_gap(customer.interval_days) and first not in customer.fixed:
                continue
            uneven_start = abs(gap - customer.interval_days) / interval
        beam = [(uneven_start, first, 1 << first)]
        for _ in range(visits - 1):
            grown = [
                (uneven + abs(day - last - interval) / interval, day, mask | 1 << day)
                for uneven, last, mask in beam
                for day in open_days
                if least <= day - last <= most or (day > last and day in customer.fixed)
            ]
            grown.sort(key=lambda entry: (entry[0] - _count(entry[2], preferred), entry[1], entry[2]))
            beam = grown[:_KEPT]
        for uneven, last, mask in beam:
            rest = max(0.0, period_days - last - interval) / interval
            found[mask] = min(found.get(mask, math.inf), uneven + rest)
    return found


def _count(mask: int, days: frozenset[int]) -> int:
    return sum(mask >> day & 1 for day in days)
