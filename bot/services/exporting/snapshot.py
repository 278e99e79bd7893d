"""Reads a team's rows, or those of one customer, as one consistent view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.store.tables import (
    ApprovalRequest,
    CarePrompt,
    Complaint,
    Contact,
    Customer,
    EntryOpening,
    FollowUp,
    Gift,
    Introduction,
    Member,
    Objection,
    Opportunity,
    Order,
    OrderLine,
    PlaybookEntry,
    Preparation,
    Product,
    Promise,
    Report,
    Row,
    ServiceMark,
    SharedCustomer,
    ShareEstimate,
    StageChange,
    Team,
    Touch,
    Visit,
)

RECORDS: Mapping[str, type[Row]] = {
    "report": Report,
    "preparation": Preparation,
    "objection": Objection,
    "share": ShareEstimate,
    "opening": EntryOpening,
    "stage": StageChange,
    "follow-up": FollowUp,
    "service": ServiceMark,
    "care": CarePrompt,
    "shared": SharedCustomer,
}
"""What else is kept of customers, for reading only, by what an export calls it."""

AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The rows to export, each list in the order in which it was entered."""

    team: Team
    members: Sequence[Member] = field(repr=False)
    products: Sequence[Product] = field(repr=False)
    customers: Sequence[Customer] = field(repr=False)
    contacts: Sequence[Contact] = field(repr=False)
    opportunities: Sequence[Opportunity] = field(repr=False)
    orders: Sequence[Order] = field(repr=False)
    order_lines: Sequence[OrderLine] = field(repr=False)
    touches: Sequence[Touch] = field(repr=False)
    follow_ups: Sequence[FollowUp] = field(repr=False)
    visits: Sequence[Visit] = field(repr=False)
    promises: Sequence[Promise] = field(repr=False)
    complaints: Sequence[Complaint] = field(repr=False)
    approvals: Sequence[ApprovalRequest] = field(repr=False)
    gifts: Sequence[Gift] = field(repr=False)
    introductions: Sequence[Introduction] = field(repr=False)
    playbook: Sequence[PlaybookEntry] = field(repr=False)
    records: Sequence[tuple[str, Row]] = field(repr=False)


async def take_snapshot(session: AsyncSession, team_id: int, customer_id: int | None = None) -> Snapshot:
    """Read what belongs to the team, or to one of its customers. Raises Refused: unknown_team, no_such_customer."""
    team = await session.get(Team, team_id)
    if team is None:
        raise Refused("unknown_team")

    async def rows(table: type[AnyRow], *, of_customer: bool = True) -> Sequence[AnyRow]:
        columns: Any = table
        query = select(table).where(columns.team_id == team_id).order_by(*columns.__table__.primary_key)
        if customer_id is not None and of_customer:
            query = query.where(columns.customer_id == customer_id)
        return (await session.exec(query)).all()

    async def of_visits(table: type[AnyRow]) -> Sequence[AnyRow]:
        columns: Any = table
        query = select(table).join(Visit, col(Visit.id) == columns.visit_id).where(columns.team_id == team_id)
        if customer_id is not None:
            query = query.where(col(Visit.customer_id) == customer_id)
        return (await session.exec(query.order_by(columns.id))).all()

    customers = await rows(Customer, of_customer=False)
    if customer_id is not None:
        customers = [customer for customer in customers if customer.id == customer_id]
        if not customers:
            raise Refused("no_such_customer")
    orders = await rows(Order)
    lines = select(OrderLine).join(Order, col(OrderLine.order_id) == col(Order.id)).where(OrderLine.team_id == team_id)
    if customer_id is not None:
        lines = lines.where(Order.customer_id == customer_id)
    return Snapshot(
        team=team,
        members=await rows(Member, of_customer=False),
        products=await rows(Product, of_customer=False),
        customers=customers,
        contacts=await rows(Contact),
        opportunities=await rows(Opportunity),
        orders=orders,
        order_lines=(await session.exec(lines.order_by(col(OrderLine.id)))).all(),
        touches=await rows(Touch),
        follow_ups=await rows(FollowUp),
        visits=await rows(Visit),
        promises=await rows(Promise),
        complaints=await rows(Complaint),
        approvals=await rows(ApprovalRequest),
        gifts=await rows(Gift),
        introductions=[
            row
            for row in await rows(Introduction, of_customer=False)
            if customer_id is None or row.by_customer_id == customer_id
        ],
        playbook=await rows(PlaybookEntry, of_customer=False),
        records=[
            (name, row)
            for name, table in RECORDS.items()
            for row in await (of_visits(table) if hasattr(table, "visit_id") else rows(table))
        ],
    )
