"""Plans over days: a member's week, travel times that a road server told, and private calendar feeds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import Row, instant, maybe_instant, same_team
from bot.store.types import JsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class WeekPlan(Row, table=True):
    """A member's week, by its Monday. Asked for first, then computed by whoever holds the lease.

    ``wishes`` is the rep's word (moved, locked and left-out stops), ``plan`` what was computed, empty until then.
    """

    __tablename__ = "week_plans"
    __table_args__ = (UniqueConstraint("member_id", "starts_on"), same_team("member_id", "members"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    starts_on: date
    revision: int = 1
    wishes: dict[str, Any] = _json()
    plan: dict[str, Any] = _json()
    made_at: datetime | None = maybe_instant()
    accepted_at: datetime | None = maybe_instant()
    asked_at: datetime | None = maybe_instant()  # set while a computation is wanted
    shown_in_chat: bool = False  # whether whoever computes also shows it
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0


class TravelTime(Row, table=True):
    """The way from one place to another, as a road server told it. Places are customers' and start places only."""

    __tablename__ = "travel_times"

    origin: str = Field(max_length=24, primary_key=True)  # lat,lng to five decimals
    destination: str = Field(max_length=24, primary_key=True)
    server: str = Field(max_length=120, primary_key=True)
    seconds: int
    metres: int
    told_at: datetime = instant()


class CalendarFeed(Row, table=True):
    """A member's private calendar address. Only the hash of its token is kept; a new one replaces it."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (same_team("member_id", "members"),)

    member_id: int = Field(primary_key=True)
    team_id: int
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = instant()
