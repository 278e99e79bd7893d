"""What tests share: an empty, migrated database of each kind, and stories told through the Bot API."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.store.migrating import migrate
from bot.store.unit import Store
from tests.story import Story

POSTGRES_URL = "ROUNDSMAN_TEST_POSTGRES_URL"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty, migrated database; on PostgreSQL a new one for each test."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'roundsman.db'}"
        migrate(url)
        yield url
        return
    server = os.environ.get(POSTGRES_URL)
    if not server:
        pytest.skip(f"{POSTGRES_URL} is not set, so PostgreSQL is not tested here")
    name = f"roundsman_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        base = server.rpartition("/")[0]
        migrate(f"{base}/{name}")
        yield f"{base}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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
