"""What the chat waits for from a member: a location, for a check-in or to plan again from there."""

from datetime import datetime

from sqlmodel import Field

from bot.store.tables.base import Row, instant, same_team


class Awaiting(Row, table=True):
    """The one location that a member was asked for. A row, since the bot may restart before it comes."""

    __tablename__ = "awaiting"
    __table_args__ = (same_team("member_id", "members"),)

    member_id: int = Field(primary_key=True)
    team_id: int
    kind: str = Field(max_length=20)  # a bot.services.awaiting.Kind
    subject_id: int | None = None  # the customer of a check-in
    asked_at: datetime = instant()
