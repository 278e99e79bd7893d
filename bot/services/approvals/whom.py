"""Who is asked: one manager at once, the others and the admins halfway to the end, so that two phones do not ring."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.vocabulary import Role
from bot.services.people import acting_by_member
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store.tables import ApprovalRequest, Member


async def who_decides(session: AsyncSession, team_id: int, *, but: int) -> list[Member]:
    """Everybody in the team who leads and can be reached, managers first."""
    query = select(Member).where(
        col(Member.team_id) == team_id,
        col(Member.role).in_([Role.MANAGER, Role.ADMIN]),
        col(Member.chat_id).is_not(None),
        col(Member.left_at).is_(None),
        col(Member.unreachable_since).is_(None),
        col(Member.id) != but,
    )
    found = (await session.exec(query)).all()
    return sorted(found, key=lambda one: (one.role is not Role.MANAGER, one.id or 0))


async def first_to_ask(work: Work, leaders: list[Member]) -> Member | None:
    """Of those at work today the manager who answered this rep last, else the first; with nobody at work the first."""
    last = select(col(ApprovalRequest.decided_by)).where(
        col(ApprovalRequest.team_id) == work.acting.team_id,
        col(ApprovalRequest.member_id) == work.acting.member_id,
        col(ApprovalRequest.decided_by).is_not(None),
    )
    answered_by = (await work.session.exec(last.order_by(col(ApprovalRequest.decided_at).desc()).limit(1))).first()
    ranked = sorted(leaders, key=lambda one: (one.role is not Role.MANAGER, one.id != answered_by, one.id or 0))
    for leader in ranked:
        assert leader.id is not None
        acting = await acting_by_member(work.session, leader.id)
        if (await working_days_of(work.session, acting))(acting.local(work.now).date()):
            return leader
    return ranked[0] if ranked else None
