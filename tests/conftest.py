"""What tests share: an empty, migrated database of each kind, and stories told through the Bot API."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from bot.store.migrating import migrate
from bot.store.unit import Store
from tests.story import Story

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)  # no luck in CI
settings.load_profile("ci" if os.environ.get("CI") else "here")

POSTGRES_URL = "ROUNDSMAN_TEST_POSTGRES_URL"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "roundsman.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[tuple[str, str] | None]:
    """The server's URL and the name of an empty PostgreSQL database at the newest schema; None without a server."""
    server = os.environ.get(POSTGRES_URL)
    if not server:
        yield None
        return
    with temporary_database(server) as name:
        migrate(on_server(server, name))
        yield server, name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    migrated_file: Path,
    migrated_template: tuple[str, str] | None,
) -> Iterator[str]:
    """The URL of an empty, migrated database of its own."""
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path / "roundsman.db")
        yield f"sqlite:///{tmp_path / 'roundsman.db'}"
        return
    if migrated_template is None:
        pytest.skip(f"{POSTGRES_URL} is not set, so PostgreSQL is not tested here")
    server, template = migrated_template
    with temporary_database(server, template) as name:
        yield on_server(server, name)


@contextmanager
def temporary_database(server: str, template: str = "template1") -> Iterator[str]:
    """A database that is dropped at the end, copied from another."""
    name = f"roundsman_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        connection.execute(made)
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def on_server(server: str, name: str) -> str:
    """The URL of a database on a server."""
    return f"{server.rpartition('/')[0]}/{name}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty database."""
    opened = Store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    """A bot on an empty database, with a team of two reps and a manager who have joined, at 07:25 of a Monday."""
    async with Story.begun(database_url) as begun:
        yield begun
