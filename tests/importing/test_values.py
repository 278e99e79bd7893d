"""Cells as people and programs write them."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import to_minor
from bot.domain.vocabulary import Grade
from bot.services.importing import values
from bot.services.importing.reading import UNCOMPUTED
from bot.services.importing.values import BadValue

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "cell",
    [
        "2020-02-01",
        "2020-2-1",
        "2020/2/1",
        "2020.02.01",
        "2020年2月1日",
        "20200201",
        20200201.0,
        43862,
        43862.0,
        "43862",
        "2020-02-01T00:00:00",
        "2020-01-31T16:00:00Z",
        "2020-02-01 00:00:00+08:00",
        "1 Feb 2020",
        "February 1, 2020",
        "01-Feb-2020",
        "２０２０-２-１",
        date(2020, 2, 1),
        datetime(2020, 2, 1),  # noqa: DTZ001 # as a spreadsheet gives it
    ],
)
def test_a_day_is_read_in_every_usual_form(cell: Any) -> None:
    assert values.read_day(cell, ZONE) == date(2020, 2, 1)


def test_an_instant_is_taken_in_the_zone_of_the_team() -> None:
    assert values.read_instant("2020-02-02 13:13:13", ZONE) == datetime(2020, 2, 2, 5, 13, 13, tzinfo=UTC)
    assert values.read_instant(43862.5, ZONE) == datetime(2020, 2, 1, 4, 0, tzinfo=UTC)


def test_day_numbers_of_the_1904_calendar_are_four_years_later() -> None:
    assert values.read_day(43862 - 1462, ZONE, from_1904=True) == date(2020, 2, 1)


@pytest.mark.parametrize("cell", ["2/1/2026", "02-01-2026", "1.12.2026"])
def test_a_date_that_could_be_two_days_is_refused(cell: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.read_day(cell, ZONE)
    assert caught.value.code == "ambiguous_date"


@pytest.mark.parametrize(("cell", "day"), [("13/2/2026", 13), ("2/13/2026", 13), ("2/2/2026", 2)])
def test_a_date_that_can_only_be_one_day_is_taken(cell: str, day: int) -> None:
    assert values.read_day(cell, ZONE) == date(2026, 2, day)


@pytest.mark.parametrize(
    "cell", ["soon", "2026-13-01", "2026-02-30", "31/31/2026", -4, 9e9, True, "1850-01-01", "1 Foo 2020"]
)
def test_what_is_no_date_is_refused(cell: Any) -> None:
    with pytest.raises(BadValue) as caught:
        values.read_day(cell, ZONE)
    assert caught.value.code == "bad_date"


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2090, 1, 1)))
def test_iso_days_are_read_back(day: date) -> None:
    assert values.read_day(day.isoformat(), ZONE) == day
    assert values.read_day(day.strftime("%d %b %Y"), ZONE) == day


@pytest.mark.parametrize(
    ("cell", "currency", "amount"),
    [
        ("4,832.00", "CNY", "4832"),
        ("￥4832元", "CNY", "4832"),
        ("¥ 1,200", "JPY", "1200"),
        ("SGD 279.40", "SGD", "279.40"),
        ("$279.4", "SGD", "279.40"),
        ("1.2万", "CNY", "12000"),
        ("(120.50)", "SGD", "-120.50"),
        ("-7", "SGD", "-7"),
        (99.99, "SGD", "99.99"),
        (0.1 + 0.2, "SGD", "0.30"),
        (4832, "CNY", "4832"),
        (1e-7, "SGD", "0"),
        (0, "SGD", "0"),
    ],
)
def test_an_amount_is_read_in_every_usual_form(cell: Any, currency: str, amount: str) -> None:
    assert values.read_minor(cell, currency, negative=True) == to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("lots", "bad_amount"),
        ("1.234,56", "bad_amount"),
        ("1,23", "bad_amount"),
        ("NaN", "bad_amount"),
        ("1e999999", "bad_amount"),
        (float("nan"), "bad_amount"),
        (float("inf"), "bad_amount"),
        (True, "bad_amount"),
        ("-5", "negative_amount"),
        ("1.005", "amount_too_fine"),
        ("9" * 40, "amount_too_large"),
        (1e300, "amount_too_large"),
        ("€5", "bad_currency"),
        ("#DIV/0!", "formula_error"),
        (UNCOMPUTED, "formula_without_value"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(cell: Any, code: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.read_minor(cell, "SGD", negative=False)
    assert caught.value.code == code


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_amounts_with_separators_are_read_back(amount: Decimal) -> None:
    assert values.read_minor(f"{amount:,}", "SGD", negative=True) == to_minor(amount, "SGD")


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("A（重点客户）", "A"),
        ("B(普通客户)", "B"),
        ("Ｃ", "C"),
        ("d", "D"),
        ("重点客户", "A"),
        ("非優先客戶", "C"),
        ("A级", "A"),
        ("", None),
        (None, None),
    ],
)
def test_grades_are_read_as_programs_write_them(cell: Any, grade: str | None) -> None:
    assert values.read_grade(cell) == (Grade(grade) if grade else None)


@pytest.mark.parametrize("cell", ["E", "Apple", "1", "最好"])
def test_what_is_no_grade_is_refused(cell: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.read_grade(cell)
    assert caught.value.code == "bad_grade"


@pytest.mark.parametrize(
    "cell", [13900000000.0, "+65 6000 4444", "0571-88888888-801", "139 0000 0000/0571-88888888", ""]
)
def test_phone_numbers_are_kept_as_written(cell: Any) -> None:
    assert values.read_phone(cell) == values.plain_text(cell)


@pytest.mark.parametrize("cell", ["12345", "none", "1234567890123456", "13900000000/12"])
def test_a_phone_number_has_6_to_15_digits(cell: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.read_phone(cell)
    assert caught.value.code == "bad_phone"


def test_text_loses_control_characters_and_the_guard_of_a_formula() -> None:
    assert values.plain_text(" a\x00b\x07  c ") == "a b c"
    assert values.plain_text("'=1+1") == "=1+1"
    assert values.plain_text("'tis") == "'tis"
    assert values.plain_text(13900000000.0) == "13900000000"


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates(), st.none()))
def test_no_cell_breaks_a_reader(cell: Any) -> None:
    """Every reader gives a value or a reason for whatever a cell may hold."""
    for read in (
        lambda: values.read_day(cell, ZONE),
        lambda: values.read_minor(cell, "SGD", negative=False),
        lambda: values.read_grade(cell),
        lambda: values.read_yes_no(cell),
        lambda: values.read_phone(cell),
        lambda: values.read_list(cell),
        lambda: values.read_currency(cell, "SGD"),
        lambda: values.read_number(cell, -90, 90, "bad_number"),
    ):
        with suppress(BadValue):
            read()
