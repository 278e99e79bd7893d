"""SQLite connections that go to their thread once for each statement, and not at all for a short read.

aiosqlite runs every call in a thread of the connection. SQLAlchemy makes four calls a statement (cursor, execute,
fetch, close) and more around a transaction, and each way there and back costs more than the statement itself: 270 ways
were three fifths of the time of a chat's answer. Here all of a statement is one call, and what only begins a
transaction goes with the first statement in it. A read is tried at once, where the event loop is: it waits for nobody.
One that is not through within milliseconds is broken off and made in the thread. What writes waits for other writers
and for the disk, so it always goes there.
"""

import math
import sqlite3
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite

AT_ONCE_S = 0.01
LOOK_EVERY_OPERATIONS = 10_000  # of SQLite's machine: a fraction of a millisecond
BEGIN, SELECT = "BEGIN", "SELECT"
_FETCHED_WHOLE = 64  # what aiosqlite calls a chunk; nothing here is read in chunks


async def connect(path: str, *, reads_only: bool, **options: Any) -> "OneHopConnection":
    """Open a file in a thread of its own. Takes the options of ``sqlite3.connect``."""

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(path, **options)
        return opened

    connection = OneHopConnection(open_file, _FETCHED_WHOLE)
    connection._thread.daemon = True  # a loop that died leaves nothing that keeps the process alive
    connection.reads_only = reads_only
    await connection
    return connection


class OneHopConnection(aiosqlite.Connection):
    """``first`` takes statements that give nothing and may wait for the next one: pragmas, and the begin."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.first: list[str] = []
        self.reads_only = False
        self._until = math.inf
        self._is_guarded = False

    def cursor(self) -> "OneHopCursor":  # type: ignore[override] # entered as aiosqlite's is, without a call
        return OneHopCursor(self)

    async def commit(self) -> None:
        self.first.clear()
        if not self._conn.in_transaction:
            return
        if self.reads_only:
            self._conn.commit()
        else:
            await super().commit()

    async def rollback(self) -> None:
        self.first.clear()
        if not self._conn.in_transaction:
            return
        if self.reads_only:
            self._conn.rollback()
        else:
            await super().rollback()

    def try_at_once(self, operation: str, parameters: Any) -> "_Done | None":
        """A read within ``AT_ONCE_S``. None: it takes longer, or what comes first waits for others."""
        if any(statement != BEGIN for statement in self.first) or not operation.startswith(SELECT):
            return None
        if not self._is_guarded:
            self._conn.set_progress_handler(self._is_late, LOOK_EVERY_OPERATIONS)
            self._is_guarded = True
        first, self.first = self.first, []
        self._until = time.perf_counter() + AT_ONCE_S
        try:
            return _run(self._conn, first, False, operation, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return None
        finally:
            self._until = math.inf

    def _is_late(self) -> bool:
        return time.perf_counter() > self._until

    async def run_one(self, many: bool, operation: str, parameters: Any) -> "_Done":
        first, self.first = self.first, []
        function = partial(_run, self._conn, first, many, operation, parameters)
        done: _Done = await self._execute(function)  # type: ignore[no-untyped-call] # aiosqlite types no more of it
        return done


class OneHopCursor:
    """What SQLAlchemy asks of a cursor."""

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._done = _Done(None, -1, None, [])
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> None:
        if operation.startswith(_FIRST):
            self._connection.first.append(operation)
        elif (done := self._connection.try_at_once(operation, parameters)) is not None:
            self._done = done
        else:
            self._done = await self._connection.run_one(False, operation, parameters)

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._done = await self._connection.run_one(True, operation, parameters)

    async def fetchall(self) -> list[Any]:
        return self._done.rows

    async def close(self) -> None:
        """Nothing is open: all rows were fetched."""

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._done.lastrowid


_FIRST = ("BEGIN", "PRAGMA synchronous")


class _Done:
    __slots__ = ("description", "lastrowid", "rowcount", "rows")

    def __init__(self, description: Any, rowcount: int, lastrowid: int | None, rows: list[Any]) -> None:
        self.description, self.rowcount, self.lastrowid, self.rows = description, rowcount, lastrowid, rows


def _run(connection: sqlite3.Connection, first: Sequence[str], many: bool, operation: str, parameters: Any) -> _Done:
    for statement in first:
        connection.execute(statement)
    cursor = connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(operation, parameters)
        rows = cursor.fetchall() if cursor.description else []
        return _Done(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()
