"""Opens the database: SQLite in WAL mode with one writer, or PostgreSQL, by one URL."""

from functools import partial
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import one_hop

SQLITE_BUSY_MS = 30_000
LASTING = "lasting"
"""The option of an engine or a transaction whose commits wait until they are on the disk; the default."""

CONNECT_TIMEOUT_S = 10
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def async_url(url: str) -> str:
    """Give the URL the driver that the product uses for its engine.

    Raises ValueError for other engines, for what is no URL, and for an SQLite database that is not a file.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("a database URL reads sqlite:///path or postgresql://user:password@host/name") from error
    backend = parsed.drivername.partition("+")[0]
    if backend not in DRIVERS:
        raise ValueError(f"the database must be SQLite or PostgreSQL, got {backend!r}")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ValueError("an SQLite database must be a file: sqlite:///path")
    return parsed.set(drivername=DRIVERS[backend]).render_as_string(hide_password=False)


def sync_url(url: str) -> str:
    """The same database for code that does not wait, such as migrations."""
    parsed = make_url(async_url(url))
    driver = parsed.drivername.replace("+aiosqlite", "")
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def open_engine(url: str, *, writes: bool) -> AsyncEngine:
    """Open an engine. On SQLite a writer begins its transactions IMMEDIATE; a reader cannot write on either engine."""
    full = async_url(url)
    if full.startswith("sqlite"):
        return _open_sqlite(full, writes=writes)
    # One view for the whole of a read; writers see what is committed and guard their updates by conditions.
    options = {} if writes else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    return create_async_engine(
        full,
        pool_size=10 if writes else 5,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
        execution_options=options,
    )


def _open_sqlite(url: str, *, writes: bool) -> AsyncEngine:
    path = make_url(url).database
    assert path is not None

    opening = partial(
        one_hop.connect, path, reads_only=not writes, timeout=SQLITE_BUSY_MS / 1000, check_same_thread=False
    )
    engine = create_async_engine(url, pool_size=1 if writes else 5, max_overflow=0, async_creator=opening)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN would be a deferred one
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        if writes:
            _wait_for_disk(connection, connection.get_execution_options().get(LASTING, True))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _wait_for_disk(connection: Any, lasting: bool) -> None:
    """Telegram forgets an update once it is confirmed, so that a commit must outlive a power cut as well."""
    if connection.info.get(LASTING) != lasting:
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}")
        connection.info[LASTING] = lasting
