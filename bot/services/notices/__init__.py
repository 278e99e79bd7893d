"""Everything that Roundsman says of its own accord, kind by kind."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlmodel import col, select

from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.notices.ledger import next_due
from bot.services.people import acting_as
from bot.store.tables import Member, Team
from bot.store.unit import Store

TELLERS: Mapping[str, ledger.Tell] = {}


async def plan_all(store: Store, now: datetime) -> None:
    """Make sure that every active member's recurring notices stand, today's if still ahead, else tomorrow's."""
    async with store.begin() as session:
        query = select(Member, Team).where(
            col(Member.team_id) == Team.id, col(Member.chat_id).is_not(None), col(Member.left_at).is_(None)
        )
        for member, team in (await session.exec(query)).all():
            acting_as(member, team)


async def tell_due(store: Store, now: datetime) -> int:
    """Turn every due notice into messages. Gives how many were settled."""
    return await ledger.tell_due(store, now, TELLERS)


__all__ = ["instant_of", "next_due", "plan_all", "tell_due", "time", "timedelta"]
