"""What all tables share: the metadata with its naming convention, and the keys that keep a team's rows together."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.store.types import UtcDateTime

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """Base of every table. Rows do not validate: values are checked before a row is built."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def instant(**options: Any) -> Any:
    """A column for an instant that is always there."""
    return Field(sa_type=UtcDateTime, **options)


def maybe_instant(**options: Any) -> Any:
    """A column for an instant that may be missing."""
    return Field(default=None, sa_type=UtcDateTime, nullable=True, **options)


def same_team(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """A foreign key that also carries the team, so that a row can never point into another team."""
    return ForeignKeyConstraint(["team_id", column], [f"{table}.team_id", f"{table}.id"], **options)


def identity_in_team() -> UniqueConstraint:
    """The target that ``same_team`` keys point to."""
    return UniqueConstraint("team_id", "id")


def only_where(condition: str) -> dict[str, Any]:
    """The options of a partial index, for both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
