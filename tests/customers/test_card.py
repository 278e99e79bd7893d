"""The card of a customer: what it tells, and what can be changed from it."""

from datetime import date, datetime, timedelta

from sqlmodel import col, select

from bot.domain.vocabulary import Grade, PromiseSide, RelationshipStage, TouchKind, VisitState
from bot.store.tables import AuditEntry, Customer, FollowUp, Promise, Touch, Visit
from tests import builders
from tests.story import MORNING, Story


async def customer_of(story: Story) -> Customer:
    async with story.app.store.read() as session:
        return (await session.exec(select(Customer))).one()


async def test_the_card_tells_how_things_stand(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(
        store, name="Raffles City", grade=Grade.A, stage=RelationshipStage.STABLE, key_account=True, tags=["hotel"]
    )
    await builders.add_touch(store, raffles, MORNING - timedelta(days=21))
    await builders.add_touch(store, raffles, MORNING - timedelta(days=14), TouchKind.CALL)
    await builders.add_order(store, raffles, date(2026, 10, 9), 151_000)
    await builders.add_order(store, raffles, date(2026, 11, 9), 124_000)
    await builders.add_promise(store, raffles, MORNING + timedelta(days=4), "price list")
    await builders.add_promise(store, raffles, MORNING - timedelta(days=4), "sign the trial", PromiseSide.THEIRS)
    await builders.add_complaint(store, raffles, MORNING - timedelta(days=3))
    await builders.add_visit(
        store, raffles, date(2026, 11, 24), appointment_at=datetime.fromisoformat("2026-11-24T14:00:00+08:00")
    )
    await builders.add_follow_up(store, raffles, date(2026, 12, 9))
    await story.rep.says("raffles")
    story.rep.sees_now(
        "Raffles City · A (imported) · key account · stable cooperation",
        "working days overdue",
        "complaint “late delivery”, day 4",
        "• we promised: price list, Fri 07:25",
        "⏰ they promised: sign the trial",
        "Last order 9 Nov: SGD 1,240 (-18 % on the one before)",
        "2 Nov visit",
        "9 Nov call",
        "Appointment tomorrow 14:00",
        "Follow up 9 Dec",
        "hotel",
    )
    assert "Navigate" in story.rep.buttons


async def test_a_customer_without_a_pin_cannot_be_navigated_to_and_says_how_to_set_one(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", lat=None, lng=None)
    await story.rep.says("raffles")
    story.rep.sees_now("no pin yet")
    assert "Navigate" not in story.rep.buttons


async def test_call_shows_the_number_and_a_call_counts_once_a_day(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", phone="+65 6338 7766")
    await story.rep.says("raffles")
    await story.rep.taps("Call")
    story.rep.sees_now("+65 6338 7766")
    await story.rep.taps("I called")
    story.rep.sees_now("Today's call is noted.")
    await story.rep.says("raffles")
    await story.rep.taps("Call")
    await story.rep.taps("I called")
    async with story.app.store.read() as session:
        touches = (await session.exec(select(Touch))).all()
    assert [touch.kind for touch in touches] == [TouchKind.CALL]


async def test_tags_are_ticked_and_unticked(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_customer(story.app.store, name="Marina Square", tags=["酒店:五星"])
    await story.rep.says("raffles")
    await story.rep.taps("More ▸")
    await story.rep.taps("Tags")
    await story.rep.taps("☐ 酒店:五星")
    assert "☑ 酒店:五星" in story.rep.buttons
    await story.rep.taps("☑ 酒店:五星")
    assert "☐ 酒店:五星" in story.rep.buttons


async def test_ending_a_relationship_asks_why_and_leaves_all_plans(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City")
    await builders.add_visit(store, raffles, date(2026, 11, 24))
    await builders.add_follow_up(store, raffles, date(2026, 11, 25))
    await builders.add_promise(store, raffles, MORNING + timedelta(days=4))
    await story.rep.says("raffles")
    await story.rep.taps("More ▸")
    await story.rep.taps("End the relationship")
    story.rep.sees_now("Why does it end?")
    assert (await customer_of(story)).ended_at is None
    await story.rep.taps("Went to a rival")
    story.rep.sees_now("Ended today: went to a rival", "price list")
    async with store.read() as session:
        assert (await session.exec(select(Visit))).one().state is VisitState.CANCELLED
        assert (await session.exec(select(FollowUp))).one().done_at is not None
        actions = (await session.exec(select(col(AuditEntry.action)))).all()
    assert "relationship_ended" in actions
    await story.rep.taps("More ▸")
    await story.rep.taps("Take back the end")
    assert (await customer_of(story)).ended_at is None


async def test_a_manager_gives_a_customer_to_another_rep_with_its_open_work(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City")
    await builders.add_visit(store, raffles, date(2026, 11, 24))
    await builders.add_promise(store, raffles, MORNING + timedelta(days=4))
    await story.manager.says("raffles")
    await story.manager.taps("More ▸")
    await story.manager.taps("Give to another rep")
    await story.manager.taps("Arjun Nair")
    story.manager.sees_now("rep: Arjun Nair")
    story.other_rep.sees_now("Raffles City is yours now: Mei Chen gave it to you, it was with Tan Wei Ling.")
    await story.other_rep.taps("Show the card")
    story.other_rep.sees_now("Raffles City", "price list")
    arjun = await builders.acting_for(store, builders.OTHER_REP)
    async with store.read() as session:
        assert (await session.exec(select(Visit))).one().member_id == arjun.member_id
        assert (await session.exec(select(Promise))).one().owner_id == arjun.member_id
    await story.rep.says("raffles")
    story.rep.sees_now("No customer of yours")


async def test_a_redelivered_tap_changes_nothing_more(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.manager.says("raffles")
    await story.manager.taps("More ▸")
    await story.manager.taps("Grade")
    await story.manager.taps("B")
    await story.manager.taps("potential")
    await story.manager.taps("3 months")
    story.simulator.redelivers(story.simulator.update_ids[-1])
    await story.settle()
    async with story.app.store.read() as session:
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.action == "grade_set"))).all()
    assert len(entries) == 1


async def test_number_address_name_and_pin_are_put_right_from_the_card(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Rafles City", phone="123456", address="Old Road 1")
    await builders.add_customer(story.app.store, name="Bugis", address="New Road 2")
    await story.rep.taps_data(f"card.more:{customer}")
    await story.rep.taps("Phone, address, name")
    story.rep.sees_now("your answers", "123456", "Old Road 1")
    await story.rep.taps("1")
    await story.rep.says("Raffles <City>")
    await story.rep.taps("2")
    await story.rep.says("no number at all")
    story.rep.sees_now("is no telephone number")
    await story.rep.says("+65 6338 7766")
    await story.rep.taps("3")
    await story.rep.says("New Road 2")
    await story.rep.taps("Save")
    story.rep.sees_now("Raffles <City>", "+6563387766", "New Road 2")
    await story.rep.says("raffles")  # it is found by its new name
    story.rep.sees_now("New Road 2")
    await story.rep.taps_data(f"card.edit:{customer}")
    await story.rep.taps("1")
    await story.rep.says("Bugis")
    await story.rep.taps("Save")
    story.rep.sees_now("already with somebody in your team")
    await story.other_rep.taps_data(f"card.edit:{customer}")
    story.other_rep.sees_now("not on your list")
