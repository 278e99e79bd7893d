"""A dry run: what people will be told over the next days, by the very decision that tells them. Changes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.foreseeing import Foreseen, foresee
from bot.domain.notices import Pending, Recipient, next_occurrence
from bot.domain.people import Acting
from bot.domain.vocabulary import PromiseState, VisitState
from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.notices.manners import BRIEF_AHEAD, FREE_KINDS, MANNERS, recipient_of
from bot.services.notices.recurring import WALL_TIMES, comes_on, kinds_for
from bot.services.notices.telling import as_pending, rep_hears_at
from bot.services.people import acting_as
from bot.services.promises.reminding import reminders_until
from bot.store.tables import Member, Notice, Promise, Team, Visit

MOST_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What one person will be told, earliest first."""

    acting: Acting
    told: Sequence[Foreseen]


async def foresee_team(
    session: AsyncSession, team: Team, now: datetime, *, days: int, name: str | None = None
) -> list[Outlook]:
    """The next days of everybody in a team who has joined, or of one person. Raises Refused("no_such_person")."""
    query = select(Member).where(
        col(Member.team_id) == team.id, col(Member.chat_id).is_not(None), col(Member.left_at).is_(None)
    )
    members = [one for one in (await session.exec(query.order_by(col(Member.name)))).all() if name in (None, one.name)]
    if name is not None and not members:
        raise Refused("no_such_person", name=name)
    return [await foresee_member(session, member, acting_as(member, team), now, days=days) for member in members]


async def foresee_member(session: AsyncSession, member: Member, acting: Acting, now: datetime, *, days: int) -> Outlook:
    """What one person will be told until the end of the day that many days ahead, nothing being answered till then."""
    to = await recipient_of(session, member, acting)
    today = acting.local(now).date()
    end = instant_of(today + timedelta(days=min(days, MOST_DAYS) + 1), time(0), acting.zone) - timedelta(seconds=1)
    rows = [row for row in await ledger.pending_of(session, acting.member_id, end) if row.kind in MANNERS]
    waits = await rep_hears_at(session, rows)
    pending = [as_pending(row, waits.get(row.id or 0)) for row in rows]
    # What is not written down yet has no id: numbers below zero stand for it.
    fresh = count(-1, -1)
    pending += _recurring(rows, acting, to, fresh, end)
    pending += await _briefs(session, acting, rows, fresh, now, end)
    pending += await _reminders(session, acting, rows, fresh, end)
    visited = await _open_visits(session, acting)
    pending = [
        one
        for one in pending
        if one.kind != Kind.REFRESH and (one.kind != Kind.MISSING or one.on in visited)  # else there is none to miss
    ]
    midnight = instant_of(today, time(0), acting.zone)
    rung = await ledger.rung_since(session, acting.member_id, midnight, FREE_KINDS)
    told = foresee(pending, to, start=now, end=end, rung=rung)
    return Outlook(acting=acting, told=[one for one in told if one.tells])


def _recurring(
    rows: Sequence[Notice], acting: Acting, to: Recipient, fresh: Iterator[int], end: datetime
) -> list[Pending]:
    """The dates after those that stand, planned as telling each of them will plan the next."""
    found = []
    for kind in kinds_for(acting):
        last = max((row.on for row in rows if row.kind == kind and row.on), default=None)
        while last is not None:
            following = next_occurrence(
                start=last + timedelta(days=1),
                wall=WALL_TIMES[kind],
                zone=to.zone,
                is_working=partial(comes_on, kind, is_working=to.is_working),
            )
            if following is None or following[1] > end:
                break
            last, due_at = following
            found.append(Pending(id=next(fresh), kind=kind, manner=MANNERS[kind], due_at=due_at, on=last))
    return found


async def _briefs(
    session: AsyncSession,
    acting: Acting,
    rows: Sequence[Notice],
    fresh: Iterator[int],
    now: datetime,
    end: datetime,
) -> list[Pending]:
    query = select(Visit.id, col(Visit.appointment_at)).where(
        col(Visit.member_id) == acting.member_id,
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.appointment_at) > now + BRIEF_AHEAD,
        col(Visit.appointment_at) <= end + BRIEF_AHEAD,
    )
    entered = {row.subject_id for row in rows if row.kind == Kind.BRIEF}
    return [
        Pending(id=next(fresh), kind=Kind.BRIEF, manner=MANNERS[Kind.BRIEF], due_at=at - BRIEF_AHEAD)
        for identity, at in (await session.exec(query)).all()
        if at is not None and identity not in entered
    ]


async def _reminders(
    session: AsyncSession, acting: Acting, rows: Sequence[Notice], fresh: Iterator[int], end: datetime
) -> list[Pending]:
    """The reminders after the pending one of each promise, as if it were not kept."""
    pending = {row.subject_id: row for row in rows if row.kind == Kind.PROMISE}
    query = select(Promise).where(col(Promise.id).in_(list(pending)), col(Promise.state) == PromiseState.OPEN)
    instants: list[datetime] = []
    for promise in (await session.exec(query)).all():
        instants += await reminders_until(session, promise, acting, after=pending[promise.id].due_at, until=end)
    manner = MANNERS[Kind.PROMISE]
    return [Pending(id=next(fresh), kind=Kind.PROMISE, manner=manner, due_at=at) for at in instants]


async def _open_visits(session: AsyncSession, acting: Acting) -> set[object]:
    query = select(col(Visit.on)).where(
        col(Visit.member_id) == acting.member_id, col(Visit.state).in_([VisitState.PLANNED, VisitState.STARTED])
    )
    return set((await session.exec(query.distinct())).all())


def as_rows(outlooks: Sequence[Outlook]) -> list[dict[str, object]]:
    """Rows of person, instant with the person's offset, kind, whether it rings, what comes with it, and why."""
    return [
        {
            "person": outlook.acting.name,
            "at": outlook.acting.local(one.at).isoformat(timespec="seconds"),
            "kind": one.kind,
            "rings": one.rings,
            "merged": list(one.merged),
            "reason": one.why.value,
        }
        for outlook in outlooks
        for one in outlook.told
    ]


def describe(rows: Sequence[dict[str, object]]) -> str:
    """The rows as lines, by person."""
    by_person: defaultdict[object, list[str]] = defaultdict(list)
    for row in rows:
        merged = row["merged"]
        kinds = "+".join([str(row["kind"]), *(merged if isinstance(merged, list) else ())])
        by_person[row["person"]].append(
            f"  {row['at']}  {'rings ' if row['rings'] else 'silent'}  {kinds} ({row['reason']})"
        )
    return "\n".join(f"{person}\n" + "\n".join(lines) for person, lines in by_person.items()) or "Nothing is due."
