"""Planning a date: who is in it, in what order, why the others are not, and that it is the same every time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.people import Acting
from bot.domain.planning.day import plan_day
from bot.domain.planning.problem import DayPlan, DayProblem
from bot.domain.vocabulary import Grade, VisitState
from bot.services.day import solving
from bot.services.day.accept import accept_day
from bot.services.day.plan import PlanMovedError, Proposal, keep, propose
from bot.services.day.route import Route
from bot.services.day.solving import UnsoundPlanError
from bot.services.day.task import Change
from bot.services.scoring.refreshing import refresh_team
from bot.services.work import Work
from bot.store.day_plans import get_day_plan
from bot.store.unit import Store
from tests import builders

MONDAY = date(2026, 11, 23)
MORNING = datetime.fromisoformat("2026-11-23T07:25:00+08:00")
ELEVEN = datetime.fromisoformat("2026-11-23T11:00:00+08:00")


async def begin_team(store: Store, **team: str) -> Acting:
    team_id = await builders.add_team(store, **team)
    await builders.add_member(store, team_id, chat_id=101)
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    return await builders.acting_for(store)


async def add_twelve(store: Store, count: int = 12) -> list[int]:
    grades = (Grade.A, Grade.B, Grade.C)
    return [
        await builders.add_customer(
            store,
            name=f"Customer {number:02d}",
            grade=grades[number % 3],
            lat=1.28 + 0.006 * (number % 5),
            lng=103.80 + 0.012 * (number % 7),
        )
        for number in range(count)
    ]


async def plan(store: Store, acting: Acting, now: datetime = MORNING, change: Change | None = None) -> Route:
    proposal = await propose(store, acting, MONDAY, now, change)
    async with store.begin() as session:
        await keep(Work(session=session, acting=acting, now=now), proposal)
    return await kept(store, acting)


async def kept(store: Store, acting: Acting) -> Route:
    async with store.read() as session:
        row = await get_day_plan(session, acting, MONDAY)
    assert row is not None
    route = Route.from_json(row.plan)
    assert route is not None
    return route


async def start(store: Store, acting: Acting, now: datetime = MORNING) -> None:
    async with store.begin() as session:
        await accept_day(Work(session=session, acting=acting, now=now), MONDAY)


async def test_due_customers_make_a_day_with_lunch_and_a_way_home(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    route = await plan(store, acting)
    assert len(route.visits) >= 8
    assert sum(stop.is_lunch for stop in route.stops) == 1
    assert route.a_due == 4
    assert {stop.grade for stop in route.visits} >= {"A", "B"}
    assert acting.local(route.home_by).hour < 18
    assert len(route.visits) + len(route.left_out) == 12
    assert all(stop.arrival <= stop.start < stop.departure for stop in route.stops)


async def test_the_same_morning_gives_the_same_plan(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store, 30)
    first = await propose(store, acting, MONDAY, MORNING)
    second = await propose(store, acting, MONDAY, MORNING)
    assert first.route is not None
    assert first.route == second.route


async def test_a_kept_plan_is_not_made_again_until_something_changes(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    await plan(store, acting)
    assert (await propose(store, acting, MONDAY, MORNING)).route is None
    await builders.add_customer(store, name="New one", grade=Grade.A)
    assert (await propose(store, acting, MONDAY, MORNING)).route is not None


async def test_of_two_processes_only_one_plan_is_kept(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    first = await propose(store, acting, MONDAY, MORNING)
    second = await propose(store, acting, MONDAY, MORNING)

    async def keep_one(proposal: Proposal) -> None:
        async with store.begin() as session:
            await keep(Work(session=session, acting=acting, now=MORNING), proposal)

    await keep_one(first)
    with pytest.raises(PlanMovedError):
        await keep_one(second)
    late = [await propose(store, acting, MONDAY, MORNING, Change(again=True)) for _ in range(2)]
    await keep_one(late[0])
    with pytest.raises(PlanMovedError):
        await keep_one(late[1])


async def test_an_appointment_is_kept_at_its_time_and_comes_before_all_else(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    far = await builders.add_customer(store, name="Appointment", grade=Grade.D, lat=1.40, lng=103.95)
    await builders.add_visit(store, far, MONDAY, appointment_at=ELEVEN)
    stop = (await plan(store, acting)).stop_of(far)
    assert stop is not None
    assert stop.start == ELEVEN.astimezone(UTC)
    assert stop.pinned
    assert stop.reasons[0]["code"] == "appointment"


async def test_what_was_visited_yesterday_waits_unless_something_is_due(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    quiet = await builders.add_customer(store, name="Quiet", grade=Grade.C)
    promised = await builders.add_customer(store, name="Promised", grade=Grade.C)
    followed = await builders.add_customer(store, name="Followed", grade=Grade.C)
    for customer in (quiet, promised, followed):
        await builders.add_touch(store, customer, MORNING - timedelta(days=3))
    await builders.add_promise(store, promised, MORNING + timedelta(hours=8))
    await builders.add_follow_up(store, followed, MONDAY)
    route = await plan(store, acting)
    everybody = {stop.customer_id for stop in route.visits} | {entry.customer_id for entry in route.left_out}
    assert quiet not in everybody
    assert {promised, followed} <= everybody


async def test_a_complaint_calls_for_a_visit_until_somebody_went_there(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    angry, heard = [await builders.add_customer(store, name=name, grade=Grade.C) for name in ("Angry", "Heard")]
    for customer in (angry, heard):
        await builders.add_complaint(store, customer, MORNING - timedelta(days=4))
    await builders.add_touch(store, angry, MORNING - timedelta(days=5))
    await builders.add_touch(store, heard, MORNING - timedelta(days=2))
    route = await plan(store, acting)
    assert route.stop_of(angry) is not None
    assert route.stop_of(heard) is None


async def test_a_day_with_little_due_is_filled_with_customers_due_soon(store: Store) -> None:
    acting = await begin_team(store)
    soon = await builders.add_customer(store, name="Soon", grade=Grade.C)
    just_seen = await builders.add_customer(store, name="Just seen", grade=Grade.C)
    new = await builders.add_customer(store, name="New", grade=Grade.C, created_at=MORNING)
    never = await builders.add_customer(store, name="Never", visits_per_week=0)
    await builders.add_touch(store, soon, MORNING - timedelta(days=11))
    await builders.add_touch(store, just_seen, MORNING - timedelta(days=3))
    await builders.add_touch(store, never, MORNING - timedelta(days=300))
    planned = {stop.customer_id for stop in (await plan(store, acting)).visits}
    assert planned == {soon, new}


async def test_orders_that_stopped_and_money_at_stake_are_reasons(store: Store) -> None:
    acting = await begin_team(store)
    stopped = await builders.add_customer(store, name="Stopped", grade=Grade.A)
    await builders.add_touch(store, stopped, MORNING - timedelta(days=7))
    for weeks in (30, 26, 22, 18, 14):
        await builders.add_order(store, stopped, MONDAY - timedelta(weeks=weeks), 500_000)
    await refresh_team(store, acting.team_id, MORNING)
    await add_twelve(store)
    stop = (await plan(store, acting)).stop_of(stopped)
    assert stop is not None
    assert stop.stake_minor == 2_500_000
    assert {reason["code"] for reason in stop.parts} >= {"lifecycle", "at_stake", "grade", "overdue"}


async def test_the_midday_rest_is_kept_free_in_china_and_not_in_singapore(store: Store) -> None:
    acting = await begin_team(store, country="CN", timezone="Asia/Shanghai", currency="CNY")
    for number in range(30):
        await builders.add_customer(store, name=f"客户{number}", grade=Grade.C, lat=1.3, lng=103.85 + number / 1000)
    route = await plan(store, acting)
    assert len(route.visits) > 10
    for stop in route.visits:
        start, end = acting.local(stop.start), acting.local(stop.departure)
        assert end.strftime("%H:%M") <= "12:00" or start.strftime("%H:%M") >= "13:30", stop


async def test_start_makes_planned_visits_once(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    route = await plan(store, acting)
    await start(store, acting)
    await start(store, acting)
    for stop in route.visits:
        assert stop.customer_id is not None
        (visit,) = await builders.visits_of(store, stop.customer_id)
        assert visit.state is VisitState.PLANNED
        assert visit.planned_at == stop.start
        assert visit.planned_end_at == stop.departure


async def test_a_skip_plans_the_rest_again_and_the_visit_counts_as_missed(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    route = await plan(store, acting)
    await start(store, acting)
    first = route.visits[0].customer_id
    assert first is not None
    changed = await plan(store, acting, MORNING, Change(skip=first))
    assert first in changed.skipped
    assert first not in {stop.customer_id for stop in changed.kept_visits}
    (visit,) = await builders.visits_of(store, first)
    assert visit.state is VisitState.MISSED
    back = await plan(store, acting, MORNING, Change(put=first))
    assert first in {stop.customer_id for stop in back.kept_visits}
    (visit,) = await builders.visits_of(store, first)
    assert visit.state is VisitState.PLANNED


async def test_being_late_moves_what_is_ahead_and_misses_what_no_longer_fits(store: Store) -> None:
    acting = await begin_team(store)
    customers = await add_twelve(store, 24)
    before = await plan(store, acting)
    await start(store, acting)
    after = await plan(store, acting, MORNING, Change(late=timedelta(hours=3)))
    assert after.departs >= before.departs + timedelta(hours=3)
    assert len(after.visits) < len(before.visits)
    dropped = {stop.customer_id for stop in before.visits} - {stop.customer_id for stop in after.visits}
    for customer in set(customers) & dropped:
        (visit,) = await builders.visits_of(store, customer)
        assert visit.state is VisitState.MISSED


class Mistaken:
    """A planner whose first answers are wrong: its stops come before they can be reached."""

    def __init__(self, wrong: int) -> None:
        self.left, self.asked = wrong, 0

    def __call__(self, problem: DayProblem, *, seed: int) -> DayPlan:
        self.asked += 1
        answer = plan_day(problem, seed=seed)
        if self.asked > self.left:
            return answer
        return replace(answer, stops=tuple(replace(stop, start_s=stop.arrival_s - 600) for stop in answer.stops))


async def test_a_plan_that_cannot_be_walked_is_made_again_and_never_shown(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = await begin_team(store)
    customers = await add_twelve(store)
    await builders.add_visit(store, customers[0], MONDAY, appointment_at=ELEVEN)
    monkeypatch.setattr(solving, "plan_day", Mistaken(1))
    assert len((await propose(store, acting, MONDAY, MORNING)).route.visits) > 5  # type: ignore[union-attr] # it is made anew
    monkeypatch.setattr(solving, "plan_day", Mistaken(2))
    route = (await propose(store, acting, MONDAY, MORNING)).route
    assert route is not None
    assert [stop.customer_id for stop in route.visits] == customers[:1]
    assert {entry.customer_id for entry in route.left_out} == set(customers[1:])
    monkeypatch.setattr(solving, "plan_day", Mistaken(3))
    with pytest.raises(UnsoundPlanError, match="starts_before_arrival"):
        await propose(store, acting, MONDAY, MORNING)


async def test_a_change_of_another_plan_or_an_older_revision_is_void(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    route = await plan(store, acting)
    first = route.visits[0].customer_id
    assert (await propose(store, acting, MONDAY, MORNING, Change(skip=first, of_plan=999_999))).route is None
    late = Change(late=timedelta(minutes=30), of_revision=7)
    assert (await propose(store, acting, MONDAY, MORNING, late)).route is None


async def test_the_customer_that_the_rep_goes_to_next_is_the_next_stop(store: Store) -> None:
    acting = await begin_team(store)
    await add_twelve(store)
    route = await plan(store, acting)
    last = route.visits[-1].customer_id
    changed = await plan(store, acting, MORNING, Change(put_first=last))
    assert changed.visits[0].customer_id == last


async def test_a_day_without_a_start_place_or_pins_is_still_a_plan(store: Store) -> None:
    acting = await begin_team(store)
    await builders.change_member(store, start_lat=None, start_lng=None)
    for number in range(4):
        await builders.add_customer(store, name=f"No pin {number}", lat=None, lng=None)
    route = await plan(store, acting)
    assert len(route.visits) == 4
    assert {"start_unknown", "place_unknown"} <= set(route.notes)


async def test_another_reps_customers_are_never_candidates(store: Store) -> None:
    acting = await begin_team(store)
    await builders.add_member(store, acting.team_id, name=builders.OTHER_REP)
    await builders.add_customer(store, name="Not mine", owner=builders.OTHER_REP, grade=Grade.A)
    mine = await builders.add_customer(store, name="Mine")
    route = await plan(store, acting)
    assert [stop.customer_id for stop in route.visits] == [mine]
