"""The kept plan of a member's date, changed only by who has seen its latest revision."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.store.inserting import insert_if_new
from bot.store.tables import DayPlan


async def get_day_plan(session: AsyncSession, acting: Acting, on: date) -> DayPlan | None:
    """The acting person's plan of a date."""
    query = select(DayPlan).where(col(DayPlan.member_id) == acting.member_id, col(DayPlan.on) == on)
    return (await session.exec(query.execution_options(populate_existing=True))).one_or_none()


async def insert_day_plan(
    session: AsyncSession, acting: Acting, on: date, plan: Mapping[str, Json], now: datetime
) -> bool:
    """Keep the first plan of a date. False: another process has kept one."""
    values = {
        "team_id": acting.team_id,
        "member_id": acting.member_id,
        "on": on,
        "revision": 1,
        "plan": dict(plan),
        "made_at": now,
    }
    return await insert_if_new(session, DayPlan, values, ("member_id", "on"))


async def update_day_plan(
    session: AsyncSession, plan_id: int, revision: int, plan: Mapping[str, Json], now: datetime
) -> bool:
    """Replace a plan that is still at a revision. False: somebody was first, and nothing has changed."""
    statement = (
        update(DayPlan)
        .where(col(DayPlan.id) == plan_id, col(DayPlan.revision) == revision)
        .values(plan=dict(plan), revision=revision + 1, made_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.exec(statement)).rowcount)


async def start_day_plan(session: AsyncSession, plan_id: int, now: datetime) -> bool:
    """Mark a plan as accepted. False: it was accepted before."""
    statement = (
        update(DayPlan)
        .where(col(DayPlan.id) == plan_id, col(DayPlan.started_at).is_(None))
        .values(started_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool((await session.exec(statement)).rowcount)
