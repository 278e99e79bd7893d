"""A rep leaves, a customer was entered twice, a month was driven, somebody asks what was changed."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, PromiseSide, VisitState
from bot.store.tables import Contact, Customer, FollowUp, Media, Member, Notice, Order, Promise, Touch
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
AT_TEN = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
NEXT_WEEK = datetime.fromisoformat("2026-12-01T17:00:00+08:00")


def rows_of(file: Media) -> list[list[Any]]:
    sheet = load_workbook(BytesIO(file.content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


async def test_a_rep_leaves_and_everything_goes_to_another_in_one_step(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A, notes="likes tea")
    bugis = await builders.add_customer(store, name="Bugis", grade=Grade.C)
    await builders.add_contact(store, raffles, "Mei Lim", decides=True)
    promise = await builders.add_promise(store, raffles, NEXT_WEEK)
    await builders.add_visit(store, bugis, date(2026, 11, 25), appointment_at=NEXT_WEEK)
    await story.rep.taps_data(f"report:{raffles}")
    await story.rep.taps("Met")
    await story.manager.says("/team")
    story.manager.sees_now("Tan Wei Ling · rep · 2 customers", "Arjun Nair")
    await story.manager.taps("Tan Wei Ling")
    await story.manager.taps("Leaves the team")
    story.manager.sees_now("2 customers go to whom?")
    await story.manager.taps("Arjun Nair")
    story.manager.sees_now("2 customers go to Arjun Nair.")
    await story.manager.taps("Yes, hand over")
    story.manager.sees_now("Tan Wei Ling has left", "Arjun Nair: 2 customers")
    story.other_rep.sees("You take over 2 customers of Tan Wei Ling", "in your plan from tomorrow on")
    await story.other_rep.says("/resume")
    story.other_rep.sees_now("Raffles City")
    await story.rep.says("/customers")
    story.rep.sees_now("invitation")
    async with store.read() as session:
        arjun = (await session.exec(select(Member).where(Member.name == builders.OTHER_REP))).one()
        owners = set((await session.exec(select(Customer.owner_id))).all())
        moved = (await session.exec(select(Promise).where(col(Promise.id) == promise))).one()
        owed = (await session.exec(select(col(FollowUp.customer_id), col(FollowUp.due_on)))).all()
        reminded = select(Notice.member_id).where(Notice.subject_id == promise, col(Notice.settled_at).is_(None))
        whom = set((await session.exec(reminded)).all())
        file = (await session.exec(select(Media).where(Media.name == "handover.xlsx"))).one()
    assert owners == {arjun.id}
    assert moved.owner_id == arjun.id
    assert arjun.id in whom
    assert owed == [(raffles, date(2026, 11, 24))]  # Bugis is visited anyway
    rows = [[str(cell) for cell in row] for row in rows_of(file)]
    assert rows[1][0] == "Raffles City"
    assert "Mei Lim" in rows[1][6]
    assert "likes tea" in rows[1][12]
    await story.manager.says("/changes")
    story.manager.sees_now(
        "Mei Chen: took out of the team", "given to another rep · Raffles City (Tan Wei Ling → Arjun Nair)"
    )


async def test_only_leaders_run_the_team(story: Story) -> None:
    await story.rep.says("/team")
    story.rep.sees_now("Your role does not do this")
    await story.rep.taps_data("team.give:2:1:yes")
    story.rep.sees_now("Your role does not do this")
    await story.manager.taps_data("team.give:999:1:yes")
    story.manager.sees_now("does not sell in your team")


async def test_two_entries_of_one_customer_become_one_and_later_imports_find_it(story: Story) -> None:
    store = story.app.store
    keep = await builders.add_customer(store, name="Raffles City", address="North Bridge Road 252")
    twin = await builders.add_customer(store, name="Raffles City Mall", phone="6338 7766")
    for customer in (keep, twin):
        await builders.add_contact(store, customer, "Mei Lim")
        await builders.add_visit(store, customer, MONDAY)
    await builders.add_contact(store, twin, "Tom Goh", decides=True)
    await builders.add_order(store, twin, MONDAY)
    await builders.add_touch(store, twin, AT_TEN)
    await story.rep.taps_data(f"card.more:{keep}")
    await story.rep.taps("Merge a duplicate")
    story.rep.sees_now("Raffles City Mall", "next door")
    await story.rep.taps("Raffles City Mall")
    story.rep.sees_now("with its orders (1), visits (1) and contacts (2)")
    await story.rep.taps("Merge")
    story.rep.sees_now("Raffles City", "6338 7766")
    await story.rep.taps_data(f"card.merge:{keep}:{twin}:yes")  # an old button
    await story.rep.taps_data(f"card:{twin}")
    story.rep.sees_now("Ended", "entered twice")
    await story.rep.taps("Open the one that was kept")
    story.rep.sees_now("Raffles City", "Tom Goh")
    await story.rep.taps_data(f"card.back:{twin}")
    story.rep.sees_now("merged into another one")
    async with store.read() as session:
        people = set((await session.exec(select(Contact.customer_id, Contact.name))).all())
        assert people == {(keep, "Mei Lim"), (keep, "Tom Goh")}
        assert (await session.exec(select(Order.customer_id))).all() == [keep]
        assert (await session.exec(select(Touch.customer_id))).all() == [keep]
    states = [visit.state for visit in await builders.visits_of(store, keep)]
    assert sorted(states) == [VisitState.CANCELLED, VisitState.PLANNED]
    await story.manager.does(
        "sends_document", "orders.csv", b"Order no,Customer,Date,Amount\nN1,Raffles City Mall,2026-11-20,100\n"
    )
    await story.manager.taps("Take all")
    async with store.read() as session:
        assert set((await session.exec(select(Order.customer_id))).all()) == {keep}


async def test_a_month_on_the_road_is_listed_with_its_kilometres(story: Story) -> None:
    store = story.app.store
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    near = await builders.add_customer(store, name="Near", lat=1.31, lng=103.85)
    far = await builders.add_customer(store, name="Far", lat=1.35, lng=103.85)
    await builders.add_visit(store, near, MONDAY, state=VisitState.DONE, checked_in_at=AT_TEN)
    await builders.add_visit(store, far, MONDAY, state=VisitState.DONE, done_at=NEXT_WEEK, travel_m=6000)
    await story.rep.says("/mileage")
    story.rep.sees_now("Nov 2026", "15 km", "2 stops")  # 1.4 km, 6 km as planned, 7.2 km home
    await story.rep.taps("File")
    async with store.read() as session:
        file = (await session.exec(select(Media).where(Media.name == "mileage-2026-11.xlsx"))).one()
    rows = rows_of(file)
    assert [row[4] for row in rows[1:]] == [1.4, 6, 7.2, 14.7]
    await story.other_rep.taps_data("km:1:0")
    story.other_rep.sees_now("Your role does not do this")
    await story.manager.taps_data("km:1:202610")


async def test_a_customer_and_a_person_are_given_out_and_forgotten(story: Story) -> None:
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", notes="Ask Mei Lim first")
    person = await builders.add_contact(store, raffles, "Mei Lim")
    await builders.add_promise(store, raffles, NEXT_WEEK, text="call mei lim back", side=PromiseSide.OURS)
    await story.rep.taps_data(f"data.person:{person}")
    story.rep.sees_now("Your role does not do this")
    await story.manager.taps_data(f"net.who:{person}")
    await story.manager.taps("File of this person")
    story.manager.sees_now("All that is kept of Mei Lim")
    await story.manager.taps_data(f"net.who:{person}")
    await story.manager.taps("Erase")
    await story.manager.taps("Erase for good")
    async with store.read() as session:
        assert (await session.exec(select(Contact))).all() == []
        assert (await session.exec(select(Promise.text))).all() == ["call … back"]
        assert (await session.exec(select(Customer.notes))).all() == ["Ask … first"]
    await story.manager.taps_data(f"data.gone:{raffles}")
    story.manager.sees_now("Erase Raffles City for good?", "promises 1")
    await story.manager.taps("Erase for good")
    story.manager.sees_now("Erased")
    async with store.read() as session:
        assert (await session.exec(select(Customer))).all() == []
        assert (await session.exec(select(Promise))).all() == []
    await story.rep.says("/today")
    await story.rep.taps_data(f"card:{raffles}")
    story.rep.sees_now("not on your list")
    await story.manager.says("/changes")
    story.manager.sees_now("customer erased", "person erased")


async def test_somebody_is_invited_from_chat_and_a_manager_may_also_sell(story: Story) -> None:
    await story.manager.says("/team")
    await story.manager.taps("Invite somebody")
    assert "admin" not in story.manager.buttons
    await story.manager.taps("service")
    link = next(word for word in story.manager.screen.split() if word.startswith("https://t.me/"))
    newcomer = story.phone(104)
    await newcomer.says(f"/start {link.partition('start=')[2]}")
    newcomer.sees("张伟")
    await story.manager.taps_data("team.invite:admin")
    story.manager.sees_now("Your role does not do this")
    async with story.app.store.read() as session:
        me = (await session.exec(select(Member).where(Member.name == builders.MANAGER))).one()
    await story.manager.taps_data(f"team.who:{me.id}")
    await story.manager.taps("Sells too")
    await story.manager.says("/mileage")
    story.manager.sees_now("No visits in this month")
