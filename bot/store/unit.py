"""The unit of work: one transaction, with the repositories that work inside it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.store.engine import LASTING, open_engine


class Store:
    """The database. ``begin`` opens a transaction that writes, ``read`` one that cannot."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._writer = open_engine(url, writes=True)
        self._hasty_writer = self._writer.execution_options(**{LASTING: False})
        self._reader = open_engine(url, writes=False)

    @asynccontextmanager
    async def begin(self, *, lasting: bool = True) -> AsyncIterator[AsyncSession]:
        """A write transaction: commits at the end, rolls back on any error. Raises Unavailable when the engine is.

        What need not outlive a power cut, such as a lease, does not wait for the disk where ``lasting`` is False.
        """
        async with _transaction(self._writer if lasting else self._hasty_writer) as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A read transaction: one consistent view. Raises SQLAlchemy's DBAPIError when something is written."""
        async with _transaction(self._reader) as session:
            yield session

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    try:
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            yield session
    except (OperationalError, InterfaceError, NoConnectionLeft) as error:
        if _is_forbidden_write(error):
            raise
        raise Unavailable("the database did not answer") from error


def _is_forbidden_write(error: Exception) -> bool:
    """SQLite calls a write by a reader an operational error; it is a bug, which no second attempt mends."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", "") == "SQLITE_READONLY"
