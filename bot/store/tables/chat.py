"""What has to be remembered from one message or import to the next: words searched for, files, their columns."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import Row, instant, maybe_instant, same_team

SEARCH_WORDS_MAX = 200


class CustomerSearch(Row, table=True):
    """Words that a member searched customers by: buttons are too small to carry them from page to page."""

    __tablename__ = "customer_searches"
    __table_args__ = (UniqueConstraint("member_id", "words"), same_team("member_id", "members"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    words: str = Field(max_length=SEARCH_WORDS_MAX)
    at: datetime = instant()


class ImportRun(Row, table=True):
    """What was asked of an uploaded file. It is worked after the commit that asked, by whoever holds the lease."""

    __tablename__ = "import_runs"
    __table_args__ = (same_team("member_id", "members"),)

    upload_id: int = Field(
        sa_column=Column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    team_id: int
    member_id: int
    action: str = Field(max_length=10)  # a bot.services.import_runs.Action
    requested_at: datetime = instant()
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0
    settled_at: datetime | None = maybe_instant()


class ColumnMap(Row, table=True):
    """What a column of a team's files means: the key of its header, for a kind of table, and our field."""

    __tablename__ = "column_maps"

    team_id: int = Field(sa_column=Column(ForeignKey("teams.id"), primary_key=True, autoincrement=False))
    kind: str = Field(max_length=20, primary_key=True)
    header: str = Field(max_length=200, primary_key=True)
    field: str = Field(max_length=40)
    mapped_at: datetime = instant()
