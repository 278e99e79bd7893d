"""Inserts that leave an existing row alone, on either engine."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.tables import Row


async def insert_if_new(
    session: AsyncSession, table: type[Row], values: Mapping[str, Any], unique: Sequence[str]
) -> bool:
    """Insert a row unless one with the same ``unique`` columns is there. True: it was inserted."""
    build = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = build(table).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    # Told by the row that comes back: on PostgreSQL the count of an insert's rows is not known.
    inserted = await session.exec(statement.returning(literal(1)))
    return inserted.first() is not None
