"""Customers that several reps serve: who may, beside the owner, and who does in a week."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from bot.store.tables.base import Row, instant, same_team


class SharedCustomer(Row, table=True):
    """A customer that a manager shared with a rep beside its owner: to be visited, not owned."""

    __tablename__ = "shared_customers"
    __table_args__ = (same_team("customer_id", "customers", ondelete="CASCADE"), same_team("member_id", "members"))

    customer_id: int = Field(primary_key=True)
    member_id: int = Field(primary_key=True, index=True)
    team_id: int
    shared_at: datetime = instant()


class SharedWeek(Row, table=True):
    """Whose turn a shared customer is in the week from a Monday on; without a row, it is the owner's."""

    __tablename__ = "shared_weeks"
    __table_args__ = (
        same_team("customer_id", "customers", ondelete="CASCADE"),
        same_team("member_id", "members"),
        Index("ix_shared_weeks_team_id_starts_on", "team_id", "starts_on"),
    )

    customer_id: int = Field(primary_key=True)
    starts_on: date = Field(primary_key=True)
    member_id: int
    team_id: int
