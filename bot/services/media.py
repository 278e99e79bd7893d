"""Keeps the bytes of photos, voice notes and files by their content, since Telegram's file ids die with the token."""

import hashlib
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.inserting import insert_if_new
from bot.store.tables import Media


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
