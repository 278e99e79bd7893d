"""Queries of promises: every one is scoped by the person who asks."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.authority import authority_of, said_size
from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.vocabulary import PromiseState
from bot.store.tables import Promise


def visible_promises(acting: Acting) -> SelectOfScalar[Promise]:
    """All promises that a person may see: a rep the own ones, everybody else the team's."""
    query = select(Promise).where(col(Promise.team_id) == acting.team_id)
    return query if acting.sees_team else query.where(col(Promise.owner_id) == acting.member_id)


async def get_promise(session: AsyncSession, acting: Acting, promise_id: int) -> Promise:
    """A promise by id. Raises Refused("no_such_promise") also for one that the person may not see."""
    query = visible_promises(acting).where(col(Promise.id) == promise_id)
    promise = (await session.exec(query)).one_or_none()
    if promise is None:
        raise Refused("no_such_promise")
    return promise


async def close_open(
    session: AsyncSession, promise: Promise, state: PromiseState, *, at: datetime, reason: str = ""
) -> bool:
    """Close a promise that is open. False: somebody was first, and nothing was changed."""
    statement = (
        update(Promise)
        .where(col(Promise.id) == promise.id, col(Promise.state) == PromiseState.OPEN)
        .values(state=state, closed_at=at, reason=reason)
    )
    return await _changed(session, promise, statement)


async def open_closed(session: AsyncSession, promise: Promise) -> bool:
    """Open a promise that is closed. False: it is open already."""
    statement = (
        update(Promise)
        .where(col(Promise.id) == promise.id, col(Promise.state) != PromiseState.OPEN)
        .values(state=PromiseState.OPEN, closed_at=None, reason="")
    )
    return await _changed(session, promise, statement)


async def move_open(session: AsyncSession, promise: Promise, due_at: datetime | None) -> bool:
    """Give an open promise another due time. False: it is closed, or due then already."""
    statement = (
        update(Promise)
        .where(
            col(Promise.id) == promise.id,
            col(Promise.state) == PromiseState.OPEN,
            col(Promise.due_at).is_distinct_from(due_at),
        )
        .values(due_at=due_at)
    )
    return await _changed(session, promise, statement)


def size_of_promise(promise: Promise, currency: str) -> str | None:
    """How much of what exceeds one's authority it gives, as a plain number for a template."""
    kind = authority_of(promise.kind)
    return said_size(kind, promise.size, currency) if kind else None


async def _changed(session: AsyncSession, promise: Promise, statement: object) -> bool:
    result = await session.exec(statement)  # type: ignore[call-overload] # an UPDATE, typed by its callers
    await session.refresh(promise)
    return bool(result.rowcount)
