"""The day's first screen, for whoever pushes it.

Two steps: ``ensure_plan`` outside any transaction, then ``morning_screen`` inside the one that tells.
"""

import asyncio
from datetime import date, datetime

from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.services.day.calendar import DayKind, kind_of_day
from bot.services.day.gathering import gather
from bot.services.day.plan import PlanMovedError, Proposal, keep, propose
from bot.services.day.showing import day_screen
from bot.services.day.solving import solve
from bot.services.day.task import Change
from bot.services.work import Work
from bot.store.day_plans import get_day_plan
from bot.store.unit import Store


async def ensure_plan(store: Store, acting: Acting, on: date, now: datetime) -> None:
    """Plan and keep a working date that has no current plan. Harmless when repeated, also by another process.

    Searches for up to a second in a thread, so it is called outside any transaction.
    """
    if not acting.records:
        return
    async with store.read() as session:
        if await kind_of_day(session, acting, on) is not DayKind.WORKING:
            return
    proposal = await propose(store, acting, on, now)
    if proposal.route is None:
        return
    try:
        async with store.begin() as session:
            await keep(Work(session=session, acting=acting, now=now), proposal)
    except PlanMovedError:
        return  # whoever was first has kept a plan


async def morning_screen(work: Work, on: date) -> Screen | None:
    """The screen of the day, or None when it is not worked (``kind_of_day`` says why) or the member has no route.

    Plans where ``ensure_plan`` has not; that holds the caller's transaction up to a second, so it is the exception.
    """
    if not work.acting.records or await kind_of_day(work.session, work.acting, on) is not DayKind.WORKING:
        return None
    if await get_day_plan(work.session, work.acting, on) is None:
        task = await gather(work.session, work.acting, on, work.now, Change())
        await keep(work, Proposal(task=task, route=await asyncio.to_thread(solve, task)))
    return await day_screen(work.session, work.acting, on, work.now)
