"""Promises said in free words, and words that are kept only knowingly."""

from sqlmodel import select

from bot.domain.vocabulary import Grade
from bot.store.tables import Notice, Promise
from tests import builders
from tests.story import Story


async def promises(story: Story) -> list[Promise]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(Promise))).all())


async def test_a_promise_with_its_customer_is_entered_at_once_also_in_chinese(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_customer(story.app.store, name="鼎丰茶楼")
    await story.rep.says("promise Raffles: quote by Friday")
    story.rep.sees_now("Promised to Raffles City: quote, Fri 17:00", "Noted")
    await story.rep.says("承诺 鼎丰：明天下午3点送样品")
    story.rep.sees_now("Promised to 鼎丰茶楼: 送样品, tomorrow 15:00")
    await story.rep.taps("Take back")
    story.rep.sees_now("Withdrawn")


async def test_a_promise_without_a_customer_is_kept_for_the_asking(story: Story) -> None:
    for name in ("Bugis Junction", "Raffles City"):
        await builders.add_customer(story.app.store, name=name)
    suntec = await builders.add_customer(story.app.store, name="Suntec City")
    await builders.add_touch(story.app.store, suntec, story.app.clock.now())
    await story.rep.says("promise: quote by Friday")
    story.rep.sees_now("To which customer?")
    assert story.rep.buttons[0] == "Suntec City"
    await story.rep.says("/promises")
    story.rep.sees_now("1 promise waits for its customer or time")
    await story.restart()
    await story.rep.says("/resume")
    await story.rep.says("Raff")
    story.rep.sees_now("Promised to Raffles City: quote, Fri 17:00")


async def test_a_time_that_has_passed_is_asked_for_again(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("promise Raffles City: quote by yesterday")
    story.rep.sees_now("has passed", "By when?")
    await story.rep.says("tomorrow")
    story.rep.sees_now("Promised to Raffles City: quote, tomorrow 17:00")


async def test_an_unknown_customer_is_asked_for_and_another_reps_is_not_offered(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_customer(story.app.store, name="Suntec City", owner=builders.OTHER_REP)
    await story.rep.says("promise Suntec: quote by Friday")
    story.rep.sees_now("“Suntec” is not on the list", "To which customer?")
    assert "Suntec City" not in story.rep.buttons


async def test_a_promise_typed_in_the_middle_of_a_form_is_a_promise(story: Story) -> None:
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.taps_data(f"report:{customer}")
    await story.rep.says("promise Raffles City: quote by Friday")
    assert [one.text for one in await promises(story)] == ["quote"]
    await story.rep.taps_data(story.rep.data_of("Met"))
    story.rep.sees("Purpose reached?")


async def test_doubtful_words_are_changed_or_kept_with_the_managers_knowledge(story: Story) -> None:
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("promise Raffles City: a red packet for her by Friday")
    story.rep.sees_now("not saved yet", "can be read as a bribe: “red packet for her”", "no verdict")
    assert await promises(story) == []
    await story.rep.taps("Change the words")
    await story.rep.taps("3")
    await story.rep.says("price list")
    await story.rep.taps("Add it") if "Add it" in story.rep.buttons else None
    await story.rep.taps("Save")
    story.rep.sees_now("Promised to Raffles City: price list")
    await story.rep.says("promise Raffles City: a red packet for her by Friday")
    await story.rep.taps("Keep, manager is told")
    story.rep.sees_now("Promised to Raffles City: a red packet for her")
    await story.pass_time(seconds=5)
    story.manager.sees_now("Tan Wei Ling kept words", "red packet for her")
    async with story.app.store.read() as session:
        told = [one for one in (await session.exec(select(Notice))).all() if one.kind == "wording"]
    assert [one.rang for one in told] == [False]


async def test_what_falls_due_in_the_night_is_reminded_of_before_it(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("promise Raffles City: call back today 11pm")
    await story.until("2026-11-23T19:30:05+08:00")
    story.rep.sees_now("Promised to Raffles City: call back, today 23:00")
    rung = [one for one in story.rep.messages if one.from_bot and not one.silent]
    await story.until("2026-11-24T07:00:00+08:00")
    assert [one for one in story.rep.messages if one.from_bot and not one.silent] == rung


async def test_a_customer_given_to_another_takes_its_promises_and_complaints_along(story: Story) -> None:
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    customer = await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_complaint(story.app.store, customer, story.app.clock.now())
    await story.rep.says("promise Raffles City: quote by today 5pm")
    other = await builders.acting_for(story.app.store, builders.OTHER_REP)
    await story.manager.taps_data(f"card.hand:{customer}:{other.member_id}")
    await story.pass_time(seconds=5)
    story.other_rep.sees("Arjun Nair works it")
    before = story.rep.screen
    await story.until("2026-11-23T17:00:05+08:00")
    story.other_rep.sees("Promised to Raffles City: quote, today 17:00")
    assert story.rep.screen == before


async def test_a_leap_day_and_a_year_end_are_days_like_others_in_chat(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.sleep_until("2026-12-30T10:00:00+08:00")
    await story.rep.says("promise Raffles City: stock list by 31 Dec 4pm")
    story.rep.sees_now("Promised to Raffles City: stock list, tomorrow 16:00")
    await story.sleep_until("2026-12-31T16:00:05+08:00")
    await story.rep.taps("Done")
    await story.sleep_until("2028-02-28T10:00:00+08:00")
    await story.rep.says("promise Raffles City: quote by 29 Feb 4pm")
    await story.sleep_until("2028-02-29T07:30:05+08:00")
    await story.sleep_until("2028-02-29T16:00:05+08:00")
    story.rep.sees_now("⏰ Promised to Raffles City: quote, today 16:00")
    assert [one.due_at and f"{one.due_at:%m-%d}" for one in await promises(story)] == ["12-31", "02-29"]


async def test_own_words_in_a_report_that_give_too_much_are_asked_for_from_the_saved_report(story: Story) -> None:
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    customer = await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    await story.rep.taps_data(f"report:{customer}")
    await story.rep.taps("Met")
    for _ in range(12):
        if "promise" in story.rep.screen.split("\n", 1)[-1]:
            break
        await story.rep.taps("Skip")
    for words in ("60 days to pay", "Add it", "Friday"):
        await (story.rep.taps(words) if words == "Add it" else story.rep.says(words))
    await story.rep.taps(next(one for one in story.rep.buttons if one.startswith("Done")))
    while "Save" not in story.rep.buttons:
        await story.rep.taps("Skip")
    await story.rep.taps("Save")
    story.rep.sees_now("60 days of credit: more than you may give alone")
    await story.rep.taps("Ask the manager: 60 days of credit")
    story.rep.sees_now("waits for your manager")
    await story.pass_time(seconds=5)
    story.manager.sees_now("asks: 60 days of credit “60 days to pay” for Raffles City")
