"""Updates in, messages out: inbox, outbox, living messages, notices, and the open forms."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, only_where, same_team
from bot.store.types import JsonType, MaybeJsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class Inbox(Row, table=True):
    """An update as Telegram sent it. Undone rows of a chat are worked in order, by one worker at a time."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_undone", "chat_id", "id", **only_where("done_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    bot_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    update_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    chat_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    payload: dict[str, Any] = _json()
    received_at: datetime = instant()
    done_at: datetime | None = maybe_instant()
    attempts: int = 0
    try_at: datetime | None = maybe_instant()
    leased_until: datetime | None = maybe_instant()
    error: str | None = Field(default=None, max_length=500)  # set: put aside after its last attempt


class Outbox(Row, table=True):
    """One Bot API call to make. ``screen`` holds facts, not text."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbox_unsent", "interactive", "due_at", "id", **only_where("settled_at IS NULL")),
        Index("ix_outbox_unsent_of_chat", "chat_id", "id", **only_where("settled_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    member_id: int | None = Field(default=None, foreign_key="members.id")
    action: str = Field(max_length=10)  # show | clear | delete | menu | leave
    living: str | None = Field(default=None, max_length=60)
    screen: dict[str, Any] = _json()
    key: str | None = Field(default=None, max_length=120)
    interactive: bool = False
    due_at: datetime = instant()
    not_after: datetime | None = maybe_instant()
    leased_until: datetime | None = maybe_instant()
    attempts: int = 0  # failures that may not be repeated for ever
    in_doubt: bool = False  # it was sent, perhaps: the answer never came
    settled_at: datetime | None = maybe_instant()
    fate: str | None = Field(default=None, max_length=20)  # sent | expired | refused | unreachable
    error: str | None = Field(default=None, max_length=500)
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class LivingMessage(Row, table=True):
    """The one message of a task in a chat, edited in place."""

    __tablename__ = "living_messages"

    chat_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    name: str = Field(max_length=60, primary_key=True)
    message_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: datetime = instant()
    parts: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(MaybeJsonType, nullable=True))
    """The screens that one message of several notices is made of, so that an answer changes its own part."""


class Notice(Row, table=True):
    """A decision to tell somebody something at some time. The key makes a second one impossible."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("key"),
        same_team("member_id", "members"),
        Index("ix_notices_member_pending", "member_id", "due_at", **only_where("settled_at IS NULL")),
        Index("ix_notices_pending", "due_at", **only_where("settled_at IS NULL")),
        Index("ix_notices_member_settled", "member_id", "settled_at"),
        Index("ix_notices_subject", "subject_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    kind: str = Field(max_length=30)
    subject_id: int | None = None
    on: date | None = None
    key: str = Field(max_length=120)
    due_at: datetime = instant()
    settled_at: datetime | None = maybe_instant()
    fate: str | None = Field(default=None, max_length=20)  # told | merged | dropped | failed | withdrawn
    reason: str | None = Field(default=None, max_length=200)
    rang: bool = False
    merged_into: int | None = None  # the notice whose message told this one too
    wall: str | None = Field(default=None, max_length=20)  # the local time that was meant, where one was
    facts: dict[str, Any] = _json()  # how it came to be told as it was: moves, rings of the day


class Draft(Row, table=True):
    """An open form. ``revision`` guards every change; one draft of a member is active."""

    __tablename__ = "drafts"
    __table_args__ = (
        identity_in_team(),
        same_team("member_id", "members"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("visit_id", "visits", ondelete="CASCADE"),
        Index("ix_drafts_member", "member_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    form: str = Field(max_length=40)
    state: str = Field(max_length=10)  # active | paused | finished | cancelled
    revision: int = 1
    data: dict[str, Any] = _json()
    customer_id: int | None = None
    visit_id: int | None = None
    corrects_id: int | None = None  # the report that this draft will replace
    subject_id: int | None = None  # what else the form is about: a request, a complaint
    keyboard: str | None = Field(default=None, max_length=10)  # the reply keyboard that is shown for it
    created_at: datetime = instant()
    updated_at: datetime = instant()
