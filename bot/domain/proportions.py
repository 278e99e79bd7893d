"""A share of few cases, honestly: the interval in which the true one lies. Wilson's score interval (1927)."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959964
"""Of the normal distribution: 95 % of intervals made so hold the true share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Percents, 0 to 100."""

    low: int
    high: int


def wilson(hits: int, count: int) -> Interval | None:
    """Where the share behind ``hits`` of ``count`` lies, 95 times of 100. None where nothing was counted."""
    if not 0 <= hits <= count:
        raise ValueError(f"hits are between 0 and the count, not {hits} of {count}")
    if count == 0:
        return None
    share, spread = hits / count, Z_95**2 / count
    centre = share + spread / 2
    reach = Z_95 * sqrt(share * (1 - share) / count + spread / (4 * count))
    low, high = (centre - reach) / (1 + spread), (centre + reach) / (1 + spread)
    return Interval(low=round(100 * max(0.0, low)), high=round(100 * min(1.0, high)))
