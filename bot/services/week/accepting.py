"""An accepted week becomes planned visits, which each day's route then keeps to."""

from datetime import date

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.vocabulary import VisitState
from bot.services.week.plan import PlannedWeek, WeekStop
from bot.services.week.wishes import Wishes
from bot.services.work import Work
from bot.store import week_plans
from bot.store.tables import DayPlan, Visit, WeekPlan


async def accept_week(work: Work, row: WeekPlan, week: PlannedWeek, revision: int) -> None:
    """Make the visits of a week. A second tap changes nothing. Raises Refused("old_button") for an older revision."""
    assert row.id is not None
    if not await week_plans.mark_accepted(work.session, row.id, revision, work.now):
        if row.accepted_at is not None:
            return
        raise Refused("old_button")
    wishes = Wishes.from_json(row.wishes)
    started = await _started_days(work, week)
    standing = await _standing(work, week)
    wanted = {(stop.customer_id, day.on): stop for day in week.days if day.on not in started for stop in day.stops}
    spare = [visit for key, visit in standing.items() if key not in wanted and _may_move(visit, started)]
    for (customer_id, on), stop in sorted(wanted.items(), key=lambda item: (item[0][1], item[0][0])):
        visit = standing.get((customer_id, on))
        if visit is None:
            visit = next((each for each in spare if each.customer_id == customer_id), None)
            if visit is not None:
                spare.remove(visit)
                visit.on, visit.planned_at, visit.planned_end_at = on, None, None
            else:
                visit = _new_visit(work, customer_id, on)
        _lock(visit, stop, is_locked=(customer_id, on) in wishes.times_s)
        work.session.add(visit)
    given_up = wishes.left_out | wishes.days.keys()
    for visit in spare:
        if visit.report_id is None or visit.customer_id in given_up:  # else it is promised to the customer
            visit.state = VisitState.CANCELLED
            work.session.add(visit)
    await work.session.flush()


def _lock(visit: Visit, stop: WeekStop, *, is_locked: bool) -> None:
    if is_locked:
        visit.appointment_at = stop.start


def _may_move(visit: Visit, started: frozenset[date]) -> bool:
    """Appointments are the customer's too: only the rep's own word at the customer changes them."""
    return visit.appointment_at is None and visit.on not in started


async def _started_days(work: Work, week: PlannedWeek) -> frozenset[date]:
    """Days that /today has already begun: from then on, it says what happens there."""
    query = select(col(DayPlan.on)).where(
        col(DayPlan.member_id) == work.acting.member_id,
        col(DayPlan.on).in_([day.on for day in week.days]),
        col(DayPlan.started_at).is_not(None),
    )
    return frozenset((await work.session.exec(query)).all())


async def _standing(work: Work, week: PlannedWeek) -> dict[tuple[int, date], Visit]:
    query = (
        select(Visit)
        .where(
            col(Visit.member_id) == work.acting.member_id,
            col(Visit.on).in_([day.on for day in week.days]),
            col(Visit.state) == VisitState.PLANNED,
        )
        .order_by(col(Visit.id))
    )
    return {(visit.customer_id, visit.on): visit for visit in (await work.session.exec(query)).all()}


def _new_visit(work: Work, customer_id: int, on: date) -> Visit:
    return Visit(
        team_id=work.acting.team_id,
        customer_id=customer_id,
        member_id=work.acting.member_id,
        on=on,
        state=VisitState.PLANNED,
        created_at=work.now,
    )
