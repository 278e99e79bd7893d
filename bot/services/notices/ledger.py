"""The ledger of notices: what is due to be told, to whom, when. A row is settled once, by the process that is first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import delete, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.inserting import insert_if_new
from bot.store.tables import Notice, Outbox

BATCH = 100


class Kind(StrEnum):
    """What there is to tell. Values are stored, so they never change."""

    MORNING = "morning"
    MISSING = "missing"
    DIGEST = "digest"
    BRIEF = "brief"
    REFRESH = "refresh"
    PROMISE = "promise"
    PROMISE_LATE = "promise_late"
    HELP = "help"
    FALLS = "falls"
    RELATION_FALLS = "relation_falls"
    STAGE_REVIEW = "stage_review"


class Fate(StrEnum):
    TOLD = "told"
    MERGED = "merged"
    DROPPED = "dropped"
    FAILED = "failed"


class Why(StrEnum):
    """Why a notice came as it did, or did not come: kept with it."""

    DUE = "due"
    BUDGET = "budget"  # silent: enough rings today
    TOGETHER = "together"  # told in another's message
    QUIET_HOURS = "quiet_hours"  # moved to their end
    SILENT_IN_QUIET_HOURS = "silent_in_quiet_hours"  # worthless after them
    DAY_OFF = "day_off"
    NEXT_WORKING_DAY = "next_working_day"  # moved there
    CONTACT_HOURS = "contact_hours"  # moved to when the customer can be called
    TOO_LATE = "too_late"  # worthless by now
    LEFT = "left"
    UNREACHABLE = "unreachable"
    NOTHING_TO_SAY = "nothing_to_say"  # any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A pending notice that is due."""

    notice_id: int
    member_id: int
    kind: str


async def plan(
    session: AsyncSession,
    *,
    team_id: int,
    member_id: int,
    kind: str,
    due_at: datetime,
    subject_id: int | None = None,
    on: date | None = None,
    why: Why | None = None,
) -> bool:
    """Have a member told of something at an instant. Gives False where that stands, or was told, already.

    What belongs to a date (``on``) is told once for it; what belongs to a subject once for each instant.
    """
    values = {
        "team_id": team_id,
        "member_id": member_id,
        "kind": kind,
        "subject_id": subject_id,
        "on": on,
        "key": f"{member_id}:{kind}:{subject_id or '-'}:{on or f'{due_at.astimezone(UTC):%Y-%m-%dT%H:%M}'}",
        "due_at": due_at,
        "reason": why and why.value,
        "rang": False,
    }
    return await insert_if_new(session, Notice, values, ("key",))


async def withdraw(session: AsyncSession, *, kind: str, subject_id: int) -> None:
    """Take back what is not told yet of a subject."""
    await session.exec(
        delete(Notice).where(
            col(Notice.kind) == kind, col(Notice.subject_id) == subject_id, col(Notice.settled_at).is_(None)
        )
    )


async def due_now(session: AsyncSession, now: datetime) -> list[Due]:
    """The next batch of what is due, earliest first."""
    query = (
        select(Notice.id, col(Notice.member_id), col(Notice.kind))
        .where(col(Notice.settled_at).is_(None), col(Notice.due_at) <= now)
        .order_by(col(Notice.due_at), col(Notice.id))
        .limit(BATCH)
    )
    rows = (await session.exec(query)).all()
    return [Due(notice_id=identity, member_id=member, kind=kind) for identity, member, kind in rows if identity]


async def due_together(session: AsyncSession, member_id: int, kind: str, until: datetime) -> list[Notice]:
    """A member's pending notices of one kind that are due until an instant, earliest first."""
    query = (
        select(Notice)
        .where(
            col(Notice.member_id) == member_id,
            col(Notice.kind) == kind,
            col(Notice.settled_at).is_(None),
            col(Notice.due_at) <= until,
        )
        .order_by(col(Notice.due_at), col(Notice.id))
    )
    return list((await session.exec(query)).all())


async def claim(
    session: AsyncSession, notice_id: int, now: datetime, *, until: datetime | None = None
) -> Notice | None:
    """Take the right to tell a notice that is due, now or ``until`` soon.

    None: somebody was first, or it was moved or taken back.
    """
    statement = (
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.settled_at).is_(None), col(Notice.due_at) <= (until or now))
        .values(settled_at=now)
    )
    if (await session.exec(statement)).rowcount == 0:
        return None
    return (await session.exec(select(Notice).where(col(Notice.id) == notice_id))).one()


async def conclude(
    session: AsyncSession, notice_id: int, fate: Fate, why: str, *, rang: bool = False, merged_into: int | None = None
) -> None:
    """Write down what became of a claimed notice, and why."""
    values = {"fate": fate.value, "reason": why[:200], "rang": rang, "merged_into": merged_into}
    await session.exec(update(Notice).where(col(Notice.id) == notice_id).values(**values))


async def move(session: AsyncSession, notice_id: int, due_at: datetime, why: Why) -> None:
    """Put a notice off, also one that was just claimed."""
    values = {"settled_at": None, "due_at": due_at, "reason": why.value}
    await session.exec(update(Notice).where(col(Notice.id) == notice_id).values(**values))


async def count_rings(session: AsyncSession, member_id: int, since: datetime, free: tuple[str, ...]) -> int:
    """How many notices rang at a member since an instant, kinds that cost nothing left out."""
    query = select(func.count()).where(
        col(Notice.member_id) == member_id,
        col(Notice.settled_at) >= since,
        col(Notice.rang).is_(True),
        col(Notice.kind).not_in(free),
    )
    return int((await session.exec(query)).one())


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a notice or a message is due."""
    notice = select(func.min(Notice.due_at)).where(col(Notice.settled_at).is_(None), col(Notice.due_at) > after)
    message = select(func.min(Outbox.due_at)).where(col(Outbox.settled_at).is_(None), col(Outbox.due_at) > after)
    instants = [(await session.exec(query)).one() for query in (notice, message)]
    return min((instant for instant in instants if instant is not None), default=None)
