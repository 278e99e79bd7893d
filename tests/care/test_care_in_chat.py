"""Care in chat: one message a day, one tap an answer, and what a touch answers by itself."""

from datetime import date, timedelta

from sqlmodel import col, select

from bot.domain.vocabulary import Grade, Language, Role, TouchKind
from bot.rendering import Renderer
from bot.services import joining
from bot.services.care.filling import fill_team
from bot.store.tables import CareNews, CarePrompt, Customer, Member, Notice, Team, Touch
from tests import builders
from tests.story import MORNING, Story

TUESDAY = "2026-11-24T09:31:00+08:00"


async def add_buyers(story: Story) -> tuple[int, int]:
    """One with a rhythm whose re-order is due, one three days after its first order."""
    store = story.app.store
    steady = await builders.add_customer(store, name="Raffles City", grade=Grade.B)
    for days in (90, 60, 30):
        await builders.add_order(store, steady, MORNING.date() - timedelta(days=days))
    fresh = await builders.add_customer(store, name="Bugis Junction", grade=Grade.C)
    await builders.add_order(store, fresh, MORNING.date() - timedelta(days=3))
    return steady, fresh


async def jump(story: Story, wall: str) -> None:
    """Be in the night before an instant at once, and then at it: weeks of routes in between are no part of care."""
    await story.sleep_until(f"{wall[:10]}T03:00:00+08:00")
    await story.sleep_until(wall)


async def prompts_of(story: Story, customer: int) -> dict[str, str | None]:
    async with story.app.store.read() as session:
        rows = (await session.exec(select(CarePrompt).where(col(CarePrompt.customer_id) == customer))).all()
    return {row.key.split(":")[0]: row.outcome for row in rows}


async def touches_of(story: Story, customer: int) -> list[TouchKind]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(col(Touch.kind)).where(col(Touch.customer_id) == customer))).all())


async def test_all_that_is_due_is_one_silent_message_a_day_answered_by_a_tap_each(story: Story) -> None:
    steady, fresh = await add_buyers(story)
    await jump(story, TUESDAY)
    story.rep.sees_now("Care · Tue 24 Nov · 2 due", "1 📦 Bugis Junction (C) · 3 days after", "2 🔁 Raffles City (B)")
    await story.rep.taps("1 ✓")  # one tap, without looking at it
    story.rep.sees_now("✓ Bugis Junction 📦", "Care · Tue 24 Nov · 1 due")
    assert await touches_of(story, fresh) == [TouchKind.MESSAGE]
    await story.rep.taps("Undo")
    await story.rep.taps_data("care:0")
    await story.rep.taps("One by one")
    story.rep.sees_now("Did all arrive", "Hello. Did everything arrive as you wanted it?")
    await story.rep.taps("Called ✓")
    story.rep.sees_now("✓ Bugis Junction", "Raffles City · B · re-order due: every 30 days")
    await story.rep.taps("Undo")
    assert await touches_of(story, fresh) == []
    await story.rep.taps("Wrote ✓")
    await story.rep.taps("Later: Fri")
    story.rep.sees_now("all done for today")
    assert await touches_of(story, fresh) == [TouchKind.MESSAGE]
    assert await prompts_of(story, steady) == {"reorder": None}
    await story.restart()
    await jump(story, "2026-11-27T09:31:00+08:00")
    story.rep.sees_now("Fri 27 Nov · 1 due", "Raffles City")
    async with story.app.store.read() as session:
        query = select(Notice).where(col(Notice.kind) == "care", col(Notice.fate) == "told").order_by(col(Notice.on))
        told = (await session.exec(query)).all()
    assert [(f"{one.on:%d}", one.rang) for one in told if one.on] == [("24", False), ("27", False)]


async def test_a_touch_logged_anywhere_answers_what_it_covers_and_then_nobody_is_told(story: Story) -> None:
    steady, fresh = await add_buyers(story)
    await jump(story, "2026-11-24T08:00:00+08:00")
    await story.rep.taps_data(f"called:{steady}")
    await builders.add_touch(story.app.store, fresh, story.app.clock.now())
    before = len(story.rep.messages)
    await jump(story, TUESDAY)
    assert "Care ·" not in "".join(message.text for message in story.rep.messages[before:])
    await story.until("2026-11-25T03:00:00+08:00")
    assert await prompts_of(story, steady) == {"reorder": "touched"}
    assert await prompts_of(story, fresh) == {"after_sales": "touched"}


async def test_not_for_them_is_remembered_and_can_be_taken_back(story: Story) -> None:
    steady, _ = await add_buyers(story)
    await jump(story, "2026-11-24T08:00:00+08:00")
    await story.rep.says("/care")
    await story.rep.taps("2 🔁")
    await story.rep.taps("Not for them")
    story.rep.sees_now("no more re-orders")
    await builders.add_order(story.app.store, steady, date(2026, 11, 24))
    await jump(story, "2026-12-28T12:00:00+08:00")
    assert await prompts_of(story, steady) == {"reorder": "not_for_them"}
    await story.rep.taps_data(f"care.of:{steady}")
    await story.rep.taps("Again: re-orders")
    await jump(story, "2026-12-29T12:00:00+08:00")
    async with story.app.store.read() as session:
        rows = (await session.exec(select(CarePrompt).where(col(CarePrompt.customer_id) == steady))).all()
    assert [row.outcome for row in rows] == ["not_for_them", None]


async def test_nobody_is_prompted_about_an_ended_customer_or_one_whose_rep_left(story: Story) -> None:
    _, fresh = await add_buyers(story)
    theirs = await builders.add_customer(story.app.store, name="Suntec City", owner=builders.OTHER_REP)
    await builders.add_order(story.app.store, theirs, MORNING.date() - timedelta(days=3))
    await builders.add_customer(story.app.store, name="No Orders Yet")
    async with story.app.store.begin() as session:
        ended = (await session.exec(select(Customer).where(col(Customer.id) == fresh))).one()
        ended.ended_at = MORNING
        left = (await session.exec(select(Member).where(col(Member.name) == builders.OTHER_REP))).one()
        left.left_at = MORNING
    await jump(story, TUESDAY)
    story.rep.sees_now("1 due", "Raffles City")
    assert await prompts_of(story, fresh) == {}
    assert all("Care ·" not in message.text for message in story.other_rep.messages)
    await story.manager.taps_data(f"card.hand:{theirs}:1")
    await story.rep.says("/care")
    story.rep.sees_now("2 due", "Suntec City")


async def test_another_rep_neither_sees_nor_answers_mine(story: Story) -> None:
    steady, _ = await add_buyers(story)
    await jump(story, TUESDAY)
    for data in ("care.one:1", "care.done:1:m", "care.no:1", "care.later:1:20261127", "care.text:1"):
        await story.other_rep.taps_data(data)
        story.other_rep.sees_now("is not yours")
    await story.other_rep.taps_data(f"care.sos:{steady}:flood")
    story.other_rep.sees_now("not on your list")
    for forged in ("care.done:1:x", "care.later:1:nonsense", "care.one:99999999999"):
        await story.rep.taps_data(forged)
    assert set((await prompts_of(story, steady)).values()) == {None}


async def test_an_emergency_is_three_taps_from_the_card_and_asks_again_the_same_day(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await builders.add_contact(story.app.store, customer, "Mei Lim", decides=True)
    await story.sleep_until("2026-11-23T10:00:00+08:00")
    await story.rep.taps_data(f"card:{customer}")
    for label in ("Care", "🚑 Emergency", "Flood or water"):
        await story.rep.taps(label)
    story.rep.sees_now("is anybody hurt", "Hello Mei Lim. I heard what happened")
    before = len(story.rep.messages)
    await story.sleep_until("2026-11-23T13:01:00+08:00")
    assert len(story.rep.messages) == before + 1
    await story.rep.taps("Helped ✓")
    await story.rep.taps("What moved them")
    await story.rep.says("We dried their cellar with them")
    story.rep.sees_now("✨ today: We dried their cellar with them")
    assert await touches_of(story, customer) == [TouchKind.CALL]


async def test_an_emergency_that_the_manager_hears_of_reaches_the_rep_at_once(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await story.sleep_until("2026-11-23T10:00:00+08:00")
    await story.manager.taps_data(f"care.sos:{customer}:inspection")
    await story.pass_time(minutes=1)
    story.rep.sees_now("🚑 Raffles City", "which papers are missing?")


async def test_an_emergency_of_a_customer_whose_rep_left_reaches_the_manager(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City", owner=builders.OTHER_REP)
    await story.sleep_until("2026-11-23T10:00:00+08:00")
    await builders.change_member(story.app.store, builders.OTHER_REP, left_at=story.app.clock.now())
    await story.manager.taps_data(f"care.sos:{customer}:flood")
    await story.sleep_until("2026-11-23T13:01:00+08:00")
    story.manager.sees_now("🚑 Raffles City", "is anybody hurt")
    await story.manager.taps("Helped ✓")
    assert await prompts_of(story, customer) == {"emergency": "done"}


async def test_the_manager_gives_the_touches_after_orders_to_service_and_back(story: Story) -> None:
    _, fresh = await add_buyers(story)
    async with story.app.store.begin() as session:
        team = (await session.exec(select(Team))).one()
        token = await joining.invite(session, team, Role.SERVICE, name="Siti", now=story.app.clock.now())
    service = story.phone(104)
    await service.says(f"/start {token}")
    await service.taps_data("lang:en")
    await story.manager.taps_data("care.set")
    story.manager.sees_now("made by each customer's rep")
    await story.manager.taps("Siti")
    story.manager.sees_now("Touches after an order are made by Siti.")
    await jump(story, TUESDAY)
    service.sees_now("Care · Tue 24 Nov · 1 due", "Bugis Junction (C)", "Tan Wei Ling")
    story.rep.sees_now("1 due", "Raffles City (B)")  # re-orders stay with the rep
    await story.manager.taps_data("care.set:by:0")
    await story.rep.says("/care")
    story.rep.sees_now("2 due", "Bugis Junction")
    await service.says("/care")
    service.sees_now("0 due")
    await story.manager.taps_data("care.set:by:7")
    assert await touches_of(story, fresh) == []


async def test_a_birthday_without_a_year_is_noted_in_chat_and_wished_in_the_customers_language(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    contact = await builders.add_contact(story.app.store, customer, "林美")
    await story.rep.taps_data(f"net.born:{contact}")
    await story.rep.says("yesterday")
    story.rep.sees_now("is no birthday that I can read")
    await story.rep.says("24 Nov")
    story.rep.sees_now("🎂 11-24")
    await jump(story, TUESDAY)
    story.rep.sees_now("🎂 Raffles City (A) · 林美's birthday today")
    await story.rep.taps("One by one")
    await story.rep.taps("简体")
    story.rep.sees_now("林美您好，祝您生日快乐", "A short wish")
    await story.rep.taps("To forward")
    assert story.rep.screen.startswith("林美您好，祝您生日快乐")


async def test_a_holiday_is_one_line_for_all_and_answered_for_all(story: Story) -> None:
    customers = [await builders.add_customer(story.app.store, name=f"Mall {n}", grade=Grade.A) for n in range(3)]
    await builders.add_customer(story.app.store, name="Never Bought", grade=Grade.C)
    await jump(story, "2026-12-24T09:31:00+08:00")
    story.rep.sees_now("🎉 Christmas tomorrow · 3 customers")
    await story.rep.taps("One by one")
    story.rep.sees_now("Mall 0, Mall 1, Mall 2", "Merry Christmas")
    await story.rep.taps("All written to ✓")
    story.rep.sees_now("3 customers written to", "all done")
    for customer in customers:
        assert await touches_of(story, customer) == [TouchKind.MESSAGE]


async def test_who_refused_and_is_worth_it_is_nurtured_every_two_weeks_on_its_busiest_day(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Marina Square", grade=Grade.A)
    await story.rep.taps_data(f"care.nur:{customer}")
    await story.rep.taps("2 weeks")
    await story.rep.taps("☐ Wed")
    await jump(story, "2026-12-09T09:31:00+08:00")
    story.rep.sees_now("🌱 Marina Square (A) · help without selling, every 14 days")
    await story.rep.taps("One by one")
    story.rep.sees_now("Idea: send one useful page", "0 touches since they said no", "nothing to sell today")
    await story.rep.taps("Wrote ✓")
    await jump(story, "2026-12-23T09:31:00+08:00")
    await story.rep.taps("One by one")
    story.rep.sees_now("Idea: come on their busiest day and lend a hand", "1 touch since they said no")


def test_an_idea_that_ends_in_a_question_gets_no_second_full_stop() -> None:
    facts = {"touches": 0}
    said = {
        language: [str(Renderer().texts("replies/care_words", language).do("nurture", facts, idea)) for idea in ideas]
        for language, ideas in (
            (Language.EN, ("ask: “How do you do that?”", "lend a hand")),
            (Language.ZH_HANS, ("请教：“怎么做得这么好？”", "搭把手")),
        )
    }
    assert [text.split("0")[0].strip() for text in said[Language.EN]] == [
        "Idea: ask: “How do you do that?”",
        "Idea: lend a hand.",
    ]
    assert "？” " in said[Language.ZH_HANS][0]
    assert "搭把手。" in said[Language.ZH_HANS][1]


async def test_introductions_are_kept_counted_and_drawn(story: Story) -> None:
    first = await builders.add_customer(story.app.store, name="Raffles City")
    second = await builders.add_customer(story.app.store, name="Suntec City")
    await builders.add_order(story.app.store, second, MORNING.date())
    await story.rep.taps_data(f"care.intro:{first}")
    await story.rep.taps("Suntec City")
    await story.rep.taps_data(f"care.intro:{first}")
    await story.rep.taps("Suntec City")  # twice is once
    await story.rep.taps_data(f"care.intro:{second}")
    await story.rep.says("Old Tea House")
    await story.rep.taps("Add it")
    await story.rep.taps_data("care.graph")
    story.rep.sees_now(
        "2 in all, 2 in 12 months, 1 buy", "Raffles City · 1", "   └ Suntec City · 1 · ✓ buys", "Old Tea House · not a"
    )
    await story.rep.taps_data(f"care.of:{second}")
    story.rep.sees_now("introduced by Raffles City", "introduced us to: Old Tea House")


async def test_the_manager_sets_the_touch_points_and_tells_news(story: Story) -> None:
    _, fresh = await add_buyers(story)
    await story.rep.taps_data("care.set:after:4")
    story.rep.sees_now("Your role does not do this")
    await story.manager.taps_data("care.set:after:4")
    story.manager.sees_now("No touches after an order")
    await story.manager.taps_data("care.news")
    await story.manager.says("New oat milk from Monday, 10 % off in the first week")
    await story.manager.taps("Bought within a year")
    await story.manager.taps("Skip")
    story.manager.sees_now("News kept", "Reps find it")
    await jump(story, TUESDAY)
    story.rep.sees_now("📣 New oat milk from Monday, 10 % off in t… · 2 customers", "🔁 Raffles City")
    assert "after_sales" not in await prompts_of(story, fresh)
    async with story.app.store.read() as session:
        assert (await session.exec(select(col(CareNews.audience)))).all() == ["buying"]


async def test_two_processes_enter_a_teams_prompts_once(story: Story) -> None:
    steady, _ = await add_buyers(story)
    await story.until("2026-11-24T03:00:00+08:00")
    again = await fill_team(story.app.store, story.team_id, story.app.clock.now())
    assert again == 0
    assert await prompts_of(story, steady) == {"reorder": None}
