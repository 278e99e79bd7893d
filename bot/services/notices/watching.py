"""Watches visits: their own times say when a brief or a missing report is due, so that a moved visit moves both."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.vocabulary import VisitState
from bot.services.missing_reports import REPORT_AFTER
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.notices.manners import BRIEF_AHEAD
from bot.store.tables import Notice, Visit
from bot.store.unit import Store

_LOOK_BACK = timedelta(hours=1)
"""A scheduler that was off for longer shows a missing report with the next change of the day's message."""

_OPEN = (VisitState.PLANNED, VisitState.STARTED)


async def note_visits(store: Store, now: datetime) -> None:
    """Enter what visits make due at this instant, each once."""
    async with store.read() as session:
        due = await _briefs(session, now) + await _missing(session, now)
        fresh = await _not_entered(session, due)
    if not fresh:
        return
    async with store.begin() as session:
        for visit, kind, due_at in fresh:
            await ledger.plan(
                session,
                team_id=visit.team_id,
                member_id=visit.member_id,
                kind=kind,
                subject_id=visit.id,
                due_at=due_at,
            )


_DueVisit = tuple[Visit, Kind, datetime]


async def _briefs(session: AsyncSession, now: datetime) -> list[_DueVisit]:
    query = select(Visit).where(
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.appointment_at) > now,
        col(Visit.appointment_at) <= now + BRIEF_AHEAD,
    )
    visits = (await session.exec(query)).all()
    return [(one, Kind.BRIEF, one.appointment_at - BRIEF_AHEAD) for one in visits if one.appointment_at]


async def _missing(session: AsyncSession, now: datetime) -> list[_DueVisit]:
    ended = now - REPORT_AFTER
    query = select(Visit).where(
        col(Visit.state).in_(_OPEN), col(Visit.planned_end_at) <= ended, col(Visit.planned_end_at) > ended - _LOOK_BACK
    )
    visits = (await session.exec(query)).all()
    return [(one, Kind.REFRESH, one.planned_end_at + REPORT_AFTER) for one in visits if one.planned_end_at]


async def _not_entered(session: AsyncSession, due: Sequence[_DueVisit]) -> list[_DueVisit]:
    if not due:
        return []
    query = select(col(Notice.subject_id), col(Notice.kind), col(Notice.due_at)).where(
        col(Notice.kind).in_([Kind.BRIEF, Kind.REFRESH]), col(Notice.subject_id).in_([visit.id for visit, _, _ in due])
    )
    known = set((await session.exec(query)).all())
    return [one for one in due if (one[0].id, one[1], one[2]) not in known]


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a visit makes something due."""
    brief = select(func.min(Visit.appointment_at)).where(
        col(Visit.state) == VisitState.PLANNED, col(Visit.appointment_at) > after + BRIEF_AHEAD
    )
    report = select(func.min(Visit.planned_end_at)).where(
        col(Visit.state).in_(_OPEN), col(Visit.planned_end_at) > after - REPORT_AFTER
    )
    appointment_at, planned_end_at = [(await session.exec(query)).one() for query in (brief, report)]
    instants = (
        appointment_at and appointment_at - BRIEF_AHEAD,
        planned_end_at and planned_end_at + REPORT_AFTER,
    )
    return min((instant for instant in instants if instant is not None), default=None)
