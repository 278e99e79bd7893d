"""Kinds that are typed: texts, names, numbers, amounts of money, a new person."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind, Takes, refuse_reply, unreadable
from bot.domain.forms.matching import quote
from bot.domain.forms.replies import OwnText, Reply, SharedContact, Text
from bot.domain.screen import Json

TEXT_CHARACTERS = 1000
NAME_CHARACTERS = 100
PHONE_CHARACTERS = 60
PHONE_DIGITS = range(6, 16)  # ITU-T E.164 allows 15; the shortest local numbers have 6
LARGEST_AMOUNT = Decimal(10) ** 12
MINOR_DIGITS = 2

_MULTIPLES = {"k": 1000, "千": 1000, "w": 10_000, "万": 10_000, "萬": 10_000, "m": 1_000_000, "百万": 1_000_000}
_MULTIPLES |= {"百萬": 1_000_000, "亿": 10**8, "億": 10**8}
_AMOUNT = re.compile(
    r"(?:[a-z]{0,3}[$¥€£]?|人民币|人民幣|新台币|新台幣)\s*(-?[\d,' ]*\.?\d*)\s*"
    r"(百万|百萬|[kwm千万萬亿億]?)\s*(?:[a-z]{3}|元|块|塊|[$¥€£])?"
)
_EDGES = re.compile(r"^[\s,;:、/()-]+|[\s,;:、/()-]+$")
_PHONE = re.compile(r"\+?\d[\d\s().-]{4,}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """An answer in a person's own words where a list was offered."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person whom the customer's card does not know yet."""

    name: str
    phone: str | None = None


class Line(Kind[str]):
    """Typed words. ``limit`` counts characters; a name is one line and holds a letter or digit."""

    takes = frozenset({Takes.TEXT})

    def __init__(self, limit: int, *, is_name: bool) -> None:
        self.limit = limit
        self.is_name = is_name
        self.name = "name" if is_name else "text"  # type: ignore[misc] # one class serves two names

    def parse(self, reply: Reply, asked: Asked) -> str:
        if not isinstance(reply, Text | OwnText):
            raise refuse_reply(self)
        return clean_name(reply.text, self.limit) if self.is_name else clean_text(reply.text, self.limit)

    def dump(self, value: str) -> Json:
        return value

    def load(self, data: Json) -> str:
        if isinstance(data, str) and 0 < len(data) <= self.limit:
            return data
        raise unreadable(data)

    def shown(self, value: str) -> Json:
        return {"as": "text", "text": value}


class Words(Kind[OwnWords]):
    """Own words beside a list, a name of one line: see ``Either``."""

    name = "words"
    takes = frozenset({Takes.TEXT})

    def parse(self, reply: Reply, asked: Asked) -> OwnWords:
        if not isinstance(reply, Text | OwnText):
            raise refuse_reply(self)
        return OwnWords(text=clean_name(reply.text, NAME_CHARACTERS))

    def dump(self, value: OwnWords) -> Json:
        return {"words": value.text}

    def load(self, data: Json) -> OwnWords:
        match data:
            case {"words": str(text)} if text:
                return OwnWords(text=text)
        raise unreadable(data)

    def shown(self, value: OwnWords) -> Json:
        return {"as": "text", "text": value.text}


class Sentence(Words):
    """What a person says, beside a list of things to say. Reads what an older form kept as plain text, too."""

    name = "sentence"

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def parse(self, reply: Reply, asked: Asked) -> OwnWords:
        if not isinstance(reply, Text | OwnText):
            raise refuse_reply(self)
        return OwnWords(text=clean_text(reply.text, self.limit))

    def load(self, data: Json) -> OwnWords:
        return OwnWords(text=data) if isinstance(data, str) and data else super().load(data)


class Number(Kind[int]):
    """A whole number within bounds."""

    name = "number"
    takes = frozenset({Takes.TEXT})

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def parse(self, reply: Reply, asked: Asked) -> int:
        if not isinstance(reply, Text):
            raise refuse_reply(self)
        value = read_amount(reply.text, negative_allowed=self.low < 0)
        if value != int(value):
            raise Refused("number_not_whole", text=quote(reply.text))
        if not self.low <= value <= self.high:
            raise Refused("number_out_of_range", low=self.low, high=self.high)
        return int(value)

    def dump(self, value: int) -> Json:
        return value

    def load(self, data: Json) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and self.low <= data <= self.high:
            return data
        raise unreadable(data)

    def shown(self, value: int) -> Json:
        return {"as": "number", "value": value}


class Amount(Kind[Decimal]):
    """Money in the team's currency, not negative, two digits after the point."""

    name = "amount"
    takes = frozenset({Takes.TEXT})

    def parse(self, reply: Reply, asked: Asked) -> Decimal:
        if not isinstance(reply, Text):
            raise refuse_reply(self)
        return read_amount(reply.text)

    def dump(self, value: Decimal) -> Json:
        return str(value)

    def load(self, data: Json) -> Decimal:
        if not isinstance(data, str):
            raise unreadable(data)
        try:
            value = Decimal(data)
        except InvalidOperation:
            raise unreadable(data) from None
        if not value.is_finite() or not 0 <= value <= LARGEST_AMOUNT:
            raise unreadable(data)
        return value

    def shown(self, value: Decimal) -> Json:
        return {"as": "amount", "value": str(value)}


class Phone(Kind[str]):
    """A telephone number, typed or out of a shared contact."""

    name = "phone"
    takes = frozenset({Takes.TEXT, Takes.CONTACT})

    def parse(self, reply: Reply, asked: Asked) -> str:
        match reply:
            case SharedContact(_, phone) if phone:
                return read_phone(phone)
            case Text(text) | OwnText(text):
                return read_phone(text)
            case _:
                raise refuse_reply(self)

    def dump(self, value: str) -> Json:
        return value

    def load(self, data: Json) -> str:
        if isinstance(data, str) and 0 < len(data) <= PHONE_CHARACTERS:
            return data  # as an import wrote it, perhaps several
        raise unreadable(data)

    def shown(self, value: str) -> Json:
        return {"as": "text", "text": value}


class Person(Kind[NewPerson]):
    """A new person: shared from the phone's book, or typed as "Mei Lim 8123 4567"."""

    name = "contact"
    takes = frozenset({Takes.TEXT, Takes.CONTACT})

    def parse(self, reply: Reply, asked: Asked) -> NewPerson:
        match reply:
            case SharedContact(name, phone):
                return NewPerson(name=clean_name(name, NAME_CHARACTERS), phone=read_phone(phone) if phone else None)
            case Text(text) | OwnText(text):
                plain = unicodedata.normalize("NFKC", text)
                found = _PHONE.search(plain)
                if found is None:
                    return NewPerson(name=clean_name(text, NAME_CHARACTERS))
                name = _EDGES.sub("", f"{plain[: found.start()]} {plain[found.end() :]}")
                return NewPerson(name=clean_name(name, NAME_CHARACTERS), phone=read_phone(found.group()))
            case _:
                raise refuse_reply(self)

    def dump(self, value: NewPerson) -> Json:
        return {"name": value.name, "phone": value.phone}

    def load(self, data: Json) -> NewPerson:
        match data:
            case {"name": str(name), "phone": str() | None as phone} if name:
                return NewPerson(name=name, phone=phone)
        raise unreadable(data)

    def shown(self, value: NewPerson) -> Json:
        return {"as": "person", "name": value.name, "phone": value.phone}


def clean_text(raw: str, limit: int) -> str:
    """Composed, without control characters and outer blanks. Raises Refused when empty or longer than the limit."""
    composed = unicodedata.normalize("NFC", raw).replace("\r\n", "\n")
    text = "".join(one for one in composed if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs")).strip()
    if not text:
        raise Refused("text_empty")
    if len(text) > limit:
        raise Refused("text_too_long", limit=limit, length=len(text))
    return text


def clean_name(raw: str, limit: int) -> str:
    """One line that holds a letter or a digit: a name of emoji can be neither searched nor read aloud."""
    name = " ".join(clean_text(raw, limit).split())
    if not any(character.isalnum() for character in name):
        raise Refused("name_without_letters", text=quote(name))
    return name


def read_amount(raw: str, *, negative_allowed: bool = False) -> Decimal:
    """A figure as people write it: 1,240.50 · SGD 6.4k · 1.2万 · 1240. Rounded to minor units."""
    text = unicodedata.normalize("NFKC", raw).strip().casefold()
    found = _AMOUNT.fullmatch(text)
    digits = re.sub(r"[,' ]", "", found.group(1)) if found else ""
    if found is None or not any(one.isdigit() for one in digits):
        raise Refused("amount_not_understood", text=quote(raw.strip()))
    value = Decimal(digits) * _MULTIPLES.get(found.group(2), 1)
    if value < 0 and not negative_allowed:
        raise Refused("amount_negative", text=quote(raw.strip()))
    if abs(value) > LARGEST_AMOUNT:
        raise Refused("amount_too_large", limit=str(LARGEST_AMOUNT))
    return value.quantize(Decimal(1).scaleb(-MINOR_DIGITS)) if value != value.to_integral_value() else value.quantize(1)


def read_phone(raw: str) -> str:
    """Digits with a leading plus where one was; Raises Refused for what no telephone has."""
    text = unicodedata.normalize("NFKC", raw).strip()
    digits = re.sub(r"\D", "", text)
    if len(digits) not in PHONE_DIGITS:
        raise Refused("phone_not_understood", text=quote(text))
    return f"+{digits}" if text.startswith("+") else digits


def text(*, limit: int = TEXT_CHARACTERS) -> Kind[str]:
    """Free words, several lines allowed."""
    return Line(limit, is_name=False)


def name(*, limit: int = NAME_CHARACTERS) -> Kind[str]:
    """One line with at least a letter or digit in it."""
    return Line(limit, is_name=True)


def words() -> Kind[OwnWords]:
    return Words()


def sentence(limit: int) -> Kind[OwnWords]:
    return Sentence(limit)


def number(low: int, high: int) -> Kind[int]:
    """A whole number from low to high, both included, typed."""
    return Number(low, high)


def amount() -> Kind[Decimal]:
    return Amount()


def phone() -> Kind[str]:
    return Phone()


def person() -> Kind[NewPerson]:
    return Person()
