"""Who changed what, when: the audit trail as its readers see it, of the team or of one customer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.personal_data.places import audited
from bot.store.customers import get_customer
from bot.store.tables import ApprovalRequest, AuditEntry, Complaint, Customer, Member, Promise, Visit

PAGE = 8
LIVING = "audit"
SHOWN_CHANGES = ("from", "to", "tag", "reason", "file", "new", "changed", "name", "into")
"""What of a change is shown: words and figures that mean something without our codes."""

OF_CUSTOMERS: Mapping[str, Any] = {
    "customer": Customer,
    "visit": Visit,
    "promise": Promise,
    "approval": ApprovalRequest,
    "complaint": Complaint,
}
"""What entries about a customer are about, by their subject."""


async def audit_screen(
    session: AsyncSession, acting: Acting, page: int, customer_id: int | None = None, *, below: bool = False
) -> Screen:
    """A page of what was changed, newest first. Raises Refused: not_for_your_role, no_such_customer."""
    if not acting.leads:
        raise Refused("not_for_your_role")
    customer = None if customer_id is None else await get_customer(session, acting, customer_id)
    query = select(AuditEntry).where(col(AuditEntry.team_id) == acting.team_id)
    if customer is not None:
        query = query.where(audited(acting.team_id, customer_id or 0))
    query = query.order_by(col(AuditEntry.id).desc()).offset(page * PAGE).limit(PAGE + 1)
    entries = (await session.exec(query)).all()
    names = await _names(session, acting, entries)
    facts: dict[str, Json] = {
        "customer": customer.name if customer else None,
        "customer_id": customer.id if customer else 0,
        "page": page,
        "more": len(entries) > PAGE,
        "entries": [_entry(entry, names) for entry in entries[:PAGE]],
    }
    return Screen(template="replies/audit", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


Names = Mapping[tuple[str, int | None], str]


async def _names(session: AsyncSession, acting: Acting, entries: Sequence[AuditEntry]) -> Names:
    """The names of members and of the customers that entries are about, by subject and id."""
    names: dict[tuple[str, int | None], str] = {}
    members = select(Member.id, Member.name).where(col(Member.team_id) == acting.team_id)
    for identity, name in (await session.exec(members)).all():
        names["member", identity] = name
    for subject, table in OF_CUSTOMERS.items():
        ids = {entry.subject_id for entry in entries if entry.subject == subject}
        if ids:
            query = select(table.id, Customer.name).where(table.team_id == acting.team_id, table.id.in_(ids))
            if table is not Customer:
                query = query.where(table.customer_id == col(Customer.id))
            names.update({(subject, identity): name for identity, name in (await session.exec(query)).all()})
    return names


def _entry(entry: AuditEntry, names: Names) -> Json:
    change = entry.change
    return {
        "at": entry.at.isoformat(),
        "by": names.get(("member", entry.member_id)),
        "action": entry.action,
        "about": names.get((entry.subject, entry.subject_id)) or change.get("customer"),
        "change": {key: _plain(change.get(key)) for key in SHOWN_CHANGES},
        "fields": [field for field in ("name", "phone", "address", "pin") if field in change]
        if entry.action == "customer_changed"
        else [],
    }


def _plain(value: object) -> Json:
    return value if isinstance(value, str | int) else None
