"""Links into map apps: to one customer, and along a route. They carry customers' pins, never where the rep is."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.domain.geo import Pin, to_gcj02
from bot.store.tables import Customer

GOOGLE_WAYPOINTS_MAX = 9
"""Stops between here and the last one that a Google Maps link takes."""

AMAP_MARKERS_MAX = 10
"""Places that one AMap link shows. Its links cannot carry a route of many stops, so the map shows them in order."""

CHINA = "CN"
_SOURCE = "roundsman"
_NAME_LETTERS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPin:
    pin: Pin
    name: str


def pin_of(customer: Customer) -> Pin | None:
    """Where a customer is; None where that is not known, or what is stored cannot be a place."""
    if customer.lat is None or customer.lng is None:
        return None
    try:
        return Pin(lat=customer.lat, lng=customer.lng)
    except ValueError:
        return None


def navigation_url(pin: Pin, name: str, country: str) -> str:
    """A link that navigates from where the phone is to a pin: AMap (GCJ-02) in mainland China, else Google Maps."""
    if country == CHINA:
        query = urlencode(
            {"to": _amap_place(pin, name), "mode": "car", "src": _SOURCE, "coordinate": "gaode", "callnative": "1"},
            quote_via=quote,
            safe=",",
        )
        return f"https://uri.amap.com/navigation?{query}"
    return f"https://www.google.com/maps/dir/?api=1&destination={_google_place(pin)}&travelmode=driving"


def route_url(stops: Sequence[NamedPin], country: str) -> str | None:
    """A link that shows the next stops in order; None without any. What is beyond the app's limit is left out."""
    if not stops:
        return None
    if country == CHINA:
        places = [_amap_place(stop.pin, f"{number} {stop.name}") for number, stop in enumerate(stops, start=1)]
        markers = quote("|".join(places[:AMAP_MARKERS_MAX]), safe=",")
        return f"https://uri.amap.com/marker?markers={markers}&src={_SOURCE}&coordinate=gaode&callnative=1"
    shown = stops[: GOOGLE_WAYPOINTS_MAX + 1]
    url = f"https://www.google.com/maps/dir/?api=1&destination={_google_place(shown[-1].pin)}&travelmode=driving"
    between = quote("|".join(f"{stop.pin.lat:.5f},{stop.pin.lng:.5f}" for stop in shown[:-1]), safe=",")
    return f"{url}&waypoints={between}" if between else url


def _amap_place(pin: Pin, name: str) -> str:
    place = to_gcj02(pin)
    plain = name.replace(",", " ").replace("|", " ")[:_NAME_LETTERS_MAX]
    return f"{place.lng:.6f},{place.lat:.6f},{plain}"


def _google_place(pin: Pin) -> str:
    return f"{pin.lat:.5f},{pin.lng:.5f}"
