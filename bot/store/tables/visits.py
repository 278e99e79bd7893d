"""Visits and what they leave behind: day plans, pre- and post-visit records, promises, touches, follow-ups."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.vocabulary import (
    Depth,
    DistanceBand,
    ObjectionKind,
    ObjectionResult,
    PromiseSide,
    PromiseState,
    Purpose,
    TouchKind,
    VisitState,
)
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, same_team
from bot.store.types import EnumValue, JsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class DayPlan(Row, table=True):
    """The ordered stops of a member's date. Proposals live here; an accepted stop or an appointment is a visit."""

    __tablename__ = "day_plans"
    __table_args__ = (UniqueConstraint("member_id", "on"), same_team("member_id", "members"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    on: date
    revision: int = 1
    plan: dict[str, Any] = _json()
    made_at: datetime = instant()
    started_at: datetime | None = maybe_instant()


class Visit(Row, table=True):
    """A planned or made visit."""

    __tablename__ = "visits"
    __table_args__ = (
        identity_in_team(),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_visits_member_day", "member_id", "on"),
        Index("ix_visits_customer", "customer_id"),
        Index("ix_visits_appointment", "appointment_at"),  # looked at every few seconds, for briefs
        Index("ix_visits_planned_end", "planned_end_at"),  # the same, for missing reports
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    on: date  # local day of the member
    state: VisitState = Field(sa_type=EnumValue(VisitState))
    purpose: Purpose | None = Field(default=None, sa_type=EnumValue(Purpose))
    appointment_at: datetime | None = maybe_instant()  # agreed with the customer
    planned_at: datetime | None = maybe_instant()
    planned_end_at: datetime | None = maybe_instant()
    service_s: int | None = None
    travel_m: int | None = None  # planned way from the stop before, for the mileage list
    checked_in_at: datetime | None = maybe_instant()
    distance_band: DistanceBand | None = Field(default=None, sa_type=EnumValue(DistanceBand))
    check_in_flag: str | None = Field(default=None, max_length=20)  # old | forwarded
    done_at: datetime | None = maybe_instant()
    created_at: datetime = instant()
    report_id: int | None = None  # the report whose follow-up made this visit, so that an undo can take it back


class Preparation(Row, table=True):
    """The pre-visit record: the answers of the form as versioned data."""

    __tablename__ = "preparations"
    __table_args__ = (
        UniqueConstraint("visit_id"),
        same_team("visit_id", "visits", ondelete="CASCADE"),
        same_team("member_id", "members"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    visit_id: int
    member_id: int
    form_version: int
    answers: dict[str, Any] = _json()
    saved_at: datetime = instant()


class Report(Row, table=True):
    """The post-visit record. A correction is a new report that replaces the old one; effects point to their report."""

    __tablename__ = "reports"
    __table_args__ = (
        identity_in_team(),
        same_team("visit_id", "visits", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_reports_visit", "visit_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    visit_id: int
    member_id: int
    depth: Depth = Field(sa_type=EnumValue(Depth))
    form_version: int
    answers: dict[str, Any] = _json()
    before: dict[str, Any] = _json()  # what the effects changed in place, so that an undo can put it back
    saved_at: datetime = instant()
    undone_at: datetime | None = maybe_instant()
    replaces_id: int | None = None


class Promise(Row, table=True):
    """An entry of the two-sided ledger: our promise or the customer's commitment."""

    __tablename__ = "promises"
    __table_args__ = (
        identity_in_team(),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("owner_id", "members"),
        same_team("report_id", "reports"),
        Index("ix_promises_owner_state", "owner_id", "state"),
        Index("ix_promises_customer", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    owner_id: int
    report_id: int | None = None
    side: PromiseSide = Field(sa_type=EnumValue(PromiseSide))
    kind: str | None = Field(default=None, max_length=32)  # a PromiseKind of ours, a CommitmentKind of theirs
    text: str = Field(max_length=1000)
    amount_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    size: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))  # see domain.authority
    due_at: datetime | None = maybe_instant()
    state: PromiseState = Field(sa_type=EnumValue(PromiseState))
    created_at: datetime = instant()
    closed_at: datetime | None = maybe_instant()
    reason: str = Field(default="", max_length=500)


class PromiseEvent(Row, table=True):
    """One line of a promise's history."""

    __tablename__ = "promise_events"
    __table_args__ = (same_team("promise_id", "promises", ondelete="CASCADE"), same_team("member_id", "members"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    promise_id: int = Field(index=True)
    member_id: int | None = None
    at: datetime = instant()
    event: str = Field(max_length=20)  # made | postponed | corrected | kept | broken | withdrawn | reopened
    due_at: datetime | None = maybe_instant()


class Touch(Row, table=True):
    """Any contact with a customer; drives urgency."""

    __tablename__ = "touches"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        same_team("report_id", "reports"),
        Index("ix_touches_customer_at", "customer_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int | None = None
    report_id: int | None = None
    kind: TouchKind = Field(sa_type=EnumValue(TouchKind))
    at: datetime = instant()
    note: str = Field(default="", max_length=4000)


class FollowUp(Row, table=True):
    """A dated touch that is due."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        same_team("report_id", "reports"),
        Index("ix_follow_ups_member_due", "member_id", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    report_id: int | None = None
    due_on: date
    done_at: datetime | None = maybe_instant()
    created_at: datetime = instant()


class Objection(Row, table=True):
    __tablename__ = "objections"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_objections_answers", "team_id", "kind", "answer", "result"),  # counted at every such question
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int = Field(index=True)
    report_id: int
    kind: ObjectionKind | None = Field(default=None, sa_type=EnumValue(ObjectionKind))
    words: str = Field(default="", max_length=1000)  # an objection that is on no list
    answer: str | None = Field(default=None, max_length=40)  # an entry of the playbook
    answer_words: str = Field(default="", max_length=500)  # an answer that is in no playbook, as the rep gave it
    result: ObjectionResult | None = Field(default=None, sa_type=EnumValue(ObjectionResult))
    at: datetime = instant()
