"""What kind of day a date is for a member: worked or not, and why not."""

from datetime import date
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.services.people import own_row
from bot.services.work_calendar import is_public_working_day
from bot.store.tables import DayOff

EVERY_DAY = "1234567"


class DayKind(StrEnum):
    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SICK = "sick"
    LEAVE = "leave"

    @property
    def is_off(self) -> bool:
        """Whether the member took the day off, against a day that nobody works."""
        return self in (DayKind.SICK, DayKind.LEAVE)


async def kind_of_day(session: AsyncSession, acting: Acting, on: date) -> DayKind:
    """A day off of one's own comes before what the public calendar says."""
    query = select(col(DayOff.kind)).where(col(DayOff.member_id) == acting.member_id, col(DayOff.on) == on)
    off = (await session.exec(query)).first()
    if off is not None:
        return DayKind(off.value)
    weekdays = (await own_row(session, acting)).working_weekdays
    if is_public_working_day(acting.country, weekdays, on):
        return DayKind.WORKING
    # Somebody who works all week does not work on this date either: it is a holiday, not a weekend.
    return DayKind.WEEKEND if is_public_working_day(acting.country, EVERY_DAY, on) else DayKind.HOLIDAY
