"""The kept weeks of members: asked for, claimed by one process at a time, changed only at a revision seen before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.store.inserting import insert_if_new
from bot.store.tables import WeekPlan

LEASE = timedelta(minutes=3)
"""Of real time: a week takes seconds, so after this its process is gone."""

ATTEMPTS = 3
LOOKED_AT = 8


async def get_week(session: AsyncSession, acting: Acting, starts_on: date) -> WeekPlan | None:
    """The acting person's week."""
    query = select(WeekPlan).where(col(WeekPlan.member_id) == acting.member_id, col(WeekPlan.starts_on) == starts_on)
    return (await session.exec(query.execution_options(populate_existing=True))).one_or_none()


async def get_own_week(session: AsyncSession, acting: Acting, week_id: int) -> WeekPlan | None:
    """A week of the acting person by id."""
    query = select(WeekPlan).where(col(WeekPlan.member_id) == acting.member_id, col(WeekPlan.id) == week_id)
    return (await session.exec(query.execution_options(populate_existing=True))).one_or_none()


async def ask_week(
    session: AsyncSession, acting: Acting, starts_on: date, now: datetime, *, wishes: Mapping[str, Json], show: bool
) -> WeekPlan:
    """Want a week computed, with these wishes. What was kept stays until then."""
    values = {
        "team_id": acting.team_id,
        "member_id": acting.member_id,
        "starts_on": starts_on,
        "revision": 1,
        "wishes": dict(wishes),
        "plan": {},
        "asked_at": now,
        "shown_in_chat": show,
        "attempts": 0,
    }
    if not await insert_if_new(session, WeekPlan, values, ("member_id", "starts_on")):
        again = {
            "wishes": dict(wishes),
            "asked_at": now,
            "leased_until": None,
            "attempts": 0,
            "shown_in_chat": show,
            "accepted_at": None,
        }
        statement = (
            update(WeekPlan)
            .where(col(WeekPlan.member_id) == acting.member_id, col(WeekPlan.starts_on) == starts_on)
            .values(**again, revision=col(WeekPlan.revision) + 1)
            .execution_options(synchronize_session=False)
        )
        await session.exec(statement)
    row = await get_week(session, acting, starts_on)
    assert row is not None
    return row


def _free(real_now: datetime) -> tuple[ColumnElement[bool], ...]:
    lease_is_over = or_(col(WeekPlan.leased_until).is_(None), col(WeekPlan.leased_until) < real_now)
    return col(WeekPlan.asked_at).is_not(None), lease_is_over, col(WeekPlan.attempts) < ATTEMPTS


async def claim_week(session: AsyncSession, week_id: int, real_now: datetime) -> WeekPlan | None:
    """Take the right to compute a week that is wanted. None: somebody else is at it, or it is done or given up."""
    statement = (
        update(WeekPlan)
        .where(col(WeekPlan.id) == week_id, *_free(real_now))
        .values(leased_until=real_now + LEASE, attempts=col(WeekPlan.attempts) + 1)
        .execution_options(synchronize_session=False)
    )
    if (await session.exec(statement)).rowcount == 0:
        return None
    query = select(WeekPlan).where(col(WeekPlan.id) == week_id).execution_options(populate_existing=True)
    return (await session.exec(query)).one()


async def wanted_weeks(session: AsyncSession, real_now: datetime, *, shown: bool) -> list[int]:
    """Some weeks that wait for somebody to compute them, to be shown in a chat or not, oldest first."""
    wanted = (*_free(real_now), col(WeekPlan.shown_in_chat).is_(shown))
    query = select(WeekPlan.id).where(*wanted).order_by(col(WeekPlan.asked_at), col(WeekPlan.id)).limit(LOOKED_AT)
    return [identity for identity in (await session.exec(query)).all() if identity is not None]


async def keep_week(
    session: AsyncSession, week_id: int, revision: int, plan: Mapping[str, Json], now: datetime
) -> bool:
    """Keep a computed week. False: it was asked anew meanwhile, and whoever asked computes it."""
    statement = (
        update(WeekPlan)
        .where(col(WeekPlan.id) == week_id, col(WeekPlan.revision) == revision)
        .values(plan=dict(plan), made_at=now, asked_at=None, leased_until=None, revision=revision + 1)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.exec(statement)).rowcount)


async def mark_accepted(session: AsyncSession, week_id: int, revision: int, now: datetime) -> bool:
    """Accept a week at the revision that was seen. False: it has changed."""
    statement = (
        update(WeekPlan)
        .where(col(WeekPlan.id) == week_id, col(WeekPlan.revision) == revision, col(WeekPlan.asked_at).is_(None))
        .values(accepted_at=now, revision=revision + 1)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.exec(statement)).rowcount)
