"""Keeps the bytes of photos, voice notes and files by their content, since Telegram's file ids die with the token."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.inserting import insert_if_new
from bot.store.tables import Media

PHOTO_TYPE, VOICE_TYPE = "image/jpeg", "audio/ogg"
LASTING_TYPES = (PHOTO_TYPE, VOICE_TYPE)
"""What belongs to reports. Every other file was made to be sent, or came to be taken in, and is needed for days."""


async def keep_media(
    session: AsyncSession, team_id: int, *, name: str, content_type: str, content: bytes, now: datetime
) -> int:
    """Store bytes once a team, and give their id."""
    digest = hashlib.sha256(content).hexdigest()
    values = {
        "team_id": team_id,
        "sha256": digest,
        "content_type": content_type,
        "name": name[:200],
        "content": content,
        "created_at": now,
    }
    await insert_if_new(session, Media, values, ("team_id", "sha256"))
    same = select(col(Media.id)).where(col(Media.team_id) == team_id, col(Media.sha256) == digest)
    return (await session.exec(same)).one() or 0


async def drop_passing(session: AsyncSession, before: datetime) -> int:
    """Delete the files made to be sent or sent to be taken in that are older than an instant. Gives how many."""
    passing = col(Media.content_type).not_in(LASTING_TYPES)
    return (await session.exec(delete(Media).where(passing, col(Media.created_at) < before))).rowcount
