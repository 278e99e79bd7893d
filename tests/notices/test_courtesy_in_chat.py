"""Courtesy as a rep meets it: one message for several kinds, one tap each, why it came, later, and no more."""

from datetime import date, datetime

import pytest
from sqlmodel import col, func, select

from bot.domain.vocabulary import Grade
from bot.services.customers.waiting import measure_waiting
from bot.services.notices.forecast import as_rows, foresee_team
from bot.store.tables import Customer, Member, Notice, Team
from tests import builders
from tests.notices.promising import promise_by
from tests.notices.test_promises import promise_row, rung
from tests.story import Story

MONDAY = date(2026, 11, 23)
SIX = "2026-11-23T18:00:05+08:00"


async def two_kinds_at_six(story: Story) -> int:
    """A report that is missing and a promise that is due, both told at six."""
    customer_id = await builders.add_customer(story.app.store, name="Suntec City")
    at = datetime.fromisoformat("2026-11-23T14:00:00+08:00")
    await builders.add_visit(story.app.store, customer_id, MONDAY, appointment_at=at)
    promise_id = await promise_by(story, "Raffles City", "price list", "2026-11-23T18:00:00+08:00")
    await story.until(SIX)
    return promise_id


async def test_two_kinds_are_one_message_and_a_tap_answers_its_own_part(story: Story) -> None:
    promise_id = await two_kinds_at_six(story)
    assert sum("price list" in text or "still open" in text for text in rung(story.rep)) == 1
    story.rep.sees_now("2 things now", "1 📝 1 report still open", "2 ⏰ Promised to Raffles City: price list")
    count = len(story.rep.messages)
    await story.rep.taps("2 Done")
    story.rep.sees_now("1 📝 1 report still open", "2 ✓ Kept: price list · Raffles City")
    assert len(story.rep.messages) == count
    assert (await promise_row(story.app.store, promise_id)).state == "kept"
    await story.rep.taps("2 Customer")
    story.rep.sees_now("Raffles City")
    story.rep.sees("1 📝 1 report still open")  # the message of both stays
    async with story.app.store.read() as session:
        rows = (await session.exec(select(Notice).where(col(Notice.fate).in_(["told", "merged"])))).all()
    assert {one.kind: one.fate for one in rows if one.kind in ("missing", "promise")} == {
        "missing": "told",
        "promise": "merged",
    }


async def test_a_reader_asks_why_and_for_it_again_later(story: Story) -> None:
    await promise_by(story, "Raffles City", "price list", "2026-11-23T14:00:00+08:00")
    await story.until("2026-11-23T14:00:05+08:00")
    await story.rep.taps("Later · why?")
    story.rep.sees_now("Why now: a reminder of a promise", "Due today 14:00.", "Ring 2 of at most 6 today.")
    assert story.rep.buttons == [
        "In 1 h",
        "This evening 18:00",
        "Tomorrow morning 09:00",
        "Next week 09:00",
        "🔕 Do not ring for this",
    ]
    later = story.rep.data_of("In 1 h")
    await story.rep.taps("In 1 h")
    story.rep.sees_now("It comes again today 15:00.")
    before = len(rung(story.rep))
    await story.until("2026-11-23T15:00:10+08:00")
    assert "price list" in rung(story.rep)[-1]
    assert len(rung(story.rep)) >= before
    await story.rep.taps("Later · why?")
    story.rep.sees_now("You asked for it again at this time.", "Ring 3 of at most 6 today.")
    await story.rep.taps_data(later)  # an old button
    async with story.app.store.read() as session:
        query = select(Notice).where(col(Notice.kind) == "promise", col(Notice.settled_at).is_(None))
        assert [one.due_at.hour for one in (await session.exec(query)).all()] == [1]  # tomorrow's, and no other


async def test_why_in_answer_to_a_notice(story: Story) -> None:
    await promise_by(story, "Raffles City", "price list", "2026-11-23T14:00:00+08:00")
    await story.until("2026-11-23T14:00:05+08:00")
    message = next(one for one in reversed(story.rep.messages) if "price list" in one.text)
    await story.rep.does("says", "/why", reply_to=message.message_id)
    story.rep.sees_now("Why now: a reminder of a promise")


async def test_what_is_muted_comes_no_more_or_without_a_ring_and_a_brief_always_comes(story: Story) -> None:
    await two_kinds_at_six(story)
    await story.rep.taps("Later · why?")
    await story.rep.taps("🔕 Stop asking me this")
    story.rep.sees_now("Muted.")
    await story.rep.taps("🔔 Ask me this again")
    await story.rep.taps("🔕 Stop asking me this")
    async with story.app.store.read() as session:
        muted = (await session.exec(select(Member.muted_kinds).where(col(Member.name) == builders.REP))).one()
        brief = (await session.exec(select(Notice.id).where(col(Notice.kind) == "brief"))).one()
    assert muted == ["missing"]
    await story.rep.taps_data(f"nt.mute:{brief}:1")
    story.rep.sees_now("This one cannot be muted: somebody waits for you.")
    await story.other_rep.taps_data(f"nt:{brief}")
    story.other_rep.sees_now("That message is no notice of yours")


async def test_what_comes_is_what_was_foreseen_and_nothing_changes_by_looking(story: Story) -> None:
    await two_kinds_at_six(story)
    await story.rep.says("/notices")
    story.rep.sees_now("What you will hear · 3 days", "Tue 24 Nov", "07:30 🔔 the day's route")
    async with story.app.store.read() as session:
        team = (await session.exec(select(Team))).one()
        before = (await session.exec(select(func.count()).select_from(Notice))).one()
        rows = as_rows(await foresee_team(session, team, story.app.clock.now(), days=2, name=builders.REP))
        assert (await session.exec(select(func.count()).select_from(Notice))).one() == before
    assert [(row["at"], row["kind"], row["rings"], row["reason"]) for row in rows] == [
        ("2026-11-24T07:30:00+08:00", "morning", True, "due"),
        ("2026-11-24T09:00:00+08:00", "promise", True, "due"),
        ("2026-11-25T07:30:00+08:00", "morning", True, "due"),
        ("2026-11-25T09:00:00+08:00", "promise", True, "due"),
    ]
    await story.until("2026-11-25T12:00:00+08:00")
    async with story.app.store.read() as session:
        query = select(Notice).where(
            col(Notice.rang), col(Notice.settled_at) > datetime.fromisoformat("2026-11-24T00:00:00+08:00")
        )
        acting = await builders.acting_for(story.app.store)
        told = (await session.exec(query.where(col(Notice.member_id) == acting.member_id))).all()
    assert sorted(one.kind for one in told) == sorted(str(row["kind"]) for row in rows)
    await story.rep.says("/notices")
    await story.rep.taps("What came")
    story.rep.sees_now("What came, newest first", "1 today 09:00 🔔 a reminder of a promise")


async def test_a_manager_sees_what_the_team_will_hear_and_a_rep_does_not(story: Story) -> None:
    await story.manager.says("/notices")
    await story.manager.taps("Team")
    story.manager.sees_now("Tan Wei Ling: 🔔 ", "Arjun Nair: 🔔 ")
    data = story.manager.data_of("Arjun Nair")
    await story.manager.taps("Arjun Nair")
    story.manager.sees_now("What Arjun Nair will hear")
    await story.rep.taps_data(data)
    story.rep.sees_now("Nobody of that name")
    await story.rep.taps_data("nt.team")
    story.rep.sees_now("Your role does not do this.")


async def test_a_kind_goes_off_and_on_in_the_settings_and_a_leader_sets_the_rings(story: Story) -> None:
    await two_kinds_at_six(story)
    await story.rep.says("/settings")
    await story.rep.taps("Notices")
    await story.rep.taps("☑ the day's route")
    await story.rep.taps("☑ a reminder of a promise")
    assert {"☐ the day's route", "▫️ a reminder of a promise"} <= set(story.rep.buttons)
    await story.manager.says("/settings")
    await story.manager.taps("Rings a day")
    await story.manager.taps("2")
    await story.manager.taps("‹ Settings")
    story.manager.sees_now("At most 2 rings a day")
    await story.rep.taps_data("set.rings:10")
    story.rep.sees_now("Your role does not do this.")
    await story.until("2026-11-24T12:00:00+08:00")
    async with story.app.store.read() as session:
        query = select(Notice.fate, col(Notice.reason)).where(
            col(Notice.kind).in_(["morning", "promise"]),
            col(Notice.settled_at).is_not(None),
            col(Notice.member_id) == 1,
        )
        later = (await session.exec(query.order_by(col(Notice.id).desc()))).all()
    assert ("dropped", "muted") in later
    assert ("told", "muted") in later


async def test_a_call_or_a_message_is_noted_in_two_taps_and_sets_the_clock_back_by_its_weight(story: Story) -> None:
    store = story.app.store
    customer_id = await builders.add_customer(store, name="Raffles City", grade=Grade.A, phone="+65 6338 7766")
    await story.sleep_until("2026-12-07T12:00:00+08:00")
    acting = await builders.acting_for(store)

    async def waited() -> float:
        async with store.read() as session:
            customer = await session.get(Customer, customer_id)
            assert customer is not None
            return (await measure_waiting(session, acting, [customer], story.app.clock.now()))[customer_id].urgency

    before = await waited()
    await story.rep.taps_data(f"card:{customer_id}")
    await story.rep.taps("Call")
    await story.rep.taps("I called")
    story.rep.sees_now("Today's call is noted.")
    assert await waited() == pytest.approx(before * 0.6)
    await story.rep.taps_data(f"called:{customer_id}")  # a second tap counts nothing
    assert await waited() == pytest.approx(before * 0.6)
    await story.rep.taps_data(f"card:{customer_id}")
    await story.rep.taps("Call")
    await story.rep.taps("Message")
    assert await waited() == pytest.approx(before * 0.6 * 0.9)
    await story.rep.taps_data(f"called:{customer_id}:visit")
    assert await waited() == pytest.approx(before * 0.6 * 0.9)
