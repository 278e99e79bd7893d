"""Scores in chat: why a grade is as it is, what people add, lists to walk through, weights tried before saving."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.domain.vocabulary import DealStage, Grade
from bot.services.scoring.refreshing import refresh_team
from bot.store.tables import AuditEntry, CustomerJudgement, GradeDecision, ScoreFall, Team
from tests import builders
from tests.relations.seeding import add_deal, add_share
from tests.scoring.scored_teams import NIGHT, add_orders, grade_of, judge, rows_of, score_of
from tests.story import Story


async def shops(story: Story, count: int = 10) -> list[int]:
    """Customers of the first rep who order every 20 days, the later the larger; scored this night."""
    store, made = story.app.store, []
    for number in range(count):
        made.append(await builders.add_customer(store, name=f"Shop {number:02}", grade=None))
        await add_orders(store, made[-1], [5 + 20 * back for back in range(12)], 10_000 * (number + 1))
    await refresh_team(store, story.team_id, NIGHT)
    return made


async def test_why_shows_value_percentile_weight_and_contribution(story: Story) -> None:
    await shops(story)
    await story.rep.says("/why Shop 07")
    story.rep.sees_now(
        "Shop 07 · grade C", "based on 2 of 5", "Provisional: 45 % of the weight is known",
        "sales of 12 months SGD 9,600 · above 75 % of the team × 67 % = 50.0",
        "loyalty 3 of 4 quarters · above 50 % of the team × 33 % = 16.7",
        "influence: unknown", "orders every 20 days, now 0.2x", "fixed cuts: 10 buyers", "Too few orders in the team",
    )  # fmt: skip
    story.rep.sees_now("→ B from")


async def test_odd_orders_are_said_in_words_and_never_guessed_from(story: Story) -> None:
    customers = await shops(story)
    store = story.app.store
    odd = await builders.add_customer(store, name="Odd", grade=None)
    await add_orders(store, odd, [3, 3, 3])
    await add_orders(store, odd, [2], -90_000)
    await add_orders(store, odd, [-4], 5_000_000)
    await add_orders(store, customers[0], [1], 7_000_000, currency="USD")
    await builders.add_customer(store, name="Empty", grade=None)
    await refresh_team(store, story.team_id, NIGHT)
    await story.rep.says("/why Odd")
    story.rep.sees_now("-SGD 600", "1 order is dated in the future and left out", "New")
    await story.rep.says("/why Shop 00")
    story.rep.sees_now("1 order in another currency is not in the amounts")
    await story.rep.says("/why Empty")
    story.rep.sees_now("sales of 12 months SGD 0", "loyalty: unknown", "Prospect")


async def test_a_team_with_one_order_day_knows_no_rhythm_and_says_so(story: Story) -> None:
    only = await builders.add_customer(story.app.store, name="Only", grade=None)
    await add_orders(story.app.store, only, [3, 3])
    await refresh_team(story.app.store, story.team_id, NIGHT)
    await story.rep.says("/why Only")
    story.rep.sees_now("Too few customers to compare (1 of 5)", "no rhythm to know yet: 1 day with orders")
    story.rep.sees_now("No segment: too few orders", "Too few orders in the team for a model")


async def test_what_people_say_counts_from_the_next_refresh(story: Story) -> None:
    customers = await shops(story)
    await story.rep.says("/customers Shop 09")
    await story.rep.taps("Why?")
    await story.rep.taps("Influence ?")
    story.rep.sees_now("How much does it influence others")
    await story.rep.taps("5")
    assert "Influence 5" in story.rep.buttons
    (said,) = await rows_of(story.app.store, CustomerJudgement)
    assert (said.customer_id, said.influence) == (customers[9], 5)
    await refresh_team(story.app.store, story.team_id, NIGHT + timedelta(days=1))
    assert (await score_of(story.app.store, customers[9])).known_weight == 0.65
    assert [row.action for row in await rows_of(story.app.store, AuditEntry)][-1:] == ["judged"]


async def test_nobody_learns_of_another_reps_customer(story: Story) -> None:
    customers = await shops(story)
    await story.other_rep.says("/why Shop 07")
    story.other_rep.sees_now("No customer of yours has “Shop 07”")
    for data in (f"why:{customers[0]}", f"why.set:{customers[0]}:influence:5", f"why.grade:{customers[0]}:A:other:3"):
        await story.other_rep.taps_data(data)
        assert "Shop" not in story.other_rep.screen
    assert await rows_of(story.app.store, CustomerJudgement) == []
    await story.other_rep.says("/segments")
    story.other_rep.sees_now("No buying customers")


async def test_a_manager_sets_a_grade_with_a_reason_and_an_end_and_gives_it_back(story: Story) -> None:
    customers = await shops(story)
    await story.manager.says("/why Shop 00")
    await story.manager.taps("Set grade")
    await story.manager.taps("A")
    await story.manager.taps("reference customer")
    await story.manager.taps("6 months")
    story.manager.sees_now("Shop 00 · grade A · set by Mei Chen until 23 May 2027: reference customer")
    assert await grade_of(story.app.store, customers[0]) == (Grade.A, "override")
    decision = (await rows_of(story.app.store, GradeDecision))[-1]
    assert (decision.reason, decision.until.isoformat(), decision.ended_at) == ("reference", "2027-05-23", None)
    await story.manager.taps("Let the figures decide")
    assert await grade_of(story.app.store, customers[0]) == (Grade.C, "computed")


async def test_a_rep_cannot_set_grades_or_weights(story: Story) -> None:
    customers = await shops(story)
    await story.rep.says("/why Shop 00")
    assert "Set grade" not in story.rep.buttons
    for data in (f"why.grade:{customers[0]}:A:other:3", f"why.rise:{customers[0]}", "sc.save:10.10.10.10.10-7.13-m"):
        await story.rep.taps_data(data)
    assert (await grade_of(story.app.store, customers[0]))[1] == "computed"
    async with story.app.store.read() as session:
        assert (await session.exec(select(col(Team.settings)))).one() == {}


async def test_a_rising_customer_is_confirmed_by_a_manager_with_a_tap(story: Story) -> None:
    customers = await shops(story)
    await judge(story.app.store, customers[0], influence=4, growth=5, joint_project=True)
    await refresh_team(story.app.store, story.team_id, NIGHT)
    await story.manager.says("/why Shop 00")
    story.manager.sees_now("Rising: strong growth, influence and a joint project")
    await story.manager.taps("Confirm A")
    story.manager.sees_now("grade A", "rising")
    assert await grade_of(story.app.store, customers[0]) == (Grade.A, "override")


async def test_segments_are_walked_with_action_and_purpose(story: Story) -> None:
    await shops(story)
    await story.rep.says("/segments")
    story.rep.sees_now("HHH important value: 2", "By fixed cuts", "10 buyers")
    await story.rep.taps("important value 2")
    story.rep.sees_now("Important value · 2", "Look after them first", "Purpose of a visit: keep the relationship")
    story.rep.sees_now("1. Shop 09", "SGD 12,000")
    await story.rep.taps("Shop 09")
    story.rep.sees_now("Shop 09")
    await story.rep.says("/segments")
    await story.rep.taps("Picture")
    story.rep.sees_now("10 buyers · 10 of them buy often and lately")
    assert story.simulator_calls()["sendPhoto"] == 1


async def test_stages_are_walked_page_by_page_and_show_team_figures_to_who_leads(story: Story) -> None:
    await shops(story)
    await story.rep.says("/stages")
    story.rep.sees_now("Growing: 10")
    assert "Kept from" not in story.rep.screen
    await story.rep.taps("growing 10")
    story.rep.sees_now("1. Shop 09", "6. Shop 04")
    await story.rep.taps("›")
    story.rep.sees_now("7. Shop 03")
    await story.manager.says("/stages")
    story.manager.sees_now(
        "Kept from the year before: too few to say", "Bought again within the year: 100 % (10 of 10)"
    )
    await story.manager.taps("Figures")
    story.manager.sees_now(
        "Growing: 10 · SGD 66,000", "Nov: kept 100 % of 10 · +0 −0 ↩0", "the lost had bought: too few"
    )
    await story.manager.taps("Cohorts")
    story.manager.sees_now("Apr · 10: 100 100 100")
    await story.rep.taps_data("figs")
    assert "Growing: 10 · SGD" not in story.rep.screen


async def test_weights_show_whose_grade_would_change_before_they_are_saved(story: Story) -> None:
    customers = await shops(story)
    for number, customer in enumerate(customers):
        await judge(story.app.store, customer, influence=5 - number // 2, growth=3)
    await refresh_team(story.app.store, story.team_id, NIGHT)
    await story.manager.says("/scoring")
    story.manager.sees_now("influence: 20", "Sum of weights 100", "A the top 7 %")
    for _ in range(6):
        await story.manager.taps("− sales of 12 months")
    story.manager.sees_now("tried out, not saved", "customers would stand for another grade", "Shop 01")
    async with story.app.store.read() as session:
        assert (await session.exec(select(col(Team.settings)))).one() == {}
    await story.manager.taps("Save")
    story.manager.sees_now("sales of 12 months: 0", "Sum of weights 70")
    assert "tried out" not in story.manager.screen


async def test_a_threshold_and_a_frequency_are_tried_before_they_are_saved_and_kept_in_order(story: Story) -> None:
    await shops(story)
    await story.manager.says("/scoring")
    await story.manager.taps("Lifecycle")
    story.manager.sees_now("at risk after 1.5 x the own gap", "lost after 4 x")
    await story.manager.taps("− at risk")
    story.manager.sees_now("tried out, not saved", "1.25 x the own gap ← 1.5", "At risk: 0 customers instead of 0")
    await story.manager.taps("Save")
    assert "tried out" not in story.manager.screen
    await story.manager.taps_data("sc.keep:life:dormant:1.25")
    story.manager.sees_now("This number cannot be")
    await story.manager.says("/scoring")
    await story.manager.taps("Visits")
    await story.manager.taps("+ C")
    story.manager.sees_now("C: 0.75 ← 0.5", "instead of")
    await story.manager.taps("Save")
    async with story.app.store.read() as session:
        settings = (await session.exec(select(col(Team.settings)))).one()
    assert settings["scoring"]["thresholds"] == {"at_risk": 1.25}
    assert settings["visits_per_week"] == {"C": 0.75}
    await story.manager.says("/scoring")
    await story.manager.taps("+ growth")
    await story.manager.taps("Save")
    await refresh_team(story.app.store, story.team_id, NIGHT + timedelta(days=30))
    assert await rows_of(story.app.store, ScoreFall) == []  # a new rule is no fall of a customer
    async with story.app.store.read() as session:
        kept = (await session.exec(select(col(Team.settings)))).one()["scoring"]
    assert (kept["weights"]["growth"], kept["thresholds"]) == (25, {"at_risk": 1.25})


async def test_a_changed_cut_or_border_names_who_would_stand_elsewhere(story: Story) -> None:
    customers = await shops(story)
    await add_orders(story.app.store, customers[3], [250], 99_000)
    await refresh_team(story.app.store, story.team_id, NIGHT)
    await story.manager.says("/scoring")
    await story.manager.taps("RFM")
    await story.manager.taps("M")
    await story.manager.taps_data("sc.n:m:m4:1.75")
    story.manager.sees_now("4 from 1.75 x the median customer ← 1.5", "customer would be in another segment:")
    story.manager.sees_now("Shop 08 important value → general value")
    await story.manager.taps_data("sc.n:m:m2:0.3")
    story.manager.sees_now("Nobody would be in another segment.")
    await story.manager.taps_data("sc.n:life:growing:200")
    story.manager.sees_now("1 customer would be in another stage:", "Shop 03 growing → mature")


async def test_targets_borders_and_win_rates_are_the_teams_own_and_audited(story: Story) -> None:
    customers = await shops(story)
    store = story.app.store
    await add_share(store, customers[4], 45, 45, NIGHT)
    await add_share(store, customers[5], 20, 20, NIGHT)
    await add_deal(store, customers[1], stage=DealStage.LEAD, since=NIGHT, amount_minor=1_000_000)
    await story.manager.says("/scoring")
    await story.manager.taps("Platform")
    story.manager.sees_now("work platform of a rep: 20 A", "10 B in reserve", "A get under 90 %")
    await story.manager.taps("− reserve")
    story.manager.sees_now(
        "5 B in reserve ← 10", "customers to work instead of", "Proposals and warnings follow at once"
    )
    await story.manager.taps("Save")
    await story.manager.taps("− A warned")
    story.manager.sees_now("under 85 %", "No warning by the visits of the last 4 weeks")
    await story.manager.says("/scoring")
    await story.manager.taps("Relationship")
    story.manager.sees_now("strategic cooperation from a share of 80 %", "stalled after 180 days")
    await story.manager.taps("− stable cooperation")
    story.manager.sees_now("1 customer would be in another stage:", "Shop 04 initial cooperation → stable cooperation")
    await story.manager.taps("Save")
    await story.manager.says("/scoring")
    await story.manager.taps("Funnel")
    await story.manager.taps("+ Lead collected")
    story.manager.sees_now("Lead collected: 15 % are won ← 10", "would weigh SGD 1,500 instead of SGD 1,000")
    await story.manager.taps("Save")
    await story.manager.taps_data("sc.keep:deals:win_lead:20")
    story.manager.sees_now("This number cannot be")
    async with store.read() as session:
        kept = (await session.exec(select(col(Team.settings)))).one()["scoring"]["thresholds"]
    assert kept == {"work_reserve": 5, "main_share": 45, "win_lead": 15}
    changes = [row.change for row in await rows_of(store, AuditEntry) if row.action == "scoring_set"]
    assert changes[-1] == {"number": "win_lead", "from": 10, "to": 15}
    await story.rep.taps_data("sc.keep:work:work_a:50")
    async with store.read() as session:
        assert (await session.exec(select(col(Team.settings)))).one()["scoring"]["thresholds"] == kept


@pytest.mark.parametrize(
    "data",
    [
        "sc.n:luck",
        "sc.keep:life:at_risk:nan",
        "sc.keep:work:work_a:12.5",
        "sc.keep:often:E:1",
        "sc.keep:often:A:99",
        "sc.try:1.2-3",
        "sc.save:0.0.0.0.0-7.13-m",
        "sc.try:",
        "seg:XXX:0",
        "stg:ended:0",
        "why:x",
        "why.set:1:luck",
    ],
)
async def test_forged_buttons_are_refused_in_words(story: Story, data: str) -> None:
    await story.manager.says("/stages")
    await story.manager.taps_data(data)
    assert "cannot be" in story.manager.screen or "button" in story.manager.screen


async def test_before_the_first_refresh_every_screen_says_so(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Fresh", grade=None)
    for asked in ("/segments", "/stages", "/why", "/why Fresh"):
        await story.rep.says(asked)
        story.rep.sees_now("No scores yet")


async def test_falls_of_the_night_are_one_silent_message_in_the_morning(story: Story) -> None:
    customers = await shops(story)
    for customer in customers[2:]:
        await add_orders(story.app.store, customer, [-20])
    await story.sleep_until("2026-12-20T23:00:00+08:00")
    await story.until("2026-12-21T09:30:00+08:00")
    story.rep.sees("2 customers of yours fell behind", "Shop 00 · C · ", "growing → at risk", "at stake SGD")
    before = len([message for message in story.rep.messages if "fell behind" in message.text])
    await story.pass_time(days=1)
    assert len([message for message in story.rep.messages if "fell behind" in message.text]) == before == 1


async def test_scores_speak_chinese(story: Story) -> None:
    await shops(story)
    await story.rep.says("/language")
    await story.rep.taps("简体中文")
    await story.rep.says("/why Shop 07")
    story.rep.sees_now("评分", "12个月销售额", "高于团队75 %")
    await story.rep.says("/segments")
    story.rep.sees_now("重要价值")
