"""The outbox: Bot API calls to make, written with the effects that they tell of, sent after commit."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import GATHERED, Json, Place, Screen
from bot.store.inserting import insert_if_new
from bot.store.tables import LivingMessage, Outbox
from bot.store.types import UtcDateTime

LEASE = timedelta(seconds=60)
LOOKED_AT = 8


def to_screen(row: Outbox) -> Screen:
    """The screen that a row holds."""
    data = dict(row.screen)
    return Screen(**{**data, "place": Place(data["place"])})


async def show(
    session: AsyncSession,
    chat_id: int,
    screen: Screen,
    *,
    due_at: datetime,
    member_id: int | None = None,
    key: str | None = None,
    not_after: datetime | None = None,
    over: int | None = None,
    interactive: bool = False,
) -> bool:
    """Have a screen sent. ``over`` is the message to edit; a ``key`` forbids a second row (gives False).

    Over a message of several parts it takes the place of its own part, or goes below where it is none of them.
    """
    if over is not None and (shared := await _shared_message(session, chat_id, over)) is not None:
        screen, over = await _as_part(session, shared, screen, over)
    values = {
        "chat_id": chat_id,
        "member_id": member_id,
        "action": "show",
        "living": screen.living,
        "screen": {**asdict(screen), "facts": dict(screen.facts), "place": screen.place.value},
        "key": key,
        "interactive": interactive,
        "due_at": due_at,
        "not_after": not_after,
        "attempts": 0,
        "in_doubt": False,
        "message_id": over,
    }
    return await insert_if_new(session, Outbox, values, ("key",))


async def _shared_message(session: AsyncSession, chat_id: int, message_id: int) -> LivingMessage | None:
    query = select(LivingMessage).where(
        col(LivingMessage.chat_id) == chat_id,
        col(LivingMessage.message_id) == message_id,
        col(LivingMessage.parts).is_not(None),
    )
    return (await session.exec(query)).first()


async def _as_part(
    session: AsyncSession, shared: LivingMessage, screen: Screen, over: int
) -> tuple[Screen, int | None]:
    parts = [dict(part) for part in shared.parts or []]
    part = next((one for one in parts if screen.living is not None and one["living"] == screen.living), None)
    if part is None:
        return replace(screen, place=Place.BELOW), None
    part.update(template=screen.template, facts=dict(screen.facts))
    # Kept at once: a second tap may come before the first one's edit is made.
    shared.parts = parts
    session.add(shared)
    await session.flush()
    return Screen(template=GATHERED, facts={"parts": list[Json](parts)}, living=shared.name), over


async def clear(session: AsyncSession, chat_id: int, living: str, *, due_at: datetime) -> None:
    """Have a living message deleted."""
    session.add(Outbox(chat_id=chat_id, action="clear", living=living, due_at=due_at, interactive=True))
    await session.flush()


async def set_menu(session: AsyncSession, acting: Acting, *, due_at: datetime) -> None:
    """Have a member's command menu registered, in the language that is read when it is sent."""
    assert acting.chat_id is not None
    facts = {"role": acting.role.value, "records": acting.records}
    session.add(
        Outbox(
            chat_id=acting.chat_id,
            member_id=acting.member_id,
            action="menu",
            screen=facts,
            due_at=due_at,
            interactive=True,
        )
    )
    await session.flush()


async def leave(session: AsyncSession, chat_id: int, *, due_at: datetime) -> None:
    """Have the bot leave a chat."""
    session.add(Outbox(chat_id=chat_id, action="leave", due_at=due_at, interactive=True))
    await session.flush()


async def delete_message(session: AsyncSession, chat_id: int, message_id: int, *, due_at: datetime) -> None:
    """Have a message deleted that something newer has replaced."""
    session.add(Outbox(chat_id=chat_id, action="delete", message_id=message_id, due_at=due_at, interactive=True))
    await session.flush()


@cache
def _takeable(*, interactive: bool) -> Any:
    """Of each chat the first due row, where nobody has it; read in the order of one index. Built once."""
    earlier = aliased(Outbox)
    now = bindparam("now", type_=UtcDateTime)
    # A scalar: PostgreSQL would turn NOT EXISTS into a join, which takes seconds while its figures of a queue are old.
    first_of_chat = (
        select(func.min(earlier.id))
        .where(
            col(earlier.chat_id) == col(Outbox.chat_id), col(earlier.settled_at).is_(None), col(earlier.due_at) <= now
        )
        .scalar_subquery()
    )
    return (
        select(Outbox.id)
        .where(
            col(Outbox.settled_at).is_(None),
            col(Outbox.interactive) == interactive,
            col(Outbox.due_at) <= now,
            _is_free(),
            col(Outbox.id) == first_of_chat,
        )
        .order_by(col(Outbox.due_at), col(Outbox.id))
        .limit(LOOKED_AT)
    )


def _is_free() -> ColumnElement[bool]:
    return or_(col(Outbox.leased_until).is_(None), col(Outbox.leased_until) < bindparam("real_now", type_=UtcDateTime))


async def takeable(session: AsyncSession, *, now: datetime, real_now: datetime) -> Sequence[int]:
    """The rows that could be claimed now, interactive ones first, at most ``LOOKED_AT``, in order within a chat.

    ``now`` is the app's clock. A row that was given back keeps its chat waiting until its lease ends.
    """
    for interactive in (True, False):
        found = await session.exec(_takeable(interactive=interactive), params={"now": now, "real_now": real_now})
        ids: Sequence[int] = found.all()
        if ids:
            return ids
    return ()


@cache
def _claim() -> Any:
    return (
        update(Outbox)
        .where(col(Outbox.id) == bindparam("claimed"), col(Outbox.settled_at).is_(None), _is_free())
        .values(leased_until=bindparam("until", type_=UtcDateTime))
        .returning(Outbox)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


async def claim(session: AsyncSession, ids: Sequence[int], real_now: datetime) -> Outbox | None:
    """Take the first of these rows that nobody has taken meanwhile, for ``LEASE``."""
    for one in ids:
        values = {"claimed": one, "real_now": real_now, "until": real_now + LEASE}
        row: Outbox | None = (await session.exec(_claim(), params=values)).scalar_one_or_none()
        if row is not None:
            return row
    return None


async def settle(
    session: AsyncSession,
    row: Outbox,
    *,
    fate: str,
    now: datetime,
    message_id: int | None = None,
    error: str | None = None,
) -> None:
    """Mark a row as finished: sent, expired, refused or unreachable. Its facts are dropped."""
    statement = (
        update(Outbox)
        .where(col(Outbox.id) == row.id)
        .values(settled_at=now, fate=fate, message_id=message_id, error=error and error[:500], screen={})
    )
    await session.exec(statement)


async def postpone(
    session: AsyncSession, row: Outbox, until: datetime, *, counts: bool = False, in_doubt: bool = False
) -> None:
    """Give a row back, to be tried again at a real instant. ``counts``: such a failure may not go on for ever."""
    statement = (
        update(Outbox)
        .where(col(Outbox.id) == row.id, col(Outbox.settled_at).is_(None))
        .values(leased_until=until, attempts=row.attempts + counts, in_doubt=row.in_doubt or in_doubt)
    )
    await session.exec(statement)


async def move_chat(session: AsyncSession, chat_id: int, new_chat_id: int) -> None:
    """Send what waits for a chat to another one. Messages of the old one cannot be edited from there."""
    waiting = update(Outbox).where(col(Outbox.chat_id) == chat_id, col(Outbox.settled_at).is_(None))
    await session.exec(waiting.values(chat_id=new_chat_id, message_id=None, leased_until=None))
    await session.exec(delete(LivingMessage).where(col(LivingMessage.chat_id) == chat_id))


async def release_all(session: AsyncSession) -> None:
    """Drop every lease: for the start of the only process that uses an SQLite file."""
    await session.exec(update(Outbox).where(col(Outbox.settled_at).is_(None)).values(leased_until=None))


async def purge(session: AsyncSession, before: datetime) -> int:
    """Delete settled rows older than an instant; keyed ones stay a while longer by the caller's choice of instant."""
    return (await session.exec(delete(Outbox).where(col(Outbox.settled_at) < before))).rowcount


async def count_due(session: AsyncSession, now: datetime) -> int:
    """How many rows wait to be sent now."""
    statement = (
        select(func.count()).select_from(Outbox).where(col(Outbox.settled_at).is_(None), col(Outbox.due_at) <= now)
    )
    return int((await session.exec(statement)).one())


async def living_message(session: AsyncSession, chat_id: int, name: str) -> int | None:
    """The message that a task lives in."""
    row = await session.get(LivingMessage, (chat_id, name))
    return row.message_id if row else None


async def bind_living(session: AsyncSession, chat_id: int, screen: Screen, message_id: int, at: datetime) -> None:
    """Say that a task now lives in this message. What lived there before is no longer shown, so it lives nowhere."""
    name = screen.living
    if name is None:
        return
    former = delete(LivingMessage).where(
        col(LivingMessage.chat_id) == chat_id,
        col(LivingMessage.message_id) == message_id,
        col(LivingMessage.name) != name,
    )
    await session.exec(former)
    there = await session.get(LivingMessage, (chat_id, name))
    parts: Any = screen.facts["parts"] if screen.template == GATHERED else None
    if parts is not None and there is not None and there.message_id == message_id:
        parts = there.parts  # a tap may have changed them since this was on its way
    await session.merge(LivingMessage(chat_id=chat_id, name=name, message_id=message_id, at=at, parts=parts))


async def unbind_living(session: AsyncSession, chat_id: int, name: str) -> None:
    """Forget the message of a task."""
    statement = delete(LivingMessage).where(col(LivingMessage.chat_id) == chat_id, col(LivingMessage.name) == name)
    await session.exec(statement)
