"""Reads the people at customers as the domain sees them."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.network import HIGHEST_ATTITUDE, LOWEST_ATTITUDE, MOST_CLOSENESS, MOST_INFLUENCE, Person
from bot.domain.people import Acting
from bot.store.customers import get_customer
from bot.store.tables import Contact, Customer


def as_person(contact: Contact) -> Person:
    """A contact as a person of the network. A value off its scale, as an import may bring one, is cut to it."""
    assert contact.id is not None
    return Person(
        contact_id=contact.id,
        name=contact.name,
        role=contact.role,
        decides=bool(contact.decides),
        influence=_within(contact.influence, 0, MOST_INFLUENCE),
        attitude=_within(contact.attitude, LOWEST_ATTITUDE, HIGHEST_ATTITUDE),
        closeness=_within(contact.closeness, 0, MOST_CLOSENESS),
        last_met_on=contact.last_met_on,
    )


def _within(value: int | None, low: int, high: int) -> int | None:
    return None if value is None else min(max(value, low), high)


async def people_of(session: AsyncSession, team_id: int, customer_ids: Sequence[int]) -> dict[int, list[Person]]:
    """The people at some customers of a team, by customer; who decides first, then by influence."""
    found: dict[int, list[Person]] = {identity: [] for identity in customer_ids}
    query = select(Contact).where(col(Contact.team_id) == team_id, col(Contact.customer_id).in_(customer_ids))
    contacts = (await session.exec(query)).all()
    for contact in sorted(contacts, key=lambda one: (not one.decides, -(one.influence or 0), one.id or 0)):
        found[contact.customer_id].append(as_person(contact))
    return found


async def get_contact(session: AsyncSession, acting: Acting, contact_id: int) -> tuple[Contact, Customer]:
    """A contact of a visible customer. Raises Refused("no_such_contact")."""
    query = select(Contact).where(col(Contact.team_id) == acting.team_id, col(Contact.id) == contact_id)
    contact = (await session.exec(query)).one_or_none()
    if contact is None:
        raise Refused("no_such_contact")
    try:
        return contact, await get_customer(session, acting, contact.customer_id)
    except Refused as error:
        raise Refused("no_such_contact") from error
