"""Promises said in free words that still wait for a customer or a time: open drafts, never lost."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.forms.add_promise import AddPromise
from bot.domain.people import Acting
from bot.services.forms.drafts import OPEN
from bot.store.tables import Draft


async def count_unassigned(session: AsyncSession, acting: Acting) -> int:
    """How many promises of the person wait for a customer or a time."""
    query = select(func.count()).where(
        col(Draft.member_id) == acting.member_id,
        col(Draft.form) == AddPromise.spec.name,
        col(Draft.state).in_(OPEN),
    )
    return int((await session.exec(query)).one())
