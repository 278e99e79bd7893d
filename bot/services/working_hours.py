"""When a member works: zone, the time at which work begins, and the dates that are worked."""

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.promises import WorkingHours
from bot.services.people import own_row
from bot.services.work_calendar import working_days_of


async def working_hours_of(session: AsyncSession, acting: Acting) -> WorkingHours:
    """A member's working hours as they are set now."""
    member = await own_row(session, acting)
    return WorkingHours(zone=acting.zone, begin=member.work_from, is_working=await working_days_of(session, acting))
