"""Who is out of a day's reach: known before any search, since the way over a place without a pin is only assumed.

Without that a customer whose place nobody knows would be a bridge to another continent.
"""

from collections.abc import Sequence
from statistics import median

from bot.domain.geo import Pin, distance_m

FASTEST_M_S = 25.0
"""No road brings a rep faster to a customer: 90 km/h as the crow flies."""


def middle_of(pins: Sequence[Pin]) -> Pin | None:
    """Where most of some places are: the one nearest to their median. None where there are none."""
    if not pins:
        return None
    middle = median(pin.lat for pin in pins), median(pin.lng for pin in pins)
    return min(pins, key=lambda pin: ((pin.lat - middle[0]) ** 2 + (pin.lng - middle[1]) ** 2, pin.lat, pin.lng))


def is_out_of_reach(pin: Pin | None, home: Pin | None, *, service_s: int, day_s: int) -> bool:
    """Whether the way there and back with the visit is longer than a day, however one drives."""
    if pin is None or home is None:
        return False
    return 2 * distance_m(home, pin) / FASTEST_M_S + service_s > day_s
