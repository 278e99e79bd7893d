"""The inbox: what Telegram sent, kept before it is confirmed, worked once and in order."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.inserting import insert_if_new
from bot.store.tables import Inbox
from bot.store.types import UtcDateTime

LEASE = timedelta(seconds=30)
LOOKED_AT = 8
REDACTED: dict[str, Any] = {"redacted": True}
ERROR_CHARACTERS = 500
BIGGEST_ID = 2**63 - 1  # what a BigInteger holds
_SENDERS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")


def is_update(payload: object) -> bool:
    """Whether something is an update that can be kept: an object with an id that fits."""
    return isinstance(payload, dict) and _is_id(payload.get("update_id"))


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= BIGGEST_ID


def chat_of(payload: Mapping[str, Any]) -> int:
    """The chat whose order an update belongs to; 0 for one that belongs to none."""
    for name in _SENDERS:
        part = payload.get(name)
        if isinstance(part, dict):
            holder = part.get("message") if name == "callback_query" else part
            chat = holder.get("chat") if isinstance(holder, dict) else None
            if isinstance(chat, dict) and _is_id(chat.get("id")):
                return int(chat["id"])
            sender = part.get("from")
            if isinstance(sender, dict) and _is_id(sender.get("id")):
                return int(sender["id"])
    return 0


async def keep(session: AsyncSession, bot_id: int, updates: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Store updates; those already here change nothing. Gives the number of new ones."""
    new = 0
    for payload in updates:
        values = {
            "bot_id": bot_id,
            "update_id": payload["update_id"],
            "chat_id": chat_of(payload),
            "payload": _storable(payload),
            "received_at": now,
            "attempts": 0,
        }
        new += await insert_if_new(session, Inbox, values, ("bot_id", "update_id"))
    return new


def _storable(value: Any) -> Any:
    """JSON that every engine takes: PostgreSQL refuses NUL, lone surrogates and NaN, which would stop the poller."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_storable(key): _storable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_storable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@cache
def _takeable() -> Any:
    """Of each chat the oldest undone update, where it may be worked. Built once: that takes longer than its answer."""
    earlier = aliased(Inbox)
    # A scalar: PostgreSQL would turn NOT EXISTS into a join, which takes seconds while its figures of a queue are old.
    first_of_chat = (
        select(func.min(earlier.id))
        .where(col(earlier.chat_id) == col(Inbox.chat_id), col(earlier.done_at).is_(None))
        .scalar_subquery()
    )
    return (
        select(Inbox.id)
        .where(col(Inbox.done_at).is_(None), *_is_free(), col(Inbox.id) == first_of_chat)
        .order_by(col(Inbox.id))
        .limit(LOOKED_AT)
    )


def _is_free() -> tuple[ColumnElement[bool], ...]:
    now = bindparam("now", type_=UtcDateTime)
    return (
        or_(col(Inbox.try_at).is_(None), col(Inbox.try_at) <= now),
        or_(col(Inbox.leased_until).is_(None), col(Inbox.leased_until) < now),
    )


async def takeable(session: AsyncSession, now: datetime) -> Sequence[int]:
    """The updates that could be claimed now, oldest first, at most ``LOOKED_AT``. A read: it keeps nobody waiting."""
    ids: Sequence[int] = (await session.exec(_takeable(), params={"now": now})).all()
    return ids


@cache
def _claim() -> Any:
    return (
        update(Inbox)
        .where(col(Inbox.id) == bindparam("claimed"), col(Inbox.done_at).is_(None), *_is_free())
        .values(leased_until=bindparam("until", type_=UtcDateTime))
        .returning(Inbox)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


async def claim(session: AsyncSession, ids: Sequence[int], now: datetime) -> Inbox | None:
    """Take the first of these updates that nobody has taken meanwhile, for ``LEASE``."""
    for one in ids:
        values = {"claimed": one, "now": now, "until": now + LEASE}
        row: Inbox | None = (await session.exec(_claim(), params=values)).scalar_one_or_none()
        if row is not None:
            return row
    return None


async def hold(session: AsyncSession, inbox_id: int, now: datetime) -> None:
    """Keep a claimed update for another ``LEASE``."""
    statement = update(Inbox).where(col(Inbox.id) == inbox_id, col(Inbox.done_at).is_(None))
    await session.exec(statement.values(leased_until=now + LEASE))


async def finish(session: AsyncSession, inbox_id: int, now: datetime) -> bool:
    """Mark an update done, in the transaction of its effects. False: it was done before, change nothing."""
    statement = (
        update(Inbox)
        .where(col(Inbox.id) == inbox_id, col(Inbox.done_at).is_(None))
        .values(done_at=now, payload=REDACTED)
    )
    return (await session.exec(statement)).rowcount == 1


async def retry_later(session: AsyncSession, inbox_id: int, try_at: datetime) -> None:
    """Give an update back, to be tried again at an instant."""
    statement = (
        update(Inbox)
        .where(col(Inbox.id) == inbox_id, col(Inbox.done_at).is_(None))
        .values(try_at=try_at, leased_until=None, attempts=col(Inbox.attempts) + 1)
    )
    await session.exec(statement)


async def put_aside(session: AsyncSession, inbox_id: int, error: str, now: datetime) -> bool:
    """Give up on an update, with the reason, so that the chat goes on. False: it was done before."""
    statement = (
        update(Inbox)
        .where(col(Inbox.id) == inbox_id, col(Inbox.done_at).is_(None))
        .values(done_at=now, error=error[:ERROR_CHARACTERS], payload=REDACTED)
    )
    return (await session.exec(statement)).rowcount == 1


async def release_all(session: AsyncSession) -> None:
    """Drop every lease: for the start of the only process that uses an SQLite file."""
    await session.exec(update(Inbox).where(col(Inbox.done_at).is_(None)).values(leased_until=None))


async def purge(session: AsyncSession, before: datetime) -> int:
    """Delete done updates older than an instant."""
    return (await session.exec(delete(Inbox).where(col(Inbox.done_at) < before))).rowcount


async def count_waiting(session: AsyncSession) -> int:
    """How many updates are not done."""
    statement = select(func.count()).select_from(Inbox).where(col(Inbox.done_at).is_(None))
    return int((await session.exec(statement)).one())
