"""The use-cases: read files, rehearse their import, and carry it out, one transaction a table."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused, Unavailable
from bot.services.importing.book import Book, Rehearsing, Writing, load_book
from bot.services.importing.columns import Kind
from bot.services.importing.outcomes import Outcome
from bot.services.importing.plan import ImportPlan, TablePlan, TableState, in_state, plan_table
from bot.services.importing.reading import read_sheets
from bot.services.importing.recognising import recognise
from bot.services.importing.row_reading import Frame
from bot.services.importing.rows import Fault, ImportRow
from bot.services.importing.tables import Table, read_table
from bot.services.importing.taking_customers import CustomerTaker, take_locations
from bot.services.importing.taking_orders import take_orders, take_products
from bot.services.importing.taking_relations import take_contacts, take_opportunities, take_touches
from bot.store.tables import AuditEntry, Team
from bot.store.unit import Store

BATCH = 500
NEEDS_CUSTOMERS = frozenset({Kind.LOCATIONS, Kind.CONTACTS, Kind.OPPORTUNITIES, Kind.ORDERS, Kind.TOUCHES})
NEEDS_PRODUCTS = frozenset({Kind.ORDERS})

Take = Callable[[Sequence[Any]], Awaitable[list[Outcome]]]
OnRows = Callable[[int, int], None]
OnStep = Callable[[TablePlan], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Files as read: the tables in the order in which they need each other, and the files that could not be read."""

    tables: tuple[Table, ...]
    unreadable: tuple[TablePlan, ...]

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)


async def read_files(store: Store, team_id: int, sources: Sequence[SourceFile], kind: Kind | None = None) -> Reading:
    """Read files in a worker thread, under the team's zone and currency. A file that cannot be read is part of the
    answer, not an error. ``kind`` says what all of them hold, instead of their headers."""
    async with store.read() as session:
        team = await _team(session, team_id)
    frame = Frame(zone=ZoneInfo(team.timezone), currency=team.currency)
    tables: list[Table] = []
    unreadable: list[TablePlan] = []
    for source in sources:
        try:
            tables.extend(await asyncio.to_thread(read_source, source, frame, kind))
        except Refused as refusal:
            params = {name: value for name, value in refusal.params.items() if isinstance(value, str | int)}
            problem = Fault(code=refusal.code, params=params)
            unreadable.append(TablePlan(file=source.name, state=TableState.UNREADABLE, problem=problem))
    order = list(Kind)
    tables.sort(key=lambda table: order.index(table.layout.kind))
    return Reading(tables=tuple(tables), unreadable=tuple(unreadable))


def read_source(source: SourceFile, frame: Frame, kind: Kind | None = None) -> list[Table]:
    """Read one file; blocking. Sheets without a known header are passed over unless all are like that, then the first
    one's refusal is raised."""
    tables: list[Table] = []
    refusals: list[Refused] = []
    for sheet in read_sheets(source.content):
        try:
            layout = recognise(sheet, kind)
        except Refused as refusal:
            refusals.append(refusal)
            continue
        tables.append(read_table(source.name, sheet, layout, frame))
    if not tables:
        raise refusals[0]
    if not any(table.rows or table.bad for table in tables):
        raise Refused("no_rows")
    return tables


async def analyse(
    store: Store, team_id: int, reading: Reading, *, now: datetime, good_rows: bool = False
) -> ImportPlan:
    """Say what ``apply`` would do, and change nothing."""
    plans: list[TablePlan] = list(reading.unreadable)
    async with store.read() as session:
        team = await _team(session, team_id)
        rows: dict[Kind, list[ImportRow]] = {}
        for table in reading.tables:
            rows.setdefault(table.layout.kind, []).extend(table.rows)
        book = await load_book(session, team, Rehearsing(), now, rows)
        session.expunge_all()  # the rehearsal changes rows in memory, which must never be written
    for table in reading.tables:
        plans.append(_held_back(plans, await _take_table(book, table, good_rows=good_rows)))
    return ImportPlan(tables=tuple(plans))


async def apply(
    store: Store,
    team_id: int,
    reading: Reading,
    *,
    now: datetime,
    member_id: int | None = None,
    good_rows: bool = False,
    on_rows: OnRows | None = None,
    on_step: OnStep | None = None,
) -> ImportPlan:
    """Take the tables: each in one transaction, wholly or (with ``good_rows``) without its bad rows, or not at all.

    A second run of the same files changes nothing. ``on_rows(done, total)`` is called inside the transaction and must
    not touch the store; ``on_step`` is awaited between tables and may. Raises Unavailable when the database is, or when
    somebody else changed the same rows meanwhile; tables taken before stay taken.
    """
    plans: list[TablePlan] = list(reading.unreadable)
    done = 0
    for table in reading.tables:
        total = reading.rows

        def tell(rows: int, done: int = done, total: int = total) -> None:
            if on_rows:
                on_rows(done + rows, total)

        plan = await _apply_table(store, team_id, table, plans, member_id, now, good_rows=good_rows, tell=tell)
        done += len(table.rows)
        plans.append(plan)
        if on_step:
            await on_step(plan)
    return ImportPlan(tables=tuple(plans))


class _TableRefused(Exception):
    """Rolls the transaction of a table back."""

    def __init__(self, plan: TablePlan) -> None:
        super().__init__()
        self.plan = plan


async def _apply_table(
    store: Store,
    team_id: int,
    table: Table,
    before: Sequence[TablePlan],
    member_id: int | None,
    now: datetime,
    *,
    good_rows: bool,
    tell: Callable[[int], None],
) -> TablePlan:
    try:
        async with store.begin() as session:
            team = await _team(session, team_id, lock=True)
            book = await load_book(session, team, Writing(session), now, {table.layout.kind: table.rows})
            plan = _held_back(before, await _take_table(book, table, good_rows=good_rows, tell=tell))
            if plan.state is not TableState.READY:
                raise _TableRefused(plan)
            session.add(_audit(team_id, member_id, now, plan))
    except _TableRefused as refused:
        return refused.plan
    except IntegrityError as error:
        raise Unavailable("the same rows were changed by somebody else") from error
    return in_state(plan, TableState.DONE)


async def _take_table(
    book: Book, table: Table, *, good_rows: bool, tell: Callable[[int], None] = lambda rows: None
) -> TablePlan:
    members_before = len(book.members_added)
    take = _taker(book, table)
    outcomes: list[Outcome] = []
    for batch in _batches(table.rows):
        outcomes.extend(await take(batch))
        tell(len(outcomes))
        await asyncio.sleep(0)  # other chats go on while a large file is taken
    return plan_table(table, outcomes, book.members_added[members_before:], good_rows=good_rows)


def _taker(book: Book, table: Table) -> Take:
    rows: Any = table.rows
    lines: Any = {}
    match table.layout.kind:
        case Kind.CUSTOMERS:
            return CustomerTaker(book, rows).take
        case Kind.PRODUCTS:
            return lambda batch: take_products(book, batch, lines)
        case Kind.LOCATIONS:
            return lambda batch: take_locations(book, batch, lines)
        case Kind.CONTACTS:
            return lambda batch: take_contacts(book, batch, lines)
        case Kind.OPPORTUNITIES:
            return lambda batch: take_opportunities(book, batch, lines)
        case Kind.ORDERS:
            return lambda batch: take_orders(book, batch)
        case Kind.TOUCHES:
            return lambda batch: take_touches(book, batch)


def _held_back(before: Sequence[TablePlan], plan: TablePlan) -> TablePlan:
    """A table waits when one that it needs was refused: its rows would only fail for that reason."""
    refused = {table.kind for table in before if table.state is TableState.REFUSED}
    needs_customers = plan.kind in NEEDS_CUSTOMERS and Kind.CUSTOMERS in refused
    needs_products = plan.kind in NEEDS_PRODUCTS and Kind.PRODUCTS in refused
    return in_state(plan, TableState.WAITING) if needs_customers or needs_products else plan


async def _team(session: AsyncSession, team_id: int, *, lock: bool = False) -> Team:
    query = select(Team).where(Team.id == team_id)
    team = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if team is None:
        raise Refused("unknown_team")
    return team


def _audit(team_id: int, member_id: int | None, now: datetime, plan: TablePlan) -> AuditEntry:
    figures: Mapping[str, Any] = {
        "file": plan.file,
        "new": plan.new,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "bad": len(plan.bad),
    }
    subject = plan.kind.value if plan.kind else ""
    return AuditEntry(
        team_id=team_id, member_id=member_id, at=now, action="imported", subject=subject, change=dict(figures)
    )


Item = TypeVar("Item")


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
