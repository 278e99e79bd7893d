"""The unit of work: one transaction, with the repositories that work inside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.store.engine import open_engine


class Store:
    """The database. ``begin`` opens a transaction that writes, ``read`` one that cannot."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._writer = open_engine(url, writes=True)
        self._reader = open_engine(url, writes=False)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A write transaction: commits at the end, rolls back on any error. Raises Unavailable when the engine is."""
        try:
            async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise Unavailable("the database did not answer") from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A read transaction: one consistent view, nothing is kept."""
        try:
            async with AsyncSession(self._reader, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise Unavailable("the database did not answer") from error

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()
