"""The migrations make the schema that the tables say, on both engines, and can be taken back."""

import asyncio
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, NullPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot.domain.errors import Unavailable
from bot.store.engine import sync_url
from bot.store.migrating import MIGRATIONS, Schema, migrate, migration_config, schema_of
from bot.store.tables import Row, Team
from bot.store.unit import Store
from tests.builders import add_team


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = create_engine(sync_url(database_url), poolclass=NullPool)
    yield opened
    opened.dispose()


def test_the_newest_schema_is_what_the_tables_say(engine: Engine, database_url: str) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []
    assert schema_of(database_url) is Schema.CURRENT
    migrate(database_url)


def test_the_migrations_can_be_taken_back_and_applied_again(engine: Engine, database_url: str) -> None:
    before = set(inspect(engine).get_table_names())
    assert set(Row.metadata.tables) <= before
    command.downgrade(migration_config(database_url), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    assert schema_of(database_url) is Schema.MISSING
    migrate(database_url)
    assert set(inspect(engine).get_table_names()) == before


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)  # an SQLite file has one process
def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    command.downgrade(migration_config(database_url), "base")
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(_migrate_in_a_process, database_url) for _ in range(3)]:
            assert done.result() == 0
    assert schema_of(database_url) is Schema.CURRENT


def _migrate_in_a_process(url: str) -> int:
    code = f"from bot.store.migrating import migrate; migrate({url!r})"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_an_sqlite_file_gets_its_folder_only_when_it_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'roundsman.db'}"
    assert schema_of(url) is Schema.MISSING
    assert not (tmp_path / "new").exists()
    migrate(url)
    assert schema_of(url) is Schema.CURRENT


async def test_a_reader_cannot_write(store: Store) -> None:
    await add_team(store)

    async def write() -> None:
        async with store.read() as session:
            (await session.exec(select(Team))).one().name = "another"

    with pytest.raises(DBAPIError):
        await write()
    async with store.read() as session:
        assert (await session.exec(select(Team.name))).one() != "another"


async def test_a_read_is_one_view_while_others_write(store: Store) -> None:
    team_id = await add_team(store)
    async with store.read() as reading:
        before = (await reading.exec(select(Team.name).where(Team.id == team_id))).one()
        async with store.begin() as session:
            (await session.exec(select(Team).where(Team.id == team_id))).one().name = "renamed"
        assert (await reading.exec(select(Team.name).where(Team.id == team_id))).one() == before


async def test_many_read_then_write_without_losing_one(store: Store) -> None:
    team_id = await add_team(store)

    async def count_up() -> None:
        async with store.begin() as session:
            team = (await session.exec(select(Team).where(Team.id == team_id).with_for_update())).one()
            team.settings = {"count": team.settings.get("count", 0) + 1}

    await asyncio.gather(*(count_up() for _ in range(40)))
    async with store.read() as session:
        assert (await session.exec(select(Team.settings))).one()["count"] == 40


async def test_a_database_that_is_away_is_unavailable() -> None:
    store = Store("postgresql://nobody@127.0.0.1:9/nothing")

    async def ask() -> None:
        async with store.begin() as session:
            await session.exec(select(Team))

    with pytest.raises(Unavailable):
        await ask()
    await store.close()


def test_a_wheel_carries_the_migrations_beside_the_package() -> None:
    root = Path(__file__).resolve().parents[1]
    include = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    for package in ("bot.store", "migrations", "migrations.versions"):
        assert any(fnmatch(package, pattern) for pattern in include)
    assert root / "migrations" == MIGRATIONS
