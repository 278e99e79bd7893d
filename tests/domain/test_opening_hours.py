"""A customer's own hours: several spans a day, closed weekdays, visits in the midday rest where it asked for them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact_hours import visit_windows
from bot.domain.errors import Refused
from bot.domain.opening_hours import ANY_TIME, FIRST_HOUR, LAST_HOUR, OpeningHours, hours_of_spans, spans_of_hours
from bot.domain.opening_words import read_opening, write_opening
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
    assert hours_of_spans(opening.spans) == hours
    assert OpeningHours.from_json(opening.to_json()) == opening


@pytest.mark.parametrize("weekdays", ["", "8", "x"])
def test_opening_hours_without_a_day_are_refused(weekdays: str) -> None:
    with pytest.raises(ValueError, match="weekdays"):
        OpeningHours(weekdays=weekdays)


def test_a_weekday_can_have_hours_of_its_own() -> None:
    nine_to_six = OpeningHours(weekdays="123456", spans=spans_of_hours(range(9, 18)))
    opening = nine_to_six.with_day("6", spans_of_hours([9, 10, 11]))
    assert windows(opening) == [(9, 17.5)]
    assert windows(opening, on=date(2026, 11, 28)) == [(9, 11.5)]
    assert windows(opening, on=date(2026, 11, 29)) == []
    assert OpeningHours.from_json(opening.to_json()) == opening
    assert opening.with_day("6", None) == nine_to_six
    assert opening.on_weekdays("12345").special == {}


NINE_TO_SIX = "Mo-Fr 09:00-18:00"
SATURDAY_TOO = f"{NINE_TO_SIX}; Sa 09:00-12:00"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Mon-Fri 9-18, Sat 9-12", SATURDAY_TOO),
        ("Mon–Fri: 9 am – 6 pm; Saturday 9am to noon", None),
        ("周一到周五 9-18 周六 9-12", SATURDAY_TOO),
        ("周一至周五9:00-18:00，周六9:00-12:00，周日休息", SATURDAY_TOO),
        ("週一～週五 上午9點到下午6點 週六、日公休", NINE_TO_SIX),
        ("工作日早9晚6", NINE_TO_SIX),
        ("Weekdays 0900-1800 weekends off", NINE_TO_SIX),
        ("9-18 Mon-Fri, 9-12 Sat", SATURDAY_TOO),
        ("9-6, closed Sat and Sun", NINE_TO_SIX),
        ("双休 9-18", NINE_TO_SIX),
        ("节假日休息 9-17", "Mo-Su 09:00-17:00"),
        ("周日休息", "Mo-Sa 24h"),
        ("10:00-19:00（周一休）", "Tu-Su 10:00-19:00"),
        ("Mo-Fr 08:00-12:00,13:30-17:00; Sa 09:00-13:00", "Mo-Fr 08:00-12:00,13:30-17:00; Sa 09:00-13:00"),
        ("上午9点-11点半，下午2点-5点", "Mo-Su 09:00-11:30,14:00-17:00"),
        ("周一三五 9:30-17:30", "Mo,We,Fr 09:30-17:30"),
        ("Sat-Mon 10-16", "Mo,Sa-Su 10:00-16:00"),
        ("周五 18-2", "Fr 18:00-24:00"),
        ("9-12, 2-6", "Mo-Su 09:00-12:00,14:00-18:00"),
        ("24h", ""),
        ("休息日", None),
        ("周一到周五", None),
        ("Mon 9-18 10-12", None),
        ("Mon 25-26", None),
        ("see the door", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_hours_are_read_as_people_write_them_and_written_as_they_are_read(words: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(Refused, match="hours_not_understood"):
            read_opening(words)
        return
    opening = read_opening(words)
    assert write_opening(opening) == meant
    assert read_opening(meant or "24h") == opening


def test_what_is_not_said_stays_as_it_was() -> None:
    known = OpeningHours(weekdays="12345", spans=spans_of_hours(range(9, 18)), in_rest=True)
    assert write_opening(read_opening("closed Wed", known)) == "Mo-Tu,Th-Fr 09:00-18:00"
    assert write_opening(read_opening("10-16", known)) == "Mo-Fr 10:00-16:00"
    assert read_opening("10-16", known).in_rest
    with pytest.raises(Refused, match="no_open_day"):
        read_opening("closed daily")


@given(st.text(max_size=80))
def test_any_words_are_read_or_refused(words: str) -> None:
    with suppress(Refused):
        assert read_opening(words).weekdays
