"""How long a customer has waited against its own interval: the clock that touches set back."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from bot.domain.vocabulary import TouchKind

OVERDUE_ABOVE = 1.25
"""Urgency over which a customer counts as overdue (METHOD.md section 6)."""

DUE_FROM = 1.0
"""Urgency from which a visit is due: the interval has passed."""

TOUCH_WEIGHTS: Mapping[TouchKind, float] = MappingProxyType(
    {TouchKind.VISIT: 1.0, TouchKind.VIDEO: 0.7, TouchKind.CALL: 0.4, TouchKind.MESSAGE: 0.1}
)
"""How much of the waiting a touch takes away: a visit all of it, a message a tenth."""

_GOLDEN_FRACTION = (math.sqrt(5) - 1) / 2

IsWorkingDay = Callable[[date], bool]
CountDays = Callable[[date, date], int]
"""Working days in (after, until], as ``count_working_days`` counts them; who asks for thousands remembers answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One contact with a customer, on a local day."""

    day: date
    kind: TouchKind


def count_working_days(after: date, until: date, is_working: IsWorkingDay) -> int:
    """Working days in (after, until]: from Friday to Monday is one. 0 when ``until`` is not later."""
    return sum(is_working(after + timedelta(days=offset)) for offset in range(1, (until - after).days + 1))


def spread_start(customer_id: int) -> float:
    """Part of the interval, in [0, 1), that a never visited customer has already waited on the day it was added.

    Multiples of the golden ratio: any run of ids falls evenly over the interval, so that day one is no flood.
    """
    return (customer_id * _GOLDEN_FRACTION) % 1.0


def waited_days(
    touches: Iterable[Touch], *, today: date, count: CountDays, added: date, spread_days: float = 0.0
) -> float:
    """Working days waited: each touch takes its weight of what had been waited until then, in order of days.

    Counting starts at the last visit, or where there was none on the day ``added`` with ``spread_days`` on the
    clock. Touches after ``today`` are plans and do not count.
    """
    past = sorted((touch for touch in touches if touch.day <= today), key=lambda touch: touch.day)
    visits = [index for index, touch in enumerate(past) if touch.kind is TouchKind.VISIT]
    waited, since = spread_days, added
    if visits:
        waited, since = 0.0, past[visits[-1]].day
        past = past[visits[-1] + 1 :]
    for touch in past:
        waited = (waited + count(since, touch.day)) * (1 - TOUCH_WEIGHTS[touch.kind])
        since = max(since, touch.day)
    return waited + count(since, today)


def urgency(
    touches: Iterable[Touch],
    *,
    today: date,
    interval_days: float,
    count: CountDays,
    added: date,
    customer_id: int,
) -> float:
    """Waited working days / interval: 1 is due, above 1.25 overdue. 0 for a customer that wants no planned visits.

    Raises ValueError for an interval that is not positive.
    """
    if interval_days <= 0:
        raise ValueError(f"an interval is more than 0 working days, not {interval_days}")
    if math.isinf(interval_days):
        return 0.0
    spread_days = spread_start(customer_id) * interval_days
    waited = waited_days(touches, today=today, count=count, added=added, spread_days=spread_days)
    return waited / interval_days


def overdue_days(urgency: float, interval_days: float) -> int:
    """Whole working days past the interval; 0 while the customer is not overdue."""
    if urgency <= OVERDUE_ABOVE or math.isinf(interval_days):
        return 0
    return max(1, round((urgency - 1) * interval_days))
