"""The boss's question in chat: figures with their change since last month, the work platform, swaps, what first."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, PromiseSide
from bot.services.platform.showing import likely_sizes
from bot.store.tables import Customer, WorkPlace
from tests import builders
from tests.relations import seeding
from tests.story import MORNING, Story

THIS_MONTH = datetime.fromisoformat("2026-11-05T09:00:00+08:00")
LAST_MONTH = datetime.fromisoformat("2026-10-05T09:00:00+08:00")


async def places(story: Story) -> dict[int, bool]:
    """By customer on the work platform, whether it is in reserve."""
    async with story.app.store.read() as session:
        rows = (await session.exec(select(WorkPlace).order_by(col(WorkPlace.customer_id)))).all()
        return {row.customer_id: row.reserve for row in rows}


async def test_the_bosss_question_is_answered_in_figures_with_their_change_since_last_month(story: Story) -> None:
    store = story.app.store
    first = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    second = await builders.add_customer(store, name="Bugis Junction", grade=Grade.B)
    await builders.add_customer(store, name="Tampines 1", grade=None, created_at=THIS_MONTH)
    await seeding.add_snapshot(store, first, date(2026, 10, 1), Grade.B)
    await seeding.add_snapshot(store, second, date(2026, 10, 1), Grade.B)
    await builders.add_touch(store, first, LAST_MONTH)
    await builders.add_touch(store, second, THIS_MONTH)
    await builders.add_order(store, first, date(2026, 9, 1), 500_000)
    await builders.add_order(store, second, date(2025, 9, 1), 500_000)
    await story.rep.says("/platform")
    story.rep.sees_now(
        "Your territory: size not estimated",
        "Profiles 3 (+1 this month)",
        "Visited once 2 (+1 this month)",
        "A 1 (+1) · B 1 (-1) · C 0 · not graded 1",
        "No work platform chosen yet. Proposed: A 1, B 1, reserve 0 · 100 % of the sales",
        "Buying 1 · key accounts 0 · too few buyers for 80/20",
    )


async def test_an_empty_territory_has_an_answer(story: Story) -> None:
    await story.rep.says("/platform")
    story.rep.sees_now("Profiles 0", "Nobody to propose", "Buying 0")


async def test_the_size_of_the_territory_is_set_in_two_taps(story: Story) -> None:
    for number in range(12):
        await builders.add_customer(story.app.store, name=f"Shop {number}")
    await story.rep.says("/platform")
    await story.rep.taps("Set size")
    story.rep.sees_now("You know 12 of them")
    await story.rep.taps("40")
    story.rep.sees_now("about 40 could buy", "Profiles 12 (30 %)")


@pytest.mark.parametrize(
    ("profiles", "sizes"), [(0, [10, 20, 30, 50]), (264, [270, 330, 400, 530, 800, 1400]), (12, [20, 30, 40, 60])]
)
def test_likely_sizes_are_round_and_not_below_what_is_known(profiles: int, sizes: list[int]) -> None:
    found = likely_sizes(profiles)
    assert found == sorted(found)
    assert found[0] >= profiles
    assert set(sizes) <= set(found) or profiles == 0


async def test_the_proposal_is_taken_and_a_mostly_c_platform_is_warned_of_with_swaps(story: Story) -> None:
    store = story.app.store
    old = [await builders.add_customer(store, name=f"Old {number}", grade=Grade.B) for number in range(3)]
    await story.rep.says("/platform")
    await story.rep.taps("Take the proposal")
    story.rep.sees_now("Working 3: A 0 of 20, B 3 of 30, C and D 0")
    async with store.begin() as session:
        for identity in old[:2]:
            customer = (await session.exec(select(Customer).where(col(Customer.id) == identity))).one()
            customer.grade = Grade.C
    new = await builders.add_customer(store, name="New A", grade=Grade.A)
    await story.rep.says("/platform")
    story.rep.sees_now("⚠ 2 of your 3 are C or D")
    await story.rep.taps("See swaps")
    story.rep.sees_now("Old 1 (C) out, New A (A) in")
    await story.rep.taps("Swap 1")
    assert await places(story) == {old[0]: False, old[2]: False, new: False}
    story.rep.sees_now("Nothing to swap")


async def test_who_is_kept_is_not_proposed_to_go_for_90_days(story: Story) -> None:
    store = story.app.store
    old = await builders.add_customer(store, name="Old friend", grade=Grade.B)
    await story.rep.says("/platform")
    await story.rep.taps("Take the proposal")
    async with store.begin() as session:
        (await session.exec(select(Customer).where(col(Customer.id) == old))).one().grade = Grade.C
    await builders.add_customer(store, name="New B", grade=Grade.B)
    await story.rep.says("/platform")
    await story.rep.taps("See swaps")
    await story.rep.taps("Keep 1")
    story.rep.sees_now("Nothing to swap")
    await story.sleep_until("2027-02-22T07:25:00+08:00")
    await story.rep.says("/platform")
    await story.rep.taps("See swaps")
    story.rep.sees_now("Old friend (C) out, New B (B) in")


async def test_all_swaps_are_made_with_one_tap(story: Story) -> None:
    store = story.app.store
    old = [await builders.add_customer(store, name=f"Old {number}", grade=Grade.B) for number in range(2)]
    await story.rep.says("/platform")
    await story.rep.taps("Take the proposal")
    async with store.begin() as session:
        for identity in old:
            (await session.exec(select(Customer).where(col(Customer.id) == identity))).one().grade = Grade.D
    new = [await builders.add_customer(store, name=f"New {number}", grade=Grade.A) for number in range(2)]
    await story.rep.says("/platform")
    await story.rep.taps("See swaps")
    await story.rep.taps("Swap all 2")
    assert sorted(await places(story)) == new
    story.rep.sees_now("Working 2: A 2 of 20")


async def test_a_manager_sees_the_team_and_each_rep_and_a_rep_no_colleague(story: Story) -> None:
    store = story.app.store
    await builders.add_customer(store, name="Raffles City")
    await builders.add_customer(store, name="Bugis Junction", owner=builders.OTHER_REP)
    await story.manager.says("/platform")
    story.manager.sees_now("The team's territory", "Profiles 2")
    await story.manager.taps("Arjun Nair")
    story.manager.sees_now("Arjun Nair: size not estimated", "Profiles 1")
    colleague = await builders.acting_for(store, builders.OTHER_REP)
    await story.rep.says("/platform")
    await story.rep.taps_data(f"pf:{colleague.member_id}")
    assert "Arjun" not in story.rep.screen


async def test_orders_in_two_currencies_are_not_added_up_and_it_says_so(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    await builders.add_order(store, raffles, date(2026, 9, 1), 500_000)
    await builders.add_order(store, raffles, date(2026, 9, 2), 99_900_000, currency="JPY")
    await builders.add_order(store, raffles, date(2027, 1, 1), 500_000)
    await story.rep.says("/platform")
    story.rep.sees_now("1 order in another currency is not counted", "Buying 1")


async def test_never_visited_customers_are_listed_the_best_first(story: Story) -> None:
    store = story.app.store
    await builders.add_customer(store, name="Tampines 1", grade=Grade.C)
    await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    seen = await builders.add_customer(store, name="Bugis Junction", grade=Grade.A)
    await builders.add_touch(store, seen, LAST_MONTH)
    await story.rep.says("/platform")
    await story.rep.taps("Not visited")
    story.rep.sees_now("Never visited · 2")
    assert story.rep.buttons[:2] == ["A · Raffles City", "C · Tampines 1"]


async def test_what_first_orders_by_importance_and_urgency(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    tampines = await builders.add_customer(store, name="Tampines 1", grade=Grade.C)
    await builders.add_follow_up(store, tampines, date(2026, 11, 20))
    await builders.add_promise(store, raffles, MORNING + timedelta(days=2))
    await builders.add_promise(store, raffles, MORNING + timedelta(days=1), "theirs", PromiseSide.THEIRS)
    await seeding.add_deal(store, tampines)
    await story.rep.says("/platform")
    await story.rep.taps("What first")
    lines = story.rep.screen.splitlines()
    assert lines[:7] == [
        "What first",
        "Important and urgent",
        "Raffles City · A · promise · Wed",
        "Important",
        "Tampines 1 · C · deal",
        "Urgent",
        "Tampines 1 · C · follow-up · 20 Nov",
    ]


async def test_a_low_coverage_of_a_customers_is_warned_of(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    for day in range(5):
        await builders.add_visit(store, raffles, date(2026, 11, 16 + day))
    await story.rep.says("/platform")
    story.rep.sees_now("A visited to 0 % of the plan in 4 weeks")
