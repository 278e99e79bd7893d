"""Kinds of time: a day, and a moment of a day. Near ones are buttons, any other is typed."""

from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind, Takes, refuse_reply, unreadable
from bot.domain.forms.matching import Option
from bot.domain.forms.replies import Reply, Tap, Text
from bot.domain.screen import Json
from bot.domain.when import read_day, read_moment

Side = Literal["future", "past", "any"]

MOMENT_TOKEN = "%Y%m%dT%H%M"
LISTED_DAYS = 28
FARTHEST = timedelta(days=2 * 366)
FRIDAY, WEEK = 4, 7
MORNING, EVENING = time(10, 0), time(17, 0)


class Day(Kind[date]):
    """A local date. Today counts as future and as past."""

    name = "day"
    takes = frozenset({Takes.TAP, Takes.TEXT})
    first_page = 4

    def __init__(self, side: Side) -> None:
        self.side = side

    def options(self, asked: Asked) -> tuple[Option, ...]:
        today, step = asked.context.today, -1 if self.side == "past" else 1
        near = [today, today - timedelta(days=1)] if self.side == "past" else [today + timedelta(days=1)]
        near += [today + step * timedelta(days=days) for days in (WEEK, 2 * WEEK)]
        rest = [today + step * timedelta(days=days) for days in range(LISTED_DAYS)]
        days = dict.fromkeys([*near, *rest])
        return tuple(Option(token=day.isoformat(), value=self.shown(day)) for day in days)

    def parse(self, reply: Reply, asked: Asked) -> date:
        match reply:
            case Tap(token):
                try:
                    day = date.fromisoformat(token)
                except ValueError:
                    raise Refused("option_gone") from None
            case Text(text):
                day = read_day(text, asked.context.today, past_allowed=self.side != "future")
            case _:
                raise refuse_reply(self)
        self.check(day, asked)
        return day

    def check(self, value: date, asked: Asked) -> None:
        today = asked.context.today
        if self.side == "future" and value < today:
            raise Refused("when_in_past", day=value.isoformat())
        if self.side == "past" and value > today:
            raise Refused("when_in_future", day=value.isoformat())
        if abs(value - today) > FARTHEST:
            raise Refused("when_too_far", day=value.isoformat())

    def token(self, value: date) -> str:
        return value.isoformat()

    def dump(self, value: date) -> Json:
        return value.isoformat()

    def load(self, data: Json) -> date:
        try:
            return date.fromisoformat(str(data))
        except ValueError:
            raise unreadable(data) from None

    def shown(self, value: date) -> Json:
        return {"as": "day", "value": value.isoformat()}


class Moment(Kind[datetime]):
    """A coming instant, aware, in the zone of the one who said it."""

    name = "moment"
    takes = frozenset({Takes.TAP, Takes.TEXT})
    first_page = 4

    def __init__(self, default_time: time) -> None:
        self.default_time = default_time

    def options(self, asked: Asked) -> tuple[Option, ...]:
        now, today = asked.context.now, asked.context.today
        friday = today + timedelta(days=(FRIDAY - today.weekday()) % WEEK)
        monday = today + timedelta(days=WEEK - today.weekday())
        tomorrow = today + timedelta(days=1)
        named = [(today, EVENING), (tomorrow, MORNING), (friday, EVENING), (monday, MORNING)]
        later = [(today + timedelta(days=days), self.default_time) for days in range(1, LISTED_DAYS)]
        moments = dict.fromkeys(datetime.combine(day, clock, tzinfo=now.tzinfo) for day, clock in [*named, *later])
        return tuple(Option(token=self.token(moment), value=self.shown(moment)) for moment in moments if moment > now)

    def parse(self, reply: Reply, asked: Asked) -> datetime:
        now = asked.context.now
        match reply:
            case Tap(token):
                try:
                    moment = datetime.strptime(token, MOMENT_TOKEN).replace(tzinfo=now.tzinfo)
                except ValueError:
                    raise Refused("option_gone") from None
            case Text(text):
                moment = read_moment(text, now, self.default_time)
            case _:
                raise refuse_reply(self)
        self.check(moment, asked)
        return moment

    def check(self, value: datetime, asked: Asked) -> None:
        if value <= asked.context.now:
            raise Refused("when_in_past", day=value.astimezone(asked.context.now.tzinfo).date().isoformat())
        if value - asked.context.now > FARTHEST:
            raise Refused("when_too_far", day=value.date().isoformat())

    def token(self, value: datetime) -> str:
        return value.strftime(MOMENT_TOKEN)

    def dump(self, value: datetime) -> Json:
        return value.isoformat()

    def load(self, data: Json) -> datetime:
        try:
            moment = datetime.fromisoformat(str(data))
        except ValueError:
            raise unreadable(data) from None
        if moment.tzinfo is None:
            raise unreadable(data)
        return moment

    def shown(self, value: datetime) -> Json:
        return {"as": "moment", "value": value.isoformat()}


def day(*, side: Side = "future") -> Kind[date]:
    """A local date on one side of today, today included, at most two years away."""
    return Day(side)


def moment(*, default_time: time = MORNING) -> Kind[datetime]:
    """A coming instant; a typed day without a time is taken at the default time."""
    return Moment(default_time)
