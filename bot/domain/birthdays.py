"""Birthdays: with or without a year, on a leap day, and on which day of a year they are kept."""

import re
import unicodedata
from datetime import date, timedelta

from bot.domain.care import BELATED_DAYS, CareKind, IsWorkingDay, Prompt, working_day_before

NO_YEAR = 1604
"""The year of a birthday whose year nobody told: a leap year in which no living person was born."""

OLDEST_YEAR = 1900
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WITH_YEAR = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?")
_MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?")
_DAY_NAME = re.compile(r"(\d{1,2})\.?\s+([a-z]{3})[a-z]*\.?(?:,?\s+(\d{4}))?")
_NAME_DAY = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")


def read_birthday(text: str, today: date) -> date | None:
    """A birthday as people write it: 1980-03-15, 3-15, 15 Mar, Mar 15 1980, 3月15日. None for what is none.

    Without a year it is of ``NO_YEAR``. Two numbers are month and day; where that is no date, day and month.
    """
    words = unicodedata.normalize("NFKC", text).strip().casefold()
    if match := _WITH_YEAR.fullmatch(words):
        return _checked(int(match[1]), int(match[2]), int(match[3]), today)
    if match := _MONTH_DAY.fullmatch(words):
        first, second = int(match[1]), int(match[2])
        return _checked(NO_YEAR, first, second, today) or _checked(NO_YEAR, second, first, today)
    if match := _DAY_NAME.fullmatch(words):
        return _named(match[2], int(match[1]), match[3], today)
    if match := _NAME_DAY.fullmatch(words):
        return _named(match[1], int(match[2]), match[3], today)
    return None


def _named(month: str, day: int, year: str | None, today: date) -> date | None:
    if month not in _MONTHS:
        return None
    return _checked(int(year) if year else NO_YEAR, _MONTHS.index(month) + 1, day, today)


def _checked(year: int, month: int, day: int, today: date) -> date | None:
    if year != NO_YEAR and not OLDEST_YEAR <= year <= today.year:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None


def written(birthday: date) -> str:
    """As a file says it: 1980-03-15, or --03-15 without a year (vCard's way)."""
    return f"--{birthday:%m-%d}" if birthday.year == NO_YEAR else birthday.isoformat()


def kept_in(birthday: date, year: int) -> date:
    """The day on which a birthday is kept in a year: one of 29 February on the 28th: better early than late."""
    try:
        return birthday.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def next_birthday(birthday: date, today: date) -> date:
    """The coming one, today's included."""
    this_year = kept_in(birthday, today.year)
    return this_year if this_year >= today else kept_in(birthday, today.year + 1)


def birthday_prompt(
    customer_id: int, contact_id: int, name: str, birthday: date, today: date, is_working: IsWorkingDay
) -> Prompt | None:
    """The prompt of a birthday that is today, or on days off before the next working day."""
    on = next_birthday(birthday, today)
    due_on = working_day_before(on, is_working)
    if due_on > today:
        return None
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.BIRTHDAY,
        key=f"birthday:{contact_id}:{on.year}",
        due_on=due_on,
        counts_from=due_on,
        until=on + timedelta(days=BELATED_DAYS),
        facts={"name": name, "on": on.isoformat(), "contact": contact_id},
    )
