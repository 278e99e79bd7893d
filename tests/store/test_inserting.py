"""Inserts that leave an existing row alone say truly, on either engine, whether they inserted."""

from datetime import date

from sqlmodel import select

from bot.store.inserting import insert_if_new
from bot.store.tables import DayPlan
from bot.store.unit import Store
from tests import builders


async def test_a_second_insert_says_that_it_was_second_and_changes_nothing(store: Store) -> None:
    team_id = await builders.add_team(store)
    member_id = await builders.add_member(store, team_id)
    values = {"team_id": team_id, "member_id": member_id, "on": date(2026, 11, 23), "made_at": builders.LONG_AGO}
    async with store.begin() as session:
        first = await insert_if_new(session, DayPlan, {**values, "revision": 1, "plan": {}}, ("member_id", "on"))
        second = await insert_if_new(session, DayPlan, {**values, "revision": 2, "plan": {}}, ("member_id", "on"))
    assert (first, second) == (True, False)
    async with store.read() as session:
        assert [plan.revision for plan in (await session.exec(select(DayPlan))).all()] == [1]
