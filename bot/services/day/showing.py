"""The day's one message: which screen it shows now, and where it is put in the chat."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services import awaiting
from bot.services.day.calendar import DayKind, kind_of_day
from bot.services.day.candidates import visits_on
from bot.services.day.facts import DayView, day_facts, view_day
from bot.services.day.off_facts import off_facts
from bot.services.day.route import Route
from bot.services.day.stop_facts import stop_facts
from bot.services.work import Work
from bot.store import outbox
from bot.store.customers import get_customer, worked_customers
from bot.store.day_plans import get_day_plan
from bot.store.tables import Customer

LEFT_NAMED = 3
"""Customers that a day without a route names, each with the reason."""

ASKED_JUST_NOW = timedelta(minutes=10)
"""While a check-in waits for its location, a silent edit must not take its buttons away."""


def living_name(on: date) -> str:
    """The name of the message that a date lives in."""
    return f"day:{on.isoformat()}"


async def current_view(session: AsyncSession, acting: Acting, on: date, now: datetime) -> DayView | None:
    """The kept plan of a date with what has become of it; None where there is none."""
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row else None
    return await view_day(session, acting, row, route, now) if row and route else None


async def day_screen(
    session: AsyncSession, acting: Acting, on: date, now: datetime, *, everything: bool = False
) -> Screen:
    """What a date has to show: its route, or why there is none and what to do next."""
    kind = await kind_of_day(session, acting, on)
    if kind.is_off:
        return _screen("day_off", on, await off_facts(session, acting, on, kind, now))
    view = await current_view(session, acting, on, now)
    if view is None and kind is not DayKind.WORKING:
        return _screen("day_free", on, {"on": on.isoformat(), "kind": kind.value})
    if view is not None and view.visit_stops:
        return _screen("day", on, day_facts(view, acting, everything=everything))
    count = select(func.count()).select_from(worked_customers(acting).with_only_columns(col(Customer.id)).subquery())
    customers = int((await session.exec(count)).one())
    left = [entry for entry in view.route.left_out if entry.customer_id in view.customers] if view else []
    facts: dict[str, Json] = {
        "on": on.isoformat(),
        "customers": customers,
        "left_count": len(left),
        "left": [
            {"name": view.customers[entry.customer_id].name, "grade": entry.grade, "why": entry.why}
            for entry in left[:LEFT_NAMED]
            if view is not None
        ],
        "leads": acting.leads,
    }
    return _screen("day_empty", on, facts)


def _screen(name: str, on: date, facts: dict[str, Json]) -> Screen:
    return Screen(template=f"replies/{name}", facts=facts, living=living_name(on))


async def show_day(work: Work, on: date, *, everything: bool = False) -> None:
    """Show a date to its member."""
    screen = await day_screen(work.session, work.acting, on, work.now, everything=everything)
    await show_in_day(work, on, screen)


async def show_stop(work: Work, customer_id: int, on: date) -> None:
    """Show one customer of a date. Raises Refused("no_such_customer")."""
    customer = await get_customer(work.session, work.acting, customer_id)
    view = await current_view(work.session, work.acting, on, work.now)
    visit = (await visits_on(work.session, work.acting, on)).get(customer_id)
    facts = await stop_facts(work.session, work.acting, customer, view, visit, work.now)
    await show_in_day(work, on, _screen("stop", on, facts))


async def show_in_day(work: Work, on: date, screen: Screen, *, is_answer: bool = True) -> None:
    """Put a screen into the day's message: in place when it was tapped there, else below everything.

    So an answer is always where the person looks, and the day still has one message only.
    """
    name = living_name(on)
    assert work.acting.chat_id is not None
    living = await outbox.living_message(work.session, work.acting.chat_id, name)
    in_place = work.tapped is not None and work.tapped == living
    place = Place.EDIT if in_place else Place.BELOW
    await work.show(replace(screen, living=name, place=place), over_tapped=in_place, is_answer=is_answer)


def progress_screen(on: date) -> Screen:
    """A day that is being planned."""
    return _screen("day_progress", on, {"on": on.isoformat()})


async def over_progress(work: Work, on: date) -> Work:
    """The same work, with what it shows in place of the progress line, where that has been sent."""
    assert work.acting.chat_id is not None
    living = await outbox.living_message(work.session, work.acting.chat_id, living_name(on))
    return replace(work, tapped=living or work.tapped)


async def refresh_day(work: Work, on: date) -> None:
    """Edit the day's message where there is one: silently, and never in the middle of a check-in."""
    if work.acting.chat_id is None:
        return
    living = await outbox.living_message(work.session, work.acting.chat_id, living_name(on))
    if living is None:
        return
    waiting = await awaiting.awaited(work.session, work.acting.member_id, work.now)
    if waiting is not None and work.now - waiting.asked_at < ASKED_JUST_NOW:
        return
    screen = await day_screen(work.session, work.acting, on, work.now)
    await work.show(screen, over_tapped=False)
