"""Merges a customer that was entered twice: all that hangs on the duplicate goes to the one that is kept.

The duplicate stays as an ended row that points to the other, so that old buttons and the next import find their way.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint, Table, UniqueConstraint, delete, exists, update
from sqlmodel import col, select

from bot.domain.duplicates import Identity, Likeness, likeness
from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import VisitState
from bot.services.customers.card import living_card
from bot.services.customers.changing import EndReason, customer_to_own, note_change
from bot.services.customers.handing_over import move_open_work
from bot.services.customers.listing import worked_with
from bot.services.navigation import pin_of
from bot.services.work import Work
from bot.store.tables import Contact, Customer, Opportunity, Order, Row, Visit

OFFERED = 6
FILLED_FROM_DUPLICATE = (
    "owner_id", "phone", "industry", "channel", "size", "region", "source", "lat", "lng", "grade", "grade_source",
    "stage", "visits_per_week", "opening",
)  # fmt: skip
SECOND = " (2)"
NAME_MAX, NOTES_MAX = 200, 4000
ORDER = list(Likeness)


async def duplicates_screen(work: Work, customer_id: int) -> Screen:
    """Which visible customers may be the same as this one. Raises Refused."""
    customer = await customer_to_own(work, customer_id)
    found = [
        (why, other)
        for other in await worked_with(work.session, work.acting)
        if other.id != customer.id and (why := likeness(_identity(customer), _identity(other))) is not None
    ]
    found.sort(key=lambda pair: ORDER.index(pair[0]))
    facts: dict[str, Json] = {
        "id": customer.id,
        "name": customer.name,
        "others": [
            {"id": other.id, "name": other.name, "address": other.address, "why": why.value}
            for why, other in found[:OFFERED]
        ],
    }
    return Screen(template="replies/card_duplicates", facts=facts, living=living_card(customer_id))


def _identity(customer: Customer) -> Identity:
    return Identity(name_key=customer.name_key, phone=customer.phone, pin=pin_of(customer))


async def merge_screen(work: Work, keep_id: int, duplicate_id: int) -> Screen:
    """The question before a merge: what goes where. Raises Refused."""
    keep, duplicate = await _pair(work, keep_id, duplicate_id)
    facts: dict[str, Json] = {
        "id": keep.id,
        "name": keep.name,
        "address": keep.address,
        "other_id": duplicate.id,
        "other_name": duplicate.name,
        "other_address": duplicate.address,
        "orders": await _count(work, Order, duplicate_id),
        "visits": await _count(work, Visit, duplicate_id),
        "contacts": await _count(work, Contact, duplicate_id),
    }
    return Screen(template="replies/card_merge", facts=facts, living=living_card(keep_id))


async def _count(work: Work, table: type[Row], customer_id: int) -> int:
    columns: Any = table
    mine = (columns.team_id == work.acting.team_id, columns.customer_id == customer_id)
    return len((await work.session.exec(select(columns.id).where(*mine))).all())


async def _pair(work: Work, keep_id: int, duplicate_id: int) -> tuple[Customer, Customer]:
    keep = await customer_to_own(work, keep_id)
    duplicate = await customer_to_own(work, duplicate_id)
    if keep_id == duplicate_id or keep.merged_into_id is not None or duplicate.merged_into_id is not None:
        raise Refused("old_button")
    return keep, duplicate


async def merge_customers(work: Work, keep_id: int, duplicate_id: int) -> None:
    """Make two customers one. Raises Refused: also for a pair that was merged before."""
    keep, duplicate = await _pair(work, keep_id, duplicate_id)
    await _join_contacts(work, keep_id, duplicate_id)
    await _rename_deals(work, keep_id, duplicate_id)
    await _cancel_second_visits(work, keep_id, duplicate_id)
    for table in _tables_of_customers():
        await _move_rows(work, table, keep_id, duplicate_id)
    await work.session.exec(
        update(Customer).where(col(Customer.merged_into_id) == duplicate_id).values(merged_into_id=keep_id)
    )
    _fill(keep, duplicate)
    duplicate.ended_at, duplicate.ended_reason = work.now, EndReason.DUPLICATE.value
    duplicate.merged_into_id = keep_id
    await work.session.flush()
    if keep.owner_id is not None and duplicate.owner_id != keep.owner_id:
        await move_open_work(work, [keep_id], duplicate.owner_id, keep.owner_id)
    note_change(work, duplicate, "customer_merged", {"into": keep.name})
    note_change(work, keep, "customer_merged", {"name": duplicate.name})


def _fill(keep: Customer, duplicate: Customer) -> None:
    """What the kept one does not know, the duplicate tells."""
    for field in FILLED_FROM_DUPLICATE:
        if getattr(keep, field) in (None, "", {}):
            setattr(keep, field, getattr(duplicate, field))
    keep.key_account = keep.key_account or duplicate.key_account
    keep.tags = list(dict.fromkeys([*keep.tags, *duplicate.tags]))
    keep.extra = {**duplicate.extra, **keep.extra}
    keep.created_at = min(keep.created_at, duplicate.created_at)
    if duplicate.notes and duplicate.notes not in keep.notes:
        keep.notes = f"{keep.notes}\n{duplicate.notes}".strip()[:NOTES_MAX]


async def _join_contacts(work: Work, keep_id: int, duplicate_id: int) -> None:
    """A person whom both know is one: the kept contact learns what only the other says."""
    known = {(one.name_key, one.phone): one for one in await _rows(work, Contact, keep_id)}
    for twin in await _rows(work, Contact, duplicate_id):
        contact = known.get((twin.name_key, twin.phone))
        if contact is None:
            continue
        for field in ("role", "job_title", "email", "decides", "influence", "attitude", "closeness", "birthday"):
            if getattr(contact, field) in (None, "", {}):
                setattr(contact, field, getattr(twin, field))
        days = [day for day in (contact.last_met_on, twin.last_met_on) if day]
        contact.last_met_on = max(days, default=None)
        contact.notes = contact.notes or twin.notes
        await work.session.delete(twin)
    await work.session.flush()


async def _rename_deals(work: Work, keep_id: int, duplicate_id: int) -> None:
    """Two deals of one name are two deals."""
    taken = {deal.name for deal in await _rows(work, Opportunity, keep_id)}
    for deal in await _rows(work, Opportunity, duplicate_id):
        while deal.name in taken:
            deal.name = deal.name[: NAME_MAX - len(SECOND)] + SECOND
        taken.add(deal.name)
    await work.session.flush()


async def _cancel_second_visits(work: Work, keep_id: int, duplicate_id: int) -> None:
    """Nobody goes twice to one door because it was on the list twice."""
    planned = {(one.member_id, one.on) for one in await _rows(work, Visit, keep_id) if one.state in _TO_COME}
    for visit in await _rows(work, Visit, duplicate_id):
        if visit.state is VisitState.PLANNED and (visit.member_id, visit.on) in planned:
            visit.state = VisitState.CANCELLED
    await work.session.flush()


_TO_COME = (VisitState.PLANNED, VisitState.STARTED)


async def _rows(work: Work, table: Any, customer_id: int) -> Sequence[Any]:
    query = select(table).where(table.team_id == work.acting.team_id, table.customer_id == customer_id)
    return (await work.session.exec(query.order_by(table.id))).all()


def _tables_of_customers() -> Iterator[Table]:
    """Every table whose rows belong to a customer, also those that are yet to be invented."""
    for table in Row.metadata.sorted_tables:
        if "customer_id" in table.c and "team_id" in table.c:
            yield table


async def _move_rows(work: Work, table: Table, keep_id: int, duplicate_id: int) -> None:
    """Give rows to the kept customer; where it has its own of a kind that is one a customer, its own stands."""
    of_duplicate = (table.c.team_id == work.acting.team_id, table.c.customer_id == duplicate_id)
    for others in _unique_beside_customer(table):
        twin = table.alias()
        clash = exists().where(
            twin.c.customer_id == keep_id, *(twin.c[column.name] == table.c[column.name] for column in others)
        )
        await work.session.exec(delete(table).where(*of_duplicate, clash))
    await work.session.exec(update(table).where(*of_duplicate).values(customer_id=keep_id))


def _unique_beside_customer(table: Table) -> Iterator[list[Column[Any]]]:
    """For each key of the table that holds the customer: its other columns."""
    keys = [list(one.columns) for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    keys += [list(one.columns) for one in table.indexes if one.unique]
    for columns in keys:
        if any(column.name == "customer_id" for column in columns):
            yield [column for column in columns if column.name != "customer_id"]
