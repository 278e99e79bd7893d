"""A complaint from its first word to the customer's yes."""

from sqlmodel import col, select

from bot.domain.vocabulary import Grade, Role
from bot.services import joining
from bot.store.complaints import has_open_complaint
from bot.store.tables import Complaint, ComplaintEvent, Team
from tests import builders
from tests.story import Phone, Story


async def open_one(story: Story) -> int:
    """A complaint of Raffles City, opened by its rep from the card at half past nine."""
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    customer = await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.A)
    await builders.add_contact(story.app.store, customer, "Mei Lim")
    await story.rep.taps_data(f"card:{customer}")
    await story.rep.taps("Complaint")
    await story.rep.says("late delivery")
    await story.rep.taps("Skip")
    return customer


async def join_service(story: Story) -> Phone:
    async with story.app.store.begin() as session:
        team = (await session.exec(select(Team))).one()
        token = await joining.invite(session, team, Role.SERVICE, name="Siti", now=story.app.clock.now())
    service = story.phone(104)
    await service.says(f"/start {token}")
    await service.taps_data("lang:en")
    return service


async def events(story: Story) -> list[str]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(ComplaintEvent.event).order_by(col(ComplaintEvent.id)))).all())


async def test_only_the_customers_yes_closes_it(story: Story) -> None:
    customer = await open_one(story)
    acting = await builders.acting_for(story.app.store)
    story.rep.sees_now("Raffles City · complaint, day 1", "due tomorrow 17:00")
    await story.rep.taps("+ Step")
    await story.rep.says("driver called")
    await story.rep.taps("Solved")
    story.rep.sees_now("only their yes closes it", "Is it settled to your satisfaction")
    await story.rep.taps("Not settled")
    await story.rep.taps("Solved")
    async with story.app.store.read() as session:
        assert await has_open_complaint(session, acting, customer)
    await story.rep.taps("Customer confirms")
    await story.rep.taps("Mei Lim")
    story.rep.sees_now("complaint settled · Mei Lim confirmed")
    await story.rep.taps_data("cp.sure:1:0")
    async with story.app.store.read() as session:
        assert not await has_open_complaint(session, acting, customer)
    assert await events(story) == ["opened", "step", "solved", "denied", "solved", "closed"]


async def test_service_works_what_it_is_given_and_nothing_else(story: Story) -> None:
    service = await join_service(story)
    await open_one(story)
    await service.says("/complaints")
    service.sees_now("Raffles City: “late delivery”, day 1", "Tan Wei Ling")
    await service.taps_data("cp.solved:1")
    service.sees_now("This complaint is somebody else's")
    await story.rep.taps("Give to")
    assert story.rep.buttons[0] == "Siti"
    await story.rep.taps("Siti")
    await story.pass_time(seconds=5)
    service.sees_now("Siti works it", "given to Siti")
    await service.taps("Solved")
    await story.until("2026-11-24T10:00:05+08:00")
    service.sees_now("Siti asks the customer by")
    assert await events(story) == ["opened", "assigned", "solved"]


async def test_its_owner_is_reminded_when_it_is_due_and_a_tap_moves_it(story: Story) -> None:
    await open_one(story)
    await story.until("2026-11-24T17:00:05+08:00")
    story.rep.sees_now("complaint, day 2", "late delivery")
    await story.rep.taps("Wed 10:00")
    await story.until("2026-11-25T10:00:05+08:00")
    story.rep.sees_now("complaint, day 3")


async def test_it_is_first_in_the_brief_which_then_asks_for_no_more_business(story: Story) -> None:
    customer = await open_one(story)
    await story.rep.taps_data(f"brief:{customer}")
    assert "Complaint “late delivery”, day 1" in story.rep.screen.splitlines()[1]
    story.rep.sees_now("On a scale of 1 to 5")
    assert "planned for next year" not in story.rep.screen
    await story.manager.says("/digest")
    await story.manager.taps_data("dg.complaints:20261123")
    story.manager.sees_now("Raffles City: “late delivery”, day 1 · Tan Wei Ling")


async def test_a_corrected_report_keeps_the_complaint_and_the_work_on_it(story: Story) -> None:
    await story.sleep_until("2026-11-23T09:30:00+08:00")
    customer = await builders.add_customer(story.app.store, name="Raffles City", grade=Grade.B)
    visit = await builders.add_visit(story.app.store, customer, story.app.clock.now().date())
    await story.rep.taps_data(f"report:{customer}:{visit}")
    await story.rep.taps("Met")
    while "complaint" not in story.rep.screen.casefold():
        await story.rep.taps("Skip")
    await story.rep.says("late delivery")
    while "Save" not in story.rep.buttons:
        await story.rep.taps("Skip")
    await story.rep.taps("Save")
    await story.rep.taps_data("cp.step:1")
    await story.rep.says("driver called")
    await story.rep.taps_data("fix:1")
    await story.rep.taps("Save")
    async with story.app.store.read() as session:
        complaints = (await session.exec(select(Complaint))).all()
    assert [(one.text, one.report_id) for one in complaints] == [("late delivery", 2)]
    assert await events(story) == ["opened", "step"]


async def test_another_rep_neither_sees_nor_touches_it(story: Story) -> None:
    await open_one(story)
    for data in ("cp:1", "cp.solved:1", "cp.sure:1:0", "cp.give:1", "cp.step:1"):
        await story.other_rep.taps_data(data)
        story.other_rep.sees_now("That complaint is not on your list")
    assert await events(story) == ["opened"]
