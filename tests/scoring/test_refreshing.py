"""The nightly refresh: what it stores, when grades change, what it tells, and bad input."""

from datetime import date, datetime, timedelta

import numpy as np
from sqlmodel import col, select

from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.scoring.reviewing import Ground
from bot.domain.scoring.rfm import RfmMethod
from bot.domain.scoring.segments import Segment
from bot.domain.vocabulary import Grade, GradeSource
from bot.services.scoring.computing import compute
from bot.services.scoring.gathering import gather, team_by_id
from bot.services.scoring.refreshing import next_refresh, refresh_due
from bot.services.scoring.saving import save
from bot.store.tables import AuditEntry, Customer, CustomerScore, GradeDecision, Notice, ScoreFall, ScoreSnapshot
from bot.store.tables import TeamScoring as Scoring
from bot.store.unit import Store
from tests import builders
from tests.scoring.scored_teams import NIGHT, TODAY, add_orders, grade_of, judge, refresh, rows_of, score_of, small_team


async def test_a_refresh_stores_scores_with_their_parts(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    score = await score_of(store, customers[9])
    assert (score.on, score.lifecycle, score.at_risk) == (TODAY, LifecycleStage.GROWING, False)
    assert score.sales_minor == 1_200_000
    assert score.overdue_ratio == 0.25
    assert score.segment is Segment.IMPORTANT_VALUE
    assert score.parts["indicators"]["sales"] == [1_200_000, 95.0]
    assert score.parts["rfm"]["scores"] == [5, 5, 4]
    assert score.last_order_on == TODAY - timedelta(days=5)
    assert score.p_alive is None  # too few customers for a model
    scoring = (await rows_of(store, Scoring))[0]
    assert scoring.rfm_method is RfmMethod.FIXED_CUTS
    assert scoring.facts["model"] is None


async def test_a_second_refresh_of_a_day_changes_nothing(store: Store) -> None:
    team_id, _ = await small_team(store)
    await refresh(store, team_id)
    tables: tuple[type, ...] = (CustomerScore, ScoreSnapshot, GradeDecision, ScoreFall, Scoring)
    before = [await rows_of(store, table) for table in tables]
    await refresh(store, team_id)
    assert [await rows_of(store, table) for table in tables] == before


async def test_an_ungraded_customer_gets_its_first_grade_at_once(store: Store) -> None:
    team_id, customers = await small_team(store)
    for number, customer in enumerate(customers):
        await judge(store, customer, influence=1 + number // 2, growth=1 + number // 2)
    await refresh(store, team_id)
    grades = [await grade_of(store, customer) for customer in customers]
    assert grades[9] == (Grade.A, "computed")
    assert [grade.value if grade else "" for grade, _ in grades].count("B") == 1
    decision = next(one for one in await rows_of(store, GradeDecision) if one.customer_id == customers[9])
    assert (decision.before, decision.grade, decision.ground) == (None, Grade.A, Ground.FIRST)


async def test_with_orders_alone_grades_are_provisional_and_at_most_b(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    assert (await score_of(store, customers[9])).provisional
    assert await grade_of(store, customers[9]) == (Grade.B, "computed")


async def test_an_imported_grade_holds_until_half_the_weight_is_known(store: Store) -> None:
    team_id, customers = await small_team(store, grade=Grade.C)
    await refresh(store, team_id)
    assert await grade_of(store, customers[9]) == (Grade.C, "imported")
    for number, customer in enumerate(customers[1:]):
        await judge(store, customer, influence=1 + number // 2, growth=1 + number // 2)
    await refresh(store, team_id, days=1)
    assert await grade_of(store, customers[9]) == (Grade.C, "imported")  # grades wait for the review
    await refresh(store, team_id, days=10)
    assert await grade_of(store, customers[9]) == (Grade.A, "computed")
    assert await grade_of(store, customers[0]) == (Grade.C, "imported")


async def test_an_override_holds_until_its_end_and_then_the_computed_grade_comes_back(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    async with store.begin() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customers[0]))).one()
        customer.grade, customer.grade_source = Grade.A, GradeSource.OVERRIDE
        session.add(
            GradeDecision(
                team_id=team_id,
                customer_id=customers[0],
                at=NIGHT,
                grade=Grade.A,
                source=GradeSource.OVERRIDE,
                until=TODAY + timedelta(days=20),
            )
        )
    await refresh(store, team_id, days=10)
    assert await grade_of(store, customers[0]) == (Grade.A, "override")
    await refresh(store, team_id, days=21)
    assert await grade_of(store, customers[0]) == (Grade.C, "computed")


async def test_a_grade_set_during_a_refresh_stays(store: Store) -> None:
    team_id, customers = await small_team(store)
    async with store.read() as session:
        inputs = await gather(session, await team_by_id(session, team_id), TODAY)
    async with store.begin() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customers[0]))).one()
        customer.grade, customer.grade_source = Grade.A, GradeSource.OVERRIDE
    async with store.begin() as session:
        await save(session, inputs, compute(inputs), NIGHT)
    assert await grade_of(store, customers[0]) == (Grade.A, "override")


async def test_snapshots_are_written_when_something_changes_and_once_a_month(store: Store) -> None:
    team_id, _ = await small_team(store)
    await refresh(store, team_id)
    await refresh(store, team_id, days=1)
    assert {row.on for row in await rows_of(store, ScoreSnapshot)} == {TODAY}
    await refresh(store, team_id, days=8)
    by_day = [row.on for row in await rows_of(store, ScoreSnapshot)]
    assert by_day.count(date(2026, 12, 1)) == 10


async def test_a_fall_is_told_to_the_rep_once_and_never_at_the_first_refresh(store: Store) -> None:
    team_id, customers = await small_team(store)
    await builders.change_member(store, chat_id=7, telegram_id=7)
    await refresh(store, team_id)
    assert await rows_of(store, ScoreFall) == []
    for customer in customers[1:]:
        await add_orders(store, customer, [-20])
    await refresh(store, team_id, days=30)
    falls = await rows_of(store, ScoreFall)
    assert {(fall.customer_id, fall.kind, fall.after) for fall in falls} == {
        (customers[0], "lifecycle", "at_risk"),
        (customers[0], "segment", "LHL"),
    }
    notices = [notice for notice in await rows_of(store, Notice) if notice.kind == "falls"]
    assert [notice.due_at for notice in notices] == [datetime.fromisoformat("2026-12-23T07:30:00+08:00")]
    await refresh(store, team_id, days=30)
    assert len(await rows_of(store, ScoreFall)) == 2


async def test_a_change_of_the_rfm_method_raises_no_fall_of_a_segment(store: Store) -> None:
    team_id, customers = await small_team(store)
    await refresh(store, team_id)
    async with store.begin() as session:
        (await session.exec(select(Scoring))).one().rfm_method = RfmMethod.QUINTILES
        score = select(CustomerScore).where(col(CustomerScore.customer_id) == customers[0])
        (await session.exec(score)).one().segment = Segment.IMPORTANT_VALUE
    await refresh(store, team_id, days=1)
    assert await rows_of(store, ScoreFall) == []


async def test_a_team_without_orders_or_customers_is_scored_as_unknown(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id)
    await refresh(store, team_id)
    assert await rows_of(store, CustomerScore) == []
    customer = await builders.add_customer(store, name="Only", grade=None)
    await refresh(store, team_id, days=1)
    score = await score_of(store, customer)
    assert (score.lifecycle, score.segment, score.score, score.proposed) == (LifecycleStage.PROSPECT, None, None, None)
    assert await grade_of(store, customer) == (None, None)


async def test_one_customer_with_orders_is_too_few_to_compare(store: Store) -> None:
    team_id, customers = await small_team(store, count=1)
    await refresh(store, team_id)
    assert await grade_of(store, customers[0]) == (None, None)
    assert (await rows_of(store, Scoring))[0].facts["too_few"] is True


async def test_returns_future_orders_and_other_currencies_are_counted_as_what_they_are(store: Store) -> None:
    team_id, customers = await small_team(store)
    await add_orders(store, customers[0], [3], -50_000)
    await add_orders(store, customers[0], [-9], 900_000)
    await add_orders(store, customers[1], [2], 7_000_000, currency="USD")
    await refresh(store, team_id)
    first, second = await score_of(store, customers[0]), await score_of(store, customers[1])
    assert (first.sales_minor, first.parts["future"]) == (120_000 - 50_000, 1)
    assert first.last_order_on == TODAY - timedelta(days=5)
    assert (second.sales_minor, second.parts["foreign"]) == (240_000, 1)
    assert second.last_order_on == TODAY - timedelta(days=2)


async def test_an_ended_customer_is_no_rank_and_keeps_its_grade(store: Store) -> None:
    team_id, customers = await small_team(store, grade=Grade.B)
    async with store.begin() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customers[9]))).one()
        customer.ended_at = NIGHT
    await refresh(store, team_id)
    score = await score_of(store, customers[9])
    assert (score.lifecycle, score.proposed, score.score) == (LifecycleStage.ENDED, None, None)
    assert (await score_of(store, customers[8])).parts["indicators"]["sales"][1] == 94.444
    assert await grade_of(store, customers[9]) == (Grade.B, "imported")


async def test_teams_are_due_at_two_at_night_after_an_import_and_the_first_time(store: Store) -> None:
    team_id, _ = await small_team(store)
    evening = NIGHT + timedelta(hours=18)
    assert await refresh_due(store, evening) == 1
    assert await refresh_due(store, evening + timedelta(hours=5)) == 0
    assert await refresh_due(store, evening + timedelta(hours=6)) == 1
    assert await refresh_due(store, evening + timedelta(hours=7)) == 0
    async with store.begin() as session:
        session.add(AuditEntry(team_id=team_id, at=evening + timedelta(hours=8), action="imported", subject="orders"))
    assert await refresh_due(store, evening + timedelta(hours=9)) == 1
    assert await refresh_due(store, evening + timedelta(hours=9)) == 0
    async with store.read() as session:
        assert await next_refresh(session, after=NIGHT) == NIGHT + timedelta(days=1)


async def test_one_team_never_ranks_against_another(store: Store) -> None:
    team_id, customers = await small_team(store)
    other = await builders.add_team(store, name="South")
    await builders.add_member(store, other, name="Somebody Else")
    big = await builders.add_customer(store, name="Giant", owner="Somebody Else", grade=None)
    await add_orders(store, big, [5, 10, 20], 10**9)
    await refresh(store, team_id)
    assert (await score_of(store, customers[9])).parts["indicators"]["sales"][1] == 95.0
    assert {row.team_id for row in await rows_of(store, CustomerScore)} == {team_id}


async def test_a_model_says_who_still_buys_where_there_are_enough_orders(store: Store) -> None:
    team_id, _ = await small_team(store, count=1)
    draw = np.random.default_rng(2)
    for number in range(140):
        shop = await builders.add_customer(store, name=f"Many {number}", grade=None)
        rate, age, stays = draw.gamma(1.0, 1 / 30), int(draw.integers(60, 400)), draw.beta(3, 1)
        days, last = [age], float(age)
        while draw.random() < stays and (last := last - draw.exponential(1 / rate)) >= 0:
            days.append(int(last))
        await add_orders(store, shop, days, 5_000 + 97 * number)
    await refresh(store, team_id)
    scores = await rows_of(store, CustomerScore)
    assert all(0 <= score.p_alive <= 1 for score in scores)
    assert all(score.expected_orders >= 0 for score in scores)
    assert (await rows_of(store, Scoring))[0].facts["model"]["customers"] == 141
