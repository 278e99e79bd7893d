"""Instants and seconds since local midnight: the planner counts seconds, everything else holds instants."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.people import Acting
from bot.domain.wall_time import instant_of

DAY_S = 24 * 3600


def seconds_of(instant: datetime, on: date, zone: ZoneInfo) -> int:
    """What the clocks of a zone show at an instant, as seconds since midnight of a date."""
    local = instant.astimezone(zone)
    return (local.date() - on).days * DAY_S + local.hour * 3600 + local.minute * 60 + local.second


def instant_at(on: date, seconds: int, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of a zone show so many seconds since midnight of a date."""
    days, rest = divmod(seconds, DAY_S)
    wall = time(rest // 3600, rest // 60 % 60, rest % 60)
    return instant_of(on + timedelta(days=days), wall, zone)


def noon(acting: Acting, on: date) -> datetime:
    """The middle of a person's date."""
    return instant_of(on, time(12, 0), acting.zone)


def end_of_day(acting: Acting, on: date) -> datetime:
    """The instant at which a person's date is over."""
    return instant_of(on + timedelta(days=1), time(0, 0), acting.zone)


def wall_seconds(wall: time) -> int:
    """A time of day as seconds since midnight."""
    return wall.hour * 3600 + wall.minute * 60 + wall.second
