"""Brings a database to the newest schema with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from bot.store.engine import sync_url

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def migrate(url: str) -> None:
    """Apply every migration that is missing. Makes the folder of an SQLite file. Raises SQLAlchemy's errors."""
    command.upgrade(migration_config(url), "head")


def is_current(url: str) -> bool:
    """Whether a database is at the newest schema. Raises SQLAlchemy's errors when it cannot be opened."""
    newest = ScriptDirectory.from_config(migration_config(url)).get_current_head()
    engine = create_engine(sync_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() == newest
    finally:
        engine.dispose()


def migration_config(url: str) -> Config:
    """Alembic's configuration for a database."""
    path = url.removeprefix("sqlite:///")
    if path != url and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
