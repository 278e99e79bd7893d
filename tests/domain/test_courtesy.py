"""Quiet hours of a member, and hours in which a customer can be called."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.courtesy import QuietHours, next_contact
from bot.domain.wall_time import instant_of

SINGAPORE = ZoneInfo("Asia/Singapore")
DAY = date(2026, 11, 23)
zones = st.sampled_from(["Asia/Singapore", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]).map(ZoneInfo)
walls = st.times().map(lambda wall: wall.replace(microsecond=0, second=0))


def test_quiet_hours_know_when_they_began_also_after_midnight() -> None:
    quiet = QuietHours(begin=time(20), end=time(7, 30), zone=ZoneInfo("Asia/Singapore"))
    evening = datetime.fromisoformat("2026-11-23T20:00:00+08:00")
    for inside in ("2026-11-23T20:00:00+08:00", "2026-11-23T23:30:00+08:00", "2026-11-24T07:29:00+08:00"):
        assert quiet.begin_of(datetime.fromisoformat(inside)) == evening
    assert quiet.begin_of(datetime.fromisoformat("2026-11-24T07:30:00+08:00")) is None


def at(wall: str, day: date = DAY) -> datetime:
    return instant_of(day, time.fromisoformat(wall), SINGAPORE)


@pytest.mark.parametrize(
    ("wall", "ends"), [("19:59", None), ("20:00", "24 07:30"), ("23:59", "24 07:30"), ("07:29", "23 07:30")]
)
def test_quiet_hours_go_over_midnight(wall: str, ends: str | None) -> None:
    quiet = QuietHours(begin=time(20, 0), end=time(7, 30), zone=SINGAPORE)
    end = quiet.end_after(at(wall))
    assert (end and f"{end.astimezone(SINGAPORE):%d %H:%M}") == ends


def test_quiet_hours_within_a_day_end_on_it() -> None:
    quiet = QuietHours(begin=time(12, 0), end=time(13, 0), zone=SINGAPORE)
    assert quiet.end_after(at("12:30")) == at("13:00")
    assert quiet.end_after(at("13:00")) is None


def test_equal_times_are_no_quiet_hours() -> None:
    quiet = QuietHours(begin=time(8, 0), end=time(8, 0), zone=SINGAPORE)
    assert quiet.end_after(at("08:00")) is None


@given(day=st.dates(date(2024, 1, 1), date(2030, 1, 1)), wall=walls, begin=walls, end=walls, zone=zones)
def test_the_end_of_quiet_hours_is_later_and_not_quiet(
    day: date, wall: time, begin: time, end: time, zone: ZoneInfo
) -> None:
    quiet, instant = QuietHours(begin=begin, end=end, zone=zone), instant_of(day, wall, zone)
    ends = quiet.end_after(instant)
    if ends is not None:
        assert ends > instant
        assert quiet.end_after(ends) is None


@pytest.mark.parametrize(
    ("wall", "country", "opens"),
    [
        ("07:00", "SG", "23 08:00"),
        ("12:30", "SG", "23 12:30"),
        ("12:30", "CN", "23 13:30"),
        ("20:30", "SG", "24 08:00"),
    ],
)
def test_customers_are_called_in_their_contact_hours(wall: str, country: str, opens: str) -> None:
    instant = next_contact(
        at(wall), zone=SINGAPORE, country=country, lat=30.2, is_working=lambda day: day.isoweekday() <= 5
    )
    assert f"{instant.astimezone(SINGAPORE):%d %H:%M}" == opens


def test_customers_are_called_later_on_weekends() -> None:
    saturday = date(2026, 11, 28)
    instant = next_contact(
        at("08:00", saturday), zone=SINGAPORE, country="SG", lat=None, is_working=lambda day: day.isoweekday() <= 5
    )
    assert instant == at("09:00", saturday)
