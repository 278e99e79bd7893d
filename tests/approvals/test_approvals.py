"""Approvals as two people live them: asked in three taps, answered in one, once, in time, or not."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.authority import AuthorityKind, RequestState
from bot.domain.people import Acting
from bot.domain.vocabulary import Grade, PromiseSide, Role
from bot.services import joining
from bot.services.approvals.deciding import approve, refuse
from bot.services.approvals.limits import set_limit
from bot.services.work import Work
from bot.store.tables import ApprovalRequest, AuditEntry, Gift, Notice, Promise, Team
from tests import builders
from tests.story import Phone, Story

Decide = Callable[[Work, int], Awaitable[ApprovalRequest]]
TUESDAY_NOON = "2026-11-24T12:00:05+08:00"


async def begin(story: Story, *, own: int = 800, act_first: int | None = None) -> int:
    """Raffles City of the rep, with a limit of 8 % on discounts, at half past nine."""
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    store = story.app.store
    customer = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    await builders.add_order(store, customer, date(2026, 11, 9), 640_000)
    acting = await builders.acting_for(store, builders.MANAGER)
    async with store.begin() as session:
        work = Work(session=session, acting=acting, now=story.app.clock.now())
        await set_limit(work, AuthorityKind.DISCOUNT, own, act_first)
    return customer


async def ask_twelve(story: Story, customer: int) -> None:
    """Three taps, from the card."""
    await story.rep.taps_data(f"card:{customer}")
    await story.rep.taps("Approval")
    await story.rep.taps("Discount")
    await story.rep.taps("12 %")
    await story.pass_time(seconds=5)


async def join_second_manager(story: Story) -> Phone:
    async with story.app.store.begin() as session:
        team = (await session.exec(select(Team))).one()
        token = await joining.invite(session, team, Role.ADMIN, name="Lim Kai", now=story.app.clock.now())
    admin = story.phone(104)
    await admin.says(f"/start {token}")
    await admin.taps_data("lang:en")
    return admin


async def requests(story: Story) -> list[ApprovalRequest]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(ApprovalRequest).order_by(col(ApprovalRequest.id)))).all())


async def test_three_taps_ask_and_one_answers_with_words_for_the_customer(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    story.rep.sees_now(
        "12 % off · Raffles City",
        "Mei Chen alone decides, is asked now and again",
        "I come back to you by tomorrow 12:00",
    )
    story.manager.sees_now("Tan Wei Ling asks: 12 % off for Raffles City (limit 8 %)", "Last order SGD 6,400")
    assert story.manager.buttons[:3] == ["Approve", "Up to 10 %", "Refuse"]
    await story.manager.taps("Up to 10 %")
    story.manager.sees_now("Approved up to 10 %")
    await story.pass_time(seconds=5)
    story.rep.sees_now("Approved up to 10 %", "What I can give you is 10 % off")
    async with story.app.store.read() as session:
        audit = (await session.exec(select(AuditEntry.action).where(col(AuditEntry.subject) == "approval"))).all()
    assert list(audit) == ["approval_asked", "approval_partly"]


async def test_facts_and_a_question_change_the_managers_screen_in_place(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    before = len(story.manager.messages)
    await story.rep.taps("Add facts")
    await story.rep.taps("Keeps the order")
    await story.rep.says("7k")
    await story.rep.taps("Skip")
    story.manager.sees_now("Order about SGD 7,000", "Reason: Keeps the order")
    assert len(story.manager.messages) == before
    await story.manager.taps("Ask")
    await story.manager.taps("What do we get in return?")
    await story.pass_time(seconds=5)
    story.rep.sees_now("What do we get in return?")
    await story.rep.taps("I find out today")  # one tap answers, words may follow
    await story.pass_time(seconds=5)
    story.manager.sees("💬 I find out today")
    await story.rep.taps("Add facts")
    await story.rep.taps_data("ap.words:1")
    await story.rep.says("two more shops from January")
    await story.pass_time(seconds=5)
    story.manager.sees_now("two more shops from January")
    await story.manager.taps("Approve")
    await story.pass_time(seconds=5)
    story.rep.sees_now("✓ Approved · Mei Chen")


async def test_the_first_of_two_answers_counts_and_the_other_screen_says_so(story: Story) -> None:
    customer = await begin(story)
    admin = await join_second_manager(story)
    await ask_twelve(story, customer)
    assert "asks: 12 % off" not in admin.screen
    await story.sleep_until("2026-11-23T22:50:00+08:00")  # halfway, but in the admin's quiet hours
    await story.sleep_until("2026-11-24T09:10:00+08:00")
    admin.sees("asks: 12 % off")
    await story.manager.taps_data("ap.yes:1")
    shown = next(message for message in reversed(admin.messages) if "12 % off" in message.text)
    assert "Approved" in shown.text
    await admin.taps_data("ap.no:1")
    admin.sees_now("Approved", "Mei Chen")
    assert (await requests(story))[0].state is RequestState.APPROVED


async def test_of_two_managers_who_answer_in_the_same_moment_one_decides(story: Story) -> None:
    customer = await begin(story)
    await join_second_manager(story)
    await ask_twelve(story, customer)
    acting = [await builders.acting_for(story.app.store, name) for name in (builders.MANAGER, "Lim Kai")]

    async def answer(who: Acting, decide: Decide) -> str:
        async with story.app.store.begin() as session:
            return (await decide(Work(session=session, acting=who, now=story.app.clock.now()), 1)).state.value

    said = await asyncio.gather(answer(acting[0], approve), answer(acting[1], refuse))
    assert said[0] == said[1]  # both see what counts
    async with story.app.store.read() as session:
        told = select(Notice).where(col(Notice.kind) == "approval_answer")
        assert len((await session.exec(told)).all()) == 1


async def test_a_manager_who_joins_hears_of_what_nobody_was_told(story: Story) -> None:
    customer = await begin(story)
    await story.manager.does("blocks_bot")
    await ask_twelve(story, customer)
    story.rep.sees_now("Nobody who could decide can be reached now")
    await story.manager.does("unblocks_bot")
    admin = await join_second_manager(story)
    await story.pass_time(seconds=5)
    admin.sees("asks: 12 % off for Raffles City")


async def test_nobody_answered_in_time_and_a_late_yes_still_counts(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    await story.sleep_until(TUESDAY_NOON)
    story.rep.sees_now("No answer by today 12:00", "I have no answer yet")
    await story.manager.taps_data("ap.no:1")
    story.manager.sees_now("No answer by today 12:00")
    await story.manager.taps("Approve all the same")
    await story.pass_time(seconds=5)
    story.rep.sees_now("✓ Approved · Mei Chen")


async def test_a_manager_who_alone_decides_is_asked_again_and_sees_what_else_waits(story: Story) -> None:
    customer = await begin(story, act_first=1000)
    for percent in ("10 %", "12 %"):
        await story.rep.taps_data(f"ap.new:{customer}")
        await story.rep.taps("Discount")
        await story.rep.taps(percent)
    await story.pass_time(seconds=5)
    story.manager.sees_now("asks: 12 % off")
    assert "1 more waits ▸" in story.manager.buttons
    await story.sleep_until("2026-11-23T22:50:00+08:00")  # halfway, but in quiet hours
    before = len(story.manager.messages)
    await story.sleep_until("2026-11-24T09:10:00+08:00")
    again = [one for one in story.manager.messages[-2:] if "% off" in one.text]
    assert len(story.manager.messages) == before  # the same two, below everything
    assert sorted(one.silent for one in again) == [False, True]  # one ring for both


async def test_own_words_that_give_too_much_are_asked_for_with_one_tap(story: Story) -> None:
    customer = await begin(story)
    await story.rep.says("promise Raffles City: 12 % off by Thursday")
    story.rep.sees_now("12 % off: more than you may give alone")
    assert await requests(story) == []
    await story.rep.taps("Ask the manager")
    await story.rep.taps_data("ap.of:1")  # a second tap asks nothing
    story.rep.sees_now("waits for your manager")
    await story.pass_time(seconds=5)
    story.manager.sees_now("asks: 12 % off “12 % off” for Raffles City", "I come back to you by Thu 17:00")
    await story.manager.taps("Approve")
    assert [(one.kind, one.size) for one in await requests(story)] == [(AuthorityKind.DISCOUNT, 1200)]
    await story.rep.says("promise Raffles City: 5 % off by Friday")  # within the limit
    assert "more than you may give" not in story.rep.screen
    assert customer


async def test_the_first_request_of_a_team_without_limits_offers_usual_ones(story: Story) -> None:
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.taps_data(f"ap.new:{customer}")
    await story.rep.taps("Discount")
    await story.rep.taps("10 %")
    await story.pass_time(seconds=5)
    story.manager.sees_now("No limits are set, so every wish asks you")
    await story.manager.taps("Usual limits")
    story.manager.sees_now(
        "Discount: up to 5 %", "Credit: up to 30 days", "Free goods: up to SGD 100", "Gift: up to SGD 30"
    )
    assert "Usual limits" not in story.manager.buttons
    await story.rep.taps_data("lim.usual")
    story.rep.sees_now("Your role does not do this")
    await story.manager.taps("Approve")
    assert (await requests(story))[0].state is RequestState.APPROVED


async def test_an_expired_request_is_asked_again_with_one_tap(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    await story.sleep_until(TUESDAY_NOON)
    await story.rep.taps("Ask again")
    await story.rep.taps_data("ap.again:1")
    await story.pass_time(seconds=5)
    story.manager.sees_now("asks: 12 % off")
    assert [one.state for one in await requests(story)] == [RequestState.WITHDRAWN, RequestState.WAITING]


async def test_a_blocked_manager_is_passed_over_and_with_nobody_left_the_rep_is_told(story: Story) -> None:
    customer = await begin(story)
    admin = await join_second_manager(story)
    await story.manager.does("blocks_bot")
    await ask_twelve(story, customer)
    story.rep.sees_now("Lim Kai alone decides")
    admin.sees_now("asks: 12 % off")
    await admin.does("blocks_bot")
    await ask_twelve(story, customer)
    story.rep.sees_now("Nobody who could decide can be reached now")


async def test_a_rep_who_left_is_named_and_nothing_breaks(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    await builders.change_member(story.app.store, left_at=story.app.clock.now())
    await story.manager.taps("Approve")
    story.manager.sees_now("Approved", "Tan Wei Ling has left")
    await story.pass_time(seconds=5)
    assert "✓ Approved" not in story.rep.screen


async def test_within_the_limit_nobody_is_asked_and_within_the_second_one_it_is_ratified(story: Story) -> None:
    customer = await begin(story, act_first=1000)
    await story.rep.taps_data(f"ap.new:{customer}")
    await story.rep.taps("Discount")
    await story.rep.says("7.5%")
    story.rep.sees_now("7.5 % off", "you may decide this alone")
    assert await requests(story) == []
    await story.rep.taps_data(f"ap.new:{customer}")
    await story.rep.taps("Discount")
    await story.rep.taps("10 %")
    story.rep.sees_now("Within your second limit: do it")
    await story.pass_time(seconds=5)
    story.manager.sees_now("Tan Wei Ling gave 10 % off", "to be ratified")
    await story.manager.taps("Ratify")
    await story.pass_time(seconds=5)
    story.rep.sees_now("Ratified · Mei Chen")


async def test_what_nobody_ratifies_is_asked_of_others_and_named_in_the_digest(story: Story) -> None:
    customer = await begin(story, act_first=1000)
    admin = await join_second_manager(story)
    await story.rep.taps_data(f"ap.new:{customer}")
    await story.rep.taps("Discount")
    await story.rep.taps("10 %")
    await story.manager.says("/digest")
    story.manager.sees_now("Tan Wei Ling: Raffles City: 10 % off · to ratify")
    await story.sleep_until("2026-11-23T22:50:00+08:00")
    await story.sleep_until("2026-11-24T09:10:00+08:00")  # halfway is in the admin's quiet hours
    admin.sees("Tan Wei Ling gave 10 % off", "to be ratified")
    await admin.taps_data("ap.yes:1")
    await story.manager.says("/digest")
    assert "to ratify" not in story.manager.screen


async def test_neither_a_rep_nor_another_team_can_answer(story: Story) -> None:
    customer = await begin(story)
    await ask_twelve(story, customer)
    for phone in (story.rep, story.other_rep):
        await phone.taps_data("ap.yes:1")
        phone.sees_now("Your role does not do this")
    await story.other_rep.taps_data("ap.open:1")
    story.other_rep.sees_now("That request is not on your list")
    await story.manager.taps_data("ap.q:1:nonsense")
    await story.manager.taps_data("ap.yes:99999999999")
    assert (await requests(story))[0].state is RequestState.WAITING


async def test_a_promise_beyond_the_authority_asks_and_takes_what_was_granted(story: Story) -> None:
    customer = await begin(story)
    await story.rep.taps_data(f"pr.new:{customer}")
    await story.rep.taps("We promised")
    await story.rep.taps("Discount")
    await story.rep.says("12")
    await story.rep.says("Thursday 4pm")
    story.rep.sees_now("Promised to Raffles City: 12 % off, Thu 16:00", "waits for your manager")
    await story.pass_time(seconds=5)
    story.manager.sees_now("I come back to you by Thu 16:00")
    await story.manager.taps("Up to 10 %")
    await story.rep.taps_data("pr.open:1")
    story.rep.sees_now("Promised to Raffles City: 10 % off", "approved up to 10 %")
    await story.rep.taps_data(f"pr.new:{customer}")
    await story.rep.taps("We promised")
    await story.rep.taps("Discount")
    await story.rep.taps("15 %")
    await story.rep.says("Friday")
    await story.rep.taps("Take back")
    assert [one.state for one in await requests(story)] == [RequestState.PARTLY, RequestState.WITHDRAWN]


async def test_gifts_are_logged_up_to_the_cap_and_asked_for_beyond_it(story: Story) -> None:
    customer = await begin(story)
    acting = await builders.acting_for(story.app.store, builders.MANAGER)
    async with story.app.store.begin() as session:
        await set_limit(
            Work(session=session, acting=acting, now=story.app.clock.now()), AuthorityKind.GIFT, 20_000, None
        )
    for value in ("150", "80"):
        await story.rep.taps_data(f"ap.new:{customer}")
        await story.rep.taps("Gift")
        await story.rep.says(value)
        await story.rep.says("Mei Lim")
        await story.rep.says("mooncakes")
    story.rep.sees_now("a gift of SGD 80", "gifts this year SGD 150")
    await story.pass_time(seconds=5)
    await story.manager.taps("Approve")
    await story.rep.taps_data(f"gifts:{customer}")
    story.rep.sees_now("gifts this year SGD 230 of SGD 200", "approved")
    async with story.app.store.read() as session:
        assert len((await session.exec(select(Gift))).all()) == 2


async def test_a_leader_sets_the_limits_in_chat_and_a_rep_only_reads_them(story: Story) -> None:
    await story.rep.says("/limits")
    story.rep.sees_now("Discount: asks always")
    await story.rep.taps_data("lim.set:discount")
    story.rep.sees_now("Your role does not do this")
    await story.manager.says("/limits")
    await story.manager.taps("Credit")
    await story.manager.taps("30")
    await story.manager.taps("15")
    story.manager.sees("The second limit is lower than the first")
    await story.manager.taps_data("lim.set:credit")
    await story.manager.taps("30")
    await story.manager.taps("45")
    story.manager.sees_now("Credit: up to 30 days · acts first up to 45 days")


async def test_a_commitment_is_the_customers_word_and_asks_nobody(story: Story) -> None:
    customer = await begin(story)
    await story.rep.taps_data(f"pr.new:{customer}")
    await story.rep.taps("They agreed")
    await story.rep.taps("Order")
    await story.rep.says("3,000")
    await story.rep.says("next Monday")
    story.rep.sees_now("Raffles City agreed to: order SGD 3,000, 30 Nov 17:00")
    await story.rep.taps("Text to send")
    story.rep.sees_now("Hello Raffles City, shall I arrange the delivery")
    async with story.app.store.read() as session:
        promise = (await session.exec(select(Promise))).one()
    assert (promise.side, promise.amount_minor) == (PromiseSide.THEIRS, 300_000)
    assert promise.due_at == datetime.fromisoformat("2026-11-30T17:00:00+08:00")
    assert await requests(story) == []
