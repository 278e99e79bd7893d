"""Changes what is known of a person at a customer: role, influence, attitude, closeness."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.domain.errors import Refused
from bot.domain.forms.add_contact import NewContact
from bot.domain.names import name_key
from bot.domain.network import HIGHEST_ATTITUDE, LOWEST_ATTITUDE, MOST_CLOSENESS, MOST_INFLUENCE
from bot.domain.vocabulary import ContactRole
from bot.services.customers.card import may_change
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.network.reading import get_contact
from bot.services.reports.people_met import add_contact
from bot.services.work import Work
from bot.store.tables import Contact


class Trait(StrEnum):
    """What a tap can say of a person; the value goes into buttons."""

    ROLE = "role"
    INFLUENCE = "inf"
    ATTITUDE = "att"
    CLOSENESS = "close"


SCALES: Mapping[Trait, range] = MappingProxyType(
    {
        Trait.INFLUENCE: range(MOST_INFLUENCE + 1),
        Trait.ATTITUDE: range(LOWEST_ATTITUDE, HIGHEST_ATTITUDE + 1),
        Trait.CLOSENESS: range(MOST_CLOSENESS + 1),
    }
)


def values_of(trait: Trait) -> list[str]:
    """The values to choose from, as buttons carry them."""
    if trait is Trait.ROLE:
        return [role.value for role in ContactRole]
    return [str(value) for value in SCALES[trait]]


async def set_trait(work: Work, contact_id: int, trait: Trait, value: str) -> Contact:
    """Set a trait of a contact. Raises Refused: no_such_contact, not_for_your_role, button_unknown."""
    contact, customer = await get_contact(work.session, work.acting, contact_id)
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    if value not in values_of(trait):
        raise Refused("button_unknown")
    _SETTERS[trait](contact, value)
    note_change(work, customer, "contact_changed", {"contact": contact.id, "trait": trait.value, "to": value})
    await work.session.flush()
    return contact


def _set_role(contact: Contact, value: str) -> None:
    """The role; who was said to decide and is something else still decides: both can be true."""
    contact.role = ContactRole(value)
    if contact.role is ContactRole.DECIDER:
        contact.decides = True


def _set_influence(contact: Contact, value: str) -> None:
    contact.influence = int(value)


def _set_attitude(contact: Contact, value: str) -> None:
    contact.attitude = int(value)


def _set_closeness(contact: Contact, value: str) -> None:
    contact.closeness = int(value)


_SETTERS: Mapping[Trait, Callable[[Contact, str], None]] = MappingProxyType(
    {
        Trait.ROLE: _set_role,
        Trait.INFLUENCE: _set_influence,
        Trait.ATTITUDE: _set_attitude,
        Trait.CLOSENESS: _set_closeness,
    }
)


async def set_birthday(work: Work, contact_id: int, birthday: date) -> Contact:
    """Note when a person was born. Raises Refused: no_such_contact, not_for_your_role."""
    contact, customer = await get_contact(work.session, work.acting, contact_id)
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    contact.birthday = birthday
    note_change(work, customer, "contact_changed", {"contact": contact.id, "trait": "birthday"})
    await work.session.flush()
    return contact


async def add_person(work: Work, customer_id: int, filled: NewContact) -> Contact:
    """Add a person to a customer, or take the known one of that name and number. Raises Refused."""
    customer = await customer_to_change(work, customer_id)
    if not name_key(filled.person.name):
        raise Refused("name_without_letters")
    contact = await add_contact(work, customer_id, filled.person)
    if filled.role is not None:
        _set_role(contact, filled.role.value)
    note_change(work, customer, "contact_added", {"contact": contact.id})
    await work.session.flush()
    return contact
