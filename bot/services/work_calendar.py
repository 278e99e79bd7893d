"""Which days are worked: weekdays, public holidays, the Chinese calendar's working Saturdays, and days off."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.store.tables import DayOff, Member

IsWorkingDay = Callable[[date], bool]


@lru_cache(maxsize=64)
def _public_calendar(country: str) -> Any:
    """The country's calendar, or an empty one where the library knows none; years are filled in as they are asked."""
    if country not in holidays.list_supported_countries():
        return holidays.HolidayBase()
    return holidays.country_holidays(country)


def named_holidays(country: str, year: int) -> list[tuple[date, str]]:
    """The days of a year that a country keeps, on their own dates, with English names; several are "A; B"."""
    if country not in holidays.list_supported_countries():
        return []
    speaks = "en_US" in holidays.country_holidays(country).supported_languages
    days = holidays.country_holidays(country, years=year, observed=False, language="en_US" if speaks else None)
    return list(days.items())


def is_public_working_day(country: str, weekdays: str, day: date) -> bool:
    """Whether a country works on a date, for people who work on these ISO weekdays (such as "12345")."""
    calendar = _public_calendar(country)
    if day in calendar:
        return False
    made_up = day in getattr(calendar, "weekend_workdays", ())  # a weekend day worked in exchange for a bridge day
    return made_up or str(day.isoweekday()) in weekdays


async def working_days_of(session: AsyncSession, acting: Acting) -> IsWorkingDay:
    """Whether the acting person works on a date: the team's country, own weekdays, less days off."""
    query = select(col(Member.working_weekdays)).where(col(Member.id) == acting.member_id)
    weekdays = (await session.exec(query)).one()
    off = set((await session.exec(select(col(DayOff.on)).where(col(DayOff.member_id) == acting.member_id))).all())
    return lambda day: day not in off and is_public_working_day(acting.country, weekdays, day)
