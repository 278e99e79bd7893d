"""In which time zone and country a customer lives, by its pin: contact hours are of the customer's clock."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from bot.domain.geo import Pin, distance_m
from bot.domain.people import Acting

HOME_WITHIN_M = 150_000
"""So near to its rep's own city a customer keeps the rep's clock: a border may run between two cities."""

_ONE_CLOCK = {"CN": "Asia/Shanghai"}
"""Countries that keep one time from end to end, so wide that cities of their neighbours are often nearer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    zone: ZoneInfo
    country: str


def place_of(pin: Pin | None, owner: Acting) -> Place:
    """The zone of the nearest city that the zone table names. An hour may be wrong near a border.

    The owner's zone without a pin, near the owner's city, and for an owner in a country of one clock.
    """
    home = Place(zone=owner.zone, country=owner.country)
    if pin is None or owner.country in _ONE_CLOCK:
        return home
    cities = _cities()
    nearest = min(cities, key=lambda city: distance_m(pin, city.pin))
    own = next((city for city in cities if city.zone == owner.zone.key), None)
    if own is not None and distance_m(pin, own.pin) <= HOME_WITHIN_M:
        return home
    return Place(zone=ZoneInfo(_ONE_CLOCK.get(nearest.country, nearest.zone)), country=nearest.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class _City:
    country: str
    pin: Pin
    zone: str


@cache
def _cities() -> tuple[_City, ...]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return tuple(_City(country=row[0], pin=_pin(row[1]), zone=row[2]) for row in rows)


def _pin(code: str) -> Pin:
    """From ISO 6709: ±DDMM±DDDMM or ±DDMMSS±DDDMMSS."""
    at = max(code.rfind("+"), code.rfind("-"))
    return Pin(lat=_degrees(code[:at], 2), lng=_degrees(code[at:], 3))


def _degrees(code: str, digits: int) -> float:
    sign, rest = (-1 if code[0] == "-" else 1), code[1:]
    minutes, seconds = int(rest[digits : digits + 2]), int(rest[digits + 2 :] or 0)
    return sign * (int(rest[:digits]) + minutes / 60 + seconds / 3600)
