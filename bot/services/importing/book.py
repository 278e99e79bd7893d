"""What a team has already, as far as an import needs it, and the one way in which an import adds to it.

The same code rehearses an import and carries it out: a dry run keeps new rows in memory only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.names import name_key
from bot.domain.vocabulary import Role, TouchKind
from bot.services.importing.columns import Kind
from bot.services.importing.rows import CustomerMention, Fault, ImportRow, OrderRow
from bot.store.tables import (
    Contact,
    Customer,
    FollowUp,
    Member,
    Opportunity,
    Order,
    OrderLine,
    Product,
    Row,
    Team,
    Touch,
)

AnyRow = TypeVar("AnyRow", bound=Row)
IDS_IN_A_QUERY = 500  # below every engine's limit of bound parameters


class Keeper(Protocol):
    """Takes new rows and gives them ids; lets old ones go."""

    async def keep(self, rows: Sequence[Row]) -> None: ...

    async def discard(self, rows: Sequence[Row]) -> None: ...


class Writing:
    """Keeps rows in the transaction's tables."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def keep(self, rows: Sequence[Row]) -> None:
        self.session.add_all(rows)
        await self.session.flush()

    async def discard(self, rows: Sequence[Row]) -> None:
        for row in rows:
            await self.session.delete(row)
        await self.session.flush()


class Rehearsing:
    """Keeps nothing: new rows get negative ids, so that rows which need each other find each other."""

    def __init__(self) -> None:
        self.last_id = 0

    async def keep(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self.last_id -= 1
            row.id = self.last_id

    async def discard(self, rows: Sequence[Row]) -> None:
        return None


class Book:
    """A team's rows by the keys that an import matches with."""

    def __init__(self, team: Team, keeper: Keeper, now: datetime) -> None:
        self.team_id = team.id or 0
        self.keeper = keeper
        self.now = now
        self.members: dict[str, Member] = {}
        self.members_added: list[str] = []
        self.customers: dict[tuple[str, str], Customer] = {}
        self.customers_by_name: dict[str, list[Customer]] = {}
        self.contacts: dict[tuple[int, str, str], Contact] = {}
        self.people: set[tuple[int, str]] = set()
        self.products: dict[str, Product] = {}
        self.products_by_name: dict[str, Product] = {}
        self.orders: dict[str, Order] = {}
        self.buyers: set[int] = set()  # customers whose orders changed
        self.lines: dict[int, list[OrderLine]] = {}
        self.opportunities: dict[tuple[int, str], Opportunity] = {}
        self.touches: set[tuple[int, datetime, TouchKind, str]] = set()
        self.touched_at: set[tuple[int, datetime]] = set()
        self.follow_ups: set[tuple[int, date]] = set()

    def redirect(self, duplicate: Customer, kept: Customer) -> None:
        """Let what is said of a customer that was merged away be said of the one that was kept."""
        self.customers[(duplicate.name_key, duplicate.address_key)] = kept
        named = self.customers_by_name.setdefault(duplicate.name_key, [])
        if kept not in named:
            named.append(kept)

    def add_customer(self, customer: Customer) -> None:
        self.customers[(customer.name_key, customer.address_key)] = customer
        self.customers_by_name.setdefault(customer.name_key, []).append(customer)

    def move_customer(self, customer: Customer, address: str, address_key: str) -> None:
        """Give a customer an address that was not known."""
        self.customers.pop((customer.name_key, customer.address_key), None)
        customer.address, customer.address_key = address, address_key
        self.customers[(customer.name_key, address_key)] = customer

    def add_contact(self, contact: Contact) -> None:
        self.contacts[(contact.customer_id, contact.name_key, contact.phone)] = contact
        self.people.add((contact.customer_id, contact.name_key))

    def add_product(self, product: Product) -> None:
        self.products[product.code.casefold()] = product
        self.products_by_name[name_key(product.name)] = product

    def add_touch(self, touch: Touch) -> None:
        self.touches.add((touch.customer_id, touch.at, touch.kind, touch.note))
        self.touched_at.add((touch.customer_id, touch.at))

    def find_customer(self, mention: CustomerMention) -> Customer | Fault:
        """The customer that another table names, or why it cannot be told."""
        exact = self.customers.get((mention.name_key, mention.address_key))
        if exact is not None and mention.address_key:
            return exact
        named = self.customers_by_name.get(mention.name_key, [])
        if not named:
            return Fault(code="unknown_customer", value=mention.name, params={})
        if len(named) > 1:
            return Fault(code="ambiguous_customer", value=mention.name, params={"count": len(named)})
        return named[0]

    async def find_members(self, names: Iterable[str]) -> None:
        """Make sure that all the named people are members; unknown ones become reps who have not joined."""
        unknown = {name_key(name): name for name in names if name and name_key(name) not in self.members}
        added = [Member(team_id=self.team_id, name=name, role=Role.REP) for key, name in unknown.items() if key]
        if added:
            await self.keeper.keep(added)
        for member in added:
            self.members[name_key(member.name)] = member
            self.members_added.append(member.name)

    def member_id(self, name: str) -> int | None:
        member = self.members.get(name_key(name))
        return member.id if member else None


async def load_book(
    session: AsyncSession, team: Team, keeper: Keeper, now: datetime, rows: Mapping[Kind, Sequence[ImportRow]]
) -> Book:
    """Load what the given rows can touch."""
    book = Book(team, keeper, now)
    for member in await session.exec(select(Member).where(Member.team_id == book.team_id)):
        book.members[name_key(member.name)] = member
    customers = {row.id: row for row in await session.exec(select(Customer).where(Customer.team_id == book.team_id))}
    for customer in customers.values():
        if customer.merged_into_id is None:
            book.add_customer(customer)
    for customer in customers.values():
        if customer.merged_into_id in customers:
            book.redirect(customer, customers[customer.merged_into_id])
    if not (kinds := rows.keys()) <= {Kind.LOCATIONS}:
        await _load_of_customers(session, book, kinds, _ids_of_customers(book, rows))
    if kinds & {Kind.PRODUCTS, Kind.ORDERS}:
        for product in await session.exec(select(Product).where(Product.team_id == book.team_id)):
            book.add_product(product)
    await _load_orders(session, book, [row for row in rows.get(Kind.ORDERS, ()) if isinstance(row, OrderRow)])
    return book


def _ids_of_customers(book: Book, rows: Mapping[Kind, Sequence[ImportRow]]) -> list[int]:
    keys = {
        key
        for of_kind in rows.values()
        for row in of_kind
        if (key := getattr(row, "name_key", "") if not hasattr(row, "customer") else row.customer.name_key)
    }
    return [customer.id or 0 for key in sorted(keys) for customer in book.customers_by_name.get(key, ())]


async def _load_of_customers(session: AsyncSession, book: Book, kinds: Iterable[Kind], ids: Sequence[int]) -> None:
    wanted = set(kinds)
    if wanted & {Kind.CONTACTS, Kind.CUSTOMERS}:
        async for contact in _of_customers(session, book, Contact, ids):
            book.add_contact(contact)
    if Kind.OPPORTUNITIES in wanted:
        async for opportunity in _of_customers(session, book, Opportunity, ids):
            book.opportunities[(opportunity.customer_id, name_key(opportunity.name))] = opportunity
    if wanted & {Kind.CUSTOMERS, Kind.TOUCHES}:
        async for touch in _of_customers(session, book, Touch, ids):
            book.add_touch(touch)
        async for follow_up in _of_customers(session, book, FollowUp, ids):
            book.follow_ups.add((follow_up.customer_id, follow_up.due_on))


async def _of_customers(session: AsyncSession, book: Book, table: type[AnyRow], ids: Sequence[int]) -> Any:
    columns: Any = table
    for some in _portions(ids):
        query = select(table).where(columns.team_id == book.team_id, col(columns.customer_id).in_(some))
        for row in await session.exec(query):
            yield row


async def _load_orders(session: AsyncSession, book: Book, rows: Sequence[OrderRow]) -> None:
    for numbers in _portions([row.number for row in rows]):
        query = select(Order).where(Order.team_id == book.team_id, col(Order.number).in_(numbers))
        for order in await session.exec(query):
            book.orders[order.number] = order
    for ids in _portions([order.id or 0 for order in book.orders.values()]):
        lines = select(OrderLine).where(OrderLine.team_id == book.team_id, col(OrderLine.order_id).in_(ids))
        for line in await session.exec(lines):
            book.lines.setdefault(line.order_id, []).append(line)


Item = TypeVar("Item")


def _portions(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + IDS_IN_A_QUERY] for start in range(0, len(items), IDS_IN_A_QUERY))
