"""Brings a database to the newest schema with Alembic."""

from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, make_url

from bot.store.engine import sync_url

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Schema(Enum):
    """How a database stands to this version of the code."""

    MISSING = "is empty"
    CURRENT = "is at the newest schema"
    OTHER = "is at another schema than this version needs"


def migrate(url: str) -> None:
    """Apply every migration that is missing. Makes the folder of an SQLite file. Raises SQLAlchemy's errors."""
    path = _sqlite_file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(migration_config(url), "head")


def schema_of(url: str) -> Schema:
    """What schema a database has; makes none. Raises SQLAlchemy's errors when it cannot be opened."""
    path = _sqlite_file(url)
    if path is not None and not path.exists():
        return Schema.MISSING
    newest = ScriptDirectory.from_config(migration_config(url)).get_current_head()
    engine = create_engine(sync_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return Schema.MISSING if found is None else Schema.CURRENT if found == newest else Schema.OTHER


def migration_config(url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def _sqlite_file(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None
