"""A customer that two reps serve: shared by the manager, visited by whoever comes by, owned by one."""

from datetime import date

from sqlmodel import col, select

from bot.domain.vocabulary import Grade
from bot.services.week.plan import PlannedWeek
from bot.store.tables import AuditEntry, Customer, Member, Promise, Report, SharedCustomer, SharedWeek, Visit, WeekPlan
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
NORTH, SOUTH = (1.44, 103.80), (1.27, 103.82)


async def two_reps(story: Story) -> int:
    """A rep in the north who owns a shop in the south, where a colleague drives by."""
    store = story.app.store
    for owner, (lat, lng) in ((builders.REP, NORTH), (builders.OTHER_REP, SOUTH)):
        await builders.change_member(store, owner, start_lat=lat, start_lng=lng)
        for number in range(3):
            await builders.add_customer(store, name=f"{owner[:5]} {number}", owner=owner, lat=lat, lng=lng)
    await builders.change_member(store, builders.MANAGER, sells=False)
    lat, lng = SOUTH
    return await builders.add_customer(store, name="Harbour Mall", grade=Grade.C, lat=lat, lng=lng)


async def member_id(story: Story, name: str) -> int:
    async with story.app.store.read() as session:
        return (await session.exec(select(Member.id).where(col(Member.name) == name))).one() or 0


async def visited_by(story: Story, customer_id: int) -> dict[int, int]:
    """How many visits each member's week holds."""
    async with story.app.store.read() as session:
        rows = (await session.exec(select(WeekPlan))).all()
    weeks = {row.member_id: PlannedWeek.from_json(row.plan) for row in rows}
    return {member: len(week.dates_of(customer_id)) for member, week in weeks.items() if week}


async def share(story: Story) -> None:
    await story.manager.says("harbour")
    await story.manager.taps("More ▸")
    await story.manager.taps("Share")
    story.manager.sees_now("Harbour Mall · who serves it beside Tan Wei Ling?")
    await story.manager.taps("☐ Arjun Nair")
    assert "☑ Arjun Nair" in story.manager.buttons


async def test_a_shared_customer_goes_to_who_comes_by_who_then_sees_prepares_reports_and_does_not_own(
    story: Story,
) -> None:
    customer = await two_reps(story)
    rep, other = await member_id(story, builders.REP), await member_id(story, builders.OTHER_REP)
    await story.other_rep.says("harbour")
    assert "Harbour Mall" not in story.other_rep.screen
    await share(story)
    story.other_rep.sees("Harbour Mall is shared with you: Mei Chen wants you to visit it too, beside Tan Wei Ling.")
    await story.manager.says("/week")
    await story.manager.taps("Plan a week")
    assert await visited_by(story, customer) == {rep: 0, other: 1}
    await story.manager.taps("Refresh")
    await story.manager.taps("Accept for all")
    async with story.app.store.read() as session:
        planned = (await session.exec(select(Visit.member_id).where(col(Visit.customer_id) == customer))).all()
    assert planned == [other]

    await story.rep.says("harbour")
    story.rep.sees_now("🤝 shared with Arjun Nair · this week: Arjun Nair")
    await story.other_rep.says("harbour")
    story.other_rep.sees_now("rep: Tan Wei Ling", "🤝 shared with you · your turn this week")
    assert "More ▸" not in story.other_rep.buttons
    for data in ("card.end:%d:no_need", "card.tag:%d:on:vip", "card.freq:%d:3", "card.edit:%d", "card.share:%d:1:on"):
        await story.other_rep.taps_data(data % customer)
    async with story.app.store.read() as session:
        kept = await session.get(Customer, customer)
    assert kept is not None
    assert (kept.ended_at, kept.tags, kept.visits_per_week, kept.owner_id) == (None, [], None, rep)

    await story.other_rep.says("promise: samples for Harbour Mall by Friday")
    await story.other_rep.says("harbour")
    await story.other_rep.taps("Report")
    for label in ("Met", "Yes", "Nothing", "Mon 7 Dec"):
        await story.other_rep.taps(label)
    async with story.app.store.read() as session:
        owners = (await session.exec(select(Promise.owner_id).where(col(Promise.customer_id) == customer))).all()
        reporters = (await session.exec(select(Report.member_id))).all()
    assert owners == reporters == [other]


async def test_who_leaves_it_out_leaves_it_to_the_other_and_who_serves_it_no_more_gives_everything_back(
    story: Story,
) -> None:
    customer = await two_reps(story)
    rep, other = await member_id(story, builders.REP), await member_id(story, builders.OTHER_REP)
    await share(story)
    await story.other_rep.says("/week")
    assert await visited_by(story, customer) == {other: 1}
    async with story.app.store.read() as session:
        (row,) = (await session.exec(select(WeekPlan))).all()
    await story.other_rep.taps_data(f"week.out:{row.id}:{row.revision}:{customer}")
    assert await visited_by(story, customer) == {other: 0}
    await story.rep.says("/week")
    assert await visited_by(story, customer) == {rep: 1, other: 0}

    visit = await builders.add_visit(story.app.store, customer, MONDAY, appointment_at=None)
    async with story.app.store.begin() as session:
        planned = await session.get(Visit, visit)
        assert planned is not None
        planned.member_id = other
    await story.manager.taps("☑ Arjun Nair")
    async with story.app.store.read() as session:
        assert (await session.exec(select(SharedCustomer))).all() == []
        assert {row.member_id for row in (await session.exec(select(SharedWeek))).all()} <= {rep}
        assert (await session.exec(select(Visit.member_id).where(col(Visit.id) == visit))).one() == rep
        actions = (await session.exec(select(AuditEntry.action))).all()
    assert {"customer_shared", "customer_unshared"} <= set(actions)
    await story.other_rep.taps_data(f"card:{customer}")
    story.other_rep.sees_now("not on your list")


async def test_a_handover_makes_the_sharer_the_owner_and_who_leaves_shares_nothing(story: Story) -> None:
    customer = await two_reps(story)
    other = await member_id(story, builders.OTHER_REP)
    await share(story)
    await story.manager.taps_data(f"card.hand:{customer}:{other}")
    async with story.app.store.read() as session:
        assert (await session.exec(select(SharedCustomer))).all() == []
    rep = await member_id(story, builders.REP)
    await story.manager.taps_data(f"card.share:{customer}:{rep}:on")
    await story.manager.taps_data(f"card.share:{customer}:{other}:on")
    async with story.app.store.read() as session:
        assert [one.member_id for one in (await session.exec(select(SharedCustomer))).all()] == [rep]
    await story.manager.taps_data(f"team.give:{rep}:{other}:yes")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Member.left_at).where(col(Member.id) == rep))).one() is not None
        assert (await session.exec(select(SharedCustomer))).all() == []
