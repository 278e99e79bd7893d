"""Finds a person in all that is written about a customer, table by table, and can strike the name out there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, String, Table, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.screen import Json
from bot.store.tables import Contact, Row

STRUCK_OUT = "…"
LEAST_DIGITS = 6
_OWN = ("contacts", "customers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A value in which a person is named. ``key`` finds the row."""

    table: str
    row_id: int
    column: str
    value: Any
    key: ColumnElement[bool]


async def mentions_of(session: AsyncSession, team_id: int, contact: Contact) -> list[Mention]:
    """Where a contact's name or number stands in what is kept of the customer."""
    words = words_of(contact)
    found: list[Mention] = []
    connection = await session.connection()
    for table, of_customer in _tables(team_id, contact.customer_id):
        columns = [column for column in table.c if _holds_text(column)]
        if not columns:
            continue
        for row in (await connection.execute(select(table.c.id, *columns).where(of_customer))).mappings():
            found += [
                Mention(
                    table=table.name,
                    row_id=row["id"],
                    column=column.name,
                    value=row[column.name],
                    key=table.c.id == row["id"],
                )
                for column in columns
                if _names(row[column.name], words)
            ]
    return found


async def strike_out(session: AsyncSession, team_id: int, contact: Contact) -> int:
    """Replace the name and the number wherever they stand. Gives how many values were changed."""
    words = words_of(contact)
    mentions = await mentions_of(session, team_id, contact)
    tables = Row.metadata.tables
    connection = await session.connection()
    for mention in mentions:
        clean = struck_out(mention.value, words)
        await connection.execute(update(tables[mention.table]).where(mention.key).values({mention.column: clean}))
    return len(mentions)


def words_of(contact: Contact) -> Sequence[str]:
    """What names a person: the full name, the number as written and its digits, the address for mail."""
    digits = "".join(char for char in contact.phone if char.isdigit())
    words = (contact.name, contact.phone, digits if len(digits) >= LEAST_DIGITS else "", contact.email)
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
        kept += [text[start:at], STRUCK_OUT]
        start = at + len(sought)
    return "".join([*kept, text[start:]])


def _names(value: Json, words: Sequence[str]) -> bool:
    return value is not None and struck_out(value, words) != value


def _holds_text(column: Column[Any]) -> bool:
    is_plain = type(column.type) is String or type(column.type).__name__ == "AutoString"
    return (is_plain or type(column.type).__name__ == "JSON") and not column.primary_key


def _tables(team_id: int, customer_id: int) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables that hold texts about a customer, each with the condition for its rows."""
    tables = Row.metadata.tables
    visits = select(tables["visits"].c.id).where(
        tables["visits"].c.team_id == team_id, tables["visits"].c.customer_id == customer_id
    )
    for table in Row.metadata.sorted_tables:
        if table.name in _OWN or "team_id" not in table.c or "id" not in table.c:
            continue
        if "customer_id" in table.c:
            yield table, (table.c.team_id == team_id) & (table.c.customer_id == customer_id)
        elif "visit_id" in table.c:
            yield table, (table.c.team_id == team_id) & table.c.visit_id.in_(visits)
    customers = tables["customers"]
    yield customers, (customers.c.team_id == team_id) & (customers.c.id == customer_id)
    audit = tables["audit_entries"]
    about = or_(
        (audit.c.subject == "customer") & (audit.c.subject_id == customer_id),
        (audit.c.subject == "visit") & audit.c.subject_id.in_(visits),
    )
    yield audit, (audit.c.team_id == team_id) & about
