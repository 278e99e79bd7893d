"""Whom a visit met: known contacts get the date, new persons become contacts."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_words import NewPerson
from bot.domain.names import name_key
from bot.services.work import Work
from bot.store.tables import Contact, Visit


async def note(work: Work, met: Sequence[Pick | NewPerson], visit: Visit) -> list[dict[str, Any]]:
    """Note who was met. Gives what was there before, for an undo."""
    before: list[dict[str, Any]] = []
    for person in met:
        if isinstance(person, NewPerson):
            contact: Contact | None = await add_contact(work, visit.customer_id, person)
        else:
            query = select(Contact).where(
                col(Contact.team_id) == work.acting.team_id,
                col(Contact.customer_id) == visit.customer_id,
                col(Contact.id) == int(person.key),
            )
            contact = (await work.session.exec(query)).one_or_none()
        if contact is not None:
            day = contact.last_met_on
            before.append({"id": contact.id, "last_met_on": day.isoformat() if day else None})
            contact.last_met_on = max(visit.on, day or visit.on)
    return before


async def add_contact(work: Work, customer_id: int, person: NewPerson) -> Contact:
    """The contact of that name and number at a customer, made when it is new."""
    key, phone = name_key(person.name), person.phone or ""
    query = select(Contact).where(
        col(Contact.team_id) == work.acting.team_id,
        col(Contact.customer_id) == customer_id,
        col(Contact.name_key) == key,
    )
    found = (await work.session.exec(query)).all()
    for contact in found:
        if not phone or contact.phone in ("", phone):
            contact.phone = contact.phone or phone
            return contact
    contact = Contact(
        team_id=work.acting.team_id,
        customer_id=customer_id,
        name=person.name,
        name_key=key,
        phone=phone,
        created_at=work.now,
    )
    work.session.add(contact)
    await work.session.flush()
    return contact
