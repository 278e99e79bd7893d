"""Relationship stages by measured shares: one step a review, a question about a jump, falls told to the rep first."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.forms.kinds_shared import ShareRange
from bot.domain.forms.post_visit import PostVisit
from bot.domain.vocabulary import DealStage, RelationshipStage, TookPlace
from bot.services.reports import deals
from bot.services.work import Work
from bot.store.tables import DealMove, PendingAdvance, RelationFall, StageChange
from tests import builders
from tests.relations import seeding
from tests.story import MORNING, Story

DEVELOPMENT, INITIAL, STABLE, STRATEGIC = RelationshipStage


def report_of(share: ShareRange | None) -> PostVisit:
    """A report that says nothing but a share."""
    given: dict[str, Any] = {field.name: None for field in PostVisit.spec.fields}
    several = ("who_met", "needs", "needs_confirmed", "products", "objections", "promises", "suppliers", "photos")
    given |= dict.fromkeys(several, ())
    return PostVisit(**{**given, "took_place": TookPlace.MET, "our_share": share})


async def measure_share(story: Story, customer_id: int, low: int, high: int) -> None:
    """What a report does that says a share, today."""
    acting = await builders.acting_for(story.app.store)
    visit = await builders.add_visit(story.app.store, customer_id, MORNING.date())
    report = await builders.add_report(story.app.store, visit)
    async with story.app.store.begin() as session:
        work = Work(session=session, acting=acting, now=story.app.clock.now())
        customer = await seeding.customer_row(story.app.store, customer_id)
        customer = await session.merge(customer)
        await deals.note_share(work, report_of(ShareRange(low=low, high=high)), customer, report)
    await story.settle()


async def stage_of(story: Story, customer_id: int) -> RelationshipStage | None:
    return (await seeding.customer_row(story.app.store, customer_id)).stage


async def rows_of(story: Story, table: Any) -> list[Any]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(table).order_by(col(table.id)))).all())


async def test_a_share_that_jumps_from_0_to_60_percent_advances_one_stage_and_asks(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    assert await stage_of(story, raffles) is INITIAL
    story.rep.sees_now(
        "Raffles City · share 60 %",
        "Stage: initial cooperation. One step a review.",
        "Stable cooperation waits for the review on 23 Dec. Does the share hold?",
    )


async def test_a_share_that_holds_advances_again_at_the_review_and_not_before(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    await story.rep.taps("Yes, it holds")
    story.rep.sees_now("The share holds. Stable cooperation follows on 23 Dec")
    assert await stage_of(story, raffles) is INITIAL
    await story.sleep_until("2026-12-23T07:29:00+08:00")
    assert await stage_of(story, raffles) is INITIAL
    await story.until("2026-12-23T08:00:00+08:00")
    assert await stage_of(story, raffles) is STABLE
    story.rep.sees("Raffles City ▲ stable cooperation")
    assert [(one.before, one.after) for one in await rows_of(story, StageChange)] == [
        (DEVELOPMENT, INITIAL),
        (INITIAL, STABLE),
    ]


async def test_a_jump_to_strategic_takes_three_reviews(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 90, 95)
    await story.rep.taps("Yes, it holds")
    await story.sleep_until("2026-12-23T08:00:00+08:00")
    assert await stage_of(story, raffles) is STABLE
    await story.sleep_until("2027-01-22T08:00:00+08:00")
    assert await stage_of(story, raffles) is STRATEGIC
    assert [one.closed_at is not None for one in await rows_of(story, PendingAdvance)] == [True]


async def test_a_share_that_was_a_one_off_leaves_the_stage_where_it_is(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    await story.rep.taps("No, a one-off")
    story.rep.sees_now("The share does not hold")
    await story.sleep_until("2026-12-24T08:00:00+08:00")
    assert await stage_of(story, raffles) is INITIAL


async def test_an_unanswered_question_is_asked_again_at_the_review(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    await story.sleep_until("2026-12-23T08:00:00+08:00")
    assert await stage_of(story, raffles) is INITIAL
    await story.rep.taps("Yes, it holds")
    assert await stage_of(story, raffles) is STABLE


async def test_a_newer_share_replaces_what_waited(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    await story.pass_time(hours=1)
    await measure_share(story, raffles, 30, 30)
    assert all(one.closed_at is not None for one in await rows_of(story, PendingAdvance))
    assert await stage_of(story, raffles) is INITIAL


async def test_a_fall_of_share_and_stage_is_told_to_the_rep_the_next_morning_once(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=STABLE)
    await seeding.add_share(story.app.store, raffles, 70, 70, MORNING - timedelta(days=60))
    await measure_share(story, raffles, 40, 40)
    assert await stage_of(story, raffles) is INITIAL
    assert {one.kind for one in await rows_of(story, RelationFall)} == {"share", "stage"}
    await story.until("2026-11-24T08:00:00+08:00")
    story.rep.sees(
        "The relationship with 1 customer got weaker",
        "Raffles City · C · share 70 → 40 % · stable cooperation → initial cooperation",
        "Repair: weave a net of contacts",
    )
    assert all(one.told_at is not None for one in await rows_of(story, RelationFall))
    assert "got weaker" not in "\n".join(message.text for message in story.manager.messages if message.from_bot)


async def test_the_network_tells_a_stage_that_fell_and_one_that_stalls(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", stage=STABLE)
    bugis = await builders.add_customer(store, name="Bugis Junction", stage=INITIAL)
    await seeding.add_deal(store, bugis)
    await measure_share(story, raffles, 40, 40)
    await story.rep.says("raffles")
    await story.rep.taps("Network")
    story.rep.sees_now("⚠ fell back a stage", "initial cooperation since today")
    await story.rep.says("bugis")
    await story.rep.taps("Network")
    story.rep.sees_now("⚠ no advance for 180 days with a goal open")


async def test_a_report_taken_back_leaves_no_stage_no_question_and_no_move(story: Story) -> None:
    raffles = await builders.add_customer(
        story.app.store, name="Raffles City", grade=None, stage=DEVELOPMENT, key_account=True
    )
    await seeding.add_deal(story.app.store, raffles)
    await story.rep.taps_data(f"report:{raffles}")
    await story.rep.taps("Met")
    for answer in (
        {"opportunity": "Autumn order", "deal_stage": "Negotiation", "our_share": "60", "shown": "the decider agrees"},
    ):
        await fill(story, answer)
    assert await stage_of(story, raffles) is INITIAL
    (move,) = await rows_of(story, DealMove)
    assert (move.before, move.after) == (DealStage.PROPOSAL, DealStage.NEGOTIATION)
    assert move.evidence == "decider_agrees"
    await story.rep.taps("Undo")
    assert await stage_of(story, raffles) is DEVELOPMENT
    for table in (DealMove, StageChange, PendingAdvance, RelationFall):
        assert await rows_of(story, table) == []


async def fill(story: Story, answers: dict[str, str]) -> None:
    """Answer the named questions of the open report as they come, skip the others, and save."""
    asked = {
        "Which deal is it?": answers["opportunity"],
        "How far is the deal?": answers["deal_stage"],
        "What shows it?": answers["shown"],
        "Our share of what they buy?": answers["our_share"],
    }
    for _ in range(40):
        if "Save" in story.rep.buttons:
            await story.rep.taps("Save")
            return
        question = next((words for words in asked if words in story.rep.screen), None)
        if question is not None:
            await story.rep.says(asked[question])
        else:
            await story.rep.taps("Skip")
    raise AssertionError(f"no end of questions:\n{story.rep.screen}")


async def test_a_forged_answer_about_anothers_customer_changes_nothing(story: Story) -> None:
    raffles = await builders.add_customer(story.app.store, name="Raffles City", stage=DEVELOPMENT)
    await measure_share(story, raffles, 60, 60)
    await story.other_rep.says("/network")
    await story.other_rep.taps_data("adv:1:1")
    assert [one.confirmed for one in await rows_of(story, PendingAdvance)] == [None]
    await story.other_rep.taps_data("adv:999:1")
    story.other_rep.sees("This question was taken back")
