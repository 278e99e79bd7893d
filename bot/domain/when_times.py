"""The grammar of times of day, and of spans from now: 3pm, 15:30, 下午三点半, in 2 hours."""

import re
from datetime import time, timedelta

from bot.domain.errors import Refused

NOON_H, DAY_H = 12, 24
MINUTES = 60
MIDDAY_LAST_H = 3  # 中午一点 is 13:00, 中午11点半 is before noon
EARLIEST_BARE_H = 7  # "at 3" is said of the afternoon: nobody is visited at three in the night
LONGEST_SPAN_MINUTES = 100_000

MORNING, MIDDAY, AFTERNOON, EVENING = time(9, 0), time(12, 0), time(14, 0), time(18, 0)

_PERIODS = {
    "早上": MORNING, "上午": MORNING, "早晨": MORNING, "早": MORNING, "morning": MORNING, "in the morning": MORNING,
    "中午": MIDDAY, "noon": MIDDAY, "midday": MIDDAY, "lunchtime": MIDDAY,
    "下午": AFTERNOON, "午后": AFTERNOON, "afternoon": AFTERNOON,
    "晚上": EVENING, "傍晚": EVENING, "晚": EVENING, "evening": EVENING, "night": EVENING,
}  # fmt: skip
_PERIOD = rf"(?P<period>{'|'.join(sorted(_PERIODS, key=len, reverse=True))})"
_CHINESE = re.compile(
    rf"{_PERIOD}?\s*(?P<hour>\d{{1,2}})\s*(?:点钟?|时(?!间))\s*(?:(?P<half>半)|(?P<quarters>[13])刻|(?P<minute>\d{{1,2}})分?|整)?"
)
_CHINESE_CLOCK = re.compile(rf"{_PERIOD}\s*(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})")
_CLOCK = re.compile(
    r"(?<![\d/.-])(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))\s*(?P<half_day>am|pm|a\.m\.?|p\.m\.?|hrs?|h)?(?![\d/])"
)
_HALF_DAY = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})\s*(?P<half_day>am|pm|a\.m\.?|p\.m\.?)(?!\w)")
_HOURS = re.compile(r"\b(?P<hour>\d{2})(?P<minute>\d{2})\s*(?:hrs|hours|h)\b")
_PAST = re.compile(r"\b(?P<which>half past|quarter past|quarter to)\s+(?P<hour>\d{1,2})\s*(?P<half_day>am|pm)?\b")
_AT = re.compile(r"(?:\bat\s+|@\s*)(?P<hour>\d{1,2})(?:\s*o'?clock)?(?![\d:./]|\s*(?:am|pm))\b")
_BARE_PERIOD = re.compile(rf"(?:\bin the\s+|\bthis\s+)?{_PERIOD}")
_SPAN = re.compile(
    r"(?:\bin\s+|过)?(?P<count>\d+)\s*(?P<unit>hours?|hrs?|h\b|minutes?|mins?|个?小时|个?钟头|分钟)"
    r"\s*(?:[以之]?后|later\b|from now\b)?"
)
_SPAN_WORD = re.compile(r"\bin\s|过|后|later|from now")


def find_span(text: str) -> tuple[timedelta, str] | None:
    """A span from now, as "in 2 hours" or "半小时后", and what is left of the normalised text."""
    found = _SPAN.search(text)
    if found is None or not _SPAN_WORD.search(found.group()):
        return None
    count = int(found["count"])
    minutes = count if found["unit"].startswith(("m", "分")) else count * MINUTES
    if minutes > LONGEST_SPAN_MINUTES:
        raise Refused("when_not_understood", text=text)
    return timedelta(minutes=minutes), f"{text[: found.start()]} {text[found.end() :]}"


def find_time(text: str) -> tuple[time, str] | None:
    """The time of day that a normalised text names, and what is left of it. Raises Refused for 25:00."""
    for pattern in (_CHINESE, _CHINESE_CLOCK, _CLOCK, _HALF_DAY, _HOURS, _PAST, _AT):
        found = pattern.search(text)
        if found is None:
            continue
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        period, rest = _period(found, rest)
        return _time(found.groupdict(), period, text), rest
    found = _BARE_PERIOD.search(text)
    if found is None:
        return None
    return _PERIODS[found["period"]], f"{text[: found.start()]} {text[found.end() :]}"


def _period(found: re.Match[str], rest: str) -> tuple[str, str]:
    """The part of the day said with a time, also as "3:30 in the afternoon"."""
    said = found.groupdict().get("period") or ""
    if said or (found.groupdict().get("half_day") or "").startswith(("a", "p")):
        return said, rest
    around = _BARE_PERIOD.search(rest)
    if around is None:
        return "", rest
    return around["period"], f"{rest[: around.start()]} {rest[around.end() :]}"


def _time(parts: dict[str, str | None], period: str, text: str) -> time:
    hour, minute = int(parts["hour"] or 0), int(parts.get("minute") or 0)
    if parts.get("half"):
        minute = 30
    elif parts.get("quarters"):
        minute = int(parts["quarters"] or 0) * 15
    which = parts.get("which")
    if which:
        minute = 30 if which == "half past" else 15
    half_day = (parts.get("half_day") or "")[:1]
    hour = _hour(hour, half_day, period, is_bare=not (parts["hour"] or "").startswith("0"))
    total = hour * MINUTES + minute - (30 if which == "quarter to" else 0)
    if minute >= MINUTES or not 0 <= total < DAY_H * MINUTES:
        raise Refused("when_not_understood", text=text)
    return time(total // MINUTES, total % MINUTES)


def _hour(hour: int, half_day: str, period: str, *, is_bare: bool) -> int:
    """The hour of 24 that a said hour means: of am and pm, of a part of the day, or of office habits."""
    start = _PERIODS.get(period)
    if half_day in ("a", "p"):
        if not 1 <= hour <= NOON_H:
            return DAY_H
        return hour % NOON_H + (NOON_H if half_day == "p" else 0)
    if start in (AFTERNOON, EVENING) and hour < NOON_H:
        return hour + NOON_H
    if start == MIDDAY and 1 <= hour <= MIDDAY_LAST_H:
        return hour + NOON_H
    if start is None and is_bare and 1 <= hour < EARLIEST_BARE_H:
        return hour + NOON_H
    return hour
