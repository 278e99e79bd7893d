"""Scores of customers as the last refresh left them, their history, and what only people know of a customer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.scoring.reviewing import Ground
from bot.domain.scoring.rfm import RfmMethod
from bot.domain.scoring.segments import Segment
from bot.domain.vocabulary import Grade, GradeSource
from bot.store.tables.base import Row, instant, maybe_instant, only_where, same_team
from bot.store.types import EnumValue, JsonType


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JsonType, nullable=False))


class CustomerJudgement(Row, table=True):
    """What people say of a customer and no order shows. None: nobody has said."""

    __tablename__ = "customer_judgements"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    influence: int | None = None  # 1-5, brand and referral value
    growth: int | None = None  # 1-5, industry and own outlook
    margin_percent: int | None = None
    joint_project: bool = False
    no_need: bool = False
    changed_at: datetime = instant()


class CustomerScore(Row, table=True):
    """A customer's scores at the last refresh. Money is in minor units of the team's currency."""

    __tablename__ = "customer_scores"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    on: date
    score: float | None = None
    known_weight: float = 0.0
    proposed: Grade | None = Field(default=None, sa_type=EnumValue(Grade))
    provisional: bool = False
    rising: bool = False
    segment: Segment | None = Field(default=None, sa_type=EnumValue(Segment))
    lifecycle: LifecycleStage = Field(sa_type=EnumValue(LifecycleStage))
    at_risk: bool = False
    overdue_ratio: float | None = None
    p_alive: float | None = None
    expected_orders: float | None = None  # in 90 days
    sales_minor: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))  # of 12 months
    stake_minor: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_order_on: date | None = None
    waiting: Grade | None = Field(default=None, sa_type=EnumValue(Grade))  # proposed in vain by the last review
    parts: dict[str, Any] = _json()


class ScoreSnapshot(Row, table=True):
    """A customer's standing from a date on: written when it changes, and at the first refresh of a month."""

    __tablename__ = "score_snapshots"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    on: date = Field(primary_key=True)
    grade: Grade | None = Field(default=None, sa_type=EnumValue(Grade))
    segment: Segment | None = Field(default=None, sa_type=EnumValue(Segment))
    lifecycle: LifecycleStage = Field(sa_type=EnumValue(LifecycleStage))
    score: float | None = None
    p_alive: float | None = None
    sales_minor: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class TeamScoring(Row, table=True):
    """One refresh of a team: by which method, between which cuts, and what of the whole team it found."""

    __tablename__ = "team_scorings"

    team_id: int = Field(foreign_key="teams.id", primary_key=True)
    on: date = Field(primary_key=True)
    at: datetime = instant()
    rfm_method: RfmMethod = Field(sa_type=EnumValue(RfmMethod))
    reviewed: bool = False  # whether this refresh was also the month's review of grades
    facts: dict[str, Any] = _json()


class GradeDecision(Row, table=True):
    """A change of a grade, by a review or by a person. ``until`` is the last day of an override."""

    __tablename__ = "grade_decisions"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_grade_decisions_customer", "customer_id", "id"),
        Index("ix_grade_decisions_running", "team_id", "until", **only_where("ended_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    at: datetime = instant()
    before: Grade | None = Field(default=None, sa_type=EnumValue(Grade))
    before_source: GradeSource | None = Field(default=None, sa_type=EnumValue(GradeSource))
    grade: Grade | None = Field(default=None, sa_type=EnumValue(Grade))
    source: GradeSource | None = Field(default=None, sa_type=EnumValue(GradeSource))
    ground: Ground | None = Field(default=None, sa_type=EnumValue(Ground))  # of a review
    score: float | None = None
    member_id: int | None = None  # who set it by hand
    reason: str = Field(default="", max_length=40)
    until: date | None = None
    ended_at: datetime | None = maybe_instant()  # set: this override holds no more


class ScoreFall(Row, table=True):
    """A customer that fell, for its rep to hear of first."""

    __tablename__ = "score_falls"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        Index("ix_score_falls_customer", "team_id", "customer_id", "on"),
        Index("ix_score_falls_untold", "team_id", "on", **only_where("told_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    on: date
    kind: str = Field(max_length=20)  # segment | lifecycle | alive
    before: str = Field(default="", max_length=32)
    after: str = Field(default="", max_length=32)
    told_at: datetime | None = maybe_instant()
