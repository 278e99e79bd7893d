"""A customer's own hours: several spans a day, closed weekdays, visits in the midday rest where it asked for them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact_hours import visit_windows
from bot.domain.opening_hours import ANY_TIME, FIRST_HOUR, LAST_HOUR, OpeningHours, spans_of_hours
from bot.domain.planning.problem import Window

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
HOUR_S = 3600


def windows(opening: OpeningHours, on: date = MONDAY, country: str = "SG") -> list[tuple[float, float]]:
    found = visit_windows(
        on, is_public_working_day=True, country=country, lat=30.3, service_s=HOUR_S // 2, opening=opening
    )
    return [(window.opens_s / HOUR_S, window.closes_s / HOUR_S) for window in found]


def test_two_spans_of_a_day_are_two_windows_in_which_the_whole_visit_fits() -> None:
    opening = OpeningHours(spans=spans_of_hours([9, 10, 11, 14, 15]))
    assert windows(opening) == [(9, 11.5), (14, 15.5)]


def test_on_a_closed_weekday_there_is_no_window() -> None:
    assert windows(OpeningHours(weekdays="2345")) == []
    assert windows(OpeningHours(weekdays="2345"), on=TUESDAY) == [(8, 19.5)]


def test_hours_beyond_contact_hours_are_cut_to_them() -> None:
    assert windows(OpeningHours(spans=(Window(opens_s=6 * HOUR_S, closes_s=22 * HOUR_S),))) == [(8, 19.5)]


def test_the_midday_rest_is_kept_unless_the_customer_asked() -> None:
    assert windows(ANY_TIME, country="CN") == [(8, 11.5), (13.5, 19.5)]
    assert windows(OpeningHours(in_rest=True), country="CN") == [(8, 19.5)]


@given(st.sets(st.integers(FIRST_HOUR, LAST_HOUR - 1), min_size=1))
def test_ticked_hours_come_back_as_they_were_ticked(hours: set[int]) -> None:
    opening = OpeningHours(spans=spans_of_hours(hours))
    assert opening.hours == hours
    assert OpeningHours.from_json(opening.to_json()) == opening


@pytest.mark.parametrize("weekdays", ["", "8", "x"])
def test_opening_hours_without_a_day_are_refused(weekdays: str) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        OpeningHours(weekdays=weekdays)
