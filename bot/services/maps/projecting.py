"""From pins to places on a picture: a flat projection that fits what lies together, and says what lies far outside."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bot.domain.geo import Pin, distance_m

METRES_A_DEGREE = 111_195.0
SMALLEST_SPAN_M = 600.0
"""Customers in one building still get a picture with a scale that says something."""

OUTSIDE_FACTOR = 8.0
OUTSIDE_FROM_M = 60_000.0
"""A pin this far beyond what is usual (a customer on another continent) would press all others into one dot."""

Point = tuple[float, float]
_ANYWHERE = Pin(lat=0.0, lng=90.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """Pixels of pins on a square of ``size``, ``margin`` inside it. North is up. ``metres_a_pixel`` is the scale.

    ``base`` is one of the pins that lie together.
    """

    lat: float
    lng: float
    base: Pin
    metres_a_pixel: float
    size: int
    margin: int

    def place(self, pin: Pin) -> Point:
        """Where a pin falls, also outside the picture."""
        east_m, north_m = _offsets_m(pin, self.lat, self.lng)
        return self.size / 2 + east_m / self.metres_a_pixel, self.size / 2 - north_m / self.metres_a_pixel

    def is_inside(self, pin: Pin) -> bool:
        x, y = self.place(pin)
        return 0 <= x <= self.size and 0 <= y <= self.size

    def at_edge(self, pin: Pin) -> Point:
        """The point of the inner edge in the direction of a pin that falls outside."""
        x, y = self.place(pin)
        dx, dy = x - self.size / 2, y - self.size / 2
        reach = self.size / 2 - self.margin / 2
        longest = max(abs(dx), abs(dy), 1.0)
        return self.size / 2 + dx * reach / longest, self.size / 2 + dy * reach / longest


def fit(pins: Sequence[Pin], *, size: int, margin: int) -> Projection:
    """The projection that shows all pins that lie together. Without pins, one around no place in particular."""
    near = _together(pins) or [_ANYWHERE]
    base = near[0]
    offsets = [_offsets_m(pin, base.lat, base.lng) for pin in near]
    east, north = [east for east, _ in offsets], [north for _, north in offsets]
    span_m = max(max(east) - min(east), max(north) - min(north), SMALLEST_SPAN_M)
    lat = base.lat + (max(north) + min(north)) / 2 / METRES_A_DEGREE
    lng = base.lng + (max(east) + min(east)) / 2 / (METRES_A_DEGREE * _shrink(base.lat))
    return Projection(
        lat=lat, lng=lng, base=base, metres_a_pixel=span_m / (size - 2 * margin), size=size, margin=margin
    )


def round_length_m(metres: float) -> int:
    """The longest of 1, 2 or 5 times a power of ten that is not longer: what a scale bar shows."""
    power = 10 ** math.floor(math.log10(max(metres, 1.0)))
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0)))


def _together(pins: Sequence[Pin]) -> list[Pin]:
    if not pins:
        return []
    middle = min(pins, key=lambda pin: sum(distance_m(pin, other) for other in pins))
    away = [distance_m(middle, pin) for pin in pins]
    most = max(OUTSIDE_FACTOR * median(away), OUTSIDE_FROM_M)
    return [pin for pin, metres in zip(pins, away, strict=True) if metres <= most]


def _offsets_m(pin: Pin, lat: float, lng: float) -> Point:
    """Metres east and north of a place, the short way round the globe."""
    degrees = (pin.lng - lng + 180) % 360 - 180
    return degrees * METRES_A_DEGREE * _shrink(lat), (pin.lat - lat) * METRES_A_DEGREE


def _shrink(lat: float) -> float:
    return max(0.01, math.cos(math.radians(lat)))
