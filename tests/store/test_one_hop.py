"""SQLite's reads: at once where they are short, in the connection's thread where they are long, the same answer."""

from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import TextClause, text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.store.unit import Store

COUNTED = 1_000_000
NUMBERS = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COUNTED}) SELECT i FROM n"
LONG = text(f"SELECT count(*) FROM ({NUMBERS})")


@pytest.fixture
def thread_calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What goes to a connection's thread."""
    calls: list[Any] = []
    execute: Any = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, function: Any, *args: Any, **options: Any) -> Any:
        calls.append(function)
        return await execute(self, function, *args, **options)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return calls


async def ask(session: AsyncSession, statement: TextClause) -> object:
    return (await (await session.connection()).execute(statement)).scalar_one()


async def test_a_short_read_needs_no_thread_and_a_long_one_holds_nobody_up(
    migrated_file: Path, thread_calls: list[Any]
) -> None:
    store = Store(f"sqlite:///{migrated_file}")
    async with store.read() as session:
        await ask(session, text("SELECT 1"))
    thread_calls.clear()
    async with store.read() as session:
        assert await ask(session, text("SELECT 2")) == 2
    assert thread_calls == []
    async with store.read() as session:
        assert await ask(session, LONG) == COUNTED
        assert len(thread_calls) == 1
        assert await ask(session, text("SELECT 3")) == 3
    await store.close()


async def test_a_long_read_inside_a_write_takes_nothing_back(tmp_path: Path, thread_calls: list[Any]) -> None:
    store = Store(f"sqlite:///{tmp_path / 'small.db'}")
    async with store.begin() as session:
        await (await session.connection()).execute(text("CREATE TABLE t (i INTEGER)"))
        await ask(session, text("INSERT INTO t VALUES (7) RETURNING i"))
        assert await ask(session, LONG) == COUNTED
    async with store.read() as session:
        assert await ask(session, text("SELECT i FROM t")) == 7
    assert thread_calls
    await store.close()
