"""When the owner of a complaint is reminded: as of a promise, until the customer confirms."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.promises import next_reminder
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.people import acting_by_member
from bot.services.working_hours import working_hours_of
from bot.store.tables import Complaint


async def plan_reminder(session: AsyncSession, complaint: Complaint, *, after: datetime) -> None:
    """Have the owner reminded next time, in place of what is pending; of a closed complaint not at all."""
    assert complaint.id is not None
    await ledger.withdraw(session, kind=Kind.COMPLAINT_DUE, subject_id=complaint.id)
    if complaint.closed_at is not None or complaint.due_at is None or complaint.owner_id is None:
        return
    owner = await acting_by_member(session, complaint.owner_id)
    reminder = next_reminder(complaint.due_at, after=after, hours=await working_hours_of(session, owner))
    await ledger.plan(
        session,
        team_id=complaint.team_id,
        member_id=complaint.owner_id,
        kind=Kind.COMPLAINT_DUE,
        subject_id=complaint.id,
        due_at=reminder.at,
    )
