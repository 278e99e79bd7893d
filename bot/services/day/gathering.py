"""Gathers what the plan of a date depends on: the kept plan, the visits so far, the candidates, the rep's wishes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.planning.problem import ASSUMED_TRAVEL_S, DayProblem, Lunch, Shift, Window
from bot.domain.vocabulary import VisitState
from bot.services.day.candidates import candidates_of, visits_on
from bot.services.day.clock import seconds_of, wall_seconds
from bot.services.day.history import MADE, keep_history, last_place
from bot.services.day.route import Route, Stop
from bot.services.day.task import Change, DayTask
from bot.services.navigation import pin_of
from bot.services.people import own_row
from bot.services.travel_times.known import known_travel
from bot.store.customers import worked_customers
from bot.store.day_plans import get_day_plan
from bot.store.tables import Customer, DayPlan, Member, Visit

LUNCH_WINDOW = Window(opens_s=11 * 3600 + 1800, closes_s=13 * 3600 + 1800)
LUNCH_S = 3600
LATE_START = timedelta(minutes=15)
"""A proposal that was to begin this long ago is made again from now."""

WANTED_FIRST_PRIZE = 1000.0
"""More than any visit counts: where the rep says that this one is next, it is."""


async def gather(session: AsyncSession, acting: Acting, on: date, now: datetime, change: Change) -> DayTask:
    """Everything that the plan of a date depends on, at an instant, with a change applied."""
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row else None
    if _is_void(change, row, route):
        change = Change()
    visits = await visits_on(session, acting, on)
    skipped, added = _wishes(route, visits, change)
    first = change.put_first
    is_started = row is not None and row.started_at is not None
    history = keep_history(route, visits, now, skipped=skipped, is_started=is_started, again=first)
    over = frozenset(stop.customer_id for stop in history if stop.customer_id) | skipped
    found = await candidates_of(session, acting, on, now=now, wanted=added, without=over)
    member = await own_row(session, acting)
    start = await _start_of(session, acting, member, history, visits, skipped, change)
    not_before = _not_before(route, history, now, change)
    leaves_s = _leaves_s(acting, on, now, history, visits, not_before)
    prospects = {prospect.customer_id: prospect for prospect in found.prospects}
    pins = [start, _home_of(member), *(prospect.pin for prospect in found.prospects)]
    problem = DayProblem(
        travel=await known_travel(session, pins, acting.travel_factor),
        shift=_shift(member, start, has_eaten=any(stop.is_lunch for stop in history)),
        candidates=tuple(prospect.as_candidate() for prospect in found.prospects),
        now_s=leaves_s,
    )
    task = DayTask(
        acting=acting,
        on=on,
        now=now,
        plan_id=row.id if row else None,
        revision=row.revision if row else 0,
        is_started=is_started,
        is_current=False,
        history=history,
        problem=_with_first(problem, first),
        prospects=prospects,
        a_due=route.a_due if route and is_started else found.a_due,
        skipped=skipped,
        added=added,
        not_before=not_before,
    )
    return replace(task, is_current=change.is_nothing and await _still_holds(session, task, route))


async def started_plan_holds(session: AsyncSession, acting: Acting, on: date) -> bool:
    """Whether a date has an accepted plan that knows every visit planned for it: then nothing calls for another."""
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row and row.started_at else None
    if route is None:
        return False
    known = {stop.customer_id for stop in route.visits} | {entry.customer_id for entry in route.left_out}
    query = select(Visit.customer_id).where(
        col(Visit.member_id) == acting.member_id,
        col(Visit.on) == on,
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.customer_id).in_(worked_customers(acting).with_only_columns(col(Customer.id))),
    )
    return known.issuperset((await session.exec(query)).all())


async def place_of_rep(session: AsyncSession, acting: Acting, on: date, now: datetime) -> Pin | None:
    """Where the rep can be taken to be: at the last customer of the day, else at the start place."""
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row else None
    visits = await visits_on(session, acting, on)
    skipped = route.skipped if route else frozenset()
    is_started = row is not None and row.started_at is not None
    history = keep_history(route, visits, now, skipped=skipped, is_started=is_started, again=None)
    return await _start_of(session, acting, await own_row(session, acting), history, visits, skipped, Change())


def _is_void(change: Change, row: DayPlan | None, route: Route | None) -> bool:
    """Whether a change belongs to another plan, or has happened already: a second tap, or an old button."""
    of_other = change.of_plan is not None and (row is None or row.id != change.of_plan)
    is_older = change.of_revision is not None and row is not None and row.revision != change.of_revision
    kept = {stop.customer_id for stop in route.kept_visits} if route else set()
    skipped_before = change.skip is not None and change.skip not in kept
    put_before = change.put is not None and change.put in kept
    return of_other or is_older or skipped_before or put_before


def _wishes(route: Route | None, visits: Mapping[int, Visit], change: Change) -> tuple[frozenset[int], frozenset[int]]:
    """Who is skipped and who is added. A rep who goes to a skipped customer all the same has changed the plan."""
    made = {customer for customer, visit in visits.items() if visit.state in MADE}
    skipped = frozenset(route.skipped - made) if route else frozenset()
    added = route.added if route else frozenset()
    if change.skip is not None:
        skipped, added = skipped | {change.skip}, added - {change.skip}
    wanted = {customer for customer in (change.put, change.put_first) if customer is not None}
    return skipped - wanted, added | wanted


async def _start_of(
    session: AsyncSession,
    acting: Acting,
    member: Member,
    history: tuple[Stop, ...],
    visits: Mapping[int, Visit],
    skipped: frozenset[int],
    change: Change,
) -> Pin | None:
    """Where the rest of the day begins: where the rep says, else the last customer, else the start place."""
    if change.here is not None:
        return change.here
    last = last_place(history, visits, skipped=skipped)
    if last is not None:
        query = select(Customer).where(col(Customer.team_id) == acting.team_id, col(Customer.id) == last)
        customer = (await session.exec(query)).one_or_none()
        if customer is not None and (pin := pin_of(customer)) is not None:
            return pin
    return _home_of(member)


def _home_of(member: Member) -> Pin | None:
    if member.start_lat is None or member.start_lng is None:
        return None
    return Pin(lat=member.start_lat, lng=member.start_lng)


def _shift(member: Member, start: Pin | None, *, has_eaten: bool) -> Shift:
    starts_s, ends_s = wall_seconds(member.work_from), wall_seconds(member.work_until)
    return Shift(
        starts_s=starts_s,
        ends_s=max(starts_s, ends_s),
        start=start,
        end=_home_of(member),
        lunch=None if has_eaten else Lunch(window=LUNCH_WINDOW, duration_s=LUNCH_S),
    )


def _not_before(route: Route | None, history: tuple[Stop, ...], now: datetime, change: Change) -> datetime | None:
    """What the rep has said of being late. Planning again, or from here, is a new word on it."""
    if route is None or change.again:
        return None
    if not change.late:
        return route.not_before
    over = {stop.customer_id for stop in history}
    ahead = [stop for stop in route.kept_visits if stop.customer_id not in over]
    was_to_leave = [stop.arrival - timedelta(seconds=stop.travel_s) for stop in ahead[:1]]
    return max([now, *was_to_leave]) + change.late


def _leaves_s(
    acting: Acting,
    on: date,
    now: datetime,
    history: tuple[Stop, ...],
    visits: Mapping[int, Visit],
    not_before: datetime | None,
) -> int:
    """The earliest second of the day at which the rep can set out for the next stop; 0 for a day that is to come."""
    if acting.local(now).date() != on:
        return 0
    leaves = max(now, not_before or now)
    for stop in history:
        visit = visits.get(stop.customer_id) if stop.customer_id else None
        if stop.is_lunch:
            leaves = max(leaves, stop.departure)
        elif visit is not None and visit.state is VisitState.STARTED and visit.checked_in_at is not None:
            leaves = max(leaves, visit.checked_in_at + (stop.departure - stop.start))
    return max(0, seconds_of(leaves, on, acting.zone))


def _with_first(problem: DayProblem, first: int | None) -> DayProblem:
    """Let a customer be the very next stop: it must begin as soon as the rep can be there."""
    chosen = next((each for each in problem.candidates if each.key == str(first)), None)
    if chosen is None:
        return problem
    start = problem.shift.start
    travel_s = 0
    if start is not None and chosen.pin is not None:
        travel_s = int(problem.travel.matrix([start, chosen.pin]).seconds[0, 1])
    elif start is not None:
        travel_s = ASSUMED_TRAVEL_S
    at_s = problem.leaves_s + travel_s
    now = replace(chosen, prize=WANTED_FIRST_PRIZE, windows=(Window(opens_s=at_s, closes_s=at_s),), required=True)
    candidates = tuple(now if each.key == chosen.key else each for each in problem.candidates)
    return replace(problem, candidates=candidates)


async def _still_holds(session: AsyncSession, task: DayTask, route: Route | None) -> bool:
    """Whether a kept plan needs no other: an unstarted one follows what is known, a started one only new visits."""
    if route is None:
        return False
    if await started_plan_holds(session, task.acting, task.on):
        return True
    is_late = task.acting.local(task.now).date() == task.on and task.now > route.departs + LATE_START
    return not task.is_started and task.fingerprint == route.fingerprint and not is_late
