"""What comes by itself: the morning, missing reports, briefs, the digest; once, on working days, in time."""

import asyncio
from collections import Counter
from datetime import date, datetime, time, timedelta

from sqlmodel import col, select

from bot.domain.vocabulary import DayOffKind, Grade, Role, VisitState
from bot.services.notices import engine, ledger, recurring
from bot.store.tables import Member, Notice, Outbox
from bot.store.unit import Store
from tests import builders
from tests.notices.promising import promise_by
from tests.notices.test_promises import rung
from tests.story import MORNING, Story

MONDAY = date(2026, 11, 23)


async def mornings(story: Story, name: str = builders.REP) -> list[str]:
    """The local dates on which a member was told the route."""
    acting = await builders.acting_for(story.app.store, name)
    async with story.app.store.read() as session:
        query = select(Notice).where(
            col(Notice.kind) == "morning", col(Notice.member_id) == acting.member_id, col(Notice.fate) == "told"
        )
        told = (await session.exec(query.order_by(col(Notice.due_at)))).all()
    return [f"{one.on:%m-%d} {acting.local(one.due_at):%H:%M}" for one in told if one.on]


async def fates(store: Store, kind: str) -> list[tuple[str, str | None, str | None]]:
    async with store.read() as session:
        query = select(Notice).where(col(Notice.kind) == kind, col(Notice.settled_at).is_not(None))
        found = (await session.exec(query.order_by(col(Notice.due_at), col(Notice.id)))).all()
    return [(str(one.on), one.fate, one.reason) for one in found]


async def test_the_route_comes_once_on_each_working_day_and_not_on_a_sunday(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    for day in ("11-27", "11-28", "11-29", "11-30"):
        await story.sleep_until(f"2026-{day}T07:30:05+08:00")
    assert await mornings(story) == [f"{day} 07:30" for day in ("11-27", "11-30")]


async def test_the_chinese_calendar_has_holidays_and_working_weekends(store: Store) -> None:
    team_id = await builders.add_team(store, timezone="Asia/Shanghai", currency="CNY", country="CN")
    await builders.add_member(store, team_id, chat_id=101)
    acting = await builders.acting_for(store)
    planned = []
    now = datetime.fromisoformat("2026-09-18T12:00:00+08:00")
    for _ in range(14):
        async with store.begin() as session:
            await recurring.plan_member(session, acting, now)
        async with store.begin() as session:
            query = select(Notice).where(col(Notice.kind) == "morning", col(Notice.settled_at).is_(None))
            pending = (await session.exec(query)).one()
            planned.append(f"{pending.on:%m-%d}")
            pending.settled_at = now = pending.due_at
    assert planned == [
        "09-20",  # a Sunday worked for the National Day
        *("09-21", "09-22", "09-23", "09-24"),  # 25-27 September: Mid-Autumn
        *("09-28", "09-29", "09-30"),  # 1-7 October: National Day
        *("10-08", "10-09", "10-10"),  # a Saturday worked
        *("10-12", "10-13", "10-14"),
    ]


async def test_a_day_off_is_not_disturbed(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_day_off(story.app.store, date(2026, 11, 24), kind=DayOffKind.SICK)
    await promise_by(story, "Raffles City", "price list", "2026-11-24T11:00:00+08:00")
    await story.until("2026-11-23T23:00:00+08:00")
    before = len(rung(story.rep))
    await story.until("2026-11-24T23:00:00+08:00")
    assert len(rung(story.rep)) == before
    await story.until("2026-11-25T12:00:00+08:00")
    assert "price list" in "".join(rung(story.rep))
    assert [day for day, _, _ in await fates(story.app.store, "morning")].count("2026-11-24") == 1  # the other rep's


async def test_a_brief_comes_half_an_hour_before_an_appointment_also_in_quiet_hours(story: Story) -> None:
    store = story.app.store
    customer_id = await builders.add_customer(store, name="Raffles City")
    await builders.change_member(store, quiet_from=time(10, 0), quiet_until=time(9, 0))
    at = datetime.fromisoformat("2026-11-23T14:00:00+08:00")
    await builders.add_visit(store, customer_id, MONDAY, appointment_at=at)
    await story.until("2026-11-23T13:29:00+08:00")
    assert not any("14:00 · Raffles City" in text for text in rung(story.rep))
    await story.until("2026-11-23T13:30:05+08:00")
    assert "14:00 · Raffles City" in rung(story.rep)[-1]
    await story.until("2026-11-23T15:00:00+08:00")
    assert sum("14:00 · Raffles City" in text for text in rung(story.rep)) == 1


async def test_a_moved_appointment_moves_its_brief(story: Story) -> None:
    store = story.app.store
    customer_id = await builders.add_customer(store, name="Raffles City")
    at = datetime.fromisoformat("2026-11-23T14:00:00+08:00")
    await builders.add_visit(store, customer_id, MONDAY, appointment_at=at)
    await story.until("2026-11-23T13:00:00+08:00")
    async with store.begin() as session:
        visit = (await builders.visits_of(store, customer_id))[0]
        visit.appointment_at = at + timedelta(hours=2)
        await session.merge(visit)
    await story.until("2026-11-23T15:00:00+08:00")
    assert not any("· Raffles City ·" in text for text in rung(story.rep) if text.startswith("📌"))
    await story.until("2026-11-23T15:31:00+08:00")
    assert "16:00 · Raffles City" in rung(story.rep)[-1]


async def test_missing_reports_ring_once_at_six_for_all(story: Story) -> None:
    store = story.app.store
    for name, hour in (("Raffles City", 10), ("Suntec City", 14), ("Evening Bar", 19)):
        customer_id = await builders.add_customer(store, name=name)
        at = datetime.fromisoformat(f"2026-11-23T{hour}:00:00+08:00")
        await builders.add_visit(store, customer_id, MONDAY, appointment_at=at)
    await story.until("2026-11-24T07:00:00+08:00")
    asked = [text for text in rung(story.rep) if "still open" in text]
    assert len(asked) == 1
    assert asked[0].startswith("📝 2 reports still open")
    assert "Evening Bar" not in asked[0]
    notice = next(one for one in reversed(story.rep.messages) if "still open" in one.text)
    await story.rep.does("says", "/why", reply_to=notice.message_id)
    assert not any(label.startswith(("In 1 h", "This evening", "Tomorrow")) for label in story.rep.buttons)
    assert Counter(fate for _, fate, _ in await fates(store, "refresh")) == {"told": 3}


async def test_quiet_hours_move_a_reminder_to_their_end(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", "2026-11-27T12:00:00+08:00")
    at = datetime.fromisoformat("2026-11-23T21:00:00+08:00")
    async with story.app.store.begin() as session:  # asked for at nine in the evening
        acting = await builders.acting_for(story.app.store)
        await ledger.plan(
            session,
            team_id=acting.team_id,
            member_id=acting.member_id,
            kind=ledger.Kind.PROMISE,
            subject_id=promise_id,
            due_at=at,
        )
    await story.until("2026-11-24T07:29:00+08:00")
    assert not any(message.text.startswith("⏰ Promised") for message in story.rep.messages)
    before = len(rung(story.rep))
    await story.until("2026-11-24T07:30:10+08:00")
    story.rep.sees("⏰ Promised to Raffles City: price list")
    assert len(rung(story.rep)) == before + 1  # the morning's ring is the reminder's too


async def test_the_seventh_ring_of_a_day_is_silent_and_briefs_cost_nothing(story: Story) -> None:
    store = story.app.store
    customer_id = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    await builders.add_visit(
        store, customer_id, MONDAY, appointment_at=datetime.fromisoformat("2026-11-23T15:50:00+08:00")
    )
    for hour in range(8, 18):
        await promise_by(story, "Raffles City", f"thing {hour}", f"2026-11-23T{hour:02d}:00:00+08:00")
    await story.until("2026-11-23T17:30:00+08:00")
    reminded = [message for message in story.rep.messages if message.from_bot and "thing" in message.text]
    assert [message.silent for message in reminded if "Promised" in message.text] == [False] * 5 + [True] * 5
    assert any(text.startswith("📌 15:50") for text in rung(story.rep))
    reasons = Counter(reason for _, _, reason in await fates(store, "promise"))
    assert reasons == {"due": 5, "budget": 5}


async def test_two_schedulers_tell_once(store: Store) -> None:
    team_id = await builders.add_team(store)
    for number in range(6):
        await builders.add_member(store, team_id, name=f"Rep {number}", chat_id=200 + number)
    await engine.plan_all(store, MORNING)
    now = MORNING + timedelta(hours=11)
    other = Store(_url(store))
    try:
        told = await asyncio.gather(engine.tell_due(store, now), engine.tell_due(other, now))
    finally:
        await other.close()
    assert sum(told) == 12  # a morning and a missing for each
    async with store.read() as session:
        pending = (await session.exec(select(Notice).where(col(Notice.settled_at).is_(None)))).all()
        keys = (await session.exec(select(Outbox.key))).all()
    assert Counter(notice.kind for notice in pending) == {"morning": 6, "missing": 6}
    assert len(keys) == len(set(keys))


def _url(store: Store) -> str:
    return str(store._writer.url.render_as_string(hide_password=False))  # no other way to open the same database


async def test_after_a_weekend_without_a_scheduler_nothing_floods(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await story.until("2026-11-23T08:00:00+08:00")
    before = {phone.id: len(rung(phone)) for phone in (story.rep, story.manager)}
    story.app.clock.move_to(datetime.fromisoformat("2026-11-30T10:00:00+08:00"))
    await story.app.tick()
    await story.settle()
    assert len(rung(story.rep)) == before[story.rep.id] + 1  # Monday's route, late but of use
    assert len(rung(story.manager)) == before[story.manager.id]
    assert ("2026-11-24", "dropped", "too_late") in await fates(story.app.store, "morning")


async def test_a_changed_zone_moves_what_is_pending(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await story.until("2026-11-23T12:00:00+08:00")
    await builders.change_member(story.app.store, timezone="Asia/Tokyo")
    async with story.app.store.begin() as session:
        await recurring.plan_member_anew(session, await builders.acting_for(story.app.store), story.app.clock.now())
    await story.until("2026-11-24T12:00:00+08:00")
    assert await mornings(story) == ["11-23 08:30", "11-24 07:30"]  # in Tokyo's time: the first was sent before


async def test_a_rep_who_blocked_the_bot_is_not_written_to_and_the_manager_hears_once(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await story.rep.does("blocks_bot")
    await promise_by(story, "Raffles City", "price list", "2026-11-23T17:00:00+08:00")
    await story.until("2026-11-25T12:00:00+08:00")
    assert sum("Tan Wei Ling has blocked me" in message.text for message in story.manager.messages) == 1
    assert ("None", "dropped", "unreachable") in await fates(story.app.store, "promise")


async def test_who_left_hears_nothing(story: Story) -> None:
    async with story.app.store.begin() as session:
        member = (await session.exec(select(Member).where(col(Member.name) == builders.REP))).one()
        member.left_at = story.app.clock.now()
    before = len(rung(story.rep))
    await story.until("2026-11-24T23:00:00+08:00")
    assert len(rung(story.rep)) == before


async def test_service_has_no_recurring_notices_and_a_selling_manager_has_all(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, name="Service", role=Role.SERVICE, chat_id=301)
    await builders.add_member(store, team_id, name="Boss", role=Role.MANAGER, chat_id=302)
    await builders.change_member(store, "Boss", sells=True)
    await engine.plan_all(store, MORNING)
    await engine.plan_all(store, MORNING)
    async with store.read() as session:
        kinds = sorted(notice.kind for notice in (await session.exec(select(Notice))).all())
    assert kinds == ["digest", "missing", "morning", "weekly"]


async def test_a_bug_in_one_notice_silences_nobody_else(story: Story) -> None:
    async with story.app.store.begin() as session:
        for number, member in enumerate((await session.exec(select(Member))).all()):
            session.add(
                Notice(
                    team_id=member.team_id,
                    member_id=member.id or 0,
                    kind="of another version",
                    key=f"unknown:{number}",
                    due_at=MORNING,
                )
            )
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await story.until("2026-11-23T08:00:00+08:00")
    assert await mornings(story) == ["11-23 07:30"]
    assert {fate for _, fate, _ in await fates(story.app.store, "of another version")} == {"failed"}


async def test_a_reminder_that_was_lost_is_planned_again(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    customer_id = await builders.add_customer(store, name="Raffles City")
    await builders.add_promise(store, customer_id, MORNING + timedelta(hours=3))
    await engine.plan_all(store, MORNING)
    async with store.read() as session:
        query = select(Notice).where(col(Notice.kind) == "promise")
        assert [one.due_at for one in (await session.exec(query)).all()] == [MORNING + timedelta(hours=3)]


async def test_a_visit_reported_in_time_is_not_asked_for(story: Story) -> None:
    store = story.app.store
    customer_id = await builders.add_customer(store, name="Raffles City")
    begin = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
    await builders.add_visit(
        store,
        customer_id,
        MONDAY,
        state=VisitState.DONE,
        planned_at=begin,
        planned_end_at=begin + timedelta(minutes=20),
    )
    await story.until("2026-11-23T19:00:00+08:00")
    assert not any("still open" in text for text in rung(story.rep))
