"""Notices meet bad moments: times that passed, clocks that jump, zones that change, chats that move."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.vocabulary import Grade, Language, PromiseSide, Role
from bot.services import audience
from bot.services.customer_zone import place_of
from bot.services.notices import engine, recurring
from bot.services.promises.reminding import plan_next_reminder
from bot.store import outbox
from bot.store.tables import Customer, Member, Notice, Outbox, Promise
from bot.store.unit import Store
from tests import builders
from tests.notices.promising import promise_by
from tests.notices.test_promises import rung
from tests.story import MORNING, Story


async def pending(store: Store, kind: str) -> list[Notice]:
    async with store.read() as session:
        query = select(Notice).where(col(Notice.kind) == kind, col(Notice.settled_at).is_(None))
        return list((await session.exec(query.order_by(col(Notice.due_at)))).all())


async def team_with_promise(store: Store, due: str, *, side: PromiseSide = PromiseSide.OURS, **customer: object) -> int:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    customer_id = await builders.add_customer(store, name="Raffles City", **customer)  # type: ignore[arg-type] # as the builder takes it
    return await builders.add_promise(store, customer_id, datetime.fromisoformat(due), side=side)


async def remind(store: Store, promise_id: int, now: datetime) -> datetime:
    async with store.begin() as session:
        promise = (await session.exec(select(Promise).where(col(Promise.id) == promise_id))).one()
        await plan_next_reminder(session, promise, after=now)
    return (await pending(store, "promise"))[0].due_at


async def test_a_due_time_that_has_passed_is_reminded_of_when_work_begins_next(store: Store) -> None:
    promise_id = await team_with_promise(store, "2026-11-20T17:00:00+08:00")  # last Friday
    assert await remind(store, promise_id, MORNING) == datetime.fromisoformat("2026-11-23T09:00:00+08:00")


async def test_a_leap_day_and_a_year_end_are_days_like_others(store: Store) -> None:
    promise_id = await team_with_promise(store, "2028-03-01T17:00:00+08:00")
    begin = datetime.fromisoformat("2028-02-28T12:00:00+08:00")
    assert await remind(store, promise_id, begin) == datetime.fromisoformat("2028-02-29T16:00:00+08:00")
    acting = await builders.acting_for(store)
    async with store.begin() as session:
        await recurring.plan_member(session, acting, datetime.fromisoformat("2026-12-31T12:00:00+08:00"))
    assert [one.on for one in await pending(store, "morning")] == [date(2027, 1, 4)]  # the first is a holiday, a Friday


async def test_a_customer_is_chased_in_the_hours_of_its_own_zone(store: Store) -> None:
    tokyo = {"lat": 35.68, "lng": 139.76}
    promise_id = await team_with_promise(store, "2026-11-23T19:30:00+08:00", side=PromiseSide.THEIRS, **tokyo)
    due = await remind(store, promise_id, datetime.fromisoformat("2026-11-23T17:00:00+08:00"))
    assert due == datetime.fromisoformat("2026-11-24T08:00:00+09:00")  # 19:30 in Singapore is 20:30 in Tokyo
    assert (await pending(store, "promise"))[0].reason == "contact_hours"


@pytest.mark.parametrize(
    ("lat", "lng", "zone", "country"),
    [
        (1.29, 103.85, "Asia/Singapore", "SG"),
        (43.82, 87.60, "Asia/Shanghai", "CN"),  # Ürümqi: the table has a zone of its own, offices keep Beijing's
        (40.71, -74.0, "America/New_York", "US"),
        (25.03, 121.56, "Asia/Taipei", "TW"),
    ],
)
def test_a_pin_says_whose_clock_a_customer_keeps(lat: float, lng: float, zone: str, country: str) -> None:
    owner = Acting(
        member_id=1,
        team_id=1,
        name="",
        role=Role.REP,
        sells=True,
        language=Language.EN,
        zone=ZoneInfo("Asia/Singapore"),
        currency="SGD",
        country="SG",
    )
    place = place_of(Pin(lat=lat, lng=lng), owner)
    assert (place.zone.key, place.country) == (zone, country)


async def test_a_zone_that_changed_its_rules_moves_what_was_planned_for_a_local_time(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    await engine.plan_all(store, MORNING)
    async with store.begin() as session:  # planned when the zone was half an hour behind, as Singapore was once
        for notice in (await session.exec(select(Notice).where(col(Notice.kind) == "morning"))).all():
            notice.due_at += timedelta(minutes=30)
            session.add(notice)
    await engine.plan_all(store, MORNING)
    moved = (await pending(store, "morning"))[0]
    assert moved.due_at == datetime.fromisoformat("2026-11-23T07:30:00+08:00")
    assert [step["why"] for step in moved.facts["moves"]] == ["zone_rules"]


async def test_a_clock_that_jumps_forward_collapses_and_one_that_jumps_back_repeats_nothing(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    for hour in (10, 11, 14):
        await promise_by(story, "Raffles City", f"thing {hour}", f"2026-11-23T{hour}:00:00+08:00")
    await story.until("2026-11-23T08:00:00+08:00")
    story.app.clock.move_to(datetime.fromisoformat("2026-11-23T15:00:00+08:00"))
    before = len(rung(story.rep))
    await story.app.tick()
    await story.settle()
    assert len(rung(story.rep)) == before + 1  # three hours in one message
    story.rep.sees_now("3 promises to answer")
    for hour in range(9, 15):
        await engine.plan_all(story.app.store, datetime.fromisoformat(f"2026-11-23T{hour:02d}:00:00+08:00"))
        await engine.tell_due(story.app.store, datetime.fromisoformat(f"2026-11-23T{hour:02d}:00:00+08:00"))
    await story.settle()
    assert len(rung(story.rep)) == before + 1


async def test_a_chat_that_moved_takes_what_waits_with_it(store: Store) -> None:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id, chat_id=101)
    await engine.plan_all(store, MORNING)
    async with store.begin() as session:
        await outbox.leave(session, 101, due_at=MORNING)  # any row that waits
        await audience.move_chat(session, 101, -100101)
    async with store.read() as session:
        assert (await session.exec(select(Member.chat_id))).all() == [-100101]
        assert (await session.exec(select(Outbox.chat_id))).all() == [-100101]


async def test_a_manager_hears_of_what_its_rep_has_not_heard_of_only_after_the_rep(story: Story) -> None:
    promise_id = await promise_by(story, "Raffles City", "price list", "2026-11-23T17:00:00+08:00")
    store = story.app.store
    noon = datetime.fromisoformat("2026-11-23T12:00:00+08:00")
    async with store.begin() as session:
        manager = (await session.exec(select(Member).where(col(Member.name) == builders.MANAGER))).one()
        session.add(
            Notice(
                team_id=manager.team_id,
                member_id=manager.id or 0,
                kind="promise_late",
                subject_id=promise_id,
                key="early",
                due_at=noon,
            )
        )
    await story.until("2026-11-23T17:10:00+08:00")
    assert any("price list" in text for text in rung(story.rep))
    assert not any("price list" in text for text in rung(story.manager))
    await story.until("2026-11-23T17:20:00+08:00")
    assert any("price list" in text for text in rung(story.manager))


async def test_what_is_withdrawn_stays_on_record(store: Store) -> None:
    promise_id = await team_with_promise(store, "2026-11-25T17:00:00+08:00")
    await remind(store, promise_id, MORNING)
    await remind(store, promise_id, MORNING)  # the same again: revived, not doubled
    async with store.begin() as session:
        customer = (await session.exec(select(Customer))).one()
        assert customer.id is not None
        promise = (await session.exec(select(Promise))).one()
        promise.due_at = datetime.fromisoformat("2026-11-26T17:00:00+08:00")
        await plan_next_reminder(session, promise, after=MORNING)
    async with store.read() as session:
        rows = (await session.exec(select(Notice).order_by(col(Notice.due_at)))).all()
    assert [(one.fate, one.reason) for one in rows] == [("withdrawn", "withdrawn"), (None, None)]
    assert time(16) == rows[0].due_at.astimezone(ZoneInfo("Asia/Singapore")).time()


async def test_what_is_told_before_its_time_with_another_is_still_followed_by_its_next_reminder(store: Store) -> None:
    promise_id = await team_with_promise(store, "2026-11-23T14:00:00+08:00")
    async with store.read() as session:
        customer_id = (await session.exec(select(Customer.id))).one()
    other_id = await builders.add_promise(store, customer_id or 0, datetime.fromisoformat("2026-11-23T14:10:00+08:00"))
    two = datetime.fromisoformat("2026-11-23T14:00:00+08:00")
    await engine.plan_all(store, MORNING)
    assert await engine.tell_due(store, two) > 0
    waiting = await pending(store, "promise")
    assert {one.subject_id for one in waiting} == {promise_id, other_id}
    assert {one.due_at for one in waiting} == {datetime.fromisoformat("2026-11-24T09:00:00+08:00")}
