"""Takes rows of customers and of their places, with the last and next contact that such lists carry."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.names import name_key
from bot.domain.opening_hours import OpeningHours
from bot.domain.screen import Json
from bot.domain.vocabulary import GradeSource
from bot.services.importing.book import Book
from bot.services.importing.outcomes import Outcome, Verdict, bad, duplicate_of, took_new_values
from bot.services.importing.rows import CustomerRow, Fault, LocationRow
from bot.services.importing.values import DEFAULT_TOUCH
from bot.store.tables import Contact, Customer, FollowUp, Row, Touch


class CustomerTaker:
    """Takes the customers of one table, batch by batch."""

    def __init__(self, book: Book, rows: Sequence[CustomerRow]) -> None:
        self.book = book
        self.keys_in_file = {(row.name_key, row.address_key) for row in rows}
        self.first_line: dict[tuple[str, str], int] = {}
        self.known = {name: tuple(customers) for name, customers in book.customers_by_name.items()}

    async def take(self, batch: Sequence[CustomerRow]) -> list[Outcome]:
        await self.book.find_members(row.owner for row in batch)
        outcomes: list[Outcome] = []
        taken: list[tuple[CustomerRow, Customer, Verdict]] = []
        added: list[Customer] = []
        for row in batch:
            first = self.first_line.setdefault((row.name_key, row.address_key), row.line)
            if first != row.line:
                outcomes.append(duplicate_of(row.line, first))
                continue
            found = self._find(row)
            if isinstance(found, Fault):
                outcomes.append(bad(row.line, found))
            elif found is None:
                customer = self._new(row)
                self.book.add_customer(customer)
                added.append(customer)
                taken.append((row, customer, Verdict.NEW))
            else:
                taken.append((row, found, Verdict.CHANGED if self._change(found, row) else Verdict.UNCHANGED))
        await self.book.keeper.keep(added)
        follow_ons: list[Row] = []
        for row, customer, verdict in taken:
            made = self._follow_ons(row, customer)
            follow_ons.extend(made)
            if made and verdict is Verdict.UNCHANGED:
                verdict = Verdict.CHANGED
            outcomes.append(Outcome(line=row.line, verdict=verdict, label=row.name))
        await self.book.keeper.keep(follow_ons)
        return outcomes

    def _find(self, row: CustomerRow) -> Customer | Fault | None:
        """The same name at the same address. A customer known without address, or named without, is the only one of
        its name, unless the file itself tells them apart."""
        exact = self.book.customers.get((row.name_key, row.address_key))
        if exact is not None:
            return exact
        named = self.known.get(row.name_key, ())
        if not row.address_key and len(named) > 1:
            return Fault(code="ambiguous_customer", value=row.name, params={"count": len(named)})
        if len(named) != 1 or (named[0].name_key, named[0].address_key) in self.keys_in_file:
            return None
        return named[0] if not row.address_key or not named[0].address_key else None

    def _new(self, row: CustomerRow) -> Customer:
        customer = Customer(
            team_id=self.book.team_id,
            name=row.name,
            name_key=row.name_key,
            address=row.address,
            address_key=row.address_key,
            search_text=row.search_text,
            tags=[],
            extra={},
            created_at=row.created_at or self.book.now,
        )
        self._change(customer, row)
        return customer

    def _change(self, customer: Customer, row: CustomerRow) -> bool:
        known: dict[str, Any] = {
            "owner_id": self.book.member_id(row.owner),
            "region": row.region,
            "phone": row.phone,
            "industry": row.industry,
            "channel": row.channel,
            "size": row.size,
            "source": row.source,
            "tags": list(row.tags),
            "lat": row.lat,
            "lng": row.lng,
            "key_account": row.key_account,
            "visits_per_week": row.visits_per_week,
            "opening": _opening(customer, row),
            "stage": row.stage,
            "notes": row.notes,
            "ended_at": row.ended_at,
            "ended_reason": row.ended_reason,
            "extra": row.extra,
        }
        if row.grade and customer.grade_source in (None, GradeSource.IMPORTED):
            known |= {"grade": row.grade, "grade_source": GradeSource.IMPORTED}
        changed = took_new_values(customer, known)
        is_free = (customer.name_key, row.address_key) not in self.book.customers
        if row.address_key and not customer.address_key and is_free:
            self.book.move_customer(customer, row.address, row.address_key)
            changed = True
        return changed

    def _follow_ons(self, row: CustomerRow, customer: Customer) -> list[Row]:
        """What the row tells beside the customer itself, as far as it is not known: a person, a touch, a due date."""
        made: list[Row] = []
        book, customer_id, team_id = self.book, customer.id or 0, self.book.team_id
        key = name_key(row.contact_name)
        if key and (customer_id, key) not in book.people:
            contact = Contact(
                team_id=team_id,
                customer_id=customer_id,
                name=row.contact_name,
                name_key=key,
                phone=row.phone,
                created_at=book.now,
            )
            book.add_contact(contact)
            made.append(contact)
        if row.last_touch_at and (customer_id, row.last_touch_at) not in book.touched_at:
            made.append(_touch(book, customer, row.last_touch_at))
        due_on = row.next_contact_on
        touched = row.last_touch_at is not None and due_on is not None and due_on <= row.last_touch_at.date()
        if due_on and customer.owner_id and not touched and (customer_id, due_on) not in book.follow_ups:
            book.follow_ups.add((customer_id, due_on))
            made.append(
                FollowUp(
                    team_id=team_id,
                    customer_id=customer_id,
                    member_id=customer.owner_id,
                    due_on=due_on,
                    created_at=book.now,
                )
            )
        return made


def _opening(customer: Customer, row: CustomerRow) -> dict[str, Json] | None:
    """The hours of a row; visits in the midday rest stay as the customer asked for them."""
    if row.opening is None:
        return None
    return replace(row.opening, in_rest=OpeningHours.from_json(customer.opening).in_rest).to_json()


def _touch(book: Book, customer: Customer, at: datetime) -> Touch:
    touch = Touch(
        team_id=book.team_id, customer_id=customer.id or 0, member_id=customer.owner_id, kind=DEFAULT_TOUCH, at=at
    )
    book.add_touch(touch)
    return touch


async def take_locations(book: Book, batch: Sequence[LocationRow], first_line: dict[int, int]) -> list[Outcome]:
    """Set the pins of customers. ``first_line`` remembers, over the batches, which row set which customer's."""
    outcomes: list[Outcome] = []
    for row in batch:
        customer = book.find_customer(row.customer)
        if isinstance(customer, Fault):
            outcomes.append(bad(row.line, customer))
            continue
        first = first_line.setdefault(customer.id or 0, row.line)
        if first != row.line:
            outcomes.append(duplicate_of(row.line, first))
            continue
        was_known = customer.lat is not None
        changed = took_new_values(customer, {"lat": row.lat, "lng": row.lng})
        verdict = Verdict.UNCHANGED if not changed else Verdict.CHANGED if was_known else Verdict.NEW
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=customer.name))
    await book.keeper.keep(())  # writes the changed pins
    return outcomes
