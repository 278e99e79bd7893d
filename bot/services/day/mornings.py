"""The day's first screen, for whoever pushes it: ``propose_morning`` computes, ``morning_screen`` keeps and shows."""

from datetime import date, datetime

from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.services.day.calendar import DayKind, kind_of_day
from bot.services.day.plan import Proposal, keep, propose
from bot.services.day.showing import day_screen
from bot.services.work import Work
from bot.store.unit import Store


async def propose_morning(store: Store, acting: Acting, on: date, now: datetime) -> Proposal | None:
    """The plan of a working date, where the one that is kept does not hold. None: there is no day to plan."""
    if not acting.records:
        return None
    async with store.read() as session:
        if await kind_of_day(session, acting, on) is not DayKind.WORKING:
            return None
    return await propose(store, acting, on, now)


async def morning_screen(work: Work, on: date, proposal: Proposal | None) -> Screen | None:
    """Keep what was proposed, and give the screen of the day. None: it is not worked, or the member has no route.

    Raises PlanMovedError when somebody else has changed the plan meanwhile.
    """
    if proposal is None or await kind_of_day(work.session, work.acting, on) is not DayKind.WORKING:
        return None
    await keep(work, proposal)
    return await day_screen(work.session, work.acting, on, work.now)
