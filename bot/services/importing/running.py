"""The use-cases: rehearse the import of files that were read, and carry it out, one transaction a table."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError

from bot.domain.errors import Unavailable
from bot.services.importing.book import Book, Rehearsing, Writing, load_book
from bot.services.importing.columns import Kind
from bot.services.importing.outcomes import Outcome
from bot.services.importing.plan import ImportPlan, TablePlan, TableState, in_state, plan_table
from bot.services.importing.progress import OnRows, OnStep, Progress
from bot.services.importing.rows import ImportRow
from bot.services.importing.source_files import Reading, load_team
from bot.services.importing.tables import Table
from bot.services.importing.taking_customers import CustomerTaker, take_locations
from bot.services.importing.taking_orders import take_orders, take_products
from bot.services.importing.taking_relations import take_contacts, take_opportunities, take_touches
from bot.services.scoring.aggregates import update_aggregates
from bot.store.tables import AuditEntry
from bot.store.unit import Store

BATCH = 200  # rows between two looks at other work: some tenths of a second
NEEDS_CUSTOMERS = frozenset({Kind.LOCATIONS, Kind.CONTACTS, Kind.OPPORTUNITIES, Kind.ORDERS, Kind.TOUCHES})
NEEDS_PRODUCTS = frozenset({Kind.ORDERS})

Take = Callable[[Sequence[Any]], Awaitable[list[Outcome]]]


async def analyse(
    store: Store,
    team_id: int,
    reading: Reading,
    *,
    now: datetime,
    good_rows: bool = False,
    on_step: OnStep | None = None,
) -> ImportPlan:
    """Say what ``apply`` would do, and change nothing. ``on_step`` is awaited as rows are checked."""
    plan = await _rehearse(store, team_id, reading, now, good_rows=good_rows, progress=Progress(reading.rows, on_step))
    return ImportPlan(tables=(*reading.unreadable, *plan))


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

    All is rehearsed first, so that a table with bad rows never takes the writer. A second run of the same files
    changes nothing and takes no writer. ``on_rows(done, total)`` is called inside the transactions and must not touch
    the store; ``on_step`` is awaited outside of them, and may. Raises Unavailable when the database is, or when
    somebody else changed the same rows meanwhile; tables taken before stay taken.
    """
    rehearsed = await _rehearse(
        store, team_id, reading, now, good_rows=good_rows, progress=Progress(reading.rows, on_step)
    )
    progress = Progress(reading.rows, on_step, on_rows)
    plans: list[TablePlan] = []
    for table, plan in zip(reading.tables, rehearsed, strict=True):
        plan = _held_back(plans, plan)
        if plan.state is TableState.READY and not plan.new and not plan.changed:
            plan = in_state(plan, TableState.DONE)
        elif plan.state is TableState.READY:
            await progress.saving()
            plan = await _save_table(store, team_id, table, member_id, now, good_rows=good_rows, progress=progress)
        plans.append(plan)
        progress.finish(len(table.rows))
    return ImportPlan(tables=(*reading.unreadable, *plans))


async def _rehearse(
    store: Store, team_id: int, reading: Reading, now: datetime, *, good_rows: bool, progress: Progress
) -> list[TablePlan]:
    """Take all tables in memory: each finds the customers of those before it."""
    rows: dict[Kind, list[ImportRow]] = {}
    for table in reading.tables:
        rows.setdefault(table.layout.kind, []).extend(table.rows)
    async with store.read() as session:
        team = await load_team(session, team_id)
        book = await load_book(session, team, Rehearsing(), now, rows)
        session.expunge_all()  # the rehearsal changes rows in memory, which must never be written
    plans: list[TablePlan] = []
    for table in reading.tables:
        plan = await _take_table(book, table, good_rows=good_rows, between=progress.checked)
        plans.append(_held_back(plans, plan))
        progress.finish(len(table.rows))
    return plans


class _TableRefused(Exception):
    """Rolls the transaction of a table back."""

    def __init__(self, plan: TablePlan) -> None:
        super().__init__()
        self.plan = plan


async def _save_table(
    store: Store,
    team_id: int,
    table: Table,
    member_id: int | None,
    now: datetime,
    *,
    good_rows: bool,
    progress: Progress,
) -> TablePlan:
    try:
        async with store.begin() as session:
            team = await load_team(session, team_id, lock=True)
            book = await load_book(session, team, Writing(session), now, {table.layout.kind: table.rows})
            plan = await _take_table(book, table, good_rows=good_rows, between=progress.saved)
            if plan.state is not TableState.READY:  # somebody changed the team's customers since the rehearsal
                raise _TableRefused(plan)
            session.add(_audit(team_id, member_id, now, plan))
            if book.buyers:
                await update_aggregates(session, team_id, book.buyers, now)
    except _TableRefused as refused:
        return refused.plan
    except IntegrityError as error:
        raise Unavailable("the same rows were changed by somebody else") from error
    return in_state(plan, TableState.DONE)


async def _take_table(
    book: Book, table: Table, *, good_rows: bool, between: Callable[[int], Awaitable[None]]
) -> TablePlan:
    members_before = len(book.members_added)
    take = _taker(book, table)
    outcomes: list[Outcome] = []
    for batch in _batches(table.rows):
        outcomes.extend(await take(batch))
        await between(len(outcomes))
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
