"""Who sees and changes which customer: by search, by list and by forged buttons."""

import pytest
from sqlmodel import select

from bot.domain.vocabulary import Grade, Role
from bot.services import joining
from bot.store.tables import AuditEntry, Customer, Team, Touch
from tests import builders
from tests.story import Phone, Story


async def join(story: Story, person_id: int, role: Role, *, team: str = "North", name: str = "Newcomer") -> Phone:
    """Have a further person join, in a team that is made when there is none."""
    async with story.app.store.begin() as session:
        row = (await session.exec(select(Team).where(Team.name == team))).first()
        now = story.app.clock.now()
        if row is None:
            row = await joining.create_team(
                session, name=team, timezone="Asia/Singapore", language="en", currency="SGD", country="SG", now=now
            )
        token = await joining.invite(session, row, role, name=name, now=now)
    phone = story.phone(person_id)
    await phone.says(f"/start {token}")
    return phone


async def forge(phone: Phone, data: str) -> None:
    """Tap a button of one's own newest message whose data was changed."""
    newest = next(message for message in reversed(phone.messages) if message.from_bot)
    await phone.does("taps_data", newest.message_id, data)


async def customers_of(story: Story) -> list[Customer]:
    async with story.app.store.read() as session:
        return list((await session.exec(select(Customer))).all())


FORGED = ["card:{0}", "card.people:{0}", "card.more:{0}", "call:{0}", "called:{0}", "card.end:{0}:no_need",
          "card.tag:{0}:on:mine", "card.back:{0}", "card.tags:{0}"]  # fmt: skip


@pytest.mark.parametrize("data", FORGED)
async def test_another_reps_customer_is_reached_by_no_button(story: Story, data: str) -> None:
    customer_id = await builders.add_customer(story.app.store, name="Raffles City", phone="+65 6338 7766")
    await forge(story.other_rep, data.format(customer_id))
    story.other_rep.sees_now("not on your list")
    assert "6338" not in story.other_rep.screen
    (customer,) = await customers_of(story)
    assert customer.ended_at is None
    assert customer.tags == []


async def test_another_reps_customer_is_found_by_no_search(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.other_rep.says("raffles")
    story.other_rep.sees_now("No customer of yours")
    await story.manager.says("raffles")
    story.manager.sees_now("Raffles City", "rep: Tan Wei Ling")


async def test_another_team_sees_nothing(story: Story) -> None:
    customer_id = await builders.add_customer(story.app.store, name="Raffles City")
    outsider = await join(story, 104, Role.MANAGER, team="South", name="Zhang Wei")
    await outsider.says("raffles")
    assert "Raffles City" not in outsider.screen.replace("“raffles”", "")
    await forge(outsider, f"card:{customer_id}")
    assert "Raffles City" not in outsider.screen


async def test_service_reads_the_teams_cards_and_records_nothing(story: Story) -> None:
    customer_id = await builders.add_customer(story.app.store, name="Raffles City", phone="+65 6338 7766")
    service = await join(story, 105, Role.SERVICE, name="Yi-Jun")
    await service.says("/language")
    await service.taps("English")
    await service.says("raffles")
    service.sees_now("Raffles City")
    assert not {"Prepare", "Check in", "Report", "More ▸"} & set(service.buttons)
    for data in (f"card.end:{customer_id}:no_need", f"card.tag:{customer_id}:on:x", f"called:{customer_id}"):
        await forge(service, data)
        service.sees_now("Your role does not do this")
    await forge(service, f"why.grade:{customer_id}:A:other:3")
    (customer,) = await customers_of(story)
    assert (customer.ended_at, customer.tags, customer.grade) == (None, [], Grade.C)
    async with story.app.store.read() as session:
        assert not (await session.exec(select(Touch))).all()


NOT_OURS = ["card", "card:", "card:x", "card:99999999999999999999", "card:-1", "custs:zz:0", "custs:g.E:0",
            "custs:q.x:0", "custs:q.999:0", "card.end:1:x", "lang:xx"]  # fmt: skip


@pytest.mark.parametrize("data", NOT_OURS)
async def test_a_button_that_is_not_ours_changes_nothing_and_is_answered(story: Story, data: str) -> None:
    await forge(story.rep, data)
    story.rep.sees_now("/today")


async def test_a_stranger_is_told_how_to_get_in_whatever_is_sent(story: Story) -> None:
    for words in ("raffles", "/customers", "/settings"):
        await story.stranger.says(words)
        story.stranger.sees_now("Ask your manager for an invitation link")


async def test_the_search_of_one_person_is_not_paged_by_another(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await builders.add_customer(story.app.store, name="Raffles Place")
    await story.rep.says("raffles")
    await forge(story.other_rep, "custs:q.1:0")
    assert "raffles" not in story.other_rep.screen.lower()


async def test_every_change_is_in_the_audit(story: Story) -> None:
    customer_id = await builders.add_customer(story.app.store, name="Raffles City", tags=["hotel"])
    await story.manager.says("raffles")
    await story.manager.taps("More ▸")
    await story.manager.taps("Grade")
    await story.manager.taps("A")
    await story.manager.taps("potential")
    await story.manager.taps("3 months")
    story.manager.sees_now("grade A · set by Mei Chen until 23 Feb 2027: potential")
    async with story.app.store.read() as session:
        entry = (await session.exec(select(AuditEntry).where(AuditEntry.action == "grade_set"))).one()
    assert (entry.subject_id, entry.change) == (customer_id, {"from": "C", "to": "A", "why": "potential"})
