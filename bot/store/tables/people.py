"""Teams, their members, invitations, days off, and the audit trail."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from bot.domain.vocabulary import DayOffKind, Language, MapApp, Role
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, same_team
from bot.store.types import EnumValue, JsonType


class Team(Row, table=True):
    __tablename__ = "teams"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    timezone: str = Field(max_length=64)
    language: Language = Field(sa_type=EnumValue(Language))
    currency: str = Field(max_length=3)
    country: str = Field(max_length=2)
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))
    created_at: datetime = instant()


class Member(Row, table=True):
    """A person in a team; exists before joining when an import names an owner."""

    __tablename__ = "members"
    __table_args__ = (identity_in_team(), UniqueConstraint("team_id", "name"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    name: str = Field(max_length=120)
    role: Role = Field(sa_type=EnumValue(Role))
    sells: bool = True  # a manager may also sell
    telegram_id: int | None = Field(default=None, sa_column=Column(BigInteger, unique=True, nullable=True))
    chat_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    language: Language | None = Field(default=None, sa_type=EnumValue(Language))
    timezone: str | None = Field(default=None, max_length=64)  # None: the team's
    work_from: time = time(9, 0)
    work_until: time = time(18, 0)
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 30)
    working_weekdays: str = Field(default="1234567"[:5], max_length=7)  # ISO weekdays
    start_lat: float | None = None
    start_lng: float | None = None
    map_app: MapApp | None = Field(default=None, sa_type=EnumValue(MapApp))  # None: the country's usual one
    muted_kinds: list[str] = Field(default_factory=list, sa_column=Column(JsonType, nullable=False))
    unreachable_since: datetime | None = maybe_instant()
    joined_at: datetime | None = maybe_instant()
    left_at: datetime | None = maybe_instant()


class Invitation(Row, table=True):
    """A one-time way in. Only the hash of its token is kept."""

    __tablename__ = "invitations"
    __table_args__ = (same_team("member_id", "members"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id")
    role: Role = Field(sa_type=EnumValue(Role))
    member_id: int | None = None  # binds this member, or a new phone of a known one
    token_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_instant()


class DayOff(Row, table=True):
    __tablename__ = "days_off"
    __table_args__ = (same_team("member_id", "members"), UniqueConstraint("member_id", "on"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    on: date
    kind: DayOffKind = Field(sa_type=EnumValue(DayOffKind))
    created_at: datetime = instant()


class AuditEntry(Row, table=True):
    """Who changed what, when. Personal needs never enter ``change``."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        same_team("member_id", "members"),
        Index("ix_audit_entries_subject", "team_id", "subject", "subject_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", index=True)
    member_id: int | None = None
    at: datetime = instant()
    action: str = Field(max_length=60)
    subject: str = Field(max_length=60)
    subject_id: int | None = None
    change: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class Media(Row, table=True):
    """Bytes of a photo, a voice note or a picture, stored once by content: Telegram's file ids die with the token."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("team_id", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(sa_column=Column(ForeignKey("teams.id"), nullable=False))
    sha256: str = Field(max_length=64)
    content_type: str = Field(max_length=100)
    name: str = Field(max_length=200)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = instant()
