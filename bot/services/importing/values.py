"""Reads one cell: text, dates, amounts, grades, coordinates. What cannot be read is a ``BadValue`` with a code."""

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel.core import get_global

from bot.domain.errors import Refused
from bot.domain.money import minor_digits, to_minor
from bot.domain.opening_hours import ANY_TIME, OpeningHours
from bot.domain.opening_words import CLOSED_WORD, read_opening
from bot.domain.vocabulary import Grade, TouchKind
from bot.services.importing.reading import Cell, Uncomputed

EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
# Day 0 of the two calendars of Excel; the first one's is set so that days after its false 29 Feb 1900 are right.
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 # wall-clock days have no zone
DEFAULT_TOUCH = TouchKind.VISIT  # an exported last follow-up resets the clock, however it was made
MAX_MINOR = 10**14  # so that the lines of the largest file add up to less than a 64-bit number
FLOAT_NOISE = Decimal("0.000001")
LATEST_DAY_NUMBER = 80_000  # in 2119
DAYS_AND_MONTHS = 12  # a number up to this could be either

_ISO_LIKE = re.compile(
    r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[T\s]*(?P<H>\d{1,2})[:时時](?P<M>\d{1,2})(?:[:分](?P<S>\d{1,2})(?:\.\d+)?)?[分秒]?)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?"
)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_WORDED = re.compile(r"(?:(\d{1,2})[\s-]+([a-z]{3})[a-z]*|([a-z]{3})[a-z]*\s+(\d{1,2}))(?:st|nd|rd|th)?,?[\s-]+(\d{4})")
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DAY_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")
_AMOUNT = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+")
_SYMBOLS: Mapping[str, frozenset[str]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "元": frozenset({"CNY", "TWD", "HKD", "MOP"}),
    "$": frozenset({"USD", "SGD", "HKD", "TWD", "AUD", "CAD", "NZD", "MOP"}),
}
_GRADE = re.compile(r"([A-D])(?![A-Za-z])")
_GRADE_WORDS = {
    **dict.fromkeys(("重点客户", "重點客戶"), Grade.A),
    **dict.fromkeys(("普通客户", "普通客戶"), Grade.B),
    **dict.fromkeys(("非优先客户", "非優先客戶"), Grade.C),
}
_YES = frozenset({"是", "yes", "y", "true", "1", "1.0", "✓", "√"})
_NO = frozenset({"否", "no", "n", "false", "0", "0.0", "×"})
_FORMULA_GUARD = re.compile(r"'(?=[=+\-@\t\r])")
_SEPARATORS = re.compile(r"[;；、,，\n]+")
_PHONE_PARTS = re.compile(r"[;；、,，/\n]+")
_PHONE_DIGITS = (6, 15)
_SPACES = re.compile(r"[^\S\n]+")


class BadValue(ValueError):
    """A cell that cannot be taken. ``code`` names the reason, ``params`` fill it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def plain_text(cell: Cell) -> str:
    """The cell as text: no control characters, single spaces, whole numbers without .0, instants in ISO form."""
    match cell:
        case None:
            return ""
        case Uncomputed():
            raise BadValue("formula_without_value")
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            whole_day = not (cell.hour or cell.minute or cell.second)
            return cell.date().isoformat() if whole_day else cell.replace(microsecond=0).isoformat(sep=" ")
        case date():
            return cell.isoformat()
    text = str(cell)
    if text in EXCEL_ERRORS:
        raise BadValue("formula_error")
    text = _FORMULA_GUARD.sub("", text.strip(" \ufeff"), count=1) if text.lstrip().startswith("'") else text
    if text.isprintable() and "  " not in text:
        return text.strip()
    kept = "".join(char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs") else " " for char in text)
    return _SPACES.sub(" ", kept).strip()


def read_instant(cell: Cell, zone: ZoneInfo, *, from_1904: bool = False) -> datetime | None:
    """An instant; a wall-clock time is taken in ``zone``, a bare day as its midnight. None for an empty cell.

    Raises BadValue: bad_date, or ambiguous_date for what could be day/month or month/day.
    """
    wall = _read_wall(cell, from_1904=from_1904)
    if wall is None:
        return None
    if not EARLIEST_YEAR <= wall.year <= LATEST_YEAR:
        raise BadValue("bad_date")
    return (wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(UTC)


def read_day(cell: Cell, zone: ZoneInfo, *, from_1904: bool = False) -> date | None:
    """A local day. Raises BadValue as ``read_instant``."""
    instant = read_instant(cell, zone, from_1904=from_1904)
    return None if instant is None else instant.astimezone(zone).date()


def _read_wall(cell: Cell, *, from_1904: bool) -> datetime | None:
    epoch = EPOCH_1904 if from_1904 else EPOCH_1900
    match cell:
        case bool():
            raise BadValue("bad_date")
        case datetime():
            return cell
        case date():
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 # a wall-clock day, zoned by the caller
        case int() | float() if 1 <= cell < LATEST_DAY_NUMBER:
            return epoch + timedelta(seconds=round(cell * 86_400))
    text = unicodedata.normalize("NFKC", plain_text(cell))
    if not text:
        return None
    if _DAY_NUMBER.fullmatch(text):
        return epoch + timedelta(seconds=round(float(text) * 86_400))
    try:
        return _parse_wall(text)
    except ValueError as error:
        raise BadValue(error.code if isinstance(error, BadValue) else "bad_date") from error


def _parse_wall(text: str) -> datetime:
    if match := _ISO_LIKE.fullmatch(text):
        parts = match.groupdict(default="0")
        wall = datetime(*(int(parts[name]) for name in ("y", "m", "d", "H", "M", "S")))  # type: ignore[arg-type]  # noqa: DTZ001 # six integers; zoned by the caller
        offset = match["zone"]
        return wall.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo) if offset else wall
    if match := _COMPACT.fullmatch(text):
        return datetime(int(match["y"]), int(match["m"]), int(match["d"]))  # noqa: DTZ001 # zoned by the caller
    if match := _SLASHED.fullmatch(text):
        first, second, year = (int(match[group]) for group in (1, 2, 3))
        hour, minute, second_of = (int(match[group] or 0) for group in (4, 5, 6))
        if first <= DAYS_AND_MONTHS and second <= DAYS_AND_MONTHS and first != second:
            raise BadValue("ambiguous_date")
        day, month = (first, second) if first > DAYS_AND_MONTHS else (second, first)
        return datetime(year, month, day, hour, minute, second_of)  # noqa: DTZ001 # zoned by the caller
    if match := _WORDED.fullmatch(text.casefold()):
        day_text, month_text = (match[1], match[2]) if match[1] else (match[4], match[3])
        return datetime(int(match[5]), _MONTHS.get(month_text, 0), int(day_text))  # noqa: DTZ001 # zoned by the caller
    raise BadValue("bad_date")


def read_currency(cell: Cell, default: str) -> str:
    """A currency code, by default the team's. Raises BadValue("bad_currency")."""
    code = plain_text(cell).upper() or default
    if code in ("人民币", "RMB"):
        code = "CNY"
    if code not in get_global("all_currencies"):
        raise BadValue("bad_currency")
    return code


def read_minor(cell: Cell, currency: str, *, negative: bool) -> int | None:
    """An amount in minor units of the currency, None for an empty cell.

    Raises BadValue: bad_amount, negative_amount, amount_too_fine, amount_too_large, bad_currency.
    """
    amount = _read_decimal(cell, currency)
    if amount is None:
        return None
    if amount < 0 and not negative:
        raise BadValue("negative_amount")
    if abs(amount) > MAX_MINOR:
        raise BadValue("amount_too_large")
    rounded = amount.quantize(Decimal(1).scaleb(-minor_digits(currency)))
    if abs(rounded - amount) > FLOAT_NOISE:
        raise BadValue("amount_too_fine", digits=minor_digits(currency), currency=currency)
    minor = to_minor(rounded, currency)
    if abs(minor) > MAX_MINOR:
        raise BadValue("amount_too_large")
    return minor


def _read_decimal(cell: Cell, currency: str) -> Decimal | None:
    if isinstance(cell, bool | date):
        raise BadValue("bad_amount")
    text = unicodedata.normalize("NFKC", plain_text(cell)).replace(" ", "").upper()
    if not text:
        return None
    for symbol, currencies in _SYMBOLS.items():
        if symbol in text:
            if currency not in currencies:
                raise BadValue("bad_currency")
            text = text.replace(symbol, "")
    text = text.replace(currency, "")
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    factor = 10_000 if text.endswith(("万", "萬")) else 1
    text = text.rstrip("万萬").removeprefix("+")
    try:
        if isinstance(cell, int | float) and math.isfinite(cell):
            return Decimal(text)  # Excel's 1e-05 has an exponent
        if _AMOUNT.fullmatch(text):
            return Decimal(text.replace(",", "")) * factor
    except InvalidOperation:
        pass
    raise BadValue("bad_amount")


def read_number(cell: Cell, low: float, high: float, code: str) -> float | None:
    """A number within bounds, None for an empty cell. Raises BadValue with the given code."""
    text = plain_text(cell).replace(",", ".") if isinstance(cell, str) else plain_text(cell)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise BadValue(code) from error
    if not low <= value <= high:
        raise BadValue(code)
    return value


def read_grade(cell: Cell) -> Grade | None:
    """A grade from A（重点客户）, A or 重点客户; None for an empty cell. Raises BadValue("bad_grade")."""
    text = unicodedata.normalize("NFKC", plain_text(cell)).strip()
    if not text:
        return None
    if match := _GRADE.match(text.upper()):
        return Grade(match[1])
    if text in _GRADE_WORDS:
        return _GRADE_WORDS[text]
    raise BadValue("bad_grade")


def read_yes_no(cell: Cell) -> bool | None:
    """Yes or no in any of the languages, None for an empty cell. Raises BadValue("bad_yes_no")."""
    text = plain_text(cell).casefold()
    if not text:
        return None
    if text in _YES or text in _NO:
        return text in _YES
    raise BadValue("bad_yes_no")


def read_phone(cell: Cell) -> str:
    """One or more phone numbers as written. Raises BadValue("bad_phone") unless each has 6 to 15 digits."""
    text = unicodedata.normalize("NFKC", plain_text(cell))
    low, high = _PHONE_DIGITS
    for part in _PHONE_PARTS.split(text):
        if part.strip() and not low <= sum(char.isdigit() for char in part) <= high:
            raise BadValue("bad_phone")
    return text


def read_opening_hours(cell: Cell, known: OpeningHours = ANY_TIME, *, closed: bool = False) -> OpeningHours | None:
    """Opening hours in words, or the days that are ``closed``, over what is ``known``; None for an empty cell.

    Raises BadValue("bad_opening").
    """
    text = plain_text(cell)
    if not text:
        return None
    try:
        return read_opening(f"{text} {CLOSED_WORD}" if closed else text, known)
    except Refused:
        pass
    try:  # a column of closed days may say so itself
        return read_opening(text, known)
    except Refused as error:
        raise BadValue("bad_opening") from error


def read_list(cell: Cell) -> tuple[str, ...]:
    """The parts of a cell that lists several values, each once."""
    return tuple(dict.fromkeys(part.strip() for part in _SEPARATORS.split(plain_text(cell)) if part.strip()))
