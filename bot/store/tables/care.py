"""Service and care: how each visit served, what is due for whom, who introduced whom, and what a report gave back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.care import CareKind
from bot.domain.vocabulary import ExpectationSource, Language, ServiceLevel
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, only_where, same_team
from bot.store.types import EnumValue, JsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class ServiceMark(Row, table=True):
    """How we served a customer, with what shows it: of a visit, or without a report a moment that moved them."""

    __tablename__ = "service_marks"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        same_team("member_id", "members"),
        Index("ix_service_marks_customer", "customer_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    report_id: int | None = None
    on: date
    level: ServiceLevel | None = Field(default=None, sa_type=EnumValue(ServiceLevel))
    evidence: str = Field(default="", max_length=1000)
    expected: int | None = None  # 1-5
    expected_from: ExpectationSource | None = Field(default=None, sa_type=EnumValue(ExpectationSource))
    perceived: int | None = None  # 1-5
    created_at: datetime = instant()


class CarePrompt(Row, table=True):
    """Something due for a customer, told to its owner. The key makes a second one impossible."""

    __tablename__ = "care_prompts"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "customer_id", "key"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_care_prompts_pending", "team_id", "due_on", **only_where("settled_at IS NULL")),
        Index("ix_care_prompts_customer_kind", "customer_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    kind: CareKind = Field(sa_type=EnumValue(CareKind))
    key: str = Field(max_length=60)
    due_on: date
    until: date
    counts_from: datetime = instant()  # a touch after this may answer it
    facts: dict[str, Any] = _json()
    report_id: int | None = None
    created_at: datetime = instant()
    settled_at: datetime | None = maybe_instant()
    outcome: str | None = Field(default=None, max_length=20)  # done | touched | not_for_them | expired | ended
    touch_id: int | None = None  # the touch that its answer logged, so that an undo takes it back


class CareQuiet(Row, table=True):
    """A kind of prompt that is not for a customer: never entered again until it is taken back."""

    __tablename__ = "care_quiets"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
    )

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    kind: CareKind = Field(primary_key=True, sa_type=EnumValue(CareKind))
    member_id: int
    at: datetime = instant()


class CustomerCare(Row, table=True):
    """How a customer is cared for: its language, and the cadence of one that refused and is worth it."""

    __tablename__ = "customer_care"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    language: Language | None = Field(default=None, sa_type=EnumValue(Language))  # None: the team's
    nurture_since: date | None = None
    nurture_days: int | None = None  # None: the team's
    busiest: str = Field(default="", max_length=7)  # ISO weekdays on which a hand is needed
    changed_at: datetime = instant()


class Introduction(Row, table=True):
    """Who introduced whom: a customer of ours, or a name that is not one yet."""

    __tablename__ = "introductions"
    __table_args__ = (
        UniqueConstraint("team_id", "by_customer_id", "name_key"),
        same_team("by_customer_id", "customers", ondelete="CASCADE"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_introductions_customer", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    by_customer_id: int
    customer_id: int | None = None
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200)
    member_id: int
    at: datetime = instant()


class CareRun(Row, table=True):
    """When a team's prompts were entered last: who moves this row first enters them."""

    __tablename__ = "care_runs"

    team_id: int = Field(foreign_key="teams.id", primary_key=True)
    on: date
    at: datetime = instant()


class Recap(Row, table=True):
    """What of a visit's recap is more than its words: whether the customer confirmed it."""

    __tablename__ = "recaps"
    __table_args__ = (same_team("visit_id", "visits", ondelete="CASCADE"), same_team("member_id", "members"))

    team_id: int = Field(primary_key=True)
    visit_id: int = Field(primary_key=True)
    member_id: int
    with_notes: bool = False
    confirmed_at: datetime | None = maybe_instant()


class ToldFact(Row, table=True):
    """The useful fact that a report gave back, so that the next one says another."""

    __tablename__ = "told_facts"
    __table_args__ = (
        same_team("report_id", "reports", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_told_facts_member", "member_id", "report_id"),
    )

    team_id: int = Field(primary_key=True)
    report_id: int = Field(primary_key=True)
    member_id: int
    customer_id: int
    code: str = Field(max_length=40)
    facts: dict[str, Any] = _json()
    at: datetime = instant()


class CareNews(Row, table=True):
    """News or an offer for some customers, in words that a rep forwards."""

    __tablename__ = "care_news"
    __table_args__ = (identity_in_team(), same_team("member_id", "members"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    text: str = Field(max_length=1000)
    audience: str = Field(max_length=10)  # best | buying | all
    until: date
    at: datetime = instant()
