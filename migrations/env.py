"""Runs the migrations on the database that the configuration names."""

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, pool, text

from bot.store.engine import sync_url
from bot.store.tables import Row

MIGRATION_LOCK = 0x526F756E64736D61  # "Roundsma": any number that no other program locks by
config = context.config


def render_plainly(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that a migration never changes with the code."""
    plain = {
        "UtcDateTime": "sa.DateTime(timezone=True)",
        "EnumValue": "sa.String(32)",
        "JSON": 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    }
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String({item.length})" if item.length else "sa.String()"
    return plain.get(type(item).__name__, False) if kind == "type" else False


url = config.attributes.get("url") or os.environ["ROUNDSMAN_DATABASE_URL"]
engine = create_engine(sync_url(url), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,  # SQLite changes a table by copying it
        compare_type=True,
        render_item=render_plainly,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":  # several processes may start at once
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        context.run_migrations()
engine.dispose()
