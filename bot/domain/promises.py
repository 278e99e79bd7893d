"""The rules of promises: when their owner is reminded, when the manager hears, and what counts as kept on time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.proportions import Interval, wilson
from bot.domain.vocabulary import PromiseState
from bot.domain.wall_time import instant_of

REMIND_BEFORE_AT = time(16, 0)
"""On the working day before: late enough to be about tomorrow, early enough to still act."""

DAILY_REMINDERS = 3
WEEK = timedelta(days=7)
MANAGER_HEARS_AFTER = timedelta(days=7)
POSTPONED_TO = time(10, 0)

GRACE = timedelta(minutes=15)
"""The reminder comes at the due time itself: what is answered then was not late."""

_SEARCH_DAYS = 60
"""Longest run of days off that is looked past; a longer one is treated as if its days were worked."""

IsWorkingDay = Callable[[date], bool]


class Step(StrEnum):
    """Where a reminder stands against the due time."""

    BEFORE = "before"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    at: datetime
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """When an owner works: which dates, from what time on the clocks of which zone."""

    zone: ZoneInfo
    begin: time
    is_working: IsWorkingDay


def next_reminder(due_at: datetime, *, after: datetime, hours: WorkingHours) -> Reminder:
    """The first reminder later than ``after``: the day before, at the time, then late (METHOD.md section 9).

    "The day before" is the working day before. Late reminders come as work begins, on the first three working days
    after the due day, then weekly, each moved to a working day.
    """
    return next(reminder for reminder in _reminders(due_at, hours) if reminder.at > after)


def _reminders(due_at: datetime, hours: WorkingHours) -> Iterator[Reminder]:
    due_on = due_at.astimezone(hours.zone).date()
    before = _working_day(due_on, hours.is_working, step_days=-1)
    yield Reminder(at=instant_of(before, REMIND_BEFORE_AT, hours.zone), step=Step.BEFORE)
    yield Reminder(at=due_at.astimezone(UTC), step=Step.DUE)
    day = due_on
    for _ in range(DAILY_REMINDERS):
        day = _working_day(day, hours.is_working)
        yield Reminder(at=instant_of(day, hours.begin, hours.zone), step=Step.LATE)
    while True:
        day += WEEK
        on = day if hours.is_working(day) else _working_day(day, hours.is_working)
        yield Reminder(at=instant_of(on, hours.begin, hours.zone), step=Step.LATE)


def _working_day(day: date, is_working: IsWorkingDay, *, step_days: int = 1) -> date:
    """The nearest working day after a date, or before it with a step of -1."""
    for count in range(1, _SEARCH_DAYS):
        if is_working(found := day + timedelta(days=count * step_days)):
            return found
    return day + timedelta(days=step_days)


def manager_hears_at(due_at: datetime, hours: WorkingHours) -> datetime:
    """When the manager hears of a late promise: as the manager's work begins, a week after the due day."""
    day = (due_at + MANAGER_HEARS_AFTER).astimezone(hours.zone).date()
    on = day if hours.is_working(day) else _working_day(day, hours.is_working)
    return instant_of(on, hours.begin, hours.zone)


def postponed_to(now: datetime, hours: WorkingHours) -> datetime:
    """What "Tomorrow 10:00" means: 10:00 on the next day that is worked."""
    day = _working_day(now.astimezone(hours.zone).date(), hours.is_working)
    return instant_of(day, POSTPONED_TO, hours.zone)


def is_late(due_at: datetime | None, *, now: datetime) -> bool:
    """Whether an open promise is past its due time, by more than the grace."""
    return due_at is not None and due_at < now - GRACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one promise. ``first_due_at`` is what was said at first: putting it off does not keep it."""

    state: PromiseState
    first_due_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOnTime:
    """``on_time`` of ``count`` promises that fell due."""

    on_time: int
    count: int

    @property
    def percent(self) -> int | None:
        """None where nothing has fallen due."""
        return round(100 * self.on_time / self.count) if self.count else None

    @property
    def interval(self) -> Interval | None:
        """In which the true share lies, 95 times of 100."""
        return wilson(self.on_time, self.count)


def kept_on_time(promises: Iterable[Kept], *, now: datetime, zone: ZoneInfo) -> KeptOnTime:
    """How often the word was kept: by the end of the day first named, of all that were kept, broken or are late.

    The whole day counts, since the reminder itself comes at the due time. Withdrawn promises do not count, and open
    ones count from the day after.
    """
    on_time = count = 0
    for promise in promises:
        due_on = promise.first_due_at.astimezone(zone).date()
        if promise.state is PromiseState.WITHDRAWN:
            continue
        if promise.state is PromiseState.OPEN and now.astimezone(zone).date() <= due_on:
            continue
        count += 1
        if promise.state is PromiseState.KEPT and promise.closed_at is not None:
            on_time += promise.closed_at.astimezone(zone).date() <= due_on
    return KeptOnTime(on_time=on_time, count=count)
