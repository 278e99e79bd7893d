"""Who reads a message: language and zone of a chat, the bytes that go with a screen, and who cannot be reached."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.screen import Reader, Screen
from bot.domain.vocabulary import Language, Role
from bot.store import outbox
from bot.store.tables import Media, Member, Team


@dataclass(frozen=True, slots=True)
class Bytes:
    name: str
    content: bytes


async def reader_of(
    session: AsyncSession,
    chat_id: int,
    member_id: int | None,
    now: datetime,
    stranger_reads: Language | None = None,
) -> Reader:
    """How the person of a chat reads; a stranger reads the language that Telegram tells, else English."""
    query = select(Member, Team).where(col(Member.team_id) == Team.id)
    query = query.where(col(Member.id) == member_id) if member_id else query.where(col(Member.chat_id) == chat_id)
    found = (await session.exec(query)).first()
    if found is None:
        return Reader(language=stranger_reads or Language.EN, zone=ZoneInfo("UTC"), now=now)
    member, team = found
    return Reader(language=member.language or team.language, zone=ZoneInfo(member.timezone or team.timezone), now=now)


async def media_of(session: AsyncSession, name: str | None) -> Bytes | None:
    """The stored bytes that a screen names by id. Raises LookupError when they are gone."""
    if name is None:
        return None
    row = await session.get(Media, int(name))
    if row is None:
        raise LookupError(f"media {name} is not stored")
    return Bytes(row.name, row.content)


async def mark_reachable(session: AsyncSession, chat_id: int) -> None:
    """Note that a person lets the bot write again."""
    await session.exec(update(Member).where(col(Member.chat_id) == chat_id).values(unreachable_since=None))


async def move_chat(session: AsyncSession, chat_id: int, new_chat_id: int) -> None:
    """Follow a chat that has another id now, or a person to another phone: what waits for it goes there."""
    await session.exec(update(Member).where(col(Member.chat_id) == chat_id).values(chat_id=new_chat_id))
    await outbox.move_chat(session, chat_id, new_chat_id)


async def mark_unreachable(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that a person has blocked the bot, and tell the team's managers once."""
    member = (await session.exec(select(Member).where(col(Member.chat_id) == chat_id))).first()
    if member is None or member.unreachable_since is not None:
        return
    member.unreachable_since = now
    managers = select(Member).where(
        col(Member.team_id) == member.team_id,
        col(Member.role).in_([Role.MANAGER, Role.ADMIN]),
        col(Member.chat_id).is_not(None),
        col(Member.id) != member.id,
    )
    for manager in (await session.exec(managers)).all():
        assert manager.chat_id is not None
        await outbox.show(
            session,
            manager.chat_id,
            Screen(template="notices/unreachable", facts={"name": member.name}),
            due_at=now,
            member_id=manager.id,
            key=f"unreachable:{member.id}:{manager.id}:{now:%Y-%m-%d}",
        )
