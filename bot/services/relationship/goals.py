"""Whether there is something to reach at a customer: without a goal a relationship rests, it does not stall."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.funnel import OPEN_STAGES
from bot.store.tables import EntryOpening, Opportunity, PendingAdvance


async def has_open_goal(session: AsyncSession, team_id: int, customer_id: int) -> bool:
    """An open deal, an advance that waits, or an entry opening that nobody has closed."""
    deals = select(col(Opportunity.id)).where(
        col(Opportunity.team_id) == team_id,
        col(Opportunity.customer_id) == customer_id,
        col(Opportunity.stage).in_(OPEN_STAGES),
    )
    advances = select(col(PendingAdvance.id)).where(
        col(PendingAdvance.team_id) == team_id,
        col(PendingAdvance.customer_id) == customer_id,
        col(PendingAdvance.closed_at).is_(None),
    )
    openings = select(col(EntryOpening.id)).where(
        col(EntryOpening.team_id) == team_id,
        col(EntryOpening.customer_id) == customer_id,
        col(EntryOpening.closed_at).is_(None),
    )
    for query in (deals, advances, openings):
        if (await session.exec(query.limit(1))).first() is not None:
            return True
    return False
