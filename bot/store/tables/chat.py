"""What the chat has to remember between two messages: words searched for, and imports that were asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import Row, instant, maybe_instant, only_where, same_team
from bot.store.types import JsonType

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
    """A file that a leader has asked to take. It is worked after the tap's commit, by whoever holds the lease."""

    __tablename__ = "import_runs"
    __table_args__ = (
        same_team("member_id", "members"),
        Index("uq_import_runs_open_media", "media_id", unique=True, **only_where("settled_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    media_id: int = Field(sa_column=Column(ForeignKey("media.id"), nullable=False))
    good_rows: bool = False
    requested_at: datetime = instant()
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0
    settled_at: datetime | None = maybe_instant()
    fate: str | None = Field(default=None, max_length=20)  # taken | refused | failed
    result: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))
