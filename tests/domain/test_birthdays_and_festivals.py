"""Days of the year: birthdays without a year and on a leap day, and festivals on their right, also lunar, dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.birthdays import NO_YEAR, birthday_prompt, kept_in, next_birthday, read_birthday, written
from bot.domain.festivals import Festival, festival_prompt, festivals_in
from bot.services.work_calendar import is_public_working_day, named_holidays

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1980-03-15", date(1980, 3, 15)),
        ("1980年3月15日", date(1980, 3, 15)),
        ("3月15日", date(NO_YEAR, 3, 15)),
        ("３月１５號", date(NO_YEAR, 3, 15)),
        ("3-15", date(NO_YEAR, 3, 15)),
        ("15/3", date(NO_YEAR, 3, 15)),
        ("--02-29", date(NO_YEAR, 2, 29)),
        ("15 Mar", date(NO_YEAR, 3, 15)),
        ("Mar 15, 1980", date(1980, 3, 15)),
        ("29 Feb", date(NO_YEAR, 2, 29)),
        ("1981-02-29", None),
        ("2027-01-01", None),
        ("30 Feb", None),
        ("13-32", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_birthday_is_read_as_people_write_it(text: str, found: date | None) -> None:
    assert read_birthday(text, TODAY) == found


@given(st.dates(date(NO_YEAR, 1, 1), date(NO_YEAR, 12, 31)) | st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_a_birthday_that_was_written_is_read_back(birthday: date) -> None:
    assert read_birthday(written(birthday), TODAY) == birthday


def test_a_birthday_of_a_leap_day_is_kept_a_day_early_in_other_years() -> None:
    born = date(1988, 2, 29)
    assert [kept_in(born, year) for year in (2027, 2028)] == [date(2027, 2, 28), date(2028, 2, 29)]
    assert next_birthday(born, date(2026, 3, 1)) == date(2027, 2, 28)


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.dates(date(2021, 1, 1), date(2040, 12, 31)))
def test_a_birthday_is_kept_once_a_year(born: date, today: date) -> None:
    on = next_birthday(born, today)
    assert today <= on <= today + timedelta(days=366)


def test_a_birthday_on_a_weekend_is_prompted_on_the_working_day_before() -> None:
    def weekday(day: date) -> bool:
        return day.isoweekday() <= 5

    born = date(NO_YEAR, 11, 28)  # a Saturday in 2026
    days = [date(2026, 11, 26) + timedelta(days=count) for count in range(5)]
    prompts = [birthday_prompt(1, 7, "Mei", born, day, weekday) for day in days]
    assert [prompt is not None for prompt in prompts] == [False, True, True, False, False]
    friday = prompts[1]
    assert friday is not None
    assert (friday.key, friday.due_on, friday.until) == ("birthday:7:2026", date(2026, 11, 27), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("country", "year", "festival", "on"),
    [
        ("SG", 2027, Festival.LUNAR_NEW_YEAR, date(2027, 2, 6)),
        ("CN", 2026, Festival.LUNAR_NEW_YEAR, date(2026, 2, 17)),
        ("TW", 2026, Festival.LUNAR_NEW_YEAR, date(2026, 2, 17)),  # the eve is a holiday too, and not the day
        ("HK", 2026, Festival.MID_AUTUMN, date(2026, 9, 25)),  # the day off is the day after
        ("CN", 2026, Festival.MID_AUTUMN, date(2026, 9, 25)),
        ("TW", 2026, Festival.DRAGON_BOAT, date(2026, 6, 19)),
        ("TW", 2027, Festival.NEW_YEAR, date(2027, 1, 1)),
        ("KR", 2027, Festival.LUNAR_NEW_YEAR, date(2027, 2, 7)),
        ("MY", 2026, Festival.EID, date(2026, 3, 21)),
        ("SG", 2026, Festival.CHRISTMAS, date(2026, 12, 25)),
    ],
)
def test_a_festival_has_its_own_date(country: str, year: int, festival: Festival, on: date) -> None:
    assert festivals_in(named_holidays(country, year), country)[festival] == on


def test_nobody_is_congratulated_on_a_day_of_mourning_or_a_feast_that_few_keep() -> None:
    assert set(festivals_in(named_holidays("CN", 2026), "CN")) == {
        Festival.NEW_YEAR, Festival.LUNAR_NEW_YEAR, Festival.DRAGON_BOAT, Festival.MID_AUTUMN,
    }  # fmt: skip
    assert Festival.DIWALI not in festivals_in(named_holidays("SG", 2026), "SG")
    assert named_holidays("XX", 2026) == []


def test_a_wish_is_due_on_the_last_working_day_before_the_holidays() -> None:
    on = date(2026, 2, 17)

    def is_working(day: date) -> bool:
        return is_public_working_day("CN", "12345", day)

    assert festival_prompt(1, Festival.LUNAR_NEW_YEAR, on, date(2026, 2, 13), is_working) is None
    wish = festival_prompt(1, Festival.LUNAR_NEW_YEAR, on, date(2026, 2, 14), is_working)
    assert wish is not None  # a Saturday that is worked for the bridge days
    assert (wish.due_on, wish.until) == (date(2026, 2, 14), on)
