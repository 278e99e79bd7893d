"""The grammar of days: how English and Chinese name a date, each form a pattern with the date that it means."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.domain.errors import Refused

Match = re.Match[str]
WEEK = 7
FRIDAY, SATURDAY = 4, 5
MONTHS = 12
LONGEST_COUNT = 3650
YEAR_DIGITS, CENTURY = 2, 2000  # 1/12/26
LEAP_GAP = 9  # years between leap years, over a century without one

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"\{?\b(?P<weekday>mon|tue|wed|thu|fri|sat|sun)"
    r"(?:day|s|sday|nesday|rs|r|rsday|ursday|urday|urs|ur)?\b\}?"
)
_MONTH = (
    r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s*(?P<year>20\d{2}))?"
_NEXTS = r"(?P<nexts>下+)个?"


class Day:
    """A day that was read, and whether its year was said."""

    def __init__(self, day: date, *, is_recurring: bool = False) -> None:
        self.day = day
        self.is_recurring = is_recurring


def find_day(text: str, today: date, *, past_allowed: bool) -> tuple[date, str] | None:
    """The day that a normalised text names and what is left of the text. None when it names none.

    Raises Refused ``when_ambiguous`` for 3/4, ``when_not_understood`` for a day that no calendar has.
    """
    for pattern, read in _PATTERNS:
        found = pattern.search(text)
        if found is None:
            continue
        try:
            day = read(found, today)
        except (ValueError, OverflowError):
            raise Refused("when_not_understood", text=text) from None
        if day.is_recurring and day.day < today and not past_allowed:
            day = Day(_next_year(day.day))
        return day.day, f"{text[: found.start()]} {text[found.end() :]}"
    return None


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift_month(day: date, months: int) -> date:
    """The same day some months later, or that month's last."""
    index = day.month - 1 + months
    year, month = day.year + index // MONTHS, index % MONTHS + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _next_year(day: date) -> date:
    return _shift_month(day, MONTHS)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday_of(week: date, name: str) -> date:
    return _monday(week) + timedelta(days=_WEEKDAYS.index(name))


def _coming(found: Match, today: date) -> Day:
    """A bare weekday is the next one: on a Friday, "Friday" is in a week, for today would be called today."""
    ahead = (_WEEKDAYS.index(found["weekday"]) - today.weekday() - 1) % WEEK + 1
    return Day(today + timedelta(days=ahead))


def _in_week(weeks: int) -> Callable[[Match, date], Day]:
    return lambda found, today: Day(_weekday_of(today + timedelta(days=weeks * WEEK), found["weekday"]))


def _weeks_ahead(found: Match, today: date) -> Day:
    return Day(_weekday_of(today + timedelta(days=WEEK * len(found["nexts"])), found["weekday"]))


def _ago_or_in(sign: int) -> Callable[[Match, date], Day]:
    def read(found: Match, today: date) -> Day:
        count, unit = int(found["count"]), found["unit"]
        if count > LONGEST_COUNT:
            raise ValueError("too far away for a calendar")
        if unit[0] == "m" or "月" in unit:
            return Day(_shift_month(today, sign * count))
        days = WEEK if unit[0] == "w" or unit.endswith(("周", "星期", "礼拜")) else 1
        return Day(today + timedelta(days=sign * count * days))

    return read


def _working_days(found: Match, today: date) -> Day:
    """Monday to Friday; a country's holidays are not known here."""
    day, left = today, min(int(found["count"]), LONGEST_COUNT)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return Day(day)


def _in_days(days: int) -> Callable[[Match, date], Day]:
    return lambda found, today: Day(today + timedelta(days=days))


def _month_end_in(months: int) -> Callable[[Match, date], Day]:
    def read(found: Match, today: date) -> Day:
        month = _shift_month(today.replace(day=1), months)
        return Day(month_end(month.year, month.month))

    return read


def _day_of_month(months: int) -> Callable[[Match, date], Day]:
    return lambda found, today: Day(_shift_month(today.replace(day=1), months).replace(day=int(found["day"])))


def _coming_day_of_month(found: Match, today: date) -> Day:
    """The 20th: of this month, or of the next month that has such a day."""
    wanted = int(found["day"])
    for months in range(MONTHS):
        month = _shift_month(today.replace(day=1), months)
        if wanted <= calendar.monthrange(month.year, month.month)[1] and month.replace(day=wanted) >= today:
            return Day(month.replace(day=wanted))
    raise ValueError("no month has this day")


def _named_month(found: Match, today: date) -> Day:
    month = _MONTHS.index(found["month"]) + 1
    return _dated(found["year"], month, int(found["day"]), today)


def _numbered(found: Match, today: date) -> Day:
    return _dated(found["year"], int(found["month"]), int(found["day"]), today)


def _dated(year: str | None, month: int, day: int, today: date) -> Day:
    if year:
        return Day(date(int(year) if len(year) > YEAR_DIGITS else CENTURY + int(year), month, day))
    if (month, day) == (2, 29):
        leap = next(one for one in range(today.year, today.year + LEAP_GAP) if calendar.isleap(one))
        return Day(date(leap, month, day))
    return Day(date(today.year, month, day), is_recurring=True)


def _of_year(years: int) -> Callable[[Match, date], Day]:
    return lambda found, today: Day(date(today.year + years, int(found["month"]), int(found["day"])))


def _slashed(found: Match, today: date) -> Day:
    """27/11 and 11/27 can be only one day; 3/4 is the 3rd of April to one reader and the 4th of March to another."""
    first, second = int(found["first"]), int(found["second"])
    if first > MONTHS:
        return _dated(found["year"], second, first, today)
    if second > MONTHS or first == second:
        return _dated(found["year"], first, second, today)
    days = [_dated(found["year"], month, day, today).day for month, day in ((second, first), (first, second))]
    days = [_next_year(day) if day < today and not found["year"] else day for day in days]
    raise Refused("when_ambiguous", first=days[0].isoformat(), second=days[1].isoformat())


def _week_end(weeks: int, weekday: int) -> Callable[[Match, date], Day]:
    def read(found: Match, today: date) -> Day:
        day = _monday(today) + timedelta(days=weeks * WEEK + weekday)
        return Day(day if day >= today else day + timedelta(days=WEEK))

    return read


def _start_of_month(months: int) -> Callable[[Match, date], Day]:
    return lambda found, today: Day(_shift_month(today.replace(day=1), months))


def _start_of_week(found: Match, today: date) -> Day:
    weeks = found.group().count("下") or 1
    return Day(_monday(today) + timedelta(days=WEEK * weeks))


_UNIT = r"(?P<unit>days?|d\b|weeks?|w\b|months?|个月|个星期|个礼拜|星期|礼拜|周|天|日)"
_COUNT = r"(?P<count>\d+)"
_DAY = r"(?P<day>\d{1,2})"
_MONTH_DAY = r"(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})[日号]?"
_THIS = r"(?:本|这个?)"

# The first pattern that is found is the day, so what says more stands before what says less.
_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[Match, date], Day]], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)", _numbered),
        (rf"(?P<year>\d{{4}})年\s*{_MONTH_DAY}", _numbered),
        (rf"明年\s*{_MONTH_DAY}", _of_year(1)),
        (rf"今年\s*{_MONTH_DAY}", _of_year(0)),
        (rf"(?P<year>){_MONTH_DAY}", _numbered),
        (rf"\b{_DAY}{_ORDINAL}\s*(?:of\s+)?{_MONTH}\b{_YEAR}", _named_month),
        (rf"\b{_MONTH}\s*{_DAY}{_ORDINAL}\b(?![:.]\d){_YEAR}", _named_month),
        (r"(?<![\d/])(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))?(?![\d/])", _slashed),
        (r"大后天", _in_days(3)),
        (r"\bday after tomorrow\b|后天", _in_days(2)),
        (r"\bday before yesterday\b|前天", _in_days(-2)),
        (r"\b(?:tomorrow|tmrw|tmr|tomorow|tommorow)\b|明天|明日|明(?=[早晚上下中])", _in_days(1)),
        (r"\btoday\b|今天|今日|今(?=[早晚])", _in_days(0)),
        (r"\byesterday\b|昨天|昨日|昨(?=[早晚])", _in_days(-1)),
        (rf"\bin\s+{_COUNT}\s*working\s*days?\b", _working_days),
        (rf"{_COUNT}个?工作日[以之]?后", _working_days),
        (rf"(?:\bin\s+|\+|过){_COUNT}\s*{_UNIT}", _ago_or_in(1)),
        (rf"{_COUNT}\s*{_UNIT}\s*(?:[以之]?[后内]|later\b|from (?:now|today)\b)", _ago_or_in(1)),
        (rf"{_COUNT}\s*{_UNIT}\s*(?:[以之]?前|ago\b)", _ago_or_in(-1)),
        (rf"^\s*{_COUNT}\s*(?P<unit>days?|weeks?|months?|d|w|天|周|个星期|个月)\s*$", _ago_or_in(1)),
        (r"\bend\s+(?:of\s+)?next\s+month\b|下个?月(?:底|末)", _month_end_in(1)),
        (r"\bend\s+(?:of\s+)?(?:the\s+|this\s+)?month\b|\bmonth[\s-]?end\b|\beom\b", _month_end_in(0)),
        (rf"{_THIS}?月(?:底|末)", _month_end_in(0)),
        (r"\bend\s+(?:of\s+)?next\s+week\b", _week_end(1, FRIDAY)),
        (r"\bend\s+(?:of\s+)?(?:the\s+|this\s+)?week\b|\beow\b", _week_end(0, FRIDAY)),
        (r"\bnext\s+weekend\b|下个?周末", _week_end(1, SATURDAY)),
        (rf"\b(?:this\s+)?weekend\b|{_THIS}?周末", _week_end(0, SATURDAY)),
        (rf"下个?月\s*{_DAY}[日号]?", _day_of_month(1)),
        (rf"{_THIS}月\s*{_DAY}[日号]?", _day_of_month(0)),
        (r"下个?月初", _start_of_month(1)),
        (rf"\bnext\s+week(?:'s)?\s*(?:on\s+)?{_WEEKDAY}", _in_week(1)),
        (rf"{_WEEKDAY}\s*(?:of\s+)?next\s+week\b", _in_week(1)),
        (rf"\bnext\s+{_WEEKDAY}", _in_week(1)),
        (rf"\bthis\s+(?:coming\s+)?{_WEEKDAY}", _in_week(0)),
        (rf"{_THIS}\s*{_WEEKDAY}", _in_week(0)),
        (rf"(?:\blast\s+|上个?\s*){_WEEKDAY}", _in_week(-1)),
        (rf"{_NEXTS}\s*{_WEEKDAY}", _weeks_ahead),
        (_WEEKDAY, _coming),
        (r"\bnext\s+week\b", _start_of_week),
        (rf"{_NEXTS}(?:周|星期|礼拜)", _start_of_week),
        (r"\bnext\s+month\b|下个?月", _start_of_month(1)),
        (rf"(?<![\d:.]){_DAY}[日号]", _coming_day_of_month),
        (rf"\b{_DAY}(?:st|nd|rd|th)\b", _coming_day_of_month),
    )
)
