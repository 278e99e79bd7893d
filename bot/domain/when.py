"""Days and times as reps type them, in English and both Chinese scripts: "next Tuesday 3pm", "下周二下午三点"."""

from datetime import date, datetime, time, timedelta

from bot.domain.errors import Refused
from bot.domain.when_days import find_day
from bot.domain.when_times import find_span, find_time
from bot.domain.when_words import is_noise, normalise

LONGEST_TEXT = 60


def read_day(text: str, today: date, *, past_allowed: bool = False) -> date:
    """The day that a text names, seen from a day. A time beside it is accepted and left out.

    A weekday is the next one; a date without a year is the coming one, or this year's where the past is allowed.
    Raises Refused ``when_not_understood`` (text), ``when_ambiguous`` (first, second) or ``when_in_past`` (day).
    """
    plain = _prepare(text)
    found = find_day(plain, today, past_allowed=past_allowed)
    if found is None:
        raise Refused("when_not_understood", text=text.strip()[:LONGEST_TEXT])
    day, rest = found
    clock = find_time(rest)
    if not is_noise(clock[1] if clock else rest):
        raise Refused("when_not_understood", text=text.strip()[:LONGEST_TEXT])
    if day < today and not past_allowed:
        raise Refused("when_in_past", day=day.isoformat())
    return day


def read_moment(text: str, now: datetime, default_time: time) -> datetime:
    """The coming moment that a text names, in the zone of ``now``, which is aware.

    A day alone is at the default time; a time alone is today, or tomorrow when it has passed. A wall time that a
    clock change skips is moved on by that change. Raises Refused like ``read_day``.
    """
    if now.tzinfo is None:
        raise ValueError(f"now carries its zone, this one does not: {now.isoformat()}")
    plain = _prepare(text)
    refused = Refused("when_not_understood", text=text.strip()[:LONGEST_TEXT])
    span = find_span(plain)
    if span is not None and is_noise(span[1]):
        ahead = datetime.fromtimestamp(now.timestamp() + span[0].total_seconds(), tz=now.tzinfo)
        return ahead.replace(second=0, microsecond=0)
    day = find_day(plain, now.date(), past_allowed=False)
    clock = find_time(day[1] if day else plain)
    if day is None and clock is None:
        raise refused
    rest = clock[1] if clock else day[1] if day else plain
    if not is_noise(rest):
        raise refused
    moment = datetime.combine(day[0] if day else now.date(), clock[0] if clock else default_time, tzinfo=now.tzinfo)
    if day is None and moment <= now:
        moment += timedelta(days=1)
    if moment <= now:
        raise Refused("when_in_past", day=moment.date().isoformat())
    return datetime.fromtimestamp(moment.timestamp(), tz=now.tzinfo)


def _prepare(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise Refused("when_not_understood", text=text.strip()[:LONGEST_TEXT])
    return normalise(text)
