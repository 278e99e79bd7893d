"""Links into map apps: to one customer, and along a route. They carry customers' pins, never where the rep is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.domain.geo import Pin, to_gcj02
from bot.domain.vocabulary import MapApp
from bot.store.tables import Customer

GOOGLE_WAYPOINTS_MAX = 9
"""Stops between here and the last one that a Google Maps link takes."""

AMAP_MARKERS_MAX = 10
"""Places that one AMap link shows. Its links carry a route by one place at most; more stops are numbered on the map."""

AMAP_ROUTE_STOPS = 2
"""Stops of an AMap route: one to go by, and the last."""

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


def app_of(country: str, chosen: MapApp | None) -> MapApp:
    """The app that a member has chosen, else the usual one of the team's country."""
    return chosen or (MapApp.AMAP if country == CHINA else MapApp.GOOGLE)


def navigation_url(pin: Pin, name: str, country: str, chosen: MapApp | None = None) -> str:
    """A link that navigates from where the phone is to a pin, in the coordinates that the app wants.

    Chinese apps want GCJ-02 everywhere (outside mainland China that is WGS-84); so does Apple's map of mainland China,
    which is AMap's. Google and Waze want WGS-84.
    """
    app = app_of(country, chosen)
    if app is MapApp.AMAP:
        return _amap_navigation(to=_amap_place(pin, name))
    if app is MapApp.BAIDU:
        where, title = _gcj_place(pin), _plain(name)
        query = {"location": where, "title": title, "content": title, "output": "html", "coord_type": "gcj02"}
        return _link("https://api.map.baidu.com/marker", {**query, "src": _SOURCE})
    if app is MapApp.TENCENT:
        query = {"type": "drive", "to": _plain(name), "tocoord": _gcj_place(pin), "referer": _SOURCE}
        return _link("https://apis.map.qq.com/uri/v1/routeplan", query)
    if app is MapApp.APPLE:
        return _link("https://maps.apple.com/", {"daddr": _gcj_place(pin), "dirflg": "d"})
    if app is MapApp.WAZE:
        return _link("https://waze.com/ul", {"ll": _google_place(pin), "navigate": "yes"})
    return _link(
        "https://www.google.com/maps/dir/", {"api": "1", "destination": _google_place(pin), "travelmode": "driving"}
    )


def route_url(stops: Sequence[NamedPin], country: str, chosen: MapApp | None = None) -> str | None:
    """A link that shows the next stops in order; None without any. What is beyond the app's limit is left out.

    Only AMap and Google take several stops: the other apps are shown the next one. Google drives them all; AMap drives
    two, and shows more as numbered places.
    """
    if not stops:
        return None
    app = app_of(country, chosen)
    if app is MapApp.AMAP and len(stops) == AMAP_ROUTE_STOPS:
        by, last = (_amap_place(stop.pin, stop.name) for stop in stops)
        return _amap_navigation(via=by, to=last)
    if app is MapApp.AMAP:
        places = [_amap_place(stop.pin, f"{number} {stop.name}") for number, stop in enumerate(stops, start=1)]
        markers = "|".join(places[:AMAP_MARKERS_MAX])
        query = {"markers": markers, "src": _SOURCE, "coordinate": "gaode", "callnative": "1"}
        return _link("https://uri.amap.com/marker", query)
    if app is not MapApp.GOOGLE:
        return navigation_url(stops[0].pin, stops[0].name, country, app)
    shown = stops[: GOOGLE_WAYPOINTS_MAX + 1]
    query = {"api": "1", "destination": _google_place(shown[-1].pin), "travelmode": "driving"}
    if len(shown) > 1:
        query["waypoints"] = "|".join(_google_place(stop.pin) for stop in shown[:-1])
    return _link("https://www.google.com/maps/dir/", query)


def _link(address: str, query: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(query, quote_via=quote, safe=',')}"


def _plain(name: str) -> str:
    return name.replace(",", " ").replace("|", " ")[:_NAME_LETTERS_MAX]


def _gcj_place(pin: Pin) -> str:
    place = to_gcj02(pin)
    return f"{place.lat:.6f},{place.lng:.6f}"


def _amap_navigation(**places: str) -> str:
    query = {**places, "mode": "car", "src": _SOURCE, "coordinate": "gaode", "callnative": "1"}
    return _link("https://uri.amap.com/navigation", query)


def _amap_place(pin: Pin, name: str) -> str:
    place = to_gcj02(pin)
    return f"{place.lng:.6f},{place.lat:.6f},{_plain(name)}"


def _google_place(pin: Pin) -> str:
    return f"{pin.lat:.5f},{pin.lng:.5f}"
