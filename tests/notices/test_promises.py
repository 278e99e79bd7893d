"""Reminders of promises: when they come, what one tap does, and what a second one does not."""

from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.vocabulary import CommitmentKind, PromiseKind, PromiseSide, PromiseState, Role
from bot.services.promises import keep, make_promise, mark_broken, withdraw_of_report
from bot.services.promises.figures import own_or_team_figure
from bot.services.work import Work
from bot.store.tables import AuditEntry, Notice, Promise, PromiseEvent
from bot.store.unit import Store
from tests import builders
from tests.notices.promising import promise_by
from tests.story import Phone, Story

FIVE = "2026-11-23T17:00:00+08:00"
AFTER_FIVE = "2026-11-23T17:00:05+08:00"


def rung(phone: Phone) -> list[str]:
    """The texts that made a phone sound, oldest first."""
    return [message.text for message in phone.messages if message.from_bot and not message.silent]


async def promise_row(store: Store, promise_id: int) -> Promise:
    async with store.read() as session:
        return (await session.exec(select(Promise).where(col(Promise.id) == promise_id))).one()


async def history(store: Store, promise_id: int) -> list[str]:
    async with store.read() as session:
        query = select(PromiseEvent).where(col(PromiseEvent.promise_id) == promise_id).order_by(col(PromiseEvent.id))
        return [event.event for event in (await session.exec(query)).all()]


async def test_a_promise_is_reminded_of_when_it_is_due_and_one_tap_keeps_it(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    story.rep.sees_now("Promised to Raffles City: price list, today 17:00")
    assert story.rep.buttons[:2] == ["Done", "Tomorrow 10:00"]
    await story.rep.taps("Done")
    story.rep.sees_now("Kept: price list · Raffles City")
    assert (await promise_row(story.app.store, promise_id)).state is PromiseState.KEPT
    assert await history(story.app.store, promise_id) == ["made", "kept"]


async def test_a_double_tap_changes_nothing(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    await story.rep.taps("Done")
    await story.rep.taps_data(f"pr.done:{promise_id}")
    await story.rep.taps_data(f"pr.cant:{promise_id}")
    assert await history(story.app.store, promise_id) == ["made", "kept"]
    story.rep.sees_now("Kept: price list")


async def test_another_rep_cannot_answer_it_and_a_manager_can(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.other_rep.taps_data(f"pr.done:{promise_id}")
    story.other_rep.sees_now("That promise is not on your list")
    await story.manager.taps_data(f"pr.done:{promise_id}")
    assert (await promise_row(story.app.store, promise_id)).state is PromiseState.KEPT
    async with story.app.store.read() as session:
        query = select(AuditEntry.action).where(col(AuditEntry.subject) == "promise").order_by(col(AuditEntry.id))
        assert list((await session.exec(query)).all()) == ["promise_made", "promise_kept"]


async def test_a_forged_button_is_nobodys_promise(story: Story) -> None:
    for data in ("pr.done:-1", "pr.done:x", "pr.done", "pr.done:999999999999999999999", "pr.tick:1:2", "pr.all:7"):
        await story.rep.taps_data(data)
        story.rep.sees_now("That promise is not on your list")
    await story.rep.taps_data("prs:?:9")
    story.rep.sees_now("Nothing is open.")


async def test_a_promise_put_off_comes_back_when_the_button_said(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    await story.rep.taps("Tomorrow 10:00")
    story.rep.sees_now("tomorrow 10:00", "Moved. I remind you then.")
    before = len(rung(story.rep))
    await story.until("2026-11-24T10:00:05+08:00")
    assert "price list, today 10:00" in rung(story.rep)[-1]
    assert len(rung(story.rep)) >= before
    assert await history(story.app.store, promise_id) == ["made", "postponed"]


async def test_an_old_button_to_put_off_that_has_passed_changes_nothing(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    old = story.rep.data_of("Tomorrow 10:00")
    await story.until("2026-11-24T11:00:00+08:00")
    await story.rep.taps_data(old)
    assert await history(story.app.store, promise_id) == ["made"]


async def test_what_cannot_be_kept_can_be_undone(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    await story.rep.taps("Can't")
    story.rep.sees_now("Not kept: price list", "Tell them today")
    await story.rep.taps("Undo")
    story.rep.sees_now("Promised to Raffles City")
    assert await history(story.app.store, promise_id) == ["made", "broken", "reopened"]


async def test_help_that_is_asked_for_reaches_the_manager_once_a_day(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.until(AFTER_FIVE)
    await story.rep.taps("Ask for help")
    story.rep.sees_now("Your manager hears of it now.")
    await story.pass_time(seconds=10)
    await story.rep.taps_data(f"pr.help:{promise_id}")
    await story.pass_time(minutes=2)
    asked = [text for text in rung(story.manager) if "Tan Wei Ling asks for help" in text]
    assert len(asked) == 1
    assert "Promised to Raffles City: price list" in asked[0]


async def test_several_due_together_are_one_message_with_numbers(story: Story) -> None:
    for customer in ("Raffles City", "Suntec City", "Bugis Junction"):
        await promise_by(story, customer, "price list", FIVE)
    await story.until(AFTER_FIVE)
    reminders = [text for text in rung(story.rep) if "price list" in text]
    assert len(reminders) == 1
    assert story.rep.buttons == ["1 ✓", "2 ✓", "3 ✓", "All ✓", "One by one", "Later · why?"]
    await story.rep.taps("2 ✓")
    story.rep.sees_now("2 promises to answer", "✓ Suntec City: price list")
    await story.rep.taps("All ✓")
    story.rep.sees_now("All answered")
    async with story.app.store.read() as session:
        states = set((await session.exec(select(Promise.state))).all())
        query = select(Notice).where(col(Notice.kind) == "promise")
        fates = sorted(str(notice.fate) for notice in (await session.exec(query)).all() if notice.fate != "withdrawn")
    assert states == {PromiseState.KEPT}
    assert fates == ["merged", "merged", "told"]


async def test_a_late_promise_is_reminded_of_again_as_work_begins(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await story.sleep_until(AFTER_FIVE)
    await story.sleep_until("2026-11-24T09:00:05+08:00")
    async with story.app.store.read() as session:
        query = select(Notice).where(col(Notice.kind) == "promise", col(Notice.subject_id) == promise_id)
        notices = (await session.exec(query.order_by(col(Notice.due_at)))).all()
    due = [(f"{one.due_at:%m-%d %H}", one.fate) for one in notices]
    assert due == [("11-23 09", "told"), ("11-24 01", "told"), ("11-25 01", None)]  # how it goes on is the domain's


async def test_the_manager_hears_of_a_promise_that_is_a_week_late_after_the_rep(story: Story) -> None:
    await promise_by(story, "Raffles City", "price list", FIVE)
    await story.sleep_until(AFTER_FIVE)
    await story.sleep_until("2026-11-29T23:00:00+08:00")
    assert not any("price list" in text for text in rung(story.manager))
    await story.sleep_until("2026-11-30T08:30:05+08:00")  # the week comes
    await story.sleep_until("2026-11-30T09:00:05+08:00")
    assert "Promised to Raffles City: price list, 7 days late" in rung(story.manager)[-1]
    assert "Tan Wei Ling" in rung(story.manager)[-1]


async def test_the_reminder_of_the_day_before_comes_on_the_working_day_before(story: Story) -> None:
    await promise_by(story, "Raffles City", "price list", "2026-11-30T11:00:00+08:00")  # a Monday
    await story.sleep_until("2026-11-27T07:30:05+08:00")
    await story.sleep_until("2026-11-27T16:00:05+08:00")
    assert "price list" in rung(story.rep)[-1]


async def test_a_customers_commitment_is_chased_with_words_for_the_rep(story: Story) -> None:
    await promise_by(
        story, "Raffles City", "", FIVE, side=PromiseSide.THEIRS, kind=CommitmentKind.ORDER, amount_minor=124_000
    )
    await story.until(AFTER_FIVE)
    story.rep.sees_now("Raffles City agreed to: order SGD 1,240, today 17:00", "Ask: “Shall I arrange the delivery")
    await story.rep.taps("They did")
    story.rep.sees_now("Kept: order SGD 1,240")


async def test_the_list_shows_late_ones_first_and_filters_by_side(story: Story) -> None:
    await promise_by(story, "Raffles City", "price list", FIVE)
    await promise_by(story, "Suntec City", "", "2026-11-23T09:00:00+08:00", kind=PromiseKind.QUOTATION)
    await promise_by(story, "Bugis", "trial", "2026-11-25T09:00:00+08:00", side=PromiseSide.THEIRS)
    await story.until("2026-11-23T12:00:00+08:00")
    await story.rep.says("/promises")
    lines = story.rep.screen.splitlines()
    assert lines[0] == "Promises · 3 open · ⚠ 1 late"
    assert lines[1].startswith("1 ⚠↑ Suntec City: quotation")
    await story.rep.taps("↓ Theirs")
    assert story.rep.screen.splitlines()[1:] == ["1 ↓ Bugis: trial, Wed 09:00"]
    await story.rep.taps("1")
    story.rep.sees_now("Bugis agreed to: trial")
    await story.rep.taps("‹ Promises")
    story.rep.sees_now("3 open")


async def test_a_long_list_has_pages(story: Story) -> None:
    for number in range(10):
        await promise_by(story, "Raffles City", f"thing {number}", f"2026-11-25T10:{number:02d}:00+08:00")
    await story.rep.says("/promises")
    await story.rep.taps("2/2 ›")
    assert story.rep.screen.splitlines()[1:] == [
        "9 ↑ Raffles City: thing 8, Wed 10:08",
        "10 ↑ Raffles City: thing 9, Wed 10:09",
    ]
    await story.rep.taps("‹")
    story.rep.sees_now("thing 0")


async def test_an_empty_list_says_where_promises_come_from(story: Story) -> None:
    await story.rep.says("/promises")
    story.rep.sees_now("Nothing is open.")


async def test_an_undone_report_takes_its_open_promises_back(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    customer_id = await builders.add_customer(store, name="Raffles City")
    visit_id = await builders.add_visit(store, customer_id, date(2026, 11, 23))
    report_id = await builders.add_report(store, visit_id)
    acting = await builders.acting_for(store)
    now, due_at = datetime.fromisoformat(FIVE), datetime.fromisoformat("2026-11-25T17:00:00+08:00")
    async with store.begin() as session:
        work = Work(session=session, acting=acting, now=now)
        promise = await make_promise(
            work,
            customer_id=customer_id,
            side=PromiseSide.OURS,
            text="samples",
            due_at=due_at,
            report_id=report_id,
        )
        await withdraw_of_report(work, report_id)
        await withdraw_of_report(work, report_id)
    assert promise.id is not None
    assert (await promise_row(store, promise.id)).state is PromiseState.WITHDRAWN
    async with store.read() as session:
        assert (
            await session.exec(select(Notice).where(col(Notice.settled_at).is_(None), col(Notice.kind) == "promise"))
        ).all() == []
        assert (await own_or_team_figure(session, acting, due_at)).count == 0


async def test_of_two_who_answer_the_first_one_counts(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    await builders.add_member(store, team_id, name=builders.MANAGER, role=Role.MANAGER, chat_id=103)
    customer_id = await builders.add_customer(store, name="Raffles City")
    promise_id = await builders.add_promise(store, customer_id, datetime.fromisoformat(FIVE))
    now = datetime.fromisoformat(AFTER_FIVE)
    async with store.begin() as session:
        await keep(Work(session=session, acting=await builders.acting_for(store), now=now), promise_id)
    async with store.begin() as session:
        manager = await builders.acting_for(store, builders.MANAGER)
        promise = await mark_broken(Work(session=session, acting=manager, now=now), promise_id)
    assert promise.state is PromiseState.KEPT
    assert await history(store, promise_id) == ["kept"]


async def test_putting_off_does_not_count_as_kept_on_time(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", FIVE)
    await promise_by(story, "Raffles City", "samples", FIVE)
    await story.until(AFTER_FIVE)
    await story.rep.taps("2 ✓")
    await story.rep.taps_data(f"pr.later:{promise_id}:202611240200")
    await story.until("2026-11-24T10:00:05+08:00")
    await story.rep.taps("Done")
    await story.rep.says("/promises")
    story.rep.sees_now("Kept on time in 90 days: 1 of 2 (50 %, likely 9–91)")
