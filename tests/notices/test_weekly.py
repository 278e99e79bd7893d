"""The week on Monday, the back-test at the month's begin: when they come, what they say, and what is too few to say."""

from datetime import date, datetime, timedelta

import pytest

from bot.domain.vocabulary import DealStage, Grade, Role, VisitState
from bot.services.notices import ledger
from bot.services.notices.engine import plan_all
from bot.services.notices.ledger import Kind
from bot.services.notices.recurring import comes_on
from bot.services.scoring.backtesting import backtest_team, describe
from bot.services.scoring.refreshing import refresh_team
from bot.store.tables import Customer, DealMove, Notice, Opportunity
from bot.store.unit import Store
from tests import builders
from tests.notices.test_promises import rung
from tests.scoring.scored_teams import NIGHT, TODAY, add_orders, judge, rows_of, small_team
from tests.story import Story

LAST_TUESDAY = datetime.fromisoformat("2026-11-17T10:00:00+08:00")


async def add_way(store: Store, customer_id: int, *way: DealStage, ended: datetime = LAST_TUESDAY) -> None:
    """A deal that came into stages a day apart, into the last one at an instant."""
    async with store.begin() as session:
        customer = await session.get(Customer, customer_id)
        assert customer is not None
        deal = Opportunity(
            team_id=customer.team_id, customer_id=customer_id, owner_id=customer.owner_id, name=f"deal {ended}",
            stage=way[-1], stage_since=ended, amount_minor=500_000, created_at=ended,
        )  # fmt: skip
        session.add(deal)
        await session.flush()
        assert deal.id is not None
        for number, (before, after) in enumerate(zip((None, *way), way, strict=False)):
            at = ended - timedelta(days=len(way) - 1 - number)
            session.add(DealMove(team_id=customer.team_id, opportunity_id=deal.id, at=at, before=before, after=after))


async def fill_week(story: Story) -> None:
    """Visits and deals of the week before, of two reps; scores of this night."""
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    bugis = await builders.add_customer(store, name="Bugis Junction", grade=Grade.B, owner=builders.OTHER_REP)
    for day in (16, 17, 18, 19, 20):
        await builders.add_visit(store, raffles, date(2026, 11, day), state=VisitState.DONE)
        state = VisitState.DONE if day < 18 else VisitState.MISSED
        await builders.add_visit(store, bugis, date(2026, 11, day), state=state)
    await builders.add_visit(store, raffles, date(2026, 11, 9), state=VisitState.DONE)  # a week too early
    await add_way(store, raffles, DealStage.NEGOTIATION, DealStage.AFTER_SALES)
    await add_way(store, bugis, DealStage.NEED, DealStage.PROPOSAL)
    await add_way(store, bugis, DealStage.CONTACT, DealStage.LOST, ended=LAST_TUESDAY - timedelta(days=9))
    await refresh_team(store, story.team_id, NIGHT)


async def test_the_weekcomes_on_monday_once_and_its_leaderboard_can_be_switched_off(story: Story) -> None:
    await fill_week(story)
    await story.until("2026-11-23T08:30:05+08:00")
    assert story.manager.screen.splitlines() == [
        "Week of team North · Mon 16 Nov – Sun 22 Nov",
        "Deals: 1 new, 0 forward, 0 back, 1 won, 0 lost · won SGD 5,000",
        "Visits of plan: A 5 of 5 · ⚠ B 2 of 5",
        "Kept this month: too few to say (0 of 0) · 0 new, 0 lost, 0 won back",
        "Promises kept on time: none fell due in 90 days",
        "1. Tan Wei Ling: 5 of 5 visits",
        "2. Arjun Nair: 2 of 5 visits",
    ]
    await story.manager.taps("Leaderboard off")
    assert "Tan Wei Ling" not in story.manager.screen
    assert "Leaderboard on" in story.manager.buttons
    await story.until("2026-11-24T12:00:00+08:00")
    assert sum("Week of team" in text for text in rung(story.manager)) == 1
    await story.manager.says("/digest")
    await story.manager.taps("Week")
    story.manager.sees_now("Week of team North")
    await story.rep.taps_data("wk:20261123")
    assert "Week of team" not in story.rep.screen


async def test_an_admin_hears_the_back_test_and_a_thin_one_says_so(story: Story) -> None:
    store = story.app.store
    await builders.change_member(store, builders.MANAGER, role=Role.ADMIN)
    shop = await builders.add_customer(store, name="Shop", grade=None)
    await add_orders(store, shop, [5, 25, 45])
    await plan_all(store, story.app.clock.now())
    (notice,) = [one for one in await rows_of(store, Notice) if one.kind == Kind.BACKTEST]
    assert (notice.on, notice.due_at.isoformat()) == (date(2026, 12, 1), "2026-12-01T01:00:00+00:00")
    async with store.begin() as session:
        due_at = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
        await ledger.plan(
            session, team_id=story.team_id, member_id=notice.member_id, kind=Kind.BACKTEST, due_at=due_at, on=TODAY
        )
    await story.until("2026-11-23T09:00:05+08:00")
    shown = next(message.text for message in story.manager.messages if "Back-test" in message.text)
    for part in (
        "Did A buy more than B? Too few to say", "Did those at risk leave? Too few to say (0 of 0)",
        "Model of orders: too few orders", "Win rates: too few closed deals to say (0 of 10)",
    ):  # fmt: skip
        assert part in shown
    assert not any("Back-test" in text for text in rung(story.manager))  # silent: nothing to act on today


async def test_a_back_test_says_who_bought_more_who_left_and_how_good_the_win_rates_were(store: Store) -> None:
    team_id, _ = await small_team(store, count=0)
    for number in range(60):
        shop = await builders.add_customer(store, name=f"Shop {number}", grade=None)
        await add_orders(store, shop, [5 + 20 * back for back in range(40)], 10_000 * (number + 1))
        await judge(store, shop, influence=1 + number // 12, growth=1 + number // 12)
    for number in range(6):
        shop = await builders.add_customer(store, name=f"Gone {number}", grade=None)
        await add_orders(store, shop, [400 + 20 * back for back in range(10)])
    for number in range(12):
        last = DealStage.AFTER_SALES if number % 2 else DealStage.LOST
        await add_way(store, shop, DealStage.NEGOTIATION, last, ended=LAST_TUESDAY - timedelta(days=20 * number))
    facts = await backtest_team(store, team_id, NIGHT)
    grades = {one["grade"]: one["customers"] for one in facts["grades"]}
    assert min(grades["A"], grades["B"]) >= 4
    assert facts["left_of_risk"] == {"part": 6, "whole": 6, "percent": 100}
    assert facts["left_of_rest"]["percent"] == 0
    assert facts["closed_deals"] == 12
    assert 0.2 < facts["brier"]["score"] < facts["brier"]["prior"]
    said = describe(facts)
    for part in ("did A buy more than B:", "at risk then: 6 of 6 bought nothing since (100 %)", "Brier score"):
        assert part in said


@pytest.mark.parametrize(
    ("kind", "day", "comes"),
    [
        (Kind.DIGEST, date(2026, 11, 25), True),
        (Kind.WEEKLY, date(2026, 11, 23), True),
        (Kind.WEEKLY, date(2026, 11, 24), False),
        (Kind.WEEKLY, date(2026, 11, 22), False),
        (Kind.BACKTEST, date(2026, 11, 2), True),  # the 1st is a Sunday
        (Kind.BACKTEST, date(2026, 11, 3), False),
        (Kind.BACKTEST, date(2026, 12, 1), True),
    ],
)
def test_a_weekly_or_monthly_noticecomes_on_the_first_working_day(kind: Kind, day: date, comes: bool) -> None:
    assert comes_on(kind, day, lambda one: one.weekday() < 5) is comes


def test_a_holiday_on_monday_moves_the_week_to_tuesday() -> None:
    def is_working(day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 11, 23)

    assert comes_on(Kind.WEEKLY, date(2026, 11, 24), is_working)
