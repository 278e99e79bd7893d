"""Relationships over time: stages and how they moved, openings, deals' ways, territories and work platforms."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from bot.domain.openings import OpeningKind
from bot.domain.vocabulary import DealStage, RelationshipStage
from bot.store.tables.base import Row, identity_in_team, instant, maybe_instant, only_where, same_team
from bot.store.types import EnumValue, JsonType


class EntryOpening(Row, table=True):
    """What makes a customer ready for a new supplier, as a rep saw it on a day."""

    __tablename__ = "entry_openings"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_entry_openings_customer", "team_id", "customer_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    member_id: int
    kind: OpeningKind = Field(sa_type=EnumValue(OpeningKind))
    seen_on: date
    note: str = Field(default="", max_length=1000)
    created_at: datetime = instant()
    closed_at: datetime | None = maybe_instant()


class StageChange(Row, table=True):
    """A change of a customer's relationship stage."""

    __tablename__ = "stage_changes"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_stage_changes_customer", "team_id", "customer_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    report_id: int | None = None
    at: datetime = instant()
    before: RelationshipStage | None = Field(default=None, sa_type=EnumValue(RelationshipStage))
    after: RelationshipStage = Field(sa_type=EnumValue(RelationshipStage))


class PendingAdvance(Row, table=True):
    """A stage that a share says and that waits for the next review. The rep is asked whether the share holds."""

    __tablename__ = "pending_advances"
    __table_args__ = (
        identity_in_team(),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_pending_advances_open", "team_id", "customer_id", **only_where("closed_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    report_id: int | None = None
    stage: RelationshipStage = Field(sa_type=EnumValue(RelationshipStage))
    asked_at: datetime = instant()
    review_on: date
    confirmed: bool | None = None  # the rep's answer
    closed_at: datetime | None = maybe_instant()


class RelationFall(Row, table=True):
    """A stage or a share that fell, for the rep to hear of first. ``before`` and ``after`` are stages or percents."""

    __tablename__ = "relation_falls"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_relation_falls_customer", "team_id", "customer_id"),
        Index("ix_relation_falls_untold", "team_id", **only_where("told_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    report_id: int | None = None
    at: datetime = instant()
    kind: str = Field(max_length=10)  # stage | share
    before: str = Field(max_length=32)
    after: str = Field(max_length=32)
    told_at: datetime | None = maybe_instant()


class AccountPillars(Row, table=True):
    """How strong the four things are that carry an account, 0-4 each. None: nobody has said."""

    __tablename__ = "account_pillars"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    organisation: int | None = None
    personal: int | None = None
    person_trust: int | None = None
    firm_trust: int | None = None
    changed_at: datetime = instant()


class DealMove(Row, table=True):
    """An opportunity came into a stage. ``evidence`` is the code of what showed it, ``reason`` that of an end."""

    __tablename__ = "deal_moves"
    __table_args__ = (
        same_team("opportunity_id", "opportunities", ondelete="CASCADE"),
        same_team("member_id", "members"),
        same_team("report_id", "reports"),
        Index("ix_deal_moves_opportunity", "team_id", "opportunity_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    opportunity_id: int
    member_id: int | None = None
    report_id: int | None = None
    at: datetime = instant()
    before: DealStage | None = Field(default=None, sa_type=EnumValue(DealStage))
    before_since: datetime | None = maybe_instant()
    after: DealStage = Field(sa_type=EnumValue(DealStage))
    evidence: str = Field(default="", max_length=32)
    reason: str = Field(default="", max_length=32)


class DealDetail(Row, table=True):
    """What else is known of an opportunity. ``percent`` is the rep's own chance; None: the stage's."""

    __tablename__ = "deal_details"
    __table_args__ = (same_team("opportunity_id", "opportunities", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    opportunity_id: int = Field(primary_key=True)
    percent: int | None = None
    products: list[str] = Field(default_factory=list, sa_column=Column(JsonType, nullable=False))
    criteria: str = Field(default="", max_length=1000)  # by what the customer will choose
    criteria_fixed: bool | None = None
    bottom_line_minor: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))


class TerritorySize(Row, table=True):
    """How many customers a member believes to be in the territory, from an instant on."""

    __tablename__ = "territory_sizes"
    __table_args__ = (same_team("member_id", "members"), Index("ix_territory_sizes_member", "member_id", "at"))

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    member_id: int
    customers: int
    at: datetime = instant()


class WorkPlace(Row, table=True):
    """A customer's place on the work platform of its owner. ``kept_until`` holds off proposals to take it out."""

    __tablename__ = "work_places"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"),)

    team_id: int = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    reserve: bool = False
    since: datetime = instant()
    kept_until: date | None = None
