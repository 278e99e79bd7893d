"""When a promise is reminded of: one pending reminder to its owner at a time, and one to the managers a week late."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.promises import manager_hears_at, next_reminder
from bot.domain.vocabulary import PromiseState, Role
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.people import acting_by_member
from bot.services.work import Work
from bot.services.working_hours import working_hours_of
from bot.store.tables import Member, Promise


async def plan_reminders(work: Work, promise: Promise) -> None:
    """Make the pending reminders of a promise fit what it now says; a closed one has none."""
    await plan_next_reminder(work.session, promise, after=work.now)
    await _plan_for_managers(work.session, promise, after=work.now)


async def plan_next_reminder(session: AsyncSession, promise: Promise, *, after: datetime) -> None:
    """Have the owner reminded next time, in place of what is pending."""
    assert promise.id is not None
    await ledger.withdraw(session, kind=Kind.PROMISE, subject_id=promise.id)
    if promise.state is not PromiseState.OPEN or promise.due_at is None:
        return
    hours = await working_hours_of(session, await acting_by_member(session, promise.owner_id))
    await ledger.plan(
        session,
        team_id=promise.team_id,
        member_id=promise.owner_id,
        kind=Kind.PROMISE,
        subject_id=promise.id,
        due_at=next_reminder(promise.due_at, after=after, hours=hours).at,
    )


async def _plan_for_managers(session: AsyncSession, promise: Promise, *, after: datetime) -> None:
    assert promise.id is not None
    await ledger.withdraw(session, kind=Kind.PROMISE_LATE, subject_id=promise.id)
    if promise.state is not PromiseState.OPEN or promise.due_at is None:
        return
    for manager_id in await managers_of(session, promise.team_id):
        if manager_id == promise.owner_id:
            continue
        hours = await working_hours_of(session, await acting_by_member(session, manager_id))
        hears_at = manager_hears_at(promise.due_at, hours)
        if hears_at > after:
            await ledger.plan(
                session,
                team_id=promise.team_id,
                member_id=manager_id,
                kind=Kind.PROMISE_LATE,
                subject_id=promise.id,
                due_at=hears_at,
            )


async def managers_of(session: AsyncSession, team_id: int) -> list[int]:
    """The managers of a team who have joined; its admins where there is no manager."""
    query = select(Member.id, col(Member.role)).where(
        col(Member.team_id) == team_id,
        col(Member.role).in_([Role.MANAGER, Role.ADMIN]),
        col(Member.chat_id).is_not(None),
        col(Member.left_at).is_(None),
    )
    found = [(identity, role) for identity, role in (await session.exec(query)).all() if identity is not None]
    managers = [identity for identity, role in found if role is Role.MANAGER]
    return managers or [identity for identity, _ in found]
