"""A customer added in chat: whole, once, in the own team."""

import pytest
from sqlmodel import select

from bot.domain.errors import Refused
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.kinds_shared import Spot
from bot.domain.forms.kinds_words import NewPerson
from bot.domain.vocabulary import Grade, GradeSource, Role
from bot.services.customers.adding import create_customer
from bot.services.work import Work
from bot.store.tables import AuditEntry, Contact, Customer
from bot.store.unit import Store
from tests import builders
from tests.story import MORNING, Story

RAFFLES = AddCustomer(
    name="  Raffles   City ",
    place=Spot(latitude=1.2931, longitude=103.8520),
    grade=Grade.B,
    industry=None,
    contact=NewPerson(name="Mei Lim", phone="+65 9123 4567"),
)


def plain(name: str, address: str | None = None) -> AddCustomer:
    place = Spot(address=address) if address else None
    return AddCustomer(name=name, place=place, grade=None, industry=None, contact=None)


async def add(store: Store, filled: AddCustomer, name: str = builders.REP) -> Customer:
    acting = await builders.acting_for(store, name)
    async with store.begin() as session:
        return await create_customer(Work(session=session, acting=acting, now=MORNING), filled)


async def refusal(store: Store, filled: AddCustomer, name: str = builders.REP) -> str:
    with pytest.raises(Refused) as refused:
        await add(store, filled, name)
    return refused.value.code


@pytest.fixture
async def team(store: Store) -> int:
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id)
    await builders.add_member(store, team_id, name=builders.OTHER_REP)
    await builders.add_member(store, team_id, name="Service", role=Role.SERVICE)
    return team_id


async def test_everything_that_was_answered_is_kept(store: Store, team: int) -> None:
    await add(store, RAFFLES)
    async with store.read() as session:
        customer = (await session.exec(select(Customer))).one()
        contact = (await session.exec(select(Contact))).one()
        entry = (await session.exec(select(AuditEntry))).one()
    assert (customer.name, customer.team_id, customer.phone) == ("Raffles City", team, "+65 9123 4567")
    assert (customer.grade, customer.grade_source) == (Grade.B, GradeSource.OVERRIDE)
    assert (customer.lat, customer.lng) == (1.2931, 103.8520)
    assert (contact.name, contact.customer_id) == ("Mei Lim", customer.id)
    assert entry.action == "customer_added"


async def test_the_same_name_at_the_same_address_is_refused_and_named_to_its_owner_only(
    store: Store, team: int
) -> None:
    await add(store, plain("Raffles City", "252 North Bridge Road"))
    assert await refusal(store, plain("raffles  CITY", "252, North Bridge Road")) == "customer_exists"
    same = plain("Raffles City", "252 North Bridge Road")
    assert await refusal(store, same, builders.OTHER_REP) == "customer_exists_elsewhere"
    await add(store, plain("Raffles City", "1 Other Road"))
    async with store.read() as session:
        assert len((await session.exec(select(Customer))).all()) == 2


@pytest.mark.parametrize("name", ["😀", "--- !!", "   "])
async def test_a_name_without_a_letter_or_digit_is_refused(store: Store, team: int, name: str) -> None:
    assert await refusal(store, plain(name)) == "name_without_letters"


async def test_service_adds_nobody(store: Store, team: int) -> None:
    assert await refusal(store, plain("Raffles City"), "Service") == "not_for_your_role"


async def test_words_that_found_nobody_become_the_name_of_a_new_customer(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("Bugis <Junction>")
    await story.rep.taps("Add “Bugis <Junction>”")
    assert "Skip" in story.rep.buttons  # the name is answered, the place is asked
    for _ in range(3):
        await story.rep.taps("Skip")
    story.rep.sees_now("Bugis <Junction>", "no pin yet")
    async with story.app.store.read() as session:
        names = set((await session.exec(select(Customer.name))).all())
    assert names == {"Raffles City", "Bugis <Junction>"}


async def test_adding_the_same_customer_again_shows_the_one_that_is_there(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.rep.says("/add")
    await story.rep.says("Raffles City")
    for _ in range(3):
        await story.rep.taps("Skip")
    story.rep.sees_now("Raffles City is already there at this address.")
    await story.rep.taps("Show the card")
    story.rep.sees_now("Raffles City · C (imported)")
