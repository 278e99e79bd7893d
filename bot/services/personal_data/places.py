"""Where words about a customer or a person may stand: every text column but those that are listed to hold none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, or_, select

from bot.store.tables import Row

TEXT_TYPES = frozenset({"AutoString", "String", "Text", "JSON"})

_LISTED = {
    "approval_events": "event",
    "audit_entries": "action subject",
    "awaiting": "kind",
    "calendar_feeds": "token_hash",
    "care_news": "audience",
    "care_prompts": "key outcome",
    "column_maps": "kind header field",
    "complaint_events": "event",
    "customer_care": "busiest",
    "customer_scores": "parts",
    "customer_searches": "words",  # deleted at every erasure
    "drafts": "form state keyboard",
    "import_runs": "action",
    "inbox": "payload error",  # done updates are deleted after a week
    "invitations": "token_hash",
    "living_messages": "name",
    "media": "sha256 content_type name",  # deleted with what they belong to
    "members": "name timezone working_weekdays muted_kinds",  # of the team, and not of a customer
    "notices": "kind key fate wall facts",  # facts are instants
    "objections": "answer",
    "orders": "currency",
    "outbox": "action living key fate error",
    "playbook_entries": "section slot shipped_key",
    "products": "code name category unit description",
    "promise_events": "event",
    "promises": "kind",
    "relation_falls": "kind before after",
    "score_falls": "kind before after",
    "team_scorings": "facts",
    "teams": "name timezone currency country settings",
    "told_facts": "code",
    "travel_times": "origin destination server",
    "visits": "check_in_flag",
    "wording_warnings": "form doubt",
}
NO_PERSONAL_TEXT: Mapping[str, frozenset[str]] = MappingProxyType(
    {table: frozenset(columns.split()) for table, columns in _LISTED.items()}
)
"""Codes, keys and the team's own words, by table: every text column is here or is looked through."""

OTHER_CONTACTS = frozenset({"notes", "extra", "job_title"})
"""Where another contact's row may speak of a person: a namesake keeps name and number."""

_AUDITED = {
    "customer": "customers",
    "visit": "visits",
    "promise": "promises",
    "approval": "approval_requests",
    "complaint": "complaints",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A table's text columns, and which of its rows are looked through."""

    table: Table
    columns: Sequence[Column[Any]]
    rows: ColumnElement[bool]


def places_of(team_id: int, customer_id: int) -> Iterator[Place]:
    """What is kept of one customer, however far it hangs from it."""
    about = _about(team_id, customer_id)
    audit = Row.metadata.tables["audit_entries"]
    about["audit_entries"] = and_(audit.c.team_id == team_id, audited(team_id, customer_id))
    yield from _places(about)


def places_of_team(team_id: int) -> Iterator[Place]:
    """What belongs to no one customer and may name any: the playbook, plans, news, messages that stand or wait."""
    tables = Row.metadata.tables
    members = tables["members"]
    mine = members.c.team_id == team_id
    chats = select(members.c.chat_id).where(mine, members.c.chat_id.is_not(None))
    outbox, drafts, notices, audit = (tables[name] for name in ("outbox", "drafts", "notices", "audit_entries"))
    wide: dict[str, ColumnElement[bool]] = {
        name: tables[name].c.team_id == team_id for name in ("playbook_entries", "care_news", "day_plans", "week_plans")
    }
    wide |= {
        "living_messages": tables["living_messages"].c.chat_id.in_(chats),
        "outbox": outbox.c.settled_at.is_(None) & outbox.c.member_id.in_(select(members.c.id).where(mine)),
        "drafts": (drafts.c.team_id == team_id) & drafts.c.customer_id.is_(None),
        "audit_entries": (audit.c.team_id == team_id) & audit.c.subject.in_(["playbook", "news", "wording"]),
        "notices": (notices.c.team_id == team_id) & (notices.c.fate == "failed"),
    }
    yield from _places(wide)


def audited(team_id: int, customer_id: int) -> ColumnElement[bool]:
    """The condition for the audit's entries that are about a customer."""
    about = _about(team_id, customer_id)
    tables = Row.metadata.tables
    audit = tables["audit_entries"].c
    return or_(
        *(
            (audit.subject == subject) & audit.subject_id.in_(select(tables[name].c.id).where(about[name]))
            for subject, name in _AUDITED.items()
        )
    )


def reached_columns() -> set[tuple[str, str]]:
    """Every text column that is looked through, as table and column."""
    places = [*places_of(0, 0), *places_of_team(0)]
    return {(place.table.name, column.name) for place in places for column in place.columns}


def _about(team_id: int, customer_id: int) -> dict[str, ColumnElement[bool]]:
    """By table the condition for its rows that hang on a customer, over as many tables as it takes."""
    customers = Row.metadata.tables["customers"]
    about = {"customers": and_(customers.c.team_id == team_id, customers.c.id == customer_id)}
    for table in Row.metadata.sorted_tables:
        if table is customers or "team_id" not in table.c:
            continue
        direct, over = list[ColumnElement[bool]](), list[ColumnElement[bool]]()
        for key in table.foreign_key_constraints:
            column = next((one for one in key.columns if one.name != "team_id"), None)
            parent = key.referred_table
            if column is None or parent.name not in about:
                continue
            if parent is customers:
                direct.append(column == customer_id)
            else:
                over.append(column.in_(select(parent.c.id).where(about[parent.name])))
        if direct or over:
            about[table.name] = and_(table.c.team_id == team_id, or_(*(direct or over)))
    return about


def _places(rows: Mapping[str, ColumnElement[bool]]) -> Iterator[Place]:
    for name, condition in rows.items():
        table = Row.metadata.tables[name]
        columns = text_columns(table)
        if name == "contacts":
            columns = [column for column in columns if column.name in OTHER_CONTACTS]
        if columns:
            yield Place(table=table, columns=columns, rows=condition)


def text_columns(table: Table) -> Sequence[Column[Any]]:
    """The columns in which words about somebody may stand."""
    not_here = NO_PERSONAL_TEXT.get(table.name, frozenset())
    return [column for column in table.c if type(column.type).__name__ in TEXT_TYPES and column.name not in not_here]
