"""Opening hours as people write them: "Mon-Fri 9-18, Sat 9-12", "周一到周五 9-18 周六 9-12 周日休息".

What is written of a day holds until the next day is named. Days that are not named are closed where others are; where
only closed days are named, or only hours, the rest stays as it was.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

from bot.domain.errors import Refused
from bot.domain.opening_hours import ANY_TIME, EVERY_DAY, OpeningHours, Spans
from bot.domain.planning.problem import DAY_S, Window

MINUTE_S, HOUR_S, NOON_H, DAY_H = 60, 3600, 12, 24
EARLIEST_BARE_H = 7
"""2-6 is said of the afternoon."""

WEEKDAYS, WEEKEND = "12345", "67"
CLOSED_WORD = "closed"
QUOTED = 60
MOST_CHARACTERS = 300

_SIMPLIFIED = str.maketrans("週點時禮無營業間雙隨國門開關", "周点时礼无营业间双随国门开关")
_NUMERALS = "一二三四五六日"
_ENGLISH = ("mo", "tu", "we", "th", "fr", "sa", "su")
_TWO_DAYS_OFF = re.compile("双休日?")
_LATE = ("下午", "傍晚", "晚")
_NUMBERS = re.compile(r"\d+")
_TO = r"\s*(?:-|~|〜|–|—|至|到|\bto\b|\buntil\b|\btill\b|\bthrough\b)\s*"
_DAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    r"|mo|tu|we|th|fr|sa|su)s?\b\.?"
)
_ZH = r"(?:周|星期|礼拜)"
_PERIOD = r"(?:上午|早上|早|中午|下午|傍晚|晚上|晚)?\s*"
_MINUTES = r"(?:[:.h]\d{2}|\d{2}(?=\D|$)|点半|[点时](?:\d{1,2}分?)?)?"
_TIME = rf"{_PERIOD}\d{{1,2}}{_MINUTES}(?:\s*(?:am|pm|a\.m\.|p\.m\.))?"
_TOKENS = re.compile(
    rf"(?P<hours>(?P<from>{_TIME})(?:{_TO}|(?<=\d)(?=晚|下午))(?P<until>{_TIME}))"
    rf"|(?P<range>(?P<first>{_DAY}){_TO}(?P<last>{_DAY}))|(?P<day>{_DAY})"
    rf"|(?P<zh_range>{_ZH}(?P<zh_first>[一二三四五六日天1-7]){_TO}(?:{_ZH}|(?![1-7][:点\d]))(?P<zh_last>[一二三四五六日天1-7]))"
    rf"|(?P<zh_days>{_ZH}[一二三四五六日天](?:[、,，和及]?{_ZH}?[一二三四五六日天])*)"
    r"|(?P<holidays>\b(?:public |bank )?holidays?\b|\bph\b|(?:法定)?节假日|国定假日)"
    r"|(?P<weekdays>\bweek\s?days?\b|\bwork(?:ing)?\s?days?\b|工作日|平日)"
    r"|(?P<weekend>\bweek\s?ends?\b|周末|例?假日)"
    r"|(?P<every>\bdaily\b|\bevery\s?day\b|\bdays? a week\b|每天|每日|天天|全年(?:无休)?|年中无休)"
    r"|(?P<closed>\bclosed?\b|\boff\b|\bno visits?\b|休息日?|公休日?|店休日?|不营业|关门|休)"
    r"|(?P<open>\b24\s?(?:h|hours?)\b|24小时|\ball day\b|\bany ?time\b|全天|随时)"
    r"|(?P<noise>\bopen(?:ing)?\b|\bhours?\b|\bon\b|\bfrom\b|\band\b|营业(?:时间)?|开门|时间|和|及|的|[\s,;:/|&+、，；。.()]+)"
)


@dataclass(frozen=True, slots=True)
class _Days:
    """Weekdays that were named; none of a public holiday, which is the calendar's."""

    weekdays: str


@dataclass(frozen=True, slots=True)
class _Closed:
    """That a day is closed."""


_Token: TypeAlias = _Days | Spans | _Closed


def read_opening(text: str, known: OpeningHours = ANY_TIME) -> OpeningHours:
    """What is written, over what is ``known``. Raises Refused: hours_not_understood, no_open_day."""
    everywhere: Spans | None = None
    named: dict[str, Spans | None] = {}
    for weekdays, spans in _groups(_tokens(text), text):
        if weekdays is None:
            everywhere = spans
        else:
            named.update(dict.fromkeys(weekdays, spans))
    days: dict[str, Spans] = {}
    if everywhere is not None:
        days = dict.fromkeys(known.weekdays, everywhere)
    elif all(spans is None for spans in named.values()):
        days = known.days
    for day, spans in named.items():
        days.pop(day, None)
        if spans is not None:
            days[day] = spans
    if not days:
        raise Refused("no_open_day")
    return OpeningHours.of_days(days, in_rest=known.in_rest)


def _tokens(text: str) -> list[_Token]:
    plain = unicodedata.normalize("NFKC", text[: MOST_CHARACTERS + 1]).casefold().translate(_SIMPLIFIED)
    plain = _TWO_DAYS_OFF.sub(" 周末休 ", plain)
    found: list[_Token] = []
    at = 0
    while at < len(plain):
        match = _TOKENS.match(plain, at)
        if match is None or len(plain) > MOST_CHARACTERS:
            raise _not_understood(text)
        at = match.end()
        if (token := _token(match, text)) is not None:
            found.append(token)
    if not found:
        raise _not_understood(text)
    return found


def _token(match: re.Match[str], text: str) -> _Token | None:
    """What a piece of text says; None for noise."""
    said = match.groupdict()
    if said["hours"]:
        return (_span(said["from"], said["until"], text),)
    if said["range"]:
        return _Days(_between(_english(said["first"]), _english(said["last"])))
    if said["zh_range"]:
        return _Days(_between(_chinese(said["zh_first"]), _chinese(said["zh_last"])))
    if said["day"]:
        return _Days(str(_english(said["day"])))
    if said["zh_days"]:
        return _Days("".join(str(_chinese(one)) for one in said["zh_days"] if one in f"{_NUMERALS}天"))
    simple: dict[str, _Token] = {
        "weekdays": _Days(WEEKDAYS),
        "weekend": _Days(WEEKEND),
        "every": _Days(EVERY_DAY),
        "holidays": _Days(""),
        "closed": _Closed(),
        "open": (),
    }
    return next((token for name, token in simple.items() if said[name]), None)


def _groups(tokens: list[_Token], text: str) -> list[tuple[str | None, Spans | None]]:
    """Days with their hours, None where they are closed. Hours before any day are of None: of all in general."""
    tokens = _closed_after_days(tokens)
    if not isinstance(tokens[0], _Days) and isinstance(tokens[-1], _Days):  # 9-18 Mon-Fri, 9-12 Sat
        tokens.reverse()
    groups: list[tuple[str | None, Spans | None]] = []
    days: str | None = None
    for is_days, run in groupby(tokens, key=lambda token: isinstance(token, _Days)):
        if is_days:
            days = "".join(token.weekdays for token in run if isinstance(token, _Days))
            continue
        hours = list(run)
        if days is not None and isinstance(hours[0], _Closed) and len(hours) > 1:  # Sun closed, else 9-17
            groups.append((days, None))
            days, hours = None, hours[1:]
        groups.append((days, _together(hours, text)))
        days = None
    if days is not None or (None, None) in groups:
        raise _not_understood(text)
    return groups


def _closed_after_days(tokens: list[_Token]) -> list[_Token]:
    """The same with each "closed" behind its days: "9-18, closed Sat and Sun" as "9-18, Sat and Sun closed"."""
    ordered = list(tokens)
    for number, token in enumerate(tokens):
        if not isinstance(token, _Closed) or (number and isinstance(tokens[number - 1], _Days)):
            continue
        last = number
        while last + 1 < len(tokens) and isinstance(tokens[last + 1], _Days):
            last += 1
        if last + 1 < len(tokens):  # hours follow: they are of the other days that are named here
            last = min(last, number + 1)
        ordered[number : last + 1] = [*tokens[number + 1 : last + 1], token]
    return ordered


def _together(said: list[_Token], text: str) -> Spans | None:
    """One day's hours, sorted; none of them is all day, and None is closed. Raises Refused where they contradict."""
    spans = sorted(span for token in said if isinstance(token, tuple) for span in token)
    if any(isinstance(token, _Closed) for token in said):
        if len(said) > 1:
            raise _not_understood(text)
        return None
    if any(later.opens_s < sooner.closes_s for sooner, later in pairwise(spans)) or (spans and () in said):
        raise _not_understood(text)
    return tuple(spans)


def _between(first: int, last: int) -> str:
    """The weekdays from one to another, over the weekend where need be: Sat-Mon."""
    return "".join(str((first - 1 + step) % 7 + 1) for step in range((last - first) % 7 + 1))


def _english(day: str) -> int:
    return _ENGLISH.index(day[:2]) + 1


def _chinese(day: str) -> int:
    return int(day) if day.isdigit() else _NUMERALS.index(day.replace("天", "日")) + 1


def _span(begin: str, end: str, text: str) -> Window:
    opens_s, is_clear = _seconds(begin, text)
    closes_s, closes_clear = _seconds(end, text)
    noon_s = NOON_H * HOUR_S
    if not is_clear and opens_s < EARLIEST_BARE_H * HOUR_S and closes_s <= noon_s and not begin.strip().startswith("0"):
        opens_s += noon_s  # 2-6
    if not closes_clear and closes_s <= opens_s and closes_s + noon_s > opens_s and closes_s <= noon_s:
        closes_s += noon_s  # 9-6
    if closes_s <= opens_s:  # past midnight
        closes_s = DAY_S
    if not opens_s < closes_s <= DAY_S:
        raise _not_understood(text)
    return Window(opens_s=opens_s, closes_s=closes_s)


def _seconds(said: str, text: str) -> tuple[int, bool]:
    """A time of day, and whether it is clear which half of the day is meant."""
    hour, minute = (int(number) for number in (*_NUMBERS.findall(said), "0")[:2])
    if "半" in said:
        minute = 30
    elif hour > 99:  # 0930
        hour, minute = divmod(hour, 100)
    is_late = any(word in said for word in _LATE) or "p" in said
    is_early = "a" in said or "早" in said or "上午" in said
    if hour < NOON_H and is_late:
        hour += NOON_H
    elif hour == NOON_H and is_early:
        hour = 0
    if hour > DAY_H or minute >= HOUR_S // MINUTE_S:
        raise _not_understood(text)
    return hour * HOUR_S + minute * MINUTE_S, is_late or is_early or "中午" in said


def _not_understood(text: str) -> Refused:
    return Refused("hours_not_understood", text=text[:QUOTED])


def write_opening(opening: OpeningHours) -> str:
    """The hours in words that ``read_opening`` reads, for a file. Nothing for who is open at any time."""
    if opening.days == ANY_TIME.days:
        return ""
    parts = []
    for runs, spans in hours_by_days(opening):
        days = ",".join(_ENGLISH[a - 1].title() + (f"-{_ENGLISH[b - 1].title()}" if b > a else "") for a, b in runs)
        hours = ",".join(f"{_clock(span.opens_s)}-{_clock(span.closes_s)}" for span in spans) if spans else "24h"
        parts.append(f"{days} {hours}")
    return "; ".join(parts)


def hours_by_days(opening: OpeningHours) -> list[tuple[list[tuple[int, int]], Spans]]:
    """Open weekdays with the same hours together, as runs from one to another, in the order of the week."""
    groups: dict[Spans, list[tuple[int, int]]] = {}
    for day, spans in opening.days.items():
        runs = groups.setdefault(spans, [])
        if runs and runs[-1][1] == int(day) - 1:
            runs[-1] = (runs[-1][0], int(day))
        else:
            runs.append((int(day), int(day)))
    return [(runs, spans) for spans, runs in groups.items()]


def _clock(seconds: int) -> str:
    return f"{seconds // HOUR_S:02}:{seconds % HOUR_S // MINUTE_S:02}"
