"""Somebody who leads joins: what was asked while nobody could be told is told now."""

from datetime import datetime

from sqlalchemy import exists, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.services.notices import ledger
from bot.services.notices.ledger import Fate, Kind
from bot.store.approvals import still_waiting, visible_requests
from bot.store.tables import ApprovalRequest, Notice


async def tell_newcomer(session: AsyncSession, acting: Acting, now: datetime) -> None:
    """Plan the telling of every request that still waits and of which nobody was or will be told."""
    if not acting.leads:
        return
    told = exists(
        select(Notice.id).where(
            col(Notice.kind) == Kind.APPROVAL,
            col(Notice.subject_id) == col(ApprovalRequest.id),
            func.coalesce(Notice.fate, "").not_in([Fate.WITHDRAWN, Fate.DROPPED, Fate.FAILED]),
        )
    )
    waiting = visible_requests(acting).where(*still_waiting(now), ~told)  # type: ignore[arg-type] # conditions of one table
    for request in (await session.exec(waiting)).all():
        if request.member_id != acting.member_id:
            await ledger.plan(
                session,
                team_id=acting.team_id,
                member_id=acting.member_id,
                kind=Kind.APPROVAL,
                subject_id=request.id,
                due_at=now,
            )
