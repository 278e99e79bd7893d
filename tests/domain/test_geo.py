"""Pins, distances and the coordinates of Chinese maps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.geo import Pin, distance_band, distance_m, to_gcj02, uses_gcj02
from bot.domain.vocabulary import DistanceBand

PINS = st.builds(Pin, lat=st.floats(-90, 90), lng=st.floats(0.001, 180))


@pytest.mark.parametrize(
    ("lat", "lng"), [(0, 0), (0.00001, -0.00002), (91, 0), (-90.1, 5), (10, 180.5), (math.nan, 5), (5, math.inf)]
)
def test_what_cannot_be_a_place_is_not_a_pin(lat: float, lng: float) -> None:
    with pytest.raises(ValueError, match=r"degrees|missing position"):
        Pin(lat=lat, lng=lng)


def test_the_equator_and_greenwich_alone_are_places() -> None:
    assert Pin(lat=0, lng=103.8).lat == 0
    assert Pin(lat=51.48, lng=0).lng == 0


def test_distances_match_published_ones() -> None:
    paris, london = Pin(lat=48.8566, lng=2.3522), Pin(lat=51.5074, lng=-0.1278)
    assert distance_m(paris, london) == pytest.approx(343_560, rel=0.002)
    assert distance_m(Pin(lat=0, lng=179.5), Pin(lat=0, lng=-179.5)) == pytest.approx(111_195, rel=0.001)


@given(PINS, PINS)
def test_a_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(a: Pin, b: Pin) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert 0 <= distance_m(a, b) <= 20_015_200
    assert distance_m(a, a) == 0


@pytest.mark.parametrize(
    ("metres", "band"),
    [
        (0, DistanceBand.UNDER_100_M),
        (99.9, DistanceBand.UNDER_100_M),
        (100, DistanceBand.UNDER_500_M),
        (500, DistanceBand.UNDER_2_KM),
        (2_000, DistanceBand.FAR),
    ],
)
def test_a_check_in_keeps_only_a_band(metres: float, band: DistanceBand) -> None:
    assert distance_band(metres) is band


@pytest.mark.parametrize(
    ("place", "lat", "lng", "inside"),
    [
        ("Beijing", 39.908, 116.397, True),
        ("Hangzhou", 30.274, 120.155, True),
        ("Xiamen", 24.48, 118.09, True),
        ("Sanya", 18.25, 109.51, True),
        ("Harbin", 45.80, 126.53, True),
        ("Kashgar", 39.47, 75.99, True),
        ("Urumqi", 43.82, 87.62, True),
        ("Lhasa", 29.65, 91.11, True),
        ("Dalian", 38.91, 121.61, True),
        ("Hong Kong", 22.28, 114.16, True),
        ("Kunming", 25.04, 102.71, True),
        ("Singapore", 1.30, 103.85, False),
        ("Taipei", 25.03, 121.56, False),
        ("Kaohsiung", 22.63, 120.30, False),
        ("Seoul", 37.57, 126.98, False),
        ("Pyongyang", 39.03, 125.75, False),
        ("Hanoi", 21.03, 105.85, False),
        ("Ulaanbaatar", 47.92, 106.92, False),
        ("Almaty", 43.24, 76.89, False),
        ("Vladivostok", 43.12, 131.89, False),
        ("Kathmandu", 27.71, 85.32, False),
        ("Delhi", 28.61, 77.21, False),
        ("Manila", 14.60, 120.98, False),
    ],
)
def test_chinese_coordinates_are_used_in_china_only(place: str, lat: float, lng: float, inside: bool) -> None:
    pin = Pin(lat=lat, lng=lng)
    assert uses_gcj02(pin) is inside, place
    assert (to_gcj02(pin) != pin) is inside


def test_the_offset_of_tiananmen_is_the_known_one() -> None:
    shifted = to_gcj02(Pin(lat=39.90733, lng=116.391244))
    assert shifted.lat == pytest.approx(39.908730, abs=2e-5)
    assert shifted.lng == pytest.approx(116.397487, abs=2e-5)
