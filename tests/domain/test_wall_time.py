"""Wall times as instants, in every zone that there is: gaps, folds, and dates that a zone skipped."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wall_time import instant_of

ZONES = sorted(
    name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right"))
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
walls = st.times().map(lambda wall: wall.replace(microsecond=0, second=0))


@given(day=days, wall=walls, zone=zones)
def test_an_instant_shows_its_wall_time_or_the_first_valid_one_after(day: date, wall: time, zone: ZoneInfo) -> None:
    instant = instant_of(day, wall, zone)
    shown, wanted = instant.astimezone(zone).replace(tzinfo=None), datetime.combine(day, wall)
    assert shown >= wanted
    if shown > wanted:  # in a gap: one second before, clocks had not come so far
        assert (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) < wanted


@given(day=days, wall=walls, zone=zones)
def test_of_two_instants_in_a_fold_the_first_is_meant(day: date, wall: time, zone: ZoneInfo) -> None:
    instant = instant_of(day, wall, zone)
    for hours in (0.5, 1, 2, 24):
        earlier = instant - timedelta(hours=hours)
        assert earlier.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, wall)


@given(day=days, wall=walls, zone=zones)
def test_a_later_date_is_a_later_instant(day: date, wall: time, zone: ZoneInfo) -> None:
    assert instant_of(day, wall, zone) < instant_of(day + timedelta(days=1), wall, zone)


def test_a_gap_gives_its_end() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2026, 3, 29), time(2, 30), berlin) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_fold_gives_its_first_pass() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2026, 10, 25), time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_that_a_zone_skipped_is_its_next_midnight() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went over the date line: 30 December 2011 was not
    assert instant_of(date(2011, 12, 30), time(7, 30), apia) == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
