"""Any touch of a customer answers what it covers: found by looking at touches, wherever they were logged."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.care import is_covered
from bot.domain.vocabulary import TouchKind
from bot.store.tables import CarePrompt, Touch


async def touched(session: AsyncSession, team_id: int, prompts: Sequence[CarePrompt]) -> set[int]:
    """The ids of those prompts that a touch has answered."""
    if not prompts:
        return set()
    since = min(one.counts_from for one in prompts)
    query = select(col(Touch.customer_id), col(Touch.kind), col(Touch.at)).where(
        col(Touch.team_id) == team_id,
        col(Touch.customer_id).in_({one.customer_id for one in prompts}),
        col(Touch.at) > since,
    )
    by_customer: dict[int, list[tuple[TouchKind, datetime]]] = {}
    for customer_id, kind, at in (await session.exec(query)).all():
        by_customer.setdefault(customer_id, []).append((kind, at))
    return {one.id for one in prompts if one.id is not None and _covers(one, by_customer.get(one.customer_id, ()))}


def _covers(prompt: CarePrompt, touches: Iterable[tuple[TouchKind, datetime]]) -> bool:
    return is_covered(prompt.kind, [kind for kind, at in touches if at > prompt.counts_from])


async def settle_touched(session: AsyncSession, team_id: int, now: datetime) -> int:
    """Close what touches have answered, of a whole team. Gives how many."""
    query = select(CarePrompt).where(col(CarePrompt.team_id) == team_id, col(CarePrompt.settled_at).is_(None))
    answered = await touched(session, team_id, (await session.exec(query)).all())
    if answered:
        closed = update(CarePrompt).where(col(CarePrompt.id).in_(answered), col(CarePrompt.settled_at).is_(None))
        await session.exec(closed.values(settled_at=now, outcome="touched"))
    return len(answered)
