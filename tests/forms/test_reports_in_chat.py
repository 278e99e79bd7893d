"""A visit is recorded in chat: quickly, deeply, interrupted, corrected, taken back."""

import pytest
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, PromiseSide, PromiseState, VisitState
from bot.store.tables import Draft, FollowUp, Promise, Report, Touch, Visit
from tests.builders import add_customer, visits_of
from tests.story import Story


async def open_report(story: Story, grade: Grade, name: str = "Tampines 1") -> int:
    customer = await add_customer(story.app.store, name=name, grade=grade)
    await story.rep.taps_data(f"report:{customer}")
    return customer


async def test_a_quick_report_takes_four_taps_and_is_saved_by_the_last(story: Story) -> None:
    customer = await open_report(story, Grade.C)
    before = story.simulator_calls()
    for label in ("Met", "Partly", "Trial"):
        await story.rep.taps(label)
    await story.rep.taps(story.rep.buttons[0])  # the likeliest next visit
    story.rep.sees_now("✓ Tampines 1", "Partly", "Trial")
    assert "Undo" in story.rep.buttons
    assert story.simulator_calls() - before == {"editMessageText": 4, "answerCallbackQuery": 4}
    async with story.app.store.read() as session:
        visit = (await session.exec(select(Visit))).one()
        touch = (await session.exec(select(Touch))).one()
        theirs = (await session.exec(select(Promise))).one()
        follow_up = (await session.exec(select(FollowUp))).one()
    assert (visit.state, visit.customer_id) == (VisitState.DONE, customer)
    assert touch.customer_id == customer
    assert (theirs.side, theirs.kind) == (PromiseSide.THEIRS, "trial")
    assert follow_up.due_on > visit.on


async def test_an_undo_leaves_no_effect_behind(story: Story) -> None:
    await open_report(story, Grade.C)
    for label in ("Met", "Yes", "Order"):
        await story.rep.taps(label)
    await story.rep.taps(story.rep.buttons[0])
    await story.rep.taps("Undo")
    story.rep.sees_now("taken back")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Touch))).all() == []
        assert (await session.exec(select(FollowUp))).all() == []
        open_ones = select(Promise).where(col(Promise.state) == PromiseState.OPEN)
        assert (await session.exec(open_ones)).all() == []
        assert (await session.exec(select(Visit))).one().state is VisitState.PLANNED
        assert (await session.exec(select(Report))).one().undone_at is not None


async def test_a_double_tap_changes_nothing_twice(story: Story) -> None:
    await open_report(story, Grade.C)
    message = story.rep.messages[-1].message_id
    story.simulator.taps(story.rep.id, "Met", message)
    story.simulator.taps(story.rep.id, "Met", message)
    await story.settle()
    story.rep.sees_now("2/4")
    async with story.app.store.read() as session:
        draft = (await session.exec(select(Draft))).one()
    assert draft.revision == 2


async def test_an_old_button_shows_the_current_question(story: Story) -> None:
    await open_report(story, Grade.C)
    old = story.rep.data_of("Not there")
    await story.rep.taps("Met")
    await story.rep.taps_data(old)
    story.rep.sees_now("2/4")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Draft))).one().data["answers"]["took_place"] == {"value": "met"}


async def test_a_form_goes_on_after_a_restart(story: Story) -> None:
    await open_report(story, Grade.B)
    await story.rep.taps("Met")
    await story.restart()
    await story.rep.says("/resume")
    story.rep.sees_now("Tampines 1", "2/")


@pytest.mark.parametrize("label", ["Moved", "Not there"])
async def test_a_visit_that_did_not_happen_counts_no_touch(story: Story, label: str) -> None:
    await open_report(story, Grade.C)
    await story.rep.taps(label)
    if label == "Moved":
        await story.rep.says("tomorrow 10:00")
    else:
        await story.rep.taps(story.rep.buttons[0])
        await story.rep.taps(story.rep.buttons[0])
    story.rep.sees_now("✓ Tampines 1")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Touch))).all() == []
        visits = (await session.exec(select(Visit).order_by(col(Visit.id)))).all()
    assert visits[0].state is not VisitState.DONE
    assert (len(visits) == 2) == (label == "Moved")


async def test_another_rep_cannot_answer_my_form(story: Story) -> None:
    await open_report(story, Grade.C)
    data = story.rep.data_of("Met")
    await story.other_rep.taps_data(data)
    story.other_rep.sees_now("not yours")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Draft))).one().revision == 1


async def test_a_full_report_can_be_skipped_through_and_edited_before_it_is_saved(story: Story) -> None:
    await open_report(story, Grade.A, "Raffles City")
    await story.rep.taps("Met")
    for _ in range(40):
        if "Save" in story.rep.buttons:
            break
        await story.rep.taps("Skip")
    story.rep.sees_now("your answers")
    await story.rep.taps("1")
    await story.rep.taps("Not there")
    for _ in range(5):
        if "Save" in story.rep.buttons:
            break
        await story.rep.taps(story.rep.buttons[0])
    await story.rep.taps("Save")
    story.rep.sees_now("✓ Raffles City")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Visit))).one().state is VisitState.MISSED


async def test_a_saved_report_is_corrected_without_doubling_its_effects(story: Story) -> None:
    await open_report(story, Grade.C)
    for label in ("Met", "Yes", "Order"):
        await story.rep.taps(label)
    await story.rep.taps(story.rep.buttons[0])
    await story.rep.taps("Change")
    await story.rep.taps("3")
    await story.rep.taps("Trial")
    await story.rep.taps("Save")
    story.rep.sees_now("Corrected")
    async with story.app.store.read() as session:
        kept = (await session.exec(select(Promise).where(col(Promise.state) == PromiseState.OPEN))).all()
        assert [one.kind for one in kept] == ["trial"]
        assert len((await session.exec(select(Touch))).all()) == 1


async def test_a_promise_that_was_kept_stays_kept_when_its_report_is_corrected(story: Story) -> None:
    await open_report(story, Grade.C)
    for label in ("Met", "Yes", "Order"):
        await story.rep.taps(label)
    await story.rep.taps(story.rep.buttons[0])
    async with story.app.store.begin() as session:
        promise = (await session.exec(select(Promise))).one()
        promise.state, promise.closed_at = PromiseState.KEPT, story.app.clock.now()
    await story.rep.taps("Change")
    await story.rep.taps("2")
    await story.rep.taps("Partly")
    await story.rep.taps("Save")
    story.rep.sees_now("Corrected")
    async with story.app.store.read() as session:
        kept = (await session.exec(select(Promise))).one()
        newest = (await session.exec(select(Report).order_by(col(Report.id).desc()))).first()
    assert (kept.id, kept.state) == (promise.id, PromiseState.KEPT)
    assert newest is not None
    assert kept.report_id == newest.id


async def test_an_appointment_that_was_moved_and_held_survives_a_correction(story: Story) -> None:
    customer = await open_report(story, Grade.C)
    await story.rep.taps("Moved")
    await story.rep.says("tomorrow 10:00")
    async with story.app.store.begin() as session:
        moved = (await session.exec(select(Visit).where(col(Visit.appointment_at).is_not(None)))).one()
        moved.state = VisitState.STARTED
    await story.rep.taps("Change")
    await story.rep.taps("2")
    await story.rep.says("tomorrow 11:00")
    await story.rep.taps("Save")
    visits = await visits_of(story.app.store, customer)
    assert [visit.state for visit in visits] == [VisitState.CANCELLED, VisitState.STARTED, VisitState.PLANNED]


async def test_nobody_there_and_then_a_report_are_one_visit(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C, visits_per_week=5)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await story.rep.taps_data(f"day.stop:{customer}")
    await story.rep.taps("Not there")
    await story.rep.taps_data(f"report:{customer}")
    await story.rep.taps("Not there")
    await story.rep.taps(story.rep.buttons[0])
    await story.rep.taps(story.rep.buttons[0])
    story.rep.sees_now("✓ Tampines 1")
    assert [visit.state for visit in await visits_of(story.app.store, customer)] == [VisitState.MISSED]
    await story.rep.taps_data(f"report:{customer}")  # they went back in the afternoon: another attempt
    await story.rep.taps("Met")
    assert len(await visits_of(story.app.store, customer)) == 2
