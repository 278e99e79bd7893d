"""Any touch of a customer answers what it covers: found by looking at touches, wherever they were logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.care import CareKind, is_covered
from bot.domain.vocabulary import TouchKind
from bot.store.bulk import read_rows
from bot.store.tables import CarePrompt, Touch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """What of a prompt says whether a touch answers it."""

    id: int
    customer_id: int
    kind: CareKind
    counts_from: datetime


async def touched(session: AsyncSession, team_id: int, prompts: Sequence[CarePrompt]) -> set[int]:
    """The ids of those prompts that a touch has answered."""
    waiting = [
        _Open(id=one.id, customer_id=one.customer_id, kind=one.kind, counts_from=one.counts_from)
        for one in prompts
        if one.id is not None
    ]
    customers = {one.customer_id for one in waiting}
    return await _answered(session, team_id, waiting, col(Touch.customer_id).in_(customers))


async def settle_touched(session: AsyncSession, team_id: int, now: datetime) -> int:
    """Close what touches have answered, of a whole team. Gives how many."""
    query = select(
        col(CarePrompt.id), col(CarePrompt.customer_id), col(CarePrompt.kind), col(CarePrompt.counts_from)
    ).where(col(CarePrompt.team_id) == team_id, col(CarePrompt.settled_at).is_(None))
    waiting = [
        _Open(id=identity, customer_id=customer_id, kind=kind, counts_from=counts_from)
        for identity, customer_id, kind, counts_from in await read_rows(session, query)
    ]
    answered = await _answered(session, team_id, waiting)
    if answered:
        closed = update(CarePrompt).where(col(CarePrompt.id).in_(answered), col(CarePrompt.settled_at).is_(None))
        await session.exec(closed.values(settled_at=now, outcome="touched"))
    return len(answered)


async def _answered(
    session: AsyncSession, team_id: int, waiting: Sequence[_Open], *of_customers: ColumnElement[bool]
) -> set[int]:
    if not waiting:
        return set()
    since = min(one.counts_from for one in waiting)
    query = select(col(Touch.customer_id), col(Touch.kind), col(Touch.at)).where(
        col(Touch.team_id) == team_id, col(Touch.at) > since, *of_customers
    )
    by_customer: dict[int, list[tuple[TouchKind, datetime]]] = {}
    for customer_id, kind, at in await read_rows(session, query):
        by_customer.setdefault(customer_id, []).append((kind, at))
    return {one.id for one in waiting if _covers(one, by_customer.get(one.customer_id, ()))}


def _covers(prompt: _Open, touches: Sequence[tuple[TouchKind, datetime]]) -> bool:
    return is_covered(prompt.kind, [kind for kind, at in touches if at > prompt.counts_from])
