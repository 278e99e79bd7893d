"""What tests share: an empty, migrated database of each kind, and stories told through the Bot API."""

import asyncio
import gc
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy import Dialect, Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import LRUCache

from bot.store.migrating import migrate
from bot.store.unit import Store
from tests.story import Story

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)  # no luck in CI
settings.load_profile("ci" if os.environ.get("CI") else "here")

POSTGRES_URL = "ROUNDSMAN_TEST_POSTGRES_URL"
POSTGRES = os.environ.get(POSTGRES_URL)
FIRST_TEAM = 1
STRATEGIES_SINCE = 150000  # PostgreSQL 15
STATEMENTS = 5_000


@pytest.fixture(scope="session", autouse=True)
def _little_looked_for_garbage() -> None:
    """What was imported stays: looking through it for garbage took a fourteenth of the time of a story."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Every test opens engines of its own, each of which would compile each statement anew: an eighth of the time."""
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def share(_dialect: type[Dialect], engine: Engine) -> None:
        engine._compiled_cache = compiled

    with pytest.MonkeyPatch.context() as patch:
        for dialect in (PGDialectAsync_psycopg, SQLiteDialect_aiosqlite):
            patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
            patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
            patch.setattr(dialect, "engine_created", classmethod(share))
        yield


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "roundsman.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def phones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the simulator's files of the databases lie in which everybody has joined, one for each engine."""
    return tmp_path_factory.mktemp("phones")


@pytest.fixture(scope="session")
def joined_file(migrated_file: Path, phones: Path) -> Path:
    """An SQLite database in which everybody has joined, to be copied."""
    path = migrated_file.with_name("joined.db")
    shutil.copy(migrated_file, path)
    let_everybody_join(f"sqlite:///{path}", phones)
    return path


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[str | None]:
    """The URL of an empty PostgreSQL database at the newest schema, to be copied; None without a server."""
    if POSTGRES is None:
        yield None
        return
    with temporary_database() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def joined_template(migrated_template: str | None, phones: Path) -> Iterator[str | None]:
    """As ``migrated_template``, with everybody joined."""
    if migrated_template is None:
        yield None
        return
    with temporary_database(migrated_template) as url:
        let_everybody_join(url, phones)
        yield url


def engine_of(database_url: str) -> str:
    return database_url.partition(":")[0]


def let_everybody_join(database_url: str, phones: Path) -> None:
    """Done once, since nearly every story begins with it. In a thread: a test's event loop may be running."""

    async def join() -> None:
        async with Story.begun(database_url, phones=phones / engine_of(database_url)) as story:
            await story.join_everybody()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, join()).result()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database of its own: empty, or with everybody joined where the test is a ``story``."""
    joined = "story" in request.fixturenames
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("joined_file" if joined else "migrated_file"), tmp_path / "roundsman.db")
        yield f"sqlite:///{tmp_path / 'roundsman.db'}"
        return
    template = request.getfixturevalue("joined_template" if joined else "migrated_template")
    if template is None:
        pytest.skip(f"{POSTGRES_URL} is not set, so PostgreSQL is not tested here")
    with temporary_database(template) as url:
        yield url


@contextmanager
def temporary_database(template: str = "/template1") -> Iterator[str]:
    """The URL of a database that is dropped at the end, copied from another."""
    assert POSTGRES is not None
    name = f"roundsman_{uuid.uuid4().hex[:12]}"
    source = template.rpartition("/")[2]
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        # Copying files takes less than two thirds of the time of logged pages; servers before 15 know no other way.
        strategy = " STRATEGY FILE_COPY" if connection.info.server_version >= STRATEGIES_SINCE else ""
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + strategy)
        connection.execute(made.format(sql.Identifier(name), sql.Identifier(source)))
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty database."""
    opened = Store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def story(database_url: str, phones: Path, tmp_path: Path) -> AsyncIterator[Story]:
    """A bot with a team of two reps and a manager who have joined, at 07:25 of a Monday."""
    shutil.copy(phones / engine_of(database_url), tmp_path / "phones.db")
    async with Story.begun(database_url, phones=tmp_path / "phones.db") as begun:
        begun.team_id = FIRST_TEAM
        yield begun
