"""The rules of promises: the ladder of reminders, what putting off means, what was kept on time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.promises import (
    Kept,
    Step,
    WorkingHours,
    is_late,
    kept_on_time,
    manager_hears_at,
    next_reminder,
    postponed_to,
)
from bot.domain.vocabulary import PromiseState

SINGAPORE = ZoneInfo("Asia/Singapore")
FRIDAY_FIVE = datetime.fromisoformat("2026-11-27T17:00:00+08:00")
instants = st.integers(0, 3_000_000).map(lambda minutes: FRIDAY_FIVE + timedelta(minutes=minutes - 1_500_000))


def on_weekdays(day: date) -> bool:
    return day.isoweekday() <= 5


def hours(is_working: object = on_weekdays) -> WorkingHours:
    return WorkingHours(zone=SINGAPORE, begin=time(9, 0), is_working=is_working)  # type: ignore[arg-type] # a test's own


def ladder(due_at: datetime, count: int, *, after: datetime) -> list[str]:
    steps = []
    for _ in range(count):
        reminder = next_reminder(due_at, after=after, hours=hours())
        steps.append(f"{reminder.step} {reminder.at.astimezone(SINGAPORE):%m-%d %H:%M}")
        after = reminder.at
    return steps


def test_reminders_come_before_at_the_time_daily_and_then_weekly() -> None:
    assert ladder(FRIDAY_FIVE, 7, after=FRIDAY_FIVE - timedelta(days=9)) == [
        "before 11-26 16:00",
        "due 11-27 17:00",
        "late 11-30 09:00",
        "late 12-01 09:00",
        "late 12-02 09:00",
        "late 12-09 09:00",
        "late 12-16 09:00",
    ]


def test_a_promise_for_monday_is_reminded_of_on_friday() -> None:
    monday = datetime.fromisoformat("2026-11-30T10:00:00+08:00")
    assert ladder(monday, 1, after=monday - timedelta(days=5)) == ["before 11-27 16:00"]


def test_a_promise_that_was_late_when_it_was_made_is_reminded_of_when_work_next_begins() -> None:
    assert ladder(FRIDAY_FIVE, 1, after=FRIDAY_FIVE + timedelta(hours=1)) == ["late 11-30 09:00"]


@given(due_at=instants, after=instants)
def test_a_next_reminder_is_always_later_and_within_nine_days_once_it_is_late(
    due_at: datetime, after: datetime
) -> None:
    reminder = next_reminder(due_at, after=after, hours=hours())
    assert reminder.at > after
    if after > due_at:
        assert reminder.step is Step.LATE
        assert reminder.at - after <= timedelta(days=9, hours=1)


def test_somebody_who_works_on_no_day_is_reminded_all_the_same() -> None:
    never = hours(lambda day: False)
    assert next_reminder(FRIDAY_FIVE, after=FRIDAY_FIVE, hours=never).step is Step.LATE
    assert postponed_to(FRIDAY_FIVE, never) > FRIDAY_FIVE


def test_the_manager_hears_a_week_after_the_due_day_as_work_begins() -> None:
    assert manager_hears_at(FRIDAY_FIVE, hours()) == datetime.fromisoformat("2026-12-04T09:00:00+08:00")
    on_saturday = datetime.fromisoformat("2026-11-28T12:00:00+08:00")
    assert manager_hears_at(on_saturday, hours()) == datetime.fromisoformat("2026-12-07T09:00:00+08:00")


def test_tomorrow_at_ten_is_monday_on_a_friday() -> None:
    assert postponed_to(FRIDAY_FIVE, hours()) == datetime.fromisoformat("2026-11-30T10:00:00+08:00")


def test_a_promise_answered_at_its_reminder_is_not_late() -> None:
    assert not is_late(FRIDAY_FIVE, now=FRIDAY_FIVE + timedelta(minutes=10))
    assert is_late(FRIDAY_FIVE, now=FRIDAY_FIVE + timedelta(minutes=20))
    assert not is_late(None, now=FRIDAY_FIVE)


def test_kept_on_time_means_by_the_end_of_the_day_first_named() -> None:
    def kept(state: PromiseState, closed_after: timedelta | None = None) -> Kept:
        closed_at = None if closed_after is None else FRIDAY_FIVE + closed_after
        return Kept(state=state, first_due_at=FRIDAY_FIVE, closed_at=closed_at)

    promises = [
        kept(PromiseState.KEPT, timedelta(hours=-20)),
        kept(PromiseState.KEPT, timedelta(hours=6)),
        kept(PromiseState.KEPT, timedelta(hours=8)),
        kept(PromiseState.BROKEN, timedelta(hours=-1)),
        kept(PromiseState.WITHDRAWN, timedelta(hours=-1)),
        kept(PromiseState.OPEN),
    ]
    today = kept_on_time(promises, now=FRIDAY_FIVE, zone=SINGAPORE)
    assert (today.on_time, today.count) == (2, 4)
    tomorrow = kept_on_time(promises, now=FRIDAY_FIVE + timedelta(days=1), zone=SINGAPORE)
    assert (tomorrow.on_time, tomorrow.count, tomorrow.percent) == (2, 5, 40)


def test_of_nothing_there_is_no_percentage() -> None:
    assert kept_on_time([], now=FRIDAY_FIVE, zone=SINGAPORE).percent is None
