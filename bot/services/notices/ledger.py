"""The ledger of notices: what is due to be told, to whom, when. A row is settled once, by the process that is first.

Nothing leaves it unseen: what is told, merged, dropped or withdrawn stays, with the reason.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.notices import Rung, Why
from bot.store.inserting import insert_if_new
from bot.store.tables import Notice, Outbox

BATCH = 100
_AGAIN = "~"
"""Before the time of a notice that was asked for again, in its key."""


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
    WEEKLY = "weekly"
    BACKTEST = "backtest"
    CARE = "care"
    CARE_NOW = "care_now"
    PLAYBOOK = "playbook"
    APPROVAL = "approval"
    APPROVAL_REPLY = "approval_reply"
    APPROVAL_ANSWER = "approval_answer"
    APPROVAL_QUESTION = "approval_question"
    APPROVAL_EXPIRED = "approval_expired"
    COMPLAINT = "complaint"
    COMPLAINT_DUE = "complaint_due"
    WORDING = "wording"


class Fate(StrEnum):
    TOLD = "told"
    MERGED = "merged"
    DROPPED = "dropped"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


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
    wall: datetime | None = None,
) -> bool:
    """Have a member told of something at an instant. Gives False where that stands, or was told, already.

    What belongs to a date (``on``) is told once for it; what belongs to a subject once for each instant. ``wall`` is
    the local time that is meant, where a local time is meant: it holds when the zone's rules change.
    """
    key = f"{member_id}:{kind}:{subject_id or '-'}:{on or f'{due_at.astimezone(UTC):%Y-%m-%dT%H:%M}'}"
    values = {
        "team_id": team_id,
        "member_id": member_id,
        "kind": kind,
        "subject_id": subject_id,
        "on": on,
        "key": key,
        "due_at": due_at,
        "reason": why and why.value,
        "rang": False,
        "wall": wall and f"{wall:%Y-%m-%dT%H:%M}",
        "facts": {"due_at": due_at.isoformat()},
    }
    if await insert_if_new(session, Notice, values, ("key",)):
        return True
    again = {**values, "settled_at": None, "fate": None}
    statement = update(Notice).where(col(Notice.key) == key, col(Notice.fate) == Fate.WITHDRAWN).values(**again)
    return bool((await session.exec(statement)).rowcount)


async def plan_again(session: AsyncSession, notice: Notice, due_at: datetime) -> None:
    """Have the same told once more, as its reader asked."""
    values = {
        **notice.model_dump(exclude={"id", "settled_at", "fate", "merged_into", "wall"}),
        "key": f"{notice.key.partition(_AGAIN)[0]}{_AGAIN}{due_at.astimezone(UTC):%Y-%m-%dT%H:%M}",
        "due_at": due_at,
        "reason": Why.SNOOZED.value,
        "rang": False,
        "facts": {"due_at": notice.facts.get("due_at", notice.due_at.isoformat()), "snoozed_to": due_at.isoformat()},
    }
    await insert_if_new(session, Notice, values, ("key",))


async def withdraw(session: AsyncSession, *, kind: str, subject_id: int) -> None:
    """Take back what is not told yet of a subject; that it was planned stays on record."""
    await _withdraw_where(session, col(Notice.kind) == kind, col(Notice.subject_id) == subject_id)


async def withdraw_kinds(session: AsyncSession, member_id: int, kinds: Iterable[str]) -> None:
    """Take back what is not told yet to a member of some kinds."""
    await _withdraw_where(session, col(Notice.member_id) == member_id, col(Notice.kind).in_(list(kinds)))


async def _withdraw_where(session: AsyncSession, *conditions: ColumnElement[bool]) -> None:
    """Settled as of the instant at which it would have been due: it is no longer, whatever the clock says."""
    values = {"settled_at": col(Notice.due_at), "fate": Fate.WITHDRAWN.value, "reason": Why.WITHDRAWN.value}
    await session.exec(update(Notice).where(*conditions, col(Notice.settled_at).is_(None)).values(**values))


async def due_now(session: AsyncSession, now: datetime) -> list[tuple[int, str]]:
    """Member and kind of the next batch of what is due, earliest first."""
    query = (
        select(col(Notice.member_id), col(Notice.kind))
        .where(col(Notice.settled_at).is_(None), col(Notice.due_at) <= now)
        .order_by(col(Notice.due_at), col(Notice.id))
        .limit(BATCH)
    )
    return list((await session.exec(query)).all())


async def pending_of(session: AsyncSession, member_id: int, until: datetime) -> list[Notice]:
    """A member's pending notices that are due until an instant, earliest first."""
    query = (
        select(Notice)
        .where(col(Notice.member_id) == member_id, col(Notice.settled_at).is_(None), col(Notice.due_at) <= until)
        .order_by(col(Notice.due_at), col(Notice.id))
        .execution_options(populate_existing=True)
    )
    return list((await session.exec(query)).all())


async def claim(session: AsyncSession, notice: Notice, now: datetime) -> bool:
    """Take the right to settle a pending notice. False: somebody was first, or it was moved or taken back."""
    statement = (
        update(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.settled_at).is_(None), col(Notice.due_at) == notice.due_at)
        .values(settled_at=now)
    )
    return bool((await session.exec(statement)).rowcount)


async def conclude(
    session: AsyncSession, notice: Notice, fate: Fate, why: str, *, rang: bool = False, merged_into: int | None = None
) -> None:
    """Write down what became of a claimed notice, and why."""
    values = {"fate": fate.value, "reason": why[:200], "rang": rang, "merged_into": merged_into, "facts": notice.facts}
    await session.exec(update(Notice).where(col(Notice.id) == notice.id).values(**values))


async def fail(session: AsyncSession, notice_id: int, error: str, now: datetime) -> None:
    """Settle a notice that could not be told: it must not silence others."""
    values = {"settled_at": now, "fate": Fate.FAILED.value, "reason": error[:200]}
    await session.exec(
        update(Notice).where(col(Notice.id) == notice_id, col(Notice.settled_at).is_(None)).values(**values)
    )


async def move(session: AsyncSession, notice: Notice, due_at: datetime, why: Why) -> None:
    """Put a pending notice off, and write down from when and why."""
    step = {"from": notice.due_at.isoformat(), "to": due_at.isoformat(), "why": why.value}
    values = {
        "due_at": due_at,
        "reason": why.value,
        "facts": {**notice.facts, "moves": [*notice.facts.get("moves", []), step]},
    }
    await session.exec(
        update(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.settled_at).is_(None), col(Notice.due_at) == notice.due_at)
        .values(**values)
    )


async def rung_since(session: AsyncSession, member_id: int, since: datetime, free: tuple[str, ...]) -> Rung:
    """What rang at a member since an instant, kinds that cost nothing left out."""
    query = select(func.count(), func.max(Notice.settled_at)).where(
        col(Notice.member_id) == member_id,
        col(Notice.settled_at) >= since,
        col(Notice.rang).is_(True),
        col(Notice.kind).not_in(free),
    )
    count, last_at = (await session.exec(query)).one()
    return Rung(count=int(count), last_at=last_at)


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a notice or a message is due."""
    notice = select(func.min(Notice.due_at)).where(col(Notice.settled_at).is_(None), col(Notice.due_at) > after)
    message = select(func.min(Outbox.due_at)).where(col(Outbox.settled_at).is_(None), col(Outbox.due_at) > after)
    instants = [(await session.exec(query)).one() for query in (notice, message)]
    return min((instant for instant in instants if instant is not None), default=None)
