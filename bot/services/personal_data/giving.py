"""Gives out what is kept: the file of one customer, or of one person at a customer."""

import asyncio
import json
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.exporting import export_customer
from bot.services.media import keep_media
from bot.services.network.reading import get_contact
from bot.services.personal_data.mentions import mentions_of
from bot.services.spreadsheet import XLSX_TYPE, SheetToWrite, Value, build_workbook
from bot.services.work import Work
from bot.store.tables import AuditEntry, Contact, Customer
from bot.store.unit import Store

LEFT_OUT = frozenset({"id", "team_id", "customer_id", "name_key"})


async def customer_file(store: Store, acting: Acting, customer_id: int) -> tuple[str, bytes]:
    """A name and an xlsx of all that is known of a visible customer. Raises Refused."""
    if not (acting.leads or acting.records):
        raise Refused("not_for_your_role")
    return await export_customer(store, acting, customer_id)


async def person_file(store: Store, acting: Acting, contact_id: int) -> tuple[str, bytes, int]:
    """A name, an xlsx of all that is known of a person, and the customer's id. Raises Refused("no_such_contact")."""
    if not (acting.leads or acting.records):
        raise Refused("not_for_your_role")
    async with store.read() as session:
        contact, customer = await get_contact(session, acting, contact_id)
        sheets = [
            _card(contact, customer),
            await _mentions(session, acting, contact),
        ]
    content = await asyncio.to_thread(build_workbook, sheets)
    return f"person-{contact_id}.xlsx", content, contact.customer_id


def _card(contact: Contact, customer: Customer) -> SheetToWrite:
    values = contact.model_dump(exclude=set(LEFT_OUT))
    rows: list[list[Value]] = [["customer", customer.name]]
    rows += [[field, _plain(value)] for field, value in values.items() if value not in (None, "", {})]
    return SheetToWrite(title="person", headers=["field", "value"], rows=rows)


async def _mentions(session: AsyncSession, acting: Acting, contact: Contact) -> SheetToWrite:
    """Every text about the customer in which the name or the number stands, with the table it is in."""
    rows: list[list[Value]] = [
        [mention.table, mention.row_id, mention.column, _plain(mention.value)]
        for mention in await mentions_of(session, acting.team_id, contact)
    ]
    return SheetToWrite(title="mentions", headers=["table", "row", "column", "text"], rows=rows)


def _plain(value: Any) -> Value:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


async def send(work: Work, name: str, content: bytes, *, customer_id: int, about: str) -> None:
    """Show a file below everything, and note in the audit that it was given out."""
    media = await keep_media(
        work.session, work.acting.team_id, name=name, content_type=XLSX_TYPE, content=content, now=work.now
    )
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="data_exported",
            subject="customer",
            subject_id=customer_id,
        )
    )
    facts: dict[str, Json] = {"about": about}
    screen = Screen(template="replies/data_file", facts=facts, place=Place.BELOW, document=str(media))
    await work.show(screen, over_tapped=False)
