"""A customer's own rhythm of orders, and how far it is behind. The first version: the median gap, and no model."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import median

ORDER_DAYS_NEEDED = 3
"""Fewer say nothing of a rhythm (METHOD.md section 4)."""

AT_RISK_ABOVE = 2.0
"""The manager hears above this overdue ratio: the orders have stopped, and are not just late."""


def overdue_ratio(order_days: Sequence[date], on: date) -> float | None:
    """Days since the last order / median gap between distinct order days, a gap counting at least one day.

    None with fewer than three order days up to ``on``. Days may come in any order and repeat.
    """
    days = sorted({day for day in order_days if day <= on})
    if len(days) < ORDER_DAYS_NEEDED:
        return None
    gap = max(1.0, float(median((later - earlier).days for earlier, later in pairwise(days))))
    return (on - days[-1]).days / gap
