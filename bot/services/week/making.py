"""A week is asked for in a turn and computed beside all turns, by this process or by another that is free.

While it is computed the chat shows a progress line; whoever computes puts the week in its place.
"""

import asyncio
from datetime import date, datetime, timedelta

import httpx
from sqlalchemy import exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.clock import real_now
from bot.services.computing import Compute
from bot.services.people import acting_by_member
from bot.services.travel_times.known import learn_travel
from bot.services.week.mapping import map_routes
from bot.services.week.plan import PlannedWeek
from bot.services.week.showing import failure_screen, living_name, week_screen
from bot.services.week.solving import solve_week
from bot.services.week.survey import monday_of, survey_week, week_to_plan
from bot.services.week.task import WeekTask
from bot.services.week.turns import settle_turns
from bot.services.week.wishes import Wishes
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store import week_plans
from bot.store.tables import Member, WeekPlan
from bot.store.unit import Store

NIGHT_FROM_HOUR, NIGHT_UNTIL_HOUR = 2, 6
WEEKEND = timedelta(days=2)


async def ask(work: Work, starts_on: date, wishes: Wishes) -> None:
    """Want a week, and say in the chat that it is being planned."""
    if not work.acting.records:
        raise Refused("no_own_route")
    await week_plans.ask_week(work.session, work.acting, starts_on, work.now, wishes=wishes.to_json(), show=True)
    facts: dict[str, Json] = {"starts_on": starts_on.isoformat()}
    place = Place.BELOW if work.tapped is None else Place.EDIT
    screen = Screen(template="replies/week_progress", facts=facts, living=living_name(starts_on), place=place)
    await work.show(screen, is_answer=False)


async def take_week(store: Store, *, shown: bool) -> WeekPlan | None:
    """Claim a week that is wanted: for a chat where ``shown``, else of the night. None: there is none to claim."""
    async with store.read() as session:
        waiting = await week_plans.wanted_weeks(session, real_now(), shown=shown)
    for week_id in waiting:
        async with store.begin(lasting=False) as session:
            row = await week_plans.claim_week(session, week_id, real_now())
        if row is not None:
            return row
    return None


async def make_week(store: Store, row: WeekPlan, now: datetime, compute: Compute) -> bool:
    """Have a claimed week computed, keep it and show it where it was asked in the chat. False: it was asked anew."""
    assert row.id is not None
    async with store.read() as session:
        acting = await acting_by_member(session, row.member_id)
    week = await compute.run(compute_week, acting, row.starts_on, Wishes.from_json(row.wishes), now)
    async with store.begin() as session:
        if not await week_plans.keep_week(session, row.id, row.revision, week.to_json(), now):
            return False
        if row.shown_in_chat and acting.chat_id is not None:
            screen = week_screen(week, row.id, row.revision + 1, is_accepted=False, acting=acting)
            await Work(session=session, acting=acting, now=now).show(screen)
    return True


async def compute_week(store: Store, acting: Acting, starts_on: date, wishes: Wishes, now: datetime) -> PlannedWeek:
    """A week from what is known now, once it is settled who serves the shared customers."""
    await settle_turns(store, acting, starts_on, now, weeks=wishes.weeks, without=wishes.left_out)
    async with store.read() as session:
        task = WeekTask(survey=await survey_week(session, acting, starts_on, now, wishes.weeks), wishes=wishes)
    return await asyncio.to_thread(solve_week, task)


async def tell_failure(store: Store, week_id: int, now: datetime) -> bool:
    """Say in the chat that a claimed week could not be planned, with a way to ask again. False: nobody waits for it."""
    async with store.begin() as session:
        row = await session.get(WeekPlan, week_id)
        if row is None or row.leased_until is None or not row.shown_in_chat:
            return False
        acting = await acting_by_member(session, row.member_id)
        if acting.chat_id is None:
            return False
        await Work(session=session, acting=acting, now=now).show(failure_screen(row.starts_on))
    return True


async def want_all_weeks(store: Store, now: datetime) -> int:
    """Want the coming week of everybody for whom it is night and who has none yet. Harmless when repeated.

    The rows are small and quickly written; whichever processes run then share the work. Gives how many were wanted.
    """
    monday = monday_of((now + WEEKEND).date())
    async with store.read() as session:
        stands = select(WeekPlan.id).where(col(WeekPlan.member_id) == col(Member.id), col(WeekPlan.starts_on) >= monday)
        query = select(Member.id).where(
            col(Member.chat_id).is_not(None), col(Member.left_at).is_(None), ~exists(stands)
        )
        members = [identity for identity in (await session.exec(query)).all() if identity is not None]
    return sum([await _want_week(store, member_id, now) for member_id in members])


async def _want_week(store: Store, member_id: int, now: datetime) -> bool:
    async with store.read() as session:
        acting = await acting_by_member(session, member_id)
        if not acting.records or not NIGHT_FROM_HOUR <= acting.local(now).hour < NIGHT_UNTIL_HOUR:
            return False
        starts_on = week_to_plan(acting, now, await working_days_of(session, acting))
        if await week_plans.get_week(session, acting, starts_on) is not None:
            return False
    nothing: dict[str, Json] = {}
    async with store.begin() as session:
        await week_plans.ask_week(session, acting, starts_on, now, wishes=nothing, show=False)
    return True


async def learn_ways(store: Store, client: httpx.AsyncClient, root: str, now: datetime) -> int:
    """Ask a road server for the ways of all days that are planned, so that the days' own plans know them.

    Gives how many ways were learnt. Customers' and start places only; never where a rep is.
    """
    async with store.read() as session:
        query = select(WeekPlan).where(col(WeekPlan.starts_on) >= monday_of(now.date()))
        rows = (await session.exec(query)).all()
        days = [pins for row in rows for pins in await _pins_by_day(session, row)]
    return sum([await learn_travel(store, client, root, pins, now) for pins in days])


async def _pins_by_day(session: AsyncSession, row: WeekPlan) -> list[list[Pin | None]]:
    week = PlannedWeek.from_json(row.plan)
    if week is None:
        return []
    acting = await acting_by_member(session, row.member_id)
    routes = await map_routes(session, acting, week)
    return [[route.start, *(stop.pin for stop in route.stops)] for route in routes]
