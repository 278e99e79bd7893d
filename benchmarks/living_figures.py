"""What the lived month shows: how often phones rang, what was merged and answered, and what went against the rules."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.services.notices.ledger import Fate, Kind
from bot.services.notices.manners import FREE_KINDS, MANNERS
from bot.store.tables import Notice
from bot.store.unit import Store

QUIET_FROM, QUIET_UNTIL, BUDGET = time(20, 0), time(7, 30), 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A settled notice with the person's place in the team."""

    id: int
    member_id: int
    kind: str
    subject_id: int | None
    on: date | None
    due_at: datetime
    at: datetime
    fate: str
    rang: bool
    reason: str


async def read_notices(store: Store, until: datetime) -> tuple[list[Told], int]:
    """Everything that was settled, and how much is overdue and was not."""
    async with store.read() as session:
        rows = (await session.exec(select(Notice).where(col(Notice.due_at) <= until))).all()
    told = [
        Told(
            id=row.id or 0,
            member_id=row.member_id,
            kind=row.kind,
            subject_id=row.subject_id,
            on=row.on,
            due_at=row.due_at,
            at=row.settled_at,
            fate=row.fate or "",
            rang=row.rang,
            reason=row.reason or "",
        )
        for row in rows
        if row.settled_at is not None
    ]
    return told, sum(row.settled_at is None for row in rows)


def figures_of(told: Sequence[Told], days: Sequence[date], reps: set[int], zone: ZoneInfo) -> dict[str, Any]:
    """The table of the reps, over the days that they work."""
    heard = [one for one in told if one.member_id in reps and one.fate in (Fate.TOLD, Fate.MERGED)]
    messages = [one for one in heard if one.fate == Fate.TOLD and one.kind != Kind.REFRESH]
    notices = [one for one in heard if one.kind != Kind.REFRESH]
    rings = Counter((one.member_id, one.at.astimezone(zone).date()) for one in messages if one.rang)
    alone = Counter((one.member_id, one.at.astimezone(zone).date()) for one in notices if MANNERS[one.kind].rings)
    briefs = sum(one.kind in FREE_KINDS and one.rang for one in messages)
    each = [rings[rep, day] for rep in reps for day in days]
    unmerged = [alone[rep, day] for rep in reps for day in days]
    merged = sum(one.fate == Fate.MERGED for one in notices)
    return {
        "rings_median": statistics.median(each),
        "rings_95th": percentile(each, 95),
        "rings_most": max(each),
        "unmerged_rings_median": statistics.median(unmerged),
        "unmerged_rings_95th": percentile(unmerged, 95),
        "briefs_a_day": round(briefs / len(each), 2),
        "notices": len(notices),
        "messages": len(messages),
        "silent_edits_of_the_day": sum(one.kind == Kind.REFRESH for one in heard),
        "share_merged": round(merged / max(1, len(notices)), 3),
        "share_silent": round(sum(not one.rang for one in messages) / max(1, len(messages)), 3),
        "dropped_by_reason": dict(Counter(one.reason for one in told if one.fate == Fate.DROPPED).most_common()),
        "told_by_kind": dict(Counter(one.kind for one in notices).most_common()),
    }


def faults_of(told: Sequence[Told], days: Sequence[date], reps: set[int], zone: ZoneInfo) -> dict[str, int]:
    """What must not happen, counted."""
    rang = [one for one in told if one.rang and one.kind not in FREE_KINDS]
    a_day = Counter((one.member_id, one.at.astimezone(zone).date()) for one in rang)
    mornings = Counter(
        (one.member_id, one.on) for one in told if one.kind == Kind.MORNING and one.fate in (Fate.TOLD, Fate.MERGED)
    )
    once: dict[tuple[int, str, int | None, object], int] = defaultdict(int)
    for one in told:
        if one.fate in (Fate.TOLD, Fate.MERGED):
            once[one.member_id, one.kind, one.subject_id, one.on or one.due_at] += 1
    return {
        "rings_in_quiet_hours": sum(_is_quiet(one.at.astimezone(zone).time()) for one in rang),
        "days_over_budget": sum(count > BUDGET for count in a_day.values()),
        "told_twice": sum(count > 1 for count in once.values()),
        "failed": sum(one.fate == Fate.FAILED for one in told),
        "without_a_reason": sum(not one.reason for one in told if one.fate != Fate.TOLD),
        "mornings_missing_or_doubled": sum(mornings[rep, day] != 1 for rep in reps for day in days),
    }


def _is_quiet(at: time) -> bool:
    return at >= QUIET_FROM or at < QUIET_UNTIL


def percentile(values: Sequence[int], percent: int) -> int:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
