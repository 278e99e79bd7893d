"""Reads and writes thousands of rows at once, beneath the ORM, which would handle every row on its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Table, insert, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.tables import Row as StoredRow


def core_table(table: type[StoredRow]) -> Table:
    """The table beneath a row class."""
    core: Table = table.__table__  # type: ignore[attr-defined] # SQLModel does not declare it
    return core


async def read_rows(session: AsyncSession, query: Executable) -> Sequence[Any]:
    """All rows of a query of columns."""
    return (await (await session.connection()).execute(query)).fetchall()


async def learn_sizes(session: AsyncSession, table: type[StoredRow]) -> None:
    """Have PostgreSQL look at a table that was just filled: until it has, checking 10,000 foreign keys took 20 s."""
    if session.get_bind().dialect.name == "postgresql":
        await (await session.connection()).execute(text(f"ANALYZE {core_table(table).name}"))


async def run_many(session: AsyncSession, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement for each set of parameters, sent together."""
    if parameters:
        await (await session.connection()).execute(statement, parameters)


async def insert_many(session: AsyncSession, table: type[StoredRow], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    await run_many(session, insert(core_table(table)), rows)


async def upsert_many(
    session: AsyncSession,
    table: type[StoredRow],
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    *,
    kept: Sequence[str] = (),
) -> None:
    """Insert rows, or replace what those with the same ``keys`` held; ``kept`` columns stay as they were."""
    if not rows:
        return
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(core_table(table))
    replaced = {name: statement.excluded[name] for name in rows[0] if name not in (*keys, *kept)}
    await run_many(session, statement.on_conflict_do_update(index_elements=list(keys), set_=replaced), rows)
