"""Adds a customer from chat in the way in which an import would: the same keys, the same search text."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_words import NewPerson, OwnWords
from bot.domain.geo import Pin
from bot.domain.names import address_key, name_key
from bot.domain.vocabulary import GradeSource
from bot.services.customers.card import may_change
from bot.services.customers.changing import note_change
from bot.services.search_text import search_text
from bot.services.work import Work
from bot.store.tables import Contact, Customer

NAME_CHARACTERS, ADDRESS_CHARACTERS, INDUSTRY_CHARACTERS = 200, 500, 80
PERSON_CHARACTERS, PHONE_CHARACTERS = 120, 60


async def create_customer(work: Work, filled: AddCustomer) -> Customer:
    """Add a customer of the acting person. Its clock starts spread over its interval by its id, as after an import.

    Raises Refused: not_for_your_role; name_without_letters; bad_pin; customer_exists for the same name at the same
    address when the person may see it, else customer_exists_elsewhere.
    """
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    customer = _row_of(work, filled)
    await _refuse_duplicate(work, customer)
    try:
        async with work.session.begin_nested():
            work.session.add(customer)
            await work.session.flush()
    except IntegrityError as error:  # another process added it between the look and the write
        raise Refused("customer_exists_elsewhere", name=customer.name) from error
    if filled.contact is not None:
        work.session.add(_contact_of(customer, filled.contact))
    note_change(work, customer, "customer_added", {"name": customer.name})
    await work.session.flush()
    return customer


def _row_of(work: Work, filled: AddCustomer) -> Customer:
    name = " ".join(filled.name.split())[:NAME_CHARACTERS]
    if not name_key(name):
        raise Refused("name_without_letters")
    place = filled.place
    address = " ".join((place.address or "").split())[:ADDRESS_CHARACTERS] if place else ""
    customer = Customer(
        team_id=work.acting.team_id,
        owner_id=work.acting.member_id,
        name=name,
        address=address,
        name_key=name_key(name),
        address_key=address_key(address),
        search_text=search_text(name),
        industry=_industry(filled.industry),
        phone=(filled.contact.phone or "")[:PHONE_CHARACTERS] if filled.contact else "",
        tags=[],
        extra={},
        grade=filled.grade,
        grade_source=GradeSource.OVERRIDE if filled.grade else None,
        created_at=work.now,
    )
    if place is not None and place.latitude is not None and place.longitude is not None:
        try:
            pin = Pin(lat=place.latitude, lng=place.longitude)
        except ValueError as error:
            raise Refused("bad_pin") from error
        customer.lat, customer.lng = pin.lat, pin.lng
    return customer


def _industry(answer: Pick | OwnWords | None) -> str:
    text = answer.label if isinstance(answer, Pick) else answer.text if answer else ""
    return text[:INDUSTRY_CHARACTERS]


def _contact_of(customer: Customer, person: NewPerson) -> Contact:
    assert customer.id is not None
    return Contact(
        team_id=customer.team_id,
        customer_id=customer.id,
        name=person.name[:PERSON_CHARACTERS],
        name_key=name_key(person.name)[:PERSON_CHARACTERS],
        phone=(person.phone or "")[:PHONE_CHARACTERS],
        extra={},
        created_at=customer.created_at,
    )


async def _refuse_duplicate(work: Work, customer: Customer) -> None:
    """Branches of one name are told apart by their addresses; the same name at the same address is the same."""
    same = select(Customer).where(
        col(Customer.team_id) == work.acting.team_id,
        col(Customer.name_key) == customer.name_key,
        col(Customer.address_key) == customer.address_key,
    )
    known = (await work.session.exec(same)).first()
    if known is None:
        return
    if work.acting.sees_team or known.owner_id == work.acting.member_id:
        raise Refused("customer_exists", name=known.name, id=known.id)
    raise Refused("customer_exists_elsewhere", name=customer.name)
