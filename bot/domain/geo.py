"""Where a customer is: pins, distances between them, and the coordinates that Chinese map apps expect."""

import math
from dataclasses import dataclass

from bot.domain.vocabulary import DistanceBand

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

_NULL_ISLAND_DEGREES = 1e-4
"""A sensor or a spreadsheet without a position says 0,0: about 11 m around it is nowhere, not a customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A place in WGS-84 degrees, as Telegram shares it. Raises ValueError for what cannot be a place."""

    lat: float
    lng: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and -90 <= self.lat <= 90):
            raise ValueError(f"a latitude lies between -90 and 90 degrees, not {self.lat}")
        if not (math.isfinite(self.lng) and -180 <= self.lng <= 180):
            raise ValueError(f"a longitude lies between -180 and 180 degrees, not {self.lng}")
        if abs(self.lat) < _NULL_ISLAND_DEGREES and abs(self.lng) < _NULL_ISLAND_DEGREES:
            raise ValueError("0,0 is what a missing position looks like, not a pin")


def distance_m(a: Pin, b: Pin) -> float:
    """Great-circle distance in metres (haversine; within 0.6 % of the ellipsoid)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lng = math.sin(math.radians(b.lng - a.lng) / 2)
    chord = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lng * half_lng
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def distance_band(distance_m: float) -> DistanceBand:
    """All that is kept of a check-in: METHOD.md section 8 keeps no trail and no distance."""
    if distance_m < 100:
        return DistanceBand.UNDER_100_M
    if distance_m < 500:
        return DistanceBand.UNDER_500_M
    if distance_m < 2_000:
        return DistanceBand.UNDER_2_KM
    return DistanceBand.FAR


# Where maps are drawn in GCJ-02: the mainland with Hainan, Hong Kong and Macau, coarsely (some tens of km at land
# borders, generous at sea). Taiwan, Korea and South-East Asia lie outside. Pairs are (longitude, latitude).
_CHINA_OUTLINE = (
    (73.4, 39.5), (80.1, 42.2), (80.2, 45.0), (82.5, 47.2), (85.5, 48.4), (87.8, 49.2), (90.9, 46.9), (91.0, 45.2),
    (95.3, 44.3), (96.4, 42.8), (101.5, 42.6), (105.0, 41.6), (107.5, 42.4), (110.0, 42.7), (112.0, 43.8),
    (111.9, 45.0), (114.0, 44.9), (116.0, 46.3), (119.9, 46.7), (118.5, 47.9), (115.6, 47.9), (117.2, 49.8),
    (119.3, 50.3), (120.8, 52.0), (120.1, 52.7), (122.0, 53.5), (123.6, 53.6), (126.0, 52.7), (127.6, 50.2),
    (130.6, 48.9), (131.0, 47.7), (134.8, 48.4), (133.2, 45.1), (131.0, 44.8), (131.3, 43.4), (130.6, 42.4),
    (128.1, 42.0), (126.9, 41.7), (124.5, 40.0), (124.0, 38.5), (123.5, 32.0), (123.0, 28.0), (120.3, 25.4),
    (118.9, 24.2), (117.5, 22.8), (114.6, 21.8), (112.0, 20.5), (111.5, 18.0), (109.5, 17.8), (108.3, 18.6),
    (108.0, 21.4), (106.7, 21.9), (105.3, 23.3), (103.9, 22.4), (102.2, 22.4), (101.6, 21.1), (100.0, 21.4),
    (99.0, 22.1), (97.5, 23.9), (98.6, 27.5), (97.3, 28.2), (95.0, 29.1), (92.0, 27.8), (89.0, 27.3), (86.0, 27.9),
    (81.2, 30.1), (78.7, 31.3), (78.8, 34.3), (74.5, 37.2),
)  # fmt: skip

_KRASOVSKY_AXIS_M = 6_378_245.0
_KRASOVSKY_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943


def uses_gcj02(pin: Pin) -> bool:
    """True where map apps draw in GCJ-02, so that a WGS-84 link would land hundreds of metres off."""
    inside = False
    previous_lng, previous_lat = _CHINA_OUTLINE[-1]
    for lng, lat in _CHINA_OUTLINE:
        if (lat > pin.lat) != (previous_lat > pin.lat):
            crossing = lng + (pin.lat - lat) / (previous_lat - lat) * (previous_lng - lng)
            if pin.lng < crossing:
                inside = not inside
        previous_lng, previous_lat = lng, lat
    return inside


def to_gcj02(pin: Pin) -> Pin:
    """The same place in GCJ-02 for links into Chinese map apps; outside China the pin as it is.

    The offset is the published approximation of the survey's secret one, good to a few metres.
    """
    if not uses_gcj02(pin):
        return pin
    x, y = pin.lng - 105.0, pin.lat - 35.0
    waves = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north_m += (waves + _swell(y, (20.0, 40.0, 160.0), (1.0, 3.0, 12.0)) + 320.0 * math.sin(y * math.pi / 30.0)) * 2 / 3
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east_m += (waves + _swell(x, (20.0, 40.0, 150.0), (1.0, 3.0, 12.0)) + 300.0 * math.sin(x * math.pi / 30.0)) * 2 / 3
    lat = math.radians(pin.lat)
    flattening = 1 - _KRASOVSKY_ECCENTRICITY_SQUARED * math.sin(lat) ** 2
    meridian_m = _KRASOVSKY_AXIS_M * (1 - _KRASOVSKY_ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = _KRASOVSKY_AXIS_M / math.sqrt(flattening) * math.cos(lat)
    return Pin(lat=pin.lat + math.degrees(north_m / meridian_m), lng=pin.lng + math.degrees(east_m / parallel_m))


def _swell(value: float, heights: tuple[float, ...], lengths: tuple[float, ...]) -> float:
    return sum(height * math.sin(value * math.pi / length) for height, length in zip(heights, lengths, strict=True))
