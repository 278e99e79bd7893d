"""The ledger of notices: what is due to be told, to whom, when; each decided once, by whichever process is first."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.services.people import acting_by_member
from bot.services.work import Work
from bot.store.inserting import insert_if_new
from bot.store.tables import Notice, Outbox
from bot.store.unit import Store

log = logging.getLogger(__name__)


class Fate(StrEnum):
    TOLD = "told"
    MERGED = "merged"
    DROPPED = "dropped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a notice, and why."""

    fate: Fate
    reason: str = ""


Tell = Callable[[Work, Notice], Awaitable[Settled]]


async def plan(
    session: AsyncSession,
    *,
    team_id: int,
    member_id: int,
    kind: str,
    due_at: datetime,
    subject_id: int | None = None,
    on: date | None = None,
) -> None:
    """Have a member told of something at an instant. The same kind, subject and date twice is once."""
    key = f"{kind}:{member_id}:{subject_id or '-'}:{on or '-'}"
    values = {
        "team_id": team_id,
        "member_id": member_id,
        "kind": kind,
        "subject_id": subject_id,
        "on": on,
        "key": key,
        "due_at": due_at,
    }
    await insert_if_new(session, Notice, values, ("key",))


async def withdraw(session: AsyncSession, *, kind: str, subject_id: int) -> None:
    """Take back what is not told yet of a subject."""
    await session.exec(
        delete(Notice).where(
            col(Notice.kind) == kind, col(Notice.subject_id) == subject_id, col(Notice.settled_at).is_(None)
        )
    )


async def tell_due(store: Store, now: datetime, tellers: Mapping[str, Tell]) -> int:
    """Tell everything that is due, each notice in a transaction of its own. Gives how many were settled."""
    settled = 0
    while True:
        async with store.read() as session:
            query = (
                select(Notice.id)
                .where(col(Notice.settled_at).is_(None), col(Notice.due_at) <= now)
                .order_by(col(Notice.due_at), col(Notice.id))
                .limit(100)
            )
            due = [identity for identity in (await session.exec(query)).all() if identity is not None]
        if not due:
            return settled
        for identity in due:
            settled += await _tell_one(store, identity, now, tellers)


async def _tell_one(store: Store, notice_id: int, now: datetime, tellers: Mapping[str, Tell]) -> bool:
    try:
        async with store.begin() as session:
            if not await _settle(session, notice_id, now):
                return False  # another process was first
            notice = (await session.exec(select(Notice).where(col(Notice.id) == notice_id))).one()
            acting = await acting_by_member(session, notice.member_id)
            outcome = await tellers[notice.kind](Work(session=session, acting=acting, now=now), notice)
            await _note(session, notice_id, outcome)
    except (LookupError, ValueError, TypeError, AssertionError) as error:
        # A bug in one notice must not silence the others: it is logged, and the row keeps its reason.
        log.exception("notice %s failed", notice_id)
        async with store.begin() as session:
            await _settle(session, notice_id, now)
            await _note(session, notice_id, Settled(Fate.FAILED, repr(error)[:200]))
    return True


async def _settle(session: AsyncSession, notice_id: int, now: datetime) -> bool:
    statement = (
        update(Notice).where(col(Notice.id) == notice_id, col(Notice.settled_at).is_(None)).values(settled_at=now)
    )
    result = await session.exec(statement)
    return bool(result.rowcount)


async def _note(session: AsyncSession, notice_id: int, outcome: Settled) -> None:
    await session.exec(
        update(Notice).where(col(Notice.id) == notice_id).values(fate=outcome.fate.value, reason=outcome.reason)
    )


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a notice or a message is due."""
    notice = select(func.min(Notice.due_at)).where(col(Notice.settled_at).is_(None), col(Notice.due_at) > after)
    message = select(func.min(Outbox.due_at)).where(col(Outbox.settled_at).is_(None), col(Outbox.due_at) > after)
    instants = [(await session.exec(query)).one() for query in (notice, message)]
    return min((instant for instant in instants if instant is not None), default=None)
