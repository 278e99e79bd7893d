"""Customers of a team whose orders have stopped, against their own rhythm; those with most money at stake first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.people import Acting
from bot.domain.scoring.rhythm import ORDER_DAYS_FOR_OWN_RHYTHM, overdue_ratio
from bot.domain.scoring.settings import RANGES, Threshold
from bot.domain.vocabulary import Grade, VisitState
from bot.store.customers import visible_customers
from bot.store.tables import Customer, Member, Order, Visit

YEAR = timedelta(days=365)
RHYTHM_YEARS = 3
EARLIEST_SILENCE = timedelta(days=int(RANGES[Threshold.DORMANT].low))
"""The manager hears of customers that are dormant and not just late. A gap counts at least one day, so nobody who
ordered later than this can be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """``stake_minor`` is the sales of the 12 months before the last order. ``next_visit_on`` is planned, or None."""

    customer_id: int
    name: str
    grade: Grade | None
    owner: str | None
    ratio: float
    stake_minor: int
    next_visit_on: date | None


async def risks_of(session: AsyncSession, acting: Acting, on: date) -> list[Risk]:
    """The visible customers at risk on a date."""
    customers = {one.id: one for one in (await session.exec(_active(acting))).all() if one.id is not None}
    dormant = acting.scoring.thresholds[Threshold.DORMANT]
    ratios = {
        customer_id: ratio
        for customer_id, days in (await _order_days(session, acting, on)).items()
        if customer_id in customers and (ratio := overdue_ratio(days, on)) is not None and ratio > dormant
    }
    if not ratios:
        return []
    stakes = await _stakes(session, acting, set(ratios))
    visits = await _next_visits(session, acting, on)
    owners = dict(
        (
            await session.exec(select(col(Member.id), col(Member.name)).where(col(Member.team_id) == acting.team_id))
        ).all()
    )
    risks = [
        Risk(
            customer_id=customer_id,
            name=customers[customer_id].name,
            grade=customers[customer_id].grade,
            owner=owners.get(customers[customer_id].owner_id),
            ratio=ratio,
            stake_minor=stakes.get(customer_id, 0),
            next_visit_on=visits.get(customer_id),
        )
        for customer_id, ratio in ratios.items()
    ]
    return sorted(risks, key=lambda risk: (-risk.stake_minor, risk.customer_id))


def _active(acting: Acting) -> SelectOfScalar[Customer]:
    return visible_customers(acting).where(col(Customer.ended_at).is_(None))


async def _order_days(session: AsyncSession, acting: Acting, on: date) -> dict[int, list[date]]:
    """Distinct order days of the customers who have a rhythm and have been silent for some days."""
    bought = (
        col(Order.team_id) == acting.team_id,
        col(Order.amount_minor) > 0,
        col(Order.ordered_on) > on - RHYTHM_YEARS * YEAR,
        col(Order.ordered_on) <= on,
    )
    silent = (
        select(col(Order.customer_id))
        .where(*bought)
        .group_by(col(Order.customer_id))
        .having(
            func.max(Order.ordered_on) < on - EARLIEST_SILENCE,
            func.count(func.distinct(Order.ordered_on)) >= ORDER_DAYS_FOR_OWN_RHYTHM,
        )
    )
    query = select(col(Order.customer_id), col(Order.ordered_on)).where(*bought, col(Order.customer_id).in_(silent))
    days: defaultdict[int, list[date]] = defaultdict(list)
    for customer_id, day in (await session.exec(query.distinct())).all():
        days[customer_id].append(day)
    return days


async def _stakes(session: AsyncSession, acting: Acting, customer_ids: set[int]) -> dict[int, int]:
    """Sales of the 12 months up to each customer's last order, in the team's currency."""
    query = select(col(Order.customer_id), col(Order.ordered_on), col(Order.amount_minor)).where(
        col(Order.team_id) == acting.team_id,
        col(Order.currency) == acting.currency,
        col(Order.customer_id).in_(customer_ids),
    )
    orders: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for customer_id, day, amount in (await session.exec(query)).all():
        orders[customer_id].append((day, amount))
    return {
        customer_id: sum(amount for day, amount in own if day > last - YEAR)
        for customer_id, own in orders.items()
        for last in [max(day for day, _ in own)]
    }


async def _next_visits(session: AsyncSession, acting: Acting, on: date) -> dict[int, date]:
    query = (
        select(col(Visit.customer_id), func.min(Visit.on))
        .where(col(Visit.team_id) == acting.team_id, col(Visit.state) == VisitState.PLANNED, col(Visit.on) > on)
        .group_by(col(Visit.customer_id))
    )
    return dict((await session.exec(query)).all())
