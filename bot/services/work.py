"""A piece of work: one transaction on behalf of one person at one instant, and the screens that it leaves."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.store import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What every use-case gets. ``tapped`` is the message whose button was pressed: answers go over it."""

    session: AsyncSession
    acting: Acting
    now: datetime
    tapped: int | None = None

    @property
    def today(self) -> date:
        """The acting person's local day."""
        return self.acting.local(self.now).date()

    async def show(self, screen: Screen, *, over_tapped: bool = True, is_answer: bool = True) -> None:
        """Answer the acting person. A tap's answer replaces the tapped message unless ``over_tapped`` is False.

        A line of progress is no answer yet: it goes after those of others.
        """
        if self.acting.chat_id is None:
            raise ValueError("a person who has not joined cannot be answered")
        await outbox.show(
            self.session,
            self.acting.chat_id,
            screen,
            due_at=self.now,
            member_id=self.acting.member_id,
            over=self.tapped if over_tapped else None,
            interactive=is_answer,
        )

    async def clear(self, living: str) -> None:
        """Delete a living message of the acting person."""
        if self.acting.chat_id is not None:
            await outbox.clear(self.session, self.acting.chat_id, living, due_at=self.now)
