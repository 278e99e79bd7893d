"""/today: the route of the day, its stops, and everything that a rep can change about it with a tap."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from sqlmodel import col

from bot.domain.errors import Refused, Unavailable
from bot.domain.geo import Pin
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import DayOffKind
from bot.handlers.turn import Handler, Turn, command, tap
from bot.services import awaiting, check_in, days_off
from bot.services.day.accept import accept_day, give_up_visit
from bot.services.day.calendar import DayKind, kind_of_day
from bot.services.day.changing import change_screen, left_screen, near_screen
from bot.services.day.plan import PlanMovedError, Proposal, keep, propose
from bot.services.day.showing import over_progress, progress_screen, show_day, show_in_day, show_stop
from bot.services.day.task import Change
from bot.services.work import Work
from bot.store.customers import get_customer, worked_customers
from bot.store.day_plans import get_day_plan
from bot.store.tables import Customer

TRIES = 3
"""How often a change is planned anew when another process changes the same plan in between."""

SAY_AFTER_S = 0.7
"""A plan that takes longer is announced: usually others are computed before it."""

LATE_MINUTES = (15, 30, 60)
Then = Callable[[Work, date], Awaitable[None]]


def handlers() -> list[Handler]:
    """Handlers of the day."""
    actions: dict[str, Callable[[Turn, list[str]], Awaitable[None]]] = {
        "day": show_today,
        "day.plan": plan_anyway,
        "day.start": start,
        "day.all": show_all,
        "day.stop": open_stop,
        "day.left": show_left_out,
        "day.change": show_changes,
        "day.late": be_late,
        "day.skip": skip,
        "day.next": go_next,
        "day.put": put,
        "day.gone": find_nobody,
        "day.add": offer_stops,
        "day.again": plan_again,
        "day.here": ask_where,
        "day.stay": stay,
        "day.from": plan_from,
        "day.off": take_off,
        "day.on": work_after_all,
        "day.called": note_call,
    }
    return [command("today", show_today), *(tap(verb, action) for verb, action in actions.items())]


async def plan_and_show(
    turn: Turn, change: Change | None = None, *, anyway: bool = False, then: Then | None = None
) -> None:
    """Plan where a plan is wanted, keep it, and show the day; ``then`` acts and shows instead.

    The search runs outside the transaction. When somebody else changes the plan meanwhile, it is planned anew.
    """
    on = _today(turn)
    async with turn.read() as session:
        kind = await kind_of_day(session, turn.acting, on)
        has_plan = await get_day_plan(session, turn.acting, on) is not None
    is_planned = not kind.is_off and (kind is DayKind.WORKING or has_plan or anyway)
    waits = False
    for _ in range(TRIES):
        proposal = None
        if is_planned:
            proposal, was_slow = await _propose(turn, on, change)
            waits = waits or was_slow
        try:
            async with turn.begin() as begun:
                work = await over_progress(begun, on) if waits else begun
                if proposal is not None:
                    await keep(work, proposal)
                await (then or show_day)(work, on)
        except PlanMovedError:
            continue
        return
    raise Unavailable("the plan of the day kept changing")


async def _propose(turn: Turn, on: date, change: Change | None) -> tuple[Proposal, bool]:
    """The plan, beside all other turns; and whether it took so long that the chat shows that it is being made."""
    proposing = asyncio.create_task(turn.compute(propose, turn.acting, on, turn.now, change))
    try:
        done, _ = await asyncio.wait({proposing}, timeout=SAY_AFTER_S)
        if not done:
            async with turn.store.begin() as session:  # not the turn's own: what it changes is still to come
                work = Work(session=session, acting=turn.acting, now=turn.now, tapped=turn.tapped)
                await show_in_day(work, on, progress_screen(on), is_answer=False)
            turn.wake()
        return await proposing, not done
    finally:
        proposing.cancel()


def _today(turn: Turn) -> date:
    """The member's local day. Raises Refused("no_own_route") for who makes no visits."""
    if not turn.acting.records:
        raise Refused("no_own_route")
    return turn.acting.local(turn.now).date()


def number(args: list[str], place: int) -> int:
    """An argument of a button. Raises Refused("old_button") for what no button of ours says."""
    try:
        return int(args[place])
    except (IndexError, ValueError) as error:
        raise Refused("old_button") from error


async def show_today(turn: Turn, args: list[str]) -> None:
    """The day as it stands, planned now if it is not yet."""
    await plan_and_show(turn)


async def plan_anyway(turn: Turn, args: list[str]) -> None:
    """Plan a day that nobody works."""
    await plan_and_show(turn, anyway=True)


async def start(turn: Turn, args: list[str]) -> None:
    """Accept the route: its stops become planned visits. A button of another day only shows today."""
    plan_id = number(args, 0)

    async def accept(work: Work, on: date) -> None:
        row = await get_day_plan(work.session, work.acting, on)
        if row is not None and row.id == plan_id:
            await accept_day(work, on)
        await show_day(work, on)

    await plan_and_show(turn, then=accept)


async def show_all(turn: Turn, args: list[str]) -> None:
    """Every line of the day."""
    on = _today(turn)
    async with turn.begin() as work:
        await show_day(work, on, everything=True)


async def open_stop(turn: Turn, args: list[str]) -> None:
    """One stop."""
    on = _today(turn)
    async with turn.begin() as work:
        await show_stop(work, number(args, 0), on)


async def show_left_out(turn: Turn, args: list[str]) -> None:
    """Who is not in the route, and why."""
    on = _today(turn)
    async with turn.begin() as work:
        await show_in_day(work, on, await left_screen(work, on))


async def show_changes(turn: Turn, args: list[str]) -> None:
    """What can be changed."""
    on = _today(turn)
    async with turn.begin() as work:
        await show_in_day(work, on, await change_screen(work, on))


async def be_late(turn: Turn, args: list[str]) -> None:
    """Move all that is ahead by some minutes, once for each plan that the button was under."""
    minutes = number(args, 0)
    if minutes not in LATE_MINUTES:
        raise Refused("old_button")
    late = timedelta(minutes=minutes)
    await plan_and_show(turn, Change(late=late, of_plan=number(args, 1), of_revision=number(args, 2)))


async def skip(turn: Turn, args: list[str]) -> None:
    """Leave a stop out and plan the rest again."""
    await plan_and_show(turn, Change(skip=number(args, 0), of_plan=number(args, 1)))


async def go_next(turn: Turn, args: list[str]) -> None:
    """Go to a customer now, and plan the rest after it."""
    customer_id = number(args, 0)
    await _refuse_foreign(turn, customer_id)
    await plan_and_show(turn, Change(put_first=customer_id, of_plan=number(args, 1)))


async def put(turn: Turn, args: list[str]) -> None:
    """Put a customer on today's route, wherever it fits best."""
    customer_id = number(args, 0)
    await _refuse_foreign(turn, customer_id)
    of_plan = number(args, 1) if len(args) > 1 else None
    await plan_and_show(turn, Change(put=customer_id, of_plan=of_plan), anyway=True)


async def _refuse_foreign(turn: Turn, customer_id: int) -> None:
    async with turn.read() as session:
        await get_customer(session, turn.acting, customer_id)
        mine = worked_customers(turn.acting).where(col(Customer.id) == customer_id)
        if (await session.exec(mine)).first() is None:
            raise Refused("not_on_your_route")


async def find_nobody(turn: Turn, args: list[str]) -> None:
    """Nobody was there: leave the stop, plan the rest again, and offer who else is near."""
    customer_id = number(args, 0)

    async def offer(work: Work, on: date) -> None:
        await give_up_visit(work, customer_id, on)
        await show_in_day(work, on, await near_screen(work, on, gone=customer_id))

    await plan_and_show(turn, Change(skip=customer_id, of_plan=number(args, 1)), then=offer)


async def offer_stops(turn: Turn, args: list[str]) -> None:
    """The best customers near by that are not on the route."""
    on = _today(turn)
    async with turn.begin() as work:
        await show_in_day(work, on, await near_screen(work, on, gone=None))


async def plan_again(turn: Turn, args: list[str]) -> None:
    """Plan what is ahead again, from now and the last known place."""

    async def show(work: Work, on: date) -> None:
        await check_in.stop_asking(work)
        await show_day(work, on)

    await plan_and_show(turn, Change(again=True, of_plan=number(args, 0)), then=show)


async def ask_where(turn: Turn, args: list[str]) -> None:
    """Ask for a location to plan from."""
    on = _today(turn)
    async with turn.begin() as work:
        row = await get_day_plan(work.session, work.acting, on)
        await awaiting.ask(work, awaiting.Kind.REPLAN)
        facts: dict[str, Json] = {"plan_id": row.id if row else 0}
        await show_in_day(work, on, Screen(template="replies/day_here", facts=facts))
        await check_in.show_location_button(work, for_check_in=False)


async def stay(turn: Turn, args: list[str]) -> None:
    """Leave the plan as it is."""
    async with turn.begin() as work:
        await check_in.leave_asking(work)


async def plan_from(turn: Turn, args: list[str]) -> None:
    """Plan what is ahead from the location that the button carries."""
    await plan_from_here(turn, pin_in(args, 1), of_plan=number(args, 0))


async def plan_from_here(turn: Turn, here: Pin, *, of_plan: int | None = None) -> None:
    """Plan what is ahead from a place, which is not kept."""

    async def show(work: Work, on: date) -> None:
        await check_in.stop_asking(work)
        await work.clear(check_in.ASKED_WHY)
        await show_day(work, on)

    await plan_and_show(turn, Change(here=here, again=True, of_plan=of_plan), then=show)


def pin_in(args: list[str], place: int) -> Pin:
    """The place that two arguments of a button say. Raises Refused("old_button") where it is none."""
    lat, lng = number(args, place), number(args, place + 1)
    try:
        return Pin(lat=lat / check_in.DEGREE_PARTS, lng=lng / check_in.DEGREE_PARTS)
    except ValueError as error:
        raise Refused("old_button") from error


async def take_off(turn: Turn, args: list[str]) -> None:
    """Sick today, or a day off."""
    on = _today(turn)
    if args[:1] not in ([DayOffKind.SICK.value], [DayOffKind.LEAVE.value]):
        raise Refused("old_button")
    async with turn.begin() as work:
        await days_off.take_day_off(work, on, DayOffKind(args[0]))
        await show_day(work, on)


async def work_after_all(turn: Turn, args: list[str]) -> None:
    """Take a day off back."""
    on = _today(turn)
    async with turn.begin() as work:
        await days_off.take_back_day_off(work, on)
        await show_day(work, on)


async def note_call(turn: Turn, args: list[str]) -> None:
    """An appointment was called off by phone."""
    on = _today(turn)
    async with turn.begin() as work:
        await days_off.call_off_appointment(work, number(args, 0), on)
        await show_day(work, on)
