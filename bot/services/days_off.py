"""Sick today, or a day off, in one tap: visits move to the next working days, appointments are listed to be called."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlmodel import col, select

from bot.domain.errors import Refused, Unavailable
from bot.domain.vocabulary import DayOffKind, Grade, VisitState
from bot.services.day.accept import follow_route
from bot.services.day.candidates import visits_on
from bot.services.day.off_facts import MOVED
from bot.services.day.route import Route
from bot.services.work import Work
from bot.services.work_calendar import IsWorkingDay, working_days_of
from bot.store.day_plans import get_day_plan, insert_day_plan, update_day_plan
from bot.store.inserting import insert_if_new
from bot.store.tables import Customer, DayOff, FollowUp, Visit

MOVED_A_DAY_MOST = 4
"""So many moved visits a coming day takes on top of its own."""

LOOKED_AHEAD_DAYS = 60
_GRADE_ORDER = {Grade.A: 0, Grade.B: 1, Grade.C: 2, Grade.D: 3}


async def take_day_off(work: Work, on: date, kind: DayOffKind) -> None:
    """Take a date off. Visits without a fixed time move on, best grades first; a second tap changes nothing."""
    values = {
        "team_id": work.acting.team_id,
        "member_id": work.acting.member_id,
        "on": on,
        "kind": kind,
        "created_at": work.now,
    }
    if not await insert_if_new(work.session, DayOff, values, ("member_id", "on")):
        return
    await _keep_moved(work, on, await _move_visits(work, on))


async def _move_visits(work: Work, on: date) -> list[tuple[int, date]]:
    query = (
        select(Visit, Customer)
        .where(
            col(Visit.customer_id) == Customer.id,
            col(Visit.member_id) == work.acting.member_id,
            col(Visit.on) == on,
            col(Visit.state) == VisitState.PLANNED,
            col(Visit.appointment_at).is_(None),
            or_(col(Visit.planned_end_at).is_(None), col(Visit.planned_end_at) > work.now),
        )
        .order_by(col(Visit.planned_at), col(Visit.id))
    )
    rows = sorted(
        (await work.session.exec(query)).all(),
        key=lambda row: _GRADE_ORDER.get(row[1].grade or Grade.D, len(_GRADE_ORDER)),
    )
    is_working = await working_days_of(work.session, work.acting)
    taken: Counter[date] = Counter()
    moved = []
    for visit, _ in rows:
        assert visit.id is not None
        to = await _free_day(work, visit.customer_id, on, is_working, taken)
        taken[to] += 1
        visit.on, visit.planned_at, visit.planned_end_at = to, None, None
        work.session.add(visit)
        moved.append((visit.id, to))
    await work.session.flush()
    return moved


async def _free_day(work: Work, customer_id: int, after: date, is_working: IsWorkingDay, taken: Counter[date]) -> date:
    """The next working day with room on which the customer is not visited anyway."""
    query = select(col(Visit.on)).where(
        col(Visit.member_id) == work.acting.member_id,
        col(Visit.customer_id) == customer_id,
        col(Visit.on) > after,
        col(Visit.state) == VisitState.PLANNED,
    )
    planned = set((await work.session.exec(query)).all())
    days = [after + timedelta(days=count) for count in range(1, LOOKED_AHEAD_DAYS)]
    free = [day for day in days if is_working(day) and day not in planned and taken[day] < MOVED_A_DAY_MOST]
    return free[0] if free else days[-1]


async def _keep_moved(work: Work, on: date, moved: list[tuple[int, date]]) -> None:
    row = await get_day_plan(work.session, work.acting, on)
    plan: dict[str, Any] = dict(row.plan) if row else {}
    plan.pop(MOVED, None)
    if moved:
        plan[MOVED] = [[visit_id, day.isoformat()] for visit_id, day in moved]
    if row is None:
        kept = await insert_day_plan(work.session, work.acting, on, plan, work.now)
    else:
        assert row.id is not None
        kept = await update_day_plan(work.session, row.id, row.revision, plan, work.now)
    if not kept:
        raise Unavailable("the plan of the day changed at the same moment")


async def take_back_day_off(work: Work, on: date) -> None:
    """Work on a date after all: the moved visits that still stand where they were put come back."""
    await work.session.exec(delete(DayOff).where(col(DayOff.member_id) == work.acting.member_id, col(DayOff.on) == on))
    row = await get_day_plan(work.session, work.acting, on)
    if row is None:
        return
    for visit_id, day in row.plan.get(MOVED, []):
        visit = (await work.session.exec(select(Visit).where(col(Visit.id) == visit_id))).one_or_none()
        is_there = visit is not None and visit.on == date.fromisoformat(day) and visit.state is VisitState.PLANNED
        if visit is not None and is_there:
            visit.on = on
            work.session.add(visit)
    await work.session.flush()
    await _keep_moved(work, on, [])
    changed = await get_day_plan(work.session, work.acting, on)
    route = Route.from_json(changed.plan) if changed else None
    if changed is not None and route is not None and changed.started_at is not None:
        await follow_route(work, changed, route)


async def call_off_appointment(work: Work, customer_id: int, on: date) -> None:
    """The customer was called: the appointment is off, and a new time is owed on the next working day.

    Raises Refused("no_such_visit") where there is no appointment that day. A second tap changes nothing.
    """
    visit = (await visits_on(work.session, work.acting, on)).get(customer_id)
    if visit is None or visit.appointment_at is None:
        raise Refused("no_such_visit")
    if visit.state is not VisitState.PLANNED:
        return
    visit.state = VisitState.CANCELLED
    work.session.add(visit)
    is_working = await working_days_of(work.session, work.acting)
    days = (on + timedelta(days=count) for count in range(1, LOOKED_AHEAD_DAYS))
    due_on = next((day for day in days if is_working(day)), on + timedelta(days=1))
    work.session.add(
        FollowUp(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            member_id=work.acting.member_id,
            due_on=due_on,
            created_at=work.now,
        )
    )
    await work.session.flush()
