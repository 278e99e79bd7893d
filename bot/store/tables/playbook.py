"""A team's own words over the shipped playbook, and what came of its visits, by purpose and technique."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from bot.domain.playbook import EntryState
from bot.domain.vocabulary import ClosingTechnique, CommitmentKind, Purpose, PurposeReached
from bot.store.tables.base import Row, identity_in_team, instant, same_team
from bot.store.types import EnumValue


class PlaybookEntry(Row, table=True):
    """One of the team's own entries, or its word on a shipped one: reworded, or hidden with the shipped words kept."""

    __tablename__ = "playbook_entries"
    __table_args__ = (
        identity_in_team(),
        UniqueConstraint("team_id", "shipped_key"),
        same_team("author_id", "members"),
        same_team("decided_by_id", "members"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="teams.id")
    section: str = Field(max_length=20)
    slot: str = Field(max_length=20)
    shipped_key: str | None = Field(default=None, max_length=40)
    text: str = Field(default="", max_length=500)  # empty: the shipped words
    fact: str = Field(default="", max_length=500)
    state: EntryState = Field(sa_type=EnumValue(EntryState))
    author_id: int
    decided_by_id: int | None = None
    created_at: datetime = instant()
    changed_at: datetime = instant()


class VisitOutcome(Row, table=True):
    """What came of a reported visit: whether its purpose was reached, and what its planned closing brought."""

    __tablename__ = "visit_outcomes"
    __table_args__ = (
        UniqueConstraint("report_id"),
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("report_id", "reports"),
        Index("ix_visit_outcomes_purpose", "team_id", "purpose", "reached"),
        Index("ix_visit_outcomes_closing", "team_id", "closing", "commitment"),
    )

    id: int | None = Field(default=None, primary_key=True)
    team_id: int
    customer_id: int
    report_id: int
    purpose: Purpose | None = Field(default=None, sa_type=EnumValue(Purpose))
    reached: PurposeReached | None = Field(default=None, sa_type=EnumValue(PurposeReached))
    closing: ClosingTechnique | None = Field(default=None, sa_type=EnumValue(ClosingTechnique))
    commitment: CommitmentKind | None = Field(default=None, sa_type=EnumValue(CommitmentKind))
    at: datetime = instant()
