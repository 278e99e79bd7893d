"""A month of a team's notices by the decision that tells them: how often phones ring, how much is merged.

30 reps with 100 customers each make visits and promises as a seeded day of theirs goes; what they do not answer is
asked again as the rules of promises say. ``python -m benchmarks.courtesy [--reps 30] [--days 30] [--json]``; with
``--live`` and ``--customers`` the bot itself lives the days, with people who tap its buttons.
"""

import argparse
import asyncio
import json
import logging
import random
import statistics
import sys
import time as clock
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.living_month import live_month
from bot.domain.courtesy import QuietHours
from bot.domain.foreseeing import Foreseen, foresee
from bot.domain.notices import Pending, Recipient, next_occurrence
from bot.domain.promises import WorkingHours, next_reminder
from bot.domain.wall_time import instant_of
from bot.services.notices.ledger import Kind
from bot.services.notices.manners import BRIEF_AHEAD, MANNERS
from bot.services.work_calendar import is_public_working_day

ZONE, COUNTRY = ZoneInfo("Asia/Singapore"), "SG"
BEGIN = date(2026, 11, 1)
CUSTOMERS, VISITS_A_DAY, APPOINTMENTS_A_DAY = 100, 8, 2
PROMISED, COMMITTED = 0.30, 0.20
"""Of visits: those that end in a promise of ours, and in a customer's commitment with a date."""
ANSWERED, ANSWERED_EARLIER = 0.7, 0.35
"""Of reminders: answered when they come; and of promises: kept before the first one comes."""
REPORT_LATE = 0.15
FALLS_A_WEEK = 2


def works(day: date) -> bool:
    return is_public_working_day(COUNTRY, "12345", day)


HOURS = WorkingHours(zone=ZONE, begin=time(9), is_working=works)


@dataclass(slots=True)
class Rep:
    """One rep's month: what falls due in it, and what each answer leads to."""

    luck: random.Random
    end: date
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    promises: dict[int, datetime] = field(default_factory=dict)

    def person(self) -> Recipient:
        off = {self.end - timedelta(days=self.luck.randrange(5, 25))}
        return Recipient(
            zone=ZONE,
            work_from=time(9),
            work_until=time(18),
            quiet=QuietHours(begin=time(20), end=time(7, 30), zone=ZONE),
            is_working=lambda day: day not in off and works(day),
        )

    def notice(self, kind: Kind, due_at: datetime, on: date | None = None) -> Pending:
        return Pending(id=next(self.ids), kind=kind, manner=MANNERS[kind], due_at=due_at, on=on)

    def month(self, to: Recipient) -> Iterator[Pending]:
        for kind, wall in ((Kind.MORNING, time(7, 30)), (Kind.MISSING, time(18))):
            start = BEGIN
            while (found := next_occurrence(start=start, wall=wall, zone=ZONE, is_working=to.is_working)) is not None:
                on, due_at = found
                if on > self.end:
                    break
                late = self.luck.random() < 1 - (1 - REPORT_LATE) ** VISITS_A_DAY
                if kind is Kind.MORNING or late:
                    yield self.notice(kind, due_at, on)
                start = on + timedelta(days=1)
        for day in (BEGIN + timedelta(days=n) for n in range((self.end - BEGIN).days + 1)):
            if to.is_working(day):
                yield from self.day(day)

    def day(self, day: date) -> Iterator[Pending]:
        for hour in self.luck.sample(range(10, 18), APPOINTMENTS_A_DAY):
            yield self.notice(Kind.BRIEF, instant_of(day, time(hour), ZONE) - BRIEF_AHEAD)
        if self.luck.random() < FALLS_A_WEEK / 5:
            yield self.notice(Kind.FALLS, instant_of(day, time(3), ZONE))
        for _ in range(VISITS_A_DAY):
            for share in (PROMISED, COMMITTED):
                if self.luck.random() < share and self.luck.random() > ANSWERED_EARLIER:
                    on = day + timedelta(days=self.luck.randrange(1, 8))
                    due_at = instant_of(on, time(self.luck.choice((10, 12, 15, 17, 17, 17))), ZONE)
                    yield self.reminder(due_at, after=instant_of(day, time(18), ZONE))

    def reminder(self, due_at: datetime, *, after: datetime) -> Pending:
        made = self.notice(Kind.PROMISE, next_reminder(due_at, after=after, hours=HOURS).at)
        self.promises[made.id] = due_at
        return made

    def then(self, told: Foreseen) -> Iterable[Pending]:
        """A reminder that is not answered is followed by the next one."""
        for identity in told.ids:
            if identity in self.promises and self.luck.random() > ANSWERED:
                yield self.reminder(self.promises[identity], after=max(told.at, self.promises[identity]))


def run(*, reps: int, days: int, seed: int) -> dict[str, Any]:
    """Figures of the month: a day counts where the rep works."""
    begun = clock.perf_counter()
    end = BEGIN + timedelta(days=days - 1)
    rings_a_day: list[int] = []
    alone_a_day: list[int] = []
    totals: Counter[str] = Counter()
    for number in range(reps):
        rep = Rep(luck=random.Random(seed * 1000 + number), end=end)
        to = rep.person()
        start, until = instant_of(BEGIN, time(0), ZONE), instant_of(end, time(23, 59), ZONE)
        found = foresee(rep.month(to), to, start=start, end=until, then=rep.then)
        told = [one for one in found if one.tells]
        by_day = Counter(one.at.astimezone(ZONE).date() for one in told if one.rings)
        each = Counter(
            one.at.astimezone(ZONE).date() for one in told for kind in (one.kind, *one.merged) if MANNERS[kind].rings
        )
        worked = [day for n in range(days) if to.is_working(day := BEGIN + timedelta(days=n))]
        rings_a_day += [by_day[day] for day in worked]
        alone_a_day += [each[day] for day in worked]
        notices = [kind for one in told for kind in (one.kind, *one.merged)]
        totals["notices"] += len(notices)
        totals["messages"] += len(told)
        totals["merged"] += sum(len(one.merged) for one in told)
        totals["silent"] += sum(not one.rings for one in told)
        totals["urgent"] += sum(one.kind == Kind.BRIEF for one in told)
        totals["dropped"] += sum(not one.tells for one in found)
    return {
        "reps": reps,
        "customers": reps * CUSTOMERS,
        "days": days,
        "notices": totals["notices"],
        "messages": totals["messages"],
        "dropped": totals["dropped"],
        "rings_median": statistics.median(rings_a_day),
        "rings_95th": _percentile(rings_a_day, 95),
        "rings_most": max(rings_a_day),
        "unmerged_rings_median": statistics.median(alone_a_day),
        "unmerged_rings_95th": _percentile(alone_a_day, 95),
        "briefs_a_day": round(totals["urgent"] / len(rings_a_day), 2),
        "share_merged": round(totals["merged"] / totals["notices"], 3),
        "share_silent": round(totals["silent"] / totals["messages"], 3),
        "seconds": round(clock.perf_counter() - begun, 2),
    }


def _percentile(values: list[int], percent: int) -> int:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=30)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--live", action="store_true", help="the bot itself, with people who tap, instead of the decision alone"
    )
    parser.add_argument("--customers", type=int, default=3000, help="of the whole team, with --live (default 3000)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.live:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("benchmarks").setLevel(logging.INFO)
        figures = asyncio.run(live_month(reps=given.reps, customers=given.customers, days=given.days, seed=given.seed))
    else:
        figures = run(reps=given.reps, days=given.days, seed=given.seed)
    lines = "\n".join(f"{name.replace('_', ' '):24} {value}" for name, value in figures.items())
    sys.stdout.write((json.dumps(figures, indent=2) if given.json else lines) + "\n")


if __name__ == "__main__":
    main()
