"""Opens the database: SQLite in WAL mode with one writer, or PostgreSQL, by one URL."""

from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SQLITE_BUSY_MS = 30_000


def async_url(url: str) -> str:
    """Give the URL the driver that the product uses for its engine. Raises ValueError for other engines."""
    parsed = make_url(url)
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    backend = parsed.drivername.partition("+")[0]
    if backend not in drivers:
        raise ValueError(f"the database must be SQLite or PostgreSQL, got {backend!r}")
    return parsed.set(drivername=drivers[backend]).render_as_string(hide_password=False)


def sync_url(url: str) -> str:
    """The same database for code that does not wait, such as migrations."""
    parsed = make_url(async_url(url))
    driver = parsed.drivername.replace("+aiosqlite", "")
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def open_engine(url: str, *, writes: bool) -> AsyncEngine:
    """Open an engine. On SQLite a writer begins its transactions IMMEDIATE, and a reader cannot write at all."""
    full = async_url(url)
    if not full.startswith("sqlite"):
        return create_async_engine(full, pool_size=10 if writes else 5, max_overflow=10, pool_pre_ping=True)
    engine = create_async_engine(full, pool_size=1 if writes else 5, max_overflow=0, connect_args={"timeout": 30})

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN would be a deferred one
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
