"""Contact hours and midday rest, links into map apps, and how a day fits on a phone."""

import re
from datetime import date
from urllib.parse import parse_qs, unquote, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact_hours import contact_span, midday_rest, visit_windows
from bot.domain.geo import Pin, distance_m, to_gcj02
from bot.domain.screen import Json
from bot.domain.vocabulary import MapApp
from bot.services.day.facts import fit_lines
from bot.services.navigation import NamedPin, navigation_url, route_url

HOUR_S = 3600
WINTER, SUMMER = date(2026, 11, 23), date(2026, 7, 6)
HANGZHOU = Pin(lat=30.27, lng=120.15)
SINGAPORE = Pin(lat=1.29275, lng=103.85791)


@pytest.mark.parametrize(
    ("day", "country", "lat", "until_h"),
    [
        (WINTER, "CN", 30.3, 13.5),
        (SUMMER, "CN", 30.3, 14.5),
        (SUMMER, "CN", 20.0, 13.5),  # Hainan lies in the tropics
        (SUMMER, "TW", 25.0, 14.5),
        (SUMMER, "CN", None, 13.5),
        (SUMMER, "SG", 1.3, None),
        (date(2026, 1, 5), "CN", -33.9, 14.5),
    ],
)
def test_the_midday_rest_follows_custom_and_season(day: date, country: str, lat: float | None, until_h: float) -> None:
    rest = midday_rest(day, country=country, lat=lat)
    assert (rest.closes_s / HOUR_S if rest else None) == until_h


def test_contact_hours_begin_later_on_days_that_nobody_works() -> None:
    assert contact_span(WINTER, is_public_working_day=True).opens_s == 8 * HOUR_S
    assert contact_span(WINTER, is_public_working_day=False).opens_s == 9 * HOUR_S


@given(st.integers(60, 4 * HOUR_S), st.sampled_from(("CN", "SG")), st.booleans())
def test_a_visit_that_starts_in_its_windows_ends_in_contact_hours_and_out_of_the_rest(
    service_s: int, country: str, is_working: bool
) -> None:
    windows = visit_windows(WINTER, is_public_working_day=is_working, country=country, lat=30.0, service_s=service_s)
    rest = midday_rest(WINTER, country=country, lat=30.0)
    span = contact_span(WINTER, is_public_working_day=is_working)
    assert windows
    for window in windows:
        for start_s in (window.opens_s, window.closes_s):
            assert span.opens_s <= start_s
            assert start_s + service_s <= span.closes_s
            assert rest is None or start_s + service_s <= rest.opens_s or start_s >= rest.closes_s


def test_a_chinese_link_carries_the_shifted_place_and_others_the_pin() -> None:
    chinese = parse_qs(urlparse(navigation_url(HANGZHOU, "阳光, 咖啡", "CN")).query)
    lng, lat, name = chinese["to"][0].split(",")
    assert name == "阳光  咖啡"
    assert distance_m(Pin(lat=float(lat), lng=float(lng)), to_gcj02(HANGZHOU)) < 1
    assert distance_m(Pin(lat=float(lat), lng=float(lng)), HANGZHOU) > 200
    assert "destination=1.29275,103.85791" in navigation_url(SINGAPORE, "Marina", "SG")


@pytest.mark.parametrize(
    ("app", "shifted"),
    [(MapApp.AMAP, True), (MapApp.BAIDU, True), (MapApp.TENCENT, True), (MapApp.APPLE, True), (MapApp.WAZE, False),
     (MapApp.GOOGLE, False)],
)  # fmt: skip
def test_each_app_gets_the_coordinates_that_it_wants(app: MapApp, shifted: bool) -> None:
    url = unquote(navigation_url(HANGZHOU, "阳光", "CN", app))
    numbers = [float(number) for number in re.findall(r"\d+\.\d{5,}", url)]
    lat, lng = sorted(numbers)
    assert (distance_m(Pin(lat=lat, lng=lng), HANGZHOU) > 200) is shifted
    assert url.startswith("https://")
    shown = route_url([NamedPin(pin=HANGZHOU, name="阳光")] * 3, "CN", app)
    assert shown is not None
    assert urlparse(shown).netloc == urlparse(url).netloc
    singapore = sorted(map(float, re.findall(r"\d+\.\d{5,}", unquote(navigation_url(SINGAPORE, "M", "SG", app)))))
    assert distance_m(Pin(lat=singapore[0], lng=singapore[1]), SINGAPORE) < 2


def test_a_route_link_goes_through_the_stops_in_order() -> None:
    stops = [NamedPin(pin=Pin(lat=1.3, lng=103.8 + number / 100), name=f"S{number}") for number in range(15)]
    url = route_url(stops, "SG")
    assert url is not None
    query = parse_qs(urlparse(url).query)
    assert query["destination"] == ["1.30000,103.89000"]
    assert len(query["waypoints"][0].split("|")) == 9
    chinese = route_url([NamedPin(pin=HANGZHOU, name="A|B")] * 12, "CN")
    assert chinese is not None
    assert len(parse_qs(urlparse(chinese).query)["markers"][0].split("|")) == 10
    assert route_url([], "SG") is None


@given(st.lists(st.sampled_from(("done", "skipped", "ahead", "missing", "started")), max_size=30), st.integers(3, 12))
def test_however_long_the_day_it_fits_and_no_line_gets_lost(states: list[str], room: int) -> None:
    lines: list[dict[str, Json]] = [{"state": state, "place": place} for place, state in enumerate(states)]
    folded, shown, cut = fit_lines(lines, room)
    assert len(shown) + bool(folded) + bool(cut) <= room
    assert folded + len(shown) + cut == len(lines)
    assert shown == lines[folded : folded + len(shown)]
    assert all(state in ("done", "skipped") for state in states[:folded])
