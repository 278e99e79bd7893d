"""Weeks of the night: wanted once, shared by processes, taken up after a crash."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot.services.clock import real_now
from bot.services.computing import ComputeHere
from bot.services.week import making
from bot.services.week.plan import PlannedWeek
from bot.store import week_plans
from bot.store.tables import WeekPlan
from bot.store.unit import Store
from tests import builders

NIGHT = datetime.fromisoformat("2026-11-23T02:30:00+08:00")
NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")


async def add_reps(store: Store, count: int) -> None:
    team_id = await builders.add_team(store)
    for number in range(count):
        await builders.add_member(store, team_id, name=f"Rep {number}", chat_id=101 + number)
        await builders.add_customer(store, name=f"Customer {number}", owner=f"Rep {number}")


async def make_wanted_weeks(store: Store) -> int:
    made = 0
    while (row := await making.take_week(store, shown=False)) is not None:
        made += await making.make_week(store, row, NIGHT, ComputeHere(store))
    return made


async def rows_of(store: Store) -> list[WeekPlan]:
    async with store.read() as session:
        return list((await session.exec(select(WeekPlan))).all())


async def test_by_night_everybodys_week_is_wanted_once_and_made_by_whoever_is_free(store: Store) -> None:
    await add_reps(store, 3)
    assert await making.want_all_weeks(store, NOON) == 0
    assert await making.want_all_weeks(store, NIGHT) == 3
    assert await making.want_all_weeks(store, NIGHT) == 0
    made = await asyncio.gather(*(make_wanted_weeks(store) for _ in range(2)))
    assert sum(made) == 3
    for row in await rows_of(store):
        week = PlannedWeek.from_json(row.plan)
        assert week is not None
        assert week.visits == 1
        assert row.asked_at is None


async def test_a_week_that_a_crash_left_is_taken_up_when_its_lease_is_over(store: Store) -> None:
    await add_reps(store, 1)
    await making.want_all_weeks(store, NIGHT)
    (row,) = await rows_of(store)
    assert row.id is not None
    async with store.begin() as session:
        assert await week_plans.claim_week(session, row.id, real_now()) is not None
    assert await make_wanted_weeks(store) == 0
    async with store.begin() as session:
        assert await week_plans.claim_week(session, row.id, real_now() + timedelta(hours=1)) is not None
        assert await week_plans.claim_week(session, row.id, datetime.now(UTC)) is None


async def test_a_week_that_was_asked_anew_meanwhile_is_not_overwritten(store: Store) -> None:
    await add_reps(store, 1)
    await making.want_all_weeks(store, NIGHT)
    (row,) = await rows_of(store)
    assert row.id is not None
    async with store.begin() as session:
        assert await week_plans.keep_week(session, row.id, row.revision + 1, {}, NIGHT) is False
        assert await week_plans.keep_week(session, row.id, row.revision, {}, NIGHT) is True
