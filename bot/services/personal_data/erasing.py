"""Forgets a customer, or a person at one, for good: rows, words in other rows, plans, files and sent messages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, func, select

from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.services.customers.card import living_card
from bot.services.media import LASTING_TYPES
from bot.services.network.reading import get_contact
from bot.services.personal_data.mentions import strike_out, strike_out_of_team, words_of
from bot.services.personal_data.places import audited
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import (
    AuditEntry,
    Contact,
    Customer,
    CustomerSearch,
    DayPlan,
    Introduction,
    Media,
    Member,
    Order,
    Outbox,
    Promise,
    Report,
    Visit,
    WeekPlan,
)

A_WEEK = timedelta(days=7)
MEDIA_ANSWERS = ("photo", "voice")


async def erase_customer_screen(work: Work, customer_id: int) -> Screen:
    """The question before it, with what would be lost. Raises Refused."""
    customer = await _leaders_customer(work, customer_id)
    counted: dict[str, Json] = {"id": customer.id, "name": customer.name}
    for name, table in (("contacts", Contact), ("orders", Order), ("visits", Visit), ("promises", Promise)):
        columns: Any = table
        mine = (columns.team_id == work.acting.team_id, columns.customer_id == customer_id)
        counted[name] = (await work.session.exec(select(func.count()).select_from(table).where(*mine))).one()
    return Screen(template="replies/erase_customer", facts=counted, living=living_card(customer_id))


async def _leaders_customer(work: Work, customer_id: int) -> Customer:
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    return await get_customer(work.session, work.acting, customer_id)


async def erase_customer(work: Work, customer_id: int) -> None:
    """Delete a customer with all that hangs on it. The audit keeps that it was done, by whom, and nothing else."""
    customer = await _leaders_customer(work, customer_id)
    team_id = work.acting.team_id
    await _forget_media(work, customer_id)
    await _empty_audit(work, customer_id)
    await _forget_plans(work, customer.owner_id)
    await _strike_out_elsewhere(work, customer)
    merged = (col(Customer.team_id) == team_id, col(Customer.merged_into_id) == customer_id)
    await work.session.exec(delete(Customer).where(*merged))
    await work.session.exec(delete(Customer).where(col(Customer.team_id) == team_id, col(Customer.id) == customer_id))
    work.session.expunge(customer)
    await _forget_what_was_sent(work)
    _note(work, "customer_erased", None)
    await work.session.flush()


async def erase_person_screen(work: Work, contact_id: int) -> Screen:
    """The question before it. Raises Refused."""
    contact, customer = await _leaders_contact(work, contact_id)
    facts: dict[str, Json] = {"id": contact.id, "name": contact.name, "customer": customer.name}
    return Screen(template="replies/erase_person", facts=facts, living=living_card(contact.customer_id))


async def _leaders_contact(work: Work, contact_id: int) -> tuple[Contact, Customer]:
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    return await get_contact(work.session, work.acting, contact_id)


async def erase_person(work: Work, contact_id: int) -> int:
    """Delete a person and strike the name out of what was written at the customer, whose id is given back."""
    contact, customer = await _leaders_contact(work, contact_id)
    await strike_out(work.session, work.acting.team_id, contact)
    await work.session.refresh(customer)
    if customer.phone and customer.phone == contact.phone:
        customer.phone = ""
    await work.session.delete(contact)
    await _forget_what_was_sent(work)
    _note(work, "contact_erased", customer.id)
    await work.session.flush()
    assert customer.id is not None
    return customer.id


async def _forget_media(work: Work, customer_id: int) -> None:
    """Photos and voice notes of the customer's reports."""
    query = (
        select(col(Report.answers))
        .join(Visit, col(Visit.id) == col(Report.visit_id))
        .where(col(Visit.team_id) == work.acting.team_id, col(Visit.customer_id) == customer_id)
    )
    ids = {int(one) for answers in (await work.session.exec(query)).all() for one in _media_in(answers)}
    if ids:
        mine = (col(Media.team_id) == work.acting.team_id, col(Media.id).in_(ids))
        await work.session.exec(delete(Media).where(*mine))


def _media_in(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for key, one in value.items():
                if key in MEDIA_ANSWERS and isinstance(one, str) and one.isdecimal():
                    yield one
                else:
                    yield from _media_in(one)
        case list():
            for one in value:
                yield from _media_in(one)


async def _empty_audit(work: Work, customer_id: int) -> None:
    """That something was changed stays; what it said goes."""
    mine = (col(AuditEntry.team_id) == work.acting.team_id, audited(work.acting.team_id, customer_id))
    await work.session.exec(update(AuditEntry).where(*mine).values(change={}, subject_id=None))


async def _forget_plans(work: Work, owner_id: int | None) -> None:
    """Plans to come are made anew without the customer."""
    if owner_id is None:
        return
    to_come = (col(DayPlan.member_id) == owner_id, col(DayPlan.on) >= work.today)
    await work.session.exec(delete(DayPlan).where(*to_come))
    weeks = (col(WeekPlan.member_id) == owner_id, col(WeekPlan.starts_on) > work.today - A_WEEK)
    await work.session.exec(delete(WeekPlan).where(*weeks))


async def _strike_out_elsewhere(work: Work, customer: Customer) -> None:
    """The customer's name and its people's, in what belongs to no customer: the playbook, old plans, messages."""
    query = select(Contact).where(col(Contact.team_id) == work.acting.team_id, col(Contact.customer_id) == customer.id)
    named = (col(Introduction.team_id) == work.acting.team_id, col(Introduction.name_key) == customer.name_key)
    await work.session.exec(delete(Introduction).where(*named))
    words = [customer.name, customer.name_key, customer.phone]
    for contact in (await work.session.exec(query)).all():
        words += words_of(contact)
    await strike_out_of_team(work.session, work.acting.team_id, words)


async def _forget_what_was_sent(work: Work) -> None:
    """Files made to be sent or taken in, once nothing waits, and words searched by. Sent messages keep no facts."""
    team_id = work.acting.team_id
    members = select(Member.id).where(col(Member.team_id) == team_id)
    files = (col(Media.team_id) == team_id, col(Media.content_type).not_in(LASTING_TYPES))
    waiting = select(Outbox.id).where(col(Outbox.member_id).in_(members), col(Outbox.settled_at).is_(None))
    if (await work.session.exec(waiting.limit(1))).first() is None:
        await work.session.exec(delete(Media).where(*files))
    await work.session.exec(delete(CustomerSearch).where(col(CustomerSearch.team_id) == team_id))


def _note(work: Work, action: str, customer_id: int | None) -> None:
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action=action,
            subject="customer",
            subject_id=customer_id,
        )
    )
