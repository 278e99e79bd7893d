"""Plans a date in three steps: gather what is known (a read), solve (no database, off the loop), keep (the write).

``propose`` does the first two, for whatever process computes; ``keep`` belongs into the transaction of whoever shows
the result.
"""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.people import Acting
from bot.services.day.accept import follow_route
from bot.services.day.gathering import gather, started_plan_holds
from bot.services.day.route import Route
from bot.services.day.solving import solve
from bot.services.day.task import Change
from bot.services.work import Work
from bot.store.day_plans import get_day_plan, insert_day_plan, update_day_plan
from bot.store.unit import Store


class PlanMovedError(Exception):
    """Somebody else has changed the plan meanwhile: gather again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A route for a date, and the plan and revision that it takes the place of. Without one the kept plan holds."""

    on: date
    plan_id: int | None = None
    revision: int = 0
    route: Route | None = None


async def propose(store: Store, acting: Acting, on: date, now: datetime, change: Change | None = None) -> Proposal:
    """Make or change the plan of a date, without keeping it. Outside any transaction."""
    change = change or Change()
    async with store.read() as session:
        if change.is_nothing and await started_plan_holds(session, acting, on):
            return Proposal(on=on)
        task = await gather(session, acting, on, now, change)
    route = None if task.is_current else await asyncio.to_thread(solve, task)
    return Proposal(on=on, plan_id=task.plan_id, revision=task.revision, route=route)


async def keep(work: Work, proposal: Proposal) -> None:
    """Keep a proposed route and let the visits of a started day follow it. Raises PlanMovedError."""
    on, route = proposal.on, proposal.route
    if route is None:
        return
    if proposal.plan_id is None:
        kept = await insert_day_plan(work.session, work.acting, on, route.to_json(), work.now)
    else:
        kept = await update_day_plan(work.session, proposal.plan_id, proposal.revision, route.to_json(), work.now)
    if not kept:
        raise PlanMovedError
    row = await get_day_plan(work.session, work.acting, on)
    assert row is not None
    await follow_route(work, row, route)
