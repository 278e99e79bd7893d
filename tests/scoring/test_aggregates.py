"""What is summed up of a customer follows in the transaction that changes it, without waiting for the night."""

from datetime import timedelta

from bot.domain.scoring.lifecycle import LifecycleStage
from bot.services.scoring.aggregates import update_aggregates
from bot.store.tables import CustomerScore, ScoreFall
from bot.store.unit import Store
from tests import builders
from tests.scoring.scored_teams import NIGHT, TODAY, add_orders, refresh, rows_of, score_of, small_team

NOON = NIGHT + timedelta(hours=10)


async def update(store: Store, team_id: int, *customers: int, days: int = 0) -> None:
    async with store.begin() as session:
        await update_aggregates(session, team_id, customers, NOON + timedelta(days=days))


async def test_after_a_new_order_the_aggregates_are_those_of_the_next_refresh(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    segment = (await score_of(store, customers[0])).segment
    await add_orders(store, customers[0], [1], 900_000)
    await add_orders(store, customers[0], [-30], 900_000)
    await update(store, team_id, customers[0])
    own = ("lifecycle", "at_risk", "overdue_ratio", "sales_minor", "stake_minor", "last_order_on")
    at_once = await score_of(store, customers[0])
    assert (at_once.sales_minor, at_once.last_order_on) == (1_020_000, TODAY - timedelta(days=1))
    assert at_once.segment is segment  # it compares customers: that waits for the night
    await refresh(store, team_id)
    refreshed = await score_of(store, customers[0])
    assert [getattr(at_once, name) for name in own] == [getattr(refreshed, name) for name in own]
    assert {name: at_once.parts[name] for name in ("gap", "future", "order_days")} == {
        name: refreshed.parts[name] for name in ("gap", "future", "order_days")
    }


async def test_a_fall_that_shows_between_two_nights_is_kept_once_for_its_rep(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    await update(store, team_id, customers[0], days=30)
    assert (await score_of(store, customers[0])).at_risk
    assert [(fall.customer_id, fall.kind) for fall in await rows_of(store, ScoreFall)] == [(customers[0], "lifecycle")]
    await update(store, team_id, customers[0], days=31)
    assert len(await rows_of(store, ScoreFall)) == 1


async def test_a_team_without_scores_waits_for_its_first_refresh(store: Store) -> None:
    team_id, customers = await small_team(store)
    await update(store, team_id, *customers)
    assert await rows_of(store, CustomerScore) == []


async def test_a_customer_with_two_orders_goes_by_the_rhythm_of_its_team(store: Store) -> None:
    team_id, _ = await small_team(store)
    two = await builders.add_customer(store, name="Two", grade=None)
    await add_orders(store, two, [100, 90])
    await refresh(store, team_id)
    before = await score_of(store, two)
    await update(store, team_id, two)
    assert await score_of(store, two) == before
    assert before.lifecycle is LifecycleStage.LOST
