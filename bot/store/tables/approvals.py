"""Authority and what exceeds it: limits, requests with their history, the gift log; complaints' steps; kept wording."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from bot.domain.authority import AuthorityKind, RequestState
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, only_where, same_team
from bot.store.types import EnumValue


class AuthorityLimit(Row, table=True):
    """How far a team's reps may go alone in one kind. Sizes are in the kind's unit, see ``domain.authority``."""

    __tablename__ = "authority_limits"
    __table_args__ = (same_team("changed_by", "members"),)

    team_id: int = Field(primary_key=True, foreign_key="teams.id")
    kind: AuthorityKind = Field(sa_type=EnumValue(AuthorityKind), primary_key=True)
    own: int = Field(sa_column=Column(BigInteger, nullable=False))
    act_first: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    changed_by: int
    changed_at: datetime = instant()


class ApprovalRequest(Row, table=True):
    """What a rep may not decide alone, for a manager to answer. ``acted_first``: done already, to be ratified."""

    __tablename__ = "approval_requests"
    __table_args__ = (
        identity_in_team(),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        same_team("promise_id", "promises"),
        same_team("decided_by", "members"),
        Index("ix_approval_requests_waiting", "team_id", "expires_at", **only_where("state = 'waiting'")),
        Index("ix_approval_requests_member", "member_id", "asked_at"),
        Index("ix_approval_requests_customer", "customer_id"),
        Index("ix_approval_requests_promise", "promise_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    promise_id: int | None = None
    kind: AuthorityKind = Field(sa_type=EnumValue(AuthorityKind))
    size: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    granted: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    words: str = Field(default="", max_length=1000)  # a special term, or what a gift is
    for_whom: str = Field(default="", max_length=120)  # of a gift
    reason: str = Field(default="", max_length=1000)  # an AskReason, or own words
    order_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    state: RequestState = Field(sa_type=EnumValue(RequestState))
    acted_first: bool = False
    asked_at: datetime = instant()
    expires_at: datetime | None = maybe_instant()  # the rep told the customer to be back by then
    decided_at: datetime | None = maybe_instant()
    decided_by: int | None = None


class ApprovalEvent(Row, table=True):
    """One line of a request's history."""

    __tablename__ = "approval_events"
    __table_args__ = (
        same_team("request_id", "approval_requests", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_approval_events_request", "request_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    request_id: int
    member_id: int | None = None
    at: datetime = instant()
    event: str = Field(max_length=20)  # asked | added | question | reply | approved | partly | refused | …
    words: str = Field(default="", max_length=1000)


class Gift(Row, table=True):
    """A gift or hospitality that was given, for the cap of a customer and a year."""

    __tablename__ = "gifts"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        same_team("request_id", "approval_requests"),
        same_team("promise_id", "promises"),
        Index("ix_gifts_customer", "customer_id", "given_on"),
        Index("ix_gifts_promise", "promise_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    request_id: int | None = None
    promise_id: int | None = None
    words: str = Field(default="", max_length=1000)
    for_whom: str = Field(default="", max_length=120)
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    given_on: date
    logged_at: datetime = instant()


class ComplaintEvent(Row, table=True):
    """One step of a complaint: what was done, by whom."""

    __tablename__ = "complaint_events"
    __table_args__ = (
        same_team("complaint_id", "complaints", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_complaint_events_complaint", "complaint_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    complaint_id: int
    member_id: int | None = None
    at: datetime = instant()
    event: str = Field(max_length=20)  # opened | assigned | moved | step | solved | denied | closed
    words: str = Field(default="", max_length=1000)


class WordingWarning(Row, table=True):
    """A warning about the words of an open form; ``kept_at``: the writer kept them and the managers were told."""

    __tablename__ = "wording_warnings"
    __table_args__ = (
        identity_in_team(),
        same_team("member_id", "members"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        Index("ix_wording_warnings_draft", "draft_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    customer_id: int | None = None
    draft_id: int
    form: str = Field(max_length=40)
    doubt: str = Field(max_length=20)
    words: str = Field(max_length=500)
    shown_at: datetime = instant()
    kept_at: datetime | None = maybe_instant()
