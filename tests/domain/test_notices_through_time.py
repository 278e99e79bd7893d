"""Ten years of notices in every time zone there is: one morning a working date, few rings, and nothing lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from benchmarks import courtesy
from bot.domain.courtesy import QuietHours
from bot.domain.foreseeing import Foreseen, foresee
from bot.domain.notices import Lasts, Manner, OnDayOff, Pending, Recipient, next_occurrence
from bot.domain.wall_time import instant_of

BEGIN, END = date(2020, 1, 1), date(2030, 1, 1)
QUIET = time(20, 0), time(7, 30)
MORNING = Manner(alone=True, lasts=Lasts.WORK_OF_ITS_DATE)
REMINDER = Manner(day_off=OnDayOff.MOVE)
BRIEF = Manner(urgent=True, day_off=OnDayOff.TELL, lasts=Lasts.HALF_HOUR)
DATED = Manner()
AROUND = timedelta(days=2)
CALENDAR_DAYS = (date(2019, 12, 31), date(2024, 2, 29), date(2027, 12, 31))
"""Year-ends and a leap day, tried in every zone beside each change of its clocks."""


def zones() -> list[ZoneInfo]:
    return [ZoneInfo(name) for name in sorted(available_timezones()) if name != "localtime"]


MIDNIGHTS = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=count) for count in range((END - BEGIN).days)]


def offsets_of(zone: ZoneInfo) -> tuple[timedelta | None, ...]:
    """How far its clocks are ahead of UTC on every day of the ten years."""
    return tuple([day.astimezone(zone).utcoffset() for day in MIDNIGHTS])


def changes_of(offsets: tuple[timedelta | None, ...]) -> list[date]:
    """The dates on which clocks change."""
    return [MIDNIGHTS[at].date() for at in range(1, len(offsets)) if offsets[at] != offsets[at - 1]]


def works(day: date) -> bool:
    """Monday to Friday, less a holiday in the middle of some weeks."""
    return day.isoweekday() <= 5 and day.day != 15


def person(zone: ZoneInfo) -> Recipient:
    quiet = QuietHours(begin=QUIET[0], end=QUIET[1], zone=zone)
    return Recipient(zone=zone, work_from=time(9), work_until=time(18), quiet=quiet, is_working=works, rings_a_day=3)


def mornings(to: Recipient, begin: date, end: date) -> Iterator[Pending]:
    """Planned as the bot plans them: each from the date after the one before."""
    start = begin
    while (found := next_occurrence(start=start, wall=time(7, 30), zone=to.zone, is_working=works)) is not None:
        on, due_at = found
        if on > end:
            return
        yield Pending(id=on.toordinal(), kind="morning", manner=MORNING, due_at=due_at, on=on)
        start = on + timedelta(days=1)


def others(to: Recipient, begin: date, end: date) -> Iterator[Pending]:
    """Reminders around the clock, more than may ring, and a brief in the night."""
    number = 10_000_000
    for count in range((end - begin).days):
        day = begin + timedelta(days=count)
        for wall in (time(0, 30), time(2, 30), time(7, 40), time(9), time(13), time(13, 10), time(18), time(23, 50)):
            number += 1
            kind, manner, on = ("dated", DATED, day) if wall.hour == 18 else ("reminder", REMINDER, None)
            due_at = instant_of(day, wall, to.zone)
            yield Pending(id=number, kind=kind, manner=manner, due_at=due_at, on=on)
        number += 1
        yield Pending(id=number, kind="brief", manner=BRIEF, due_at=instant_of(day, time(22), to.zone))


def windows_of(offsets: tuple[timedelta | None, ...]) -> Iterator[tuple[date, date]]:
    """Spans of dates around everything that is odd in a zone, merged where they meet."""
    odd = sorted({*changes_of(offsets), *CALENDAR_DAYS})
    begin, end = odd[0] - AROUND, odd[0] + AROUND
    for day in odd[1:]:
        if day - AROUND > end:
            yield begin, end
            begin = day - AROUND
        end = day + AROUND
    yield begin, end


def check(to: Recipient, begin: date, end: date) -> None:
    given = [*mornings(to, begin, end), *others(to, begin, end)]
    until = instant_of(end + timedelta(days=6), time(12), to.zone)  # what waits for work is told by then
    told = foresee(given, to, start=instant_of(begin, time(0), to.zone), end=until)
    accounted = Counter(identity for one in told for identity in one.ids)
    assert accounted == Counter(one.id for one in given), "told, merged or dropped with a reason: each exactly once"
    by_morning = Counter(one.at.astimezone(to.zone).date() for one in told if one.kind == "morning" and one.tells)
    assert by_morning == Counter(one.on for one in given if one.kind == "morning")
    rings: Counter[date] = Counter()
    for one in told:
        if one.rings and one.kind != "brief":
            local = one.at.astimezone(to.zone)
            assert QUIET[1] <= local.time() < QUIET[0], (to.zone, local)
            assert works(local.date()), (to.zone, local)
            rings[local.date()] += 1
    assert max(rings.values(), default=0) <= to.rings_a_day


def test_every_change_of_clocks_in_ten_years_in_every_zone() -> None:
    tried = zones()
    assert len(tried) >= 400
    by_clocks = {offsets_of(zone): zone for zone in tried}  # zones whose clocks never differ are one
    for offsets, zone in by_clocks.items():
        to = person(zone)
        for begin, end in windows_of(offsets):
            check(to, begin, end)


@pytest.mark.parametrize("name", ["Asia/Singapore", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_every_day_of_ten_years_has_one_morning_if_it_is_worked(name: str) -> None:
    to = person(ZoneInfo(name))
    found = list(mornings(to, BEGIN, END - timedelta(days=1)))
    days = [BEGIN + timedelta(days=count) for count in range((END - BEGIN).days)]
    assert [one.on for one in found] == [day for day in days if works(day)]
    assert [one.due_at.astimezone(to.zone).date() for one in found] == [one.on for one in found]


def test_a_date_that_a_zone_skips_has_no_morning_and_the_record_says_why() -> None:
    """Samoa had no 30 December 2011, a Friday."""
    to = person(ZoneInfo("Pacific/Apia"))
    given = list(mornings(to, date(2011, 12, 28), date(2012, 1, 3)))
    told = foresee(given, to, start=given[0].due_at, end=given[-1].due_at)
    assert [(f"{one.at.astimezone(to.zone):%m-%d %H:%M}", one.tells) for one in told] == [
        ("12-28 07:30", True),
        ("12-29 07:30", True),
        ("12-31 00:00", False),
        ("01-02 07:30", True),
        ("01-03 07:30", True),
    ]


def test_the_foreseen_says_why_each_came() -> None:
    to = person(ZoneInfo("Asia/Singapore"))
    begin = date(2026, 11, 23)
    given = others(to, begin, begin + timedelta(days=1))
    told = foresee(given, to, start=instant_of(begin, time(0), to.zone), end=datetime(2026, 11, 25, tzinfo=UTC))
    assert [_line(one, to) for one in told] == [
        "07:30 reminder+reminder+reminder rings quiet_hours",
        "09:00 reminder rings due",
        "13:00 reminder+reminder rings due",
        "18:00 dated silent budget",
        "22:00 brief rings due",
        "07:30 reminder rings quiet_hours",
    ]


def _line(one: Foreseen, to: Recipient) -> str:
    kinds = "+".join((one.kind, *one.merged))
    return f"{one.at.astimezone(to.zone):%H:%M} {kinds} {'rings' if one.rings else 'silent'} {one.why}"


def test_the_benchmark_counts_a_short_month() -> None:
    figures = courtesy.run(reps=2, days=7, seed=1)
    assert figures["messages"] + figures["dropped"] > 0
    assert figures["rings_most"] - 2 <= 6  # two briefs a day ring for free
    assert figures["rings_median"] <= figures["unmerged_rings_median"]
