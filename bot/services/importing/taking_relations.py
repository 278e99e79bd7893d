"""Takes rows of what belongs to customers: contacts, opportunities, and touches with their next date."""

from collections.abc import Sequence
from typing import Any

from bot.domain.names import name_key
from bot.domain.vocabulary import DealStage
from bot.services.importing.book import Book
from bot.services.importing.outcomes import Outcome, Verdict, bad, duplicate_of, took_new_values
from bot.services.importing.rows import ContactRow, Fault, OpportunityRow, TouchRow
from bot.store.tables import Contact, FollowUp, Opportunity, Row, Touch

STAGE_WHEN_UNKNOWN = DealStage.CONTACT


async def take_contacts(
    book: Book, batch: Sequence[ContactRow], first_line: dict[tuple[int, str, str], int]
) -> list[Outcome]:
    """Take contacts by customer, name and phone."""
    outcomes: list[Outcome] = []
    added: list[Contact] = []
    for row in batch:
        customer = book.find_customer(row.customer)
        if isinstance(customer, Fault):
            outcomes.append(bad(row.line, customer))
            continue
        key = (customer.id or 0, row.name_key, row.phone)
        first = first_line.setdefault(key, row.line)
        if first != row.line:
            outcomes.append(duplicate_of(row.line, first))
            continue
        known: dict[str, Any] = {
            "role": row.role,
            "job_title": row.job_title,
            "email": row.email,
            "decides": row.decides,
            "birthday": row.birthday,
            "notes": row.notes,
            "extra": dict(row.extra),
        }
        contact = book.contacts.get(key)
        if contact is None:
            contact = Contact(
                team_id=book.team_id,
                customer_id=customer.id or 0,
                name=row.name,
                name_key=row.name_key,
                phone=row.phone,
                created_at=row.created_at or book.now,
                **known,
            )
            book.add_contact(contact)
            added.append(contact)
            verdict = Verdict.NEW
        else:
            verdict = Verdict.CHANGED if took_new_values(contact, known) else Verdict.UNCHANGED
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=row.name))
    await book.keeper.keep(added)
    return outcomes


async def take_opportunities(
    book: Book, batch: Sequence[OpportunityRow], first_line: dict[tuple[int, str], int]
) -> list[Outcome]:
    """Take opportunities by customer and name."""
    await book.find_members(row.owner for row in batch)
    outcomes: list[Outcome] = []
    added: list[Opportunity] = []
    for row in batch:
        customer = book.find_customer(row.customer)
        if isinstance(customer, Fault):
            outcomes.append(bad(row.line, customer))
            continue
        key = (customer.id or 0, name_key(row.name))
        first = first_line.setdefault(key, row.line)
        if first != row.line:
            outcomes.append(duplicate_of(row.line, first))
            continue
        opportunity = book.opportunities.get(key)
        if opportunity is None:
            opportunity = Opportunity(
                team_id=book.team_id,
                customer_id=customer.id or 0,
                owner_id=customer.owner_id,
                name=row.name,
                stage=row.stage or STAGE_WHEN_UNKNOWN,
                stage_since=row.created_at or book.now,
                created_at=row.created_at or book.now,
            )
            _change_opportunity(book, opportunity, row)
            book.opportunities[key] = opportunity
            added.append(opportunity)
            verdict = Verdict.NEW
        else:
            verdict = Verdict.CHANGED if _change_opportunity(book, opportunity, row) else Verdict.UNCHANGED
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=row.name))
    await book.keeper.keep(added)
    return outcomes


def _change_opportunity(book: Book, opportunity: Opportunity, row: OpportunityRow) -> bool:
    known: dict[str, Any] = {
        "owner_id": book.member_id(row.owner),
        "amount_minor": row.amount_minor,
        "expected_on": row.expected_on,
        "competitor": row.competitor,
        "reason": row.reason,
        "extra": dict(row.extra),
    }
    if row.stage and row.stage is not opportunity.stage:
        known |= {"stage": row.stage, "stage_since": book.now}
    return took_new_values(opportunity, known)


async def take_touches(book: Book, batch: Sequence[TouchRow]) -> list[Outcome]:
    """Take past contacts by customer, time, kind and text, and the next date that they agreed on."""
    await book.find_members(row.owner for row in batch)
    outcomes: list[Outcome] = []
    added: list[Row] = []
    for row in batch:
        customer = book.find_customer(row.customer)
        if isinstance(customer, Fault):
            outcomes.append(bad(row.line, customer))
            continue
        customer_id, member_id = customer.id or 0, book.member_id(row.owner) or customer.owner_id
        verdict = Verdict.UNCHANGED
        if (customer_id, row.at, row.kind, row.note) not in book.touches:
            touch = Touch(
                team_id=book.team_id,
                customer_id=customer_id,
                member_id=member_id,
                kind=row.kind,
                at=row.at,
                note=row.note,
            )
            book.add_touch(touch)
            added.append(touch)
            verdict = Verdict.NEW
        due_on = row.next_contact_on
        if due_on and member_id and (customer_id, due_on) not in book.follow_ups:
            book.follow_ups.add((customer_id, due_on))
            added.append(
                FollowUp(
                    team_id=book.team_id,
                    customer_id=customer_id,
                    member_id=member_id,
                    due_on=due_on,
                    created_at=book.now,
                )
            )
            verdict = verdict if verdict is Verdict.NEW else Verdict.CHANGED
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=customer.name))
    await book.keeper.keep(added)
    return outcomes
