"""Which location a member was asked for, kept as a row so that a restart in the middle forgets nothing."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.services.work import Work
from bot.store.tables import Awaiting

FORGOTTEN_AFTER = timedelta(hours=2)
"""A location that comes later than this answers no question any more."""


class Kind(StrEnum):
    CHECK_IN = "check_in"
    CHECK_IN_AND_PIN = "check_in_and_pin"  # the customer's pin is set to the same place
    REPLAN = "replan"
    START_PLACE = "start_place"
    NEARBY = "nearby"


async def ask(work: Work, kind: Kind, subject_id: int | None = None) -> None:
    """Wait for a location; an earlier question of the same member is forgotten."""
    await work.session.merge(
        Awaiting(
            member_id=work.acting.member_id,
            team_id=work.acting.team_id,
            kind=kind.value,
            subject_id=subject_id,
            asked_at=work.now,
        )
    )
    await work.session.flush()


async def awaited(session: AsyncSession, member_id: int, now: datetime) -> Awaiting | None:
    """What a location from this member would answer now."""
    row = (await session.exec(select(Awaiting).where(col(Awaiting.member_id) == member_id))).one_or_none()
    return row if row is not None and now - row.asked_at <= FORGOTTEN_AFTER else None


async def forget(work: Work) -> bool:
    """Stop waiting. False: nothing was waited for."""
    statement = delete(Awaiting).where(col(Awaiting.member_id) == work.acting.member_id)
    return (await work.session.exec(statement)).rowcount > 0
