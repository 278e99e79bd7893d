"""Finds customers by words: a part of the name, its pinyin or initials, the address, a phone number, a contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.names import name_key
from bot.domain.people import Acting
from bot.services.search_text import search_key
from bot.services.work import Work
from bot.store.inserting import insert_if_new
from bot.store.tables import SEARCH_WORDS_MAX, Contact, Customer, CustomerSearch

PHONE_DIGITS_MIN = 3
SEARCHES_KEPT_FOR = timedelta(days=30)
_PHONE_MARKS = " -().+/"


class Match(IntEnum):
    """How well words fit a customer, best first."""

    WHOLE_NAME = 0
    NAME_BEGINS = 1
    IN_NAME = 2
    SPELLED = 3  # pinyin or initials
    PERSON = 4
    PLACE_OR_PHONE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    key: str
    name: str  # without punctuation, as names and addresses are keyed
    digits: str


def list_order(customer: Customer) -> tuple[str, str, int]:
    """Where a list puts a customer: by grade, ungraded last, then by name."""
    return (customer.grade.value if customer.grade else "~", customer.name_key, customer.id or 0)


async def find_customers(
    session: AsyncSession, acting: Acting, customers: Sequence[Customer], words: str
) -> list[Customer]:
    """Those of the customers that every word fits somewhere, best match first, then by grade and name."""
    whole = search_key(words)
    parts = [_Word(key=part, name=name_key(part), digits=_digits(part)) for part in whole.split()]
    if not parts:
        return []
    people = [await _customers_of_people(session, acting, part) for part in parts]
    found = []
    for customer in customers:
        fits = [_match(customer, part, by_person) for part, by_person in zip(parts, people, strict=True)]
        matched = [fit for fit in fits if fit is not None]
        if len(matched) == len(parts):
            found.append((_of_whole(customer, whole, max(matched)), list_order(customer), customer))
    return [customer for _, _, customer in sorted(found, key=lambda each: each[:2])]


def _match(customer: Customer, word: _Word, by_person: frozenset[int]) -> Match | None:
    name = customer.name_key
    if word.name and name.startswith(word.name):
        return Match.NAME_BEGINS
    if (word.name and word.name in name) or word.key in search_key(customer.name):
        return Match.IN_NAME
    if word.key in customer.search_text:
        return Match.SPELLED
    if customer.id in by_person:
        return Match.PERSON
    in_address = word.name and word.name in customer.address_key
    in_phone = len(word.digits) >= PHONE_DIGITS_MIN and word.digits in _digits(customer.phone)
    return Match.PLACE_OR_PHONE if in_address or in_phone else None


def _of_whole(customer: Customer, whole: str, by_words: Match) -> Match:
    key = name_key(whole)
    if key and customer.name_key == key:
        return Match.WHOLE_NAME
    if key and customer.name_key.startswith(key):
        return Match.NAME_BEGINS
    return by_words


def _digits(text: str) -> str:
    """The digits of a number, or nothing for text that is no number."""
    bare = "".join(char for char in text if char not in _PHONE_MARKS)
    return bare if bare.isdecimal() else ""


async def _customers_of_people(session: AsyncSession, acting: Acting, word: _Word) -> frozenset[int]:
    """The team's customers with a contact of that name or number; what may be seen is decided by the lines."""
    fits = []
    if word.name:
        fits.append(col(Contact.name_key).contains(word.name, autoescape=True))
    if len(word.digits) >= PHONE_DIGITS_MIN:
        bare: Any = col(Contact.phone)
        for mark in _PHONE_MARKS:
            bare = func.replace(bare, mark, "")
        fits.append(bare.contains(word.digits, autoescape=True))
    if not fits:
        return frozenset()
    query = select(Contact.customer_id).where(col(Contact.team_id) == acting.team_id, or_(*fits))
    return frozenset((await session.exec(query)).all())


def one_line(words: str) -> str:
    """Typed words as a search keeps them: in one line, cut to what a table holds."""
    return " ".join(words.replace("\x00", " ").split())[:SEARCH_WORDS_MAX]


async def keep_search(work: Work, words: str) -> int:
    """Remember words of ``one_line`` for the pages of their list, and give their number. Old ones are forgotten."""
    own = col(CustomerSearch.member_id) == work.acting.member_id
    await work.session.exec(delete(CustomerSearch).where(own, col(CustomerSearch.at) < work.now - SEARCHES_KEPT_FOR))
    values = {
        "team_id": work.acting.team_id,
        "member_id": work.acting.member_id,
        "words": words,
        "at": work.now,
    }
    await insert_if_new(work.session, CustomerSearch, values, ("member_id", "words"))
    same = col(CustomerSearch.words) == words
    await work.session.exec(update(CustomerSearch).where(own, same).values(at=work.now))
    found = (await work.session.exec(select(CustomerSearch.id).where(own, same))).one()
    assert found is not None
    return found


async def searched_words(session: AsyncSession, acting: Acting, search_id: int) -> str:
    """The words of an own search. Raises Refused("button_unknown") when they are forgotten."""
    query = select(CustomerSearch.words).where(
        col(CustomerSearch.id) == search_id, col(CustomerSearch.member_id) == acting.member_id
    )
    words = (await session.exec(query)).one_or_none()
    if words is None:
        raise Refused("button_unknown")
    return words
