"""Start of the day: stops become planned visits, and follow the route while it changes."""

from datetime import date

from bot.domain.vocabulary import VisitState
from bot.services.day.candidates import visits_on
from bot.services.day.route import Route
from bot.services.work import Work
from bot.store.day_plans import get_day_plan, start_day_plan
from bot.store.tables import DayPlan, Visit


async def accept_day(work: Work, on: date) -> None:
    """Accept the kept plan of a date. A second time changes nothing; without a plan there is nothing to accept."""
    row = await get_day_plan(work.session, work.acting, on)
    route = Route.from_json(row.plan) if row else None
    if row is None or route is None or row.id is None:
        return
    if await start_day_plan(work.session, row.id, work.now):
        started = await get_day_plan(work.session, work.acting, on)
        assert started is not None
        await follow_route(work, started, route)


async def follow_route(work: Work, row: DayPlan, route: Route) -> None:
    """Give the visits of a date the times of its route; a started day also makes them, and misses what fell out.

    Appointments are never given up here: whether one can still be kept, the rep decides.
    """
    visits = await visits_on(work.session, work.acting, row.on)
    is_started = row.started_at is not None
    for stop in route.visits:
        assert stop.customer_id is not None
        visit = visits.get(stop.customer_id)
        if stop.customer_id in route.skipped:
            continue
        if visit is None and is_started:
            visit = _new_visit(work, stop.customer_id, row.on)
        if visit is None or visit.state not in (VisitState.PLANNED, VisitState.MISSED):
            continue
        visit.state = VisitState.PLANNED
        visit.planned_at, visit.planned_end_at = stop.start, stop.departure
        visit.service_s = int((stop.departure - stop.start).total_seconds())
        visit.travel_m = stop.travel_m
        work.session.add(visit)
    in_route = {stop.customer_id for stop in route.kept_visits}
    for customer_id, visit in visits.items():
        if visit.state not in (VisitState.PLANNED, VisitState.STARTED) or customer_id in in_route:
            continue
        was_accepted = visit.state is VisitState.PLANNED and visit.planned_at is not None
        fell_out = is_started and was_accepted and visit.appointment_at is None
        if customer_id in route.skipped or fell_out:
            visit.state = VisitState.MISSED
            work.session.add(visit)
    await work.session.flush()


async def give_up_visit(work: Work, customer_id: int, on: date) -> None:
    """Nobody was there: a visit that stands or is under way counts as missed, planned or not."""
    visit = (await visits_on(work.session, work.acting, on)).get(customer_id)
    if visit is not None and visit.state in (VisitState.PLANNED, VisitState.STARTED):
        visit.state = VisitState.MISSED
        work.session.add(visit)
        await work.session.flush()


def _new_visit(work: Work, customer_id: int, on: date) -> Visit:
    return Visit(
        team_id=work.acting.team_id,
        customer_id=customer_id,
        member_id=work.acting.member_id,
        on=on,
        state=VisitState.PLANNED,
        created_at=work.now,
    )
