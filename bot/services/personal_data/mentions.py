"""Finds a person in all that is written about a customer, table by table, and can strike the name out there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.screen import Json
from bot.services.personal_data.places import Place, places_of, places_of_team
from bot.store.tables import Contact, Row

STRUCK_OUT = "…"
LEAST_DIGITS = 6
LEAST_LETTERS = 2
"""A name of one letter is struck out at its customer only: everywhere else it is part of other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A value in which a person is named. ``key`` finds the row."""

    table: str
    row_id: int
    column: str
    value: Any
    key: ColumnElement[bool]


async def mentions_of(session: AsyncSession, team_id: int, contact: Contact) -> list[Mention]:
    """Where a contact's name or number stands in what is kept of the customer, and in what is the whole team's."""
    words = words_of(contact)
    found = await _mentions(session, places_of(team_id, contact.customer_id), words)
    own = ("contacts", contact.id)
    found = [one for one in found if (one.table, one.row_id) != own]
    return found + await _mentions(session, places_of_team(team_id), _long(words))


async def strike_out(session: AsyncSession, team_id: int, contact: Contact) -> int:
    """Replace the name and the number wherever they stand. Gives how many values were changed."""
    return await _strike(session, await mentions_of(session, team_id, contact), words_of(contact))


async def strike_out_of_team(session: AsyncSession, team_id: int, words: Iterable[str]) -> int:
    """Replace words in what belongs to no one customer. Gives how many values were changed."""
    long = _long(dict.fromkeys(words))
    return await _strike(session, await _mentions(session, places_of_team(team_id), long), long)


async def _mentions(session: AsyncSession, places: Iterable[Place], words: Sequence[str]) -> list[Mention]:
    found: list[Mention] = []
    connection = await session.connection()
    for place in places:
        table = place.table
        keys = [column for column in table.primary_key if column.name != "team_id"]
        for row in (await connection.execute(select(*keys, *place.columns).where(place.rows))).all():
            values = dict(zip([*keys, *place.columns], row, strict=True))
            found += [
                Mention(
                    table=table.name,
                    row_id=values[keys[0]],
                    column=column.name,
                    value=values[column],
                    key=and_(*(key == values[key] for key in keys)),
                )
                for column in place.columns
                if _names(values[column], words)
            ]
    return found


async def _strike(session: AsyncSession, mentions: Iterable[Mention], words: Sequence[str]) -> int:
    tables, struck = Row.metadata.tables, 0
    await session.flush()
    connection = await session.connection()
    for mention in mentions:
        clean = struck_out(mention.value, words)
        await connection.execute(update(tables[mention.table]).where(mention.key).values({mention.column: clean}))
        struck += 1
    return struck


def _long(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) >= LEAST_LETTERS]


def words_of(contact: Contact) -> Sequence[str]:
    """What names a person: the full name and its key, the number as written and its digits, the address for mail."""
    digits = "".join(char for char in contact.phone if char.isdigit())
    number = digits if len(digits) >= LEAST_DIGITS else ""
    words = (contact.name, contact.name_key, contact.phone, number, contact.email)
    return [word for word in dict.fromkeys(words) if word]


def struck_out(value: Json, words: Sequence[str]) -> Json:
    """A text, or a value that holds texts, without the words. Case does not matter."""
    match value:
        case str():
            for word in words:
                value = _without(value, word)
            return value
        case list():
            return [struck_out(one, words) for one in value]
        case dict():
            return {str(struck_out(key, words)): struck_out(one, words) for key, one in value.items()}
    return value


def _without(text: str, word: str) -> str:
    low, start, kept = text.casefold(), 0, []
    if len(low) != len(text):  # letters that change their length: only as written
        return text.replace(word, STRUCK_OUT)
    sought = word.casefold()
    while (at := low.find(sought, start)) >= 0:
        end = at + len(sought)
        kept += [text[start:at], text[at:end] if _is_in_a_word(low, at, end) else STRUCK_OUT]
        start = end
    return "".join([*kept, text[start:]])


def _is_in_a_word(text: str, at: int, end: int) -> bool:
    """Tom is not in tomorrow. Chinese is written without gaps, so there nothing is."""
    before, after = text[at - 1 : at], text[end : end + 1]
    return (_is_latin(text[at]) and _is_latin(before)) or (_is_latin(text[end - 1]) and _is_latin(after))


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and letter < "\u0370"


def _names(value: Json, words: Sequence[str]) -> bool:
    return value is not None and struck_out(value, words) != value
