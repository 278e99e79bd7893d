"""What to do first: open promises, follow-ups, deals and customers at risk, by importance and urgency."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.eisenhower import WorkItem, order_work
from bot.domain.funnel import OPEN_STAGES
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import PromiseSide, PromiseState
from bot.store.customers import worked_customers
from bot.store.tables import Customer, CustomerScore, FollowUp, Opportunity, Promise

ITEMS_SHOWN = 8


async def first_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """The own work in the order in which to do it."""
    today = acting.local(now).date()
    customers = {one.id: one for one in (await session.exec(worked_customers(acting))).all() if one.id is not None}
    found = {
        **await _promised(session, acting, customers),
        **await _owed(session, acting, customers),
        **await _deals(session, acting, customers),
        **await _at_risk(session, acting, customers),
    }
    ordered = order_work((item for item, _ in found.values()), today)
    items: list[Json] = [
        {
            "kind": item.key.partition(":")[0],
            "customer": found[item.key][1],
            "name": customers[found[item.key][1]].name,
            "grade": grade.value if (grade := item.grade) else None,
            "due_on": item.due_on.isoformat() if item.due_on else None,
            "quadrant": int(item.quadrant(today)),
        }
        for item in ordered[:ITEMS_SHOWN]
    ]
    facts: dict[str, Json] = {"items": items, "more": max(0, len(ordered) - ITEMS_SHOWN)}
    return Screen(template="replies/platform_first", facts=facts, living="platform")


_Found = dict[str, tuple[WorkItem, int]]


def _item(kind: str, identity: int | None, customer: Customer, due_on: date | None, money: int) -> WorkItem:
    return WorkItem(
        key=f"{kind}:{identity}",
        grade=customer.grade,
        is_key_account=customer.key_account,
        due_on=due_on,
        money_minor=max(0, money),
    )


async def _promised(session: AsyncSession, acting: Acting, customers: dict[int, Customer]) -> _Found:
    query = select(Promise).where(
        col(Promise.team_id) == acting.team_id,
        col(Promise.owner_id) == acting.member_id,
        col(Promise.side) == PromiseSide.OURS,
        col(Promise.state) == PromiseState.OPEN,
    )
    found: _Found = {}
    for one in (await session.exec(query)).all():
        if one.customer_id in customers:
            due = acting.local(one.due_at).date() if one.due_at else None
            item = _item("promise", one.id, customers[one.customer_id], due, one.amount_minor or 0)
            found[item.key] = item, one.customer_id
    return found


async def _owed(session: AsyncSession, acting: Acting, customers: dict[int, Customer]) -> _Found:
    query = select(FollowUp).where(
        col(FollowUp.team_id) == acting.team_id,
        col(FollowUp.member_id) == acting.member_id,
        col(FollowUp.done_at).is_(None),
    )
    found: _Found = {}
    for one in (await session.exec(query)).all():
        if one.customer_id in customers:
            item = _item("follow_up", one.id, customers[one.customer_id], one.due_on, 0)
            found[item.key] = item, one.customer_id
    return found


async def _deals(session: AsyncSession, acting: Acting, customers: dict[int, Customer]) -> _Found:
    query = select(Opportunity).where(
        col(Opportunity.team_id) == acting.team_id, col(Opportunity.stage).in_(OPEN_STAGES)
    )
    found: _Found = {}
    for one in (await session.exec(query)).all():
        if one.customer_id in customers:
            item = _item("deal", one.id, customers[one.customer_id], one.expected_on, one.amount_minor or 0)
            found[item.key] = item, one.customer_id
    return found


async def _at_risk(session: AsyncSession, acting: Acting, customers: dict[int, Customer]) -> _Found:
    query = select(CustomerScore).where(
        col(CustomerScore.team_id) == acting.team_id, col(CustomerScore.at_risk).is_(True)
    )
    found: _Found = {}
    for one in (await session.exec(query)).all():
        if one.customer_id in customers:
            item = _item("risk", one.customer_id, customers[one.customer_id], None, one.stake_minor)
            found[item.key] = item, one.customer_id
    return found
