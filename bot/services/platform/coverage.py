"""How many of the planned visits were made, by grade of the customer."""

from collections import Counter
from datetime import date, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.platform import Coverage
from bot.domain.vocabulary import Grade, VisitState
from bot.store.tables import Customer, Visit

RECENT = timedelta(days=28)


async def coverage_by_grade(
    session: AsyncSession, team_id: int, first: date, last: date, *, member_id: int | None = None
) -> dict[Grade, Coverage]:
    """Of the visits planned from a first to a last date, those made; of a team, or of one member."""
    query = (
        select(col(Customer.grade), col(Visit.state), func.count())
        .join(Customer, col(Customer.id) == col(Visit.customer_id))
        .where(
            col(Visit.team_id) == team_id,
            col(Visit.on) >= first,
            col(Visit.on) <= last,
            col(Visit.state) != VisitState.CANCELLED,
            col(Customer.grade).is_not(None),
        )
        .group_by(col(Customer.grade), col(Visit.state))
    )
    if member_id is not None:
        query = query.where(col(Visit.member_id) == member_id)
    done: Counter[Grade] = Counter()
    planned: Counter[Grade] = Counter()
    for grade, state, count in (await session.exec(query)).all():
        assert grade is not None
        planned[grade] += count
        done[grade] += count if state is VisitState.DONE else 0
    return {grade: Coverage(done=done[grade], planned=planned[grade]) for grade in Grade}


async def recent_coverage(
    session: AsyncSession, team_id: int, today: date, *, member_id: int | None = None
) -> dict[Grade, Coverage]:
    """The coverage of the four weeks before a day: what warnings go by."""
    return await coverage_by_grade(session, team_id, today - RECENT, today - timedelta(days=1), member_id=member_id)
