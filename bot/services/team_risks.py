"""Customers of a team whose orders have stopped, as their scores say; those with most money at stake first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.scoring.settings import Threshold
from bot.domain.vocabulary import Grade, VisitState
from bot.store.customers import visible_customers
from bot.store.tables import Customer, CustomerScore, Member, Visit


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
    """The visible customers that are dormant and not just late, by their stored scores; visits are after a date."""
    seen = visible_customers(acting).where(col(Customer.ended_at).is_(None)).subquery()
    columns: tuple[Any, ...] = (
        seen.c.id,
        seen.c.name,
        seen.c.grade,
        col(Member.name),
        col(CustomerScore.overdue_ratio),
        col(CustomerScore.stake_minor),
    )
    query = (
        select(*columns)
        .join(CustomerScore, col(CustomerScore.customer_id) == seen.c.id)
        .outerjoin(Member, col(Member.id) == seen.c.owner_id)
        .where(
            col(CustomerScore.team_id) == acting.team_id,
            col(CustomerScore.overdue_ratio) > acting.scoring.thresholds[Threshold.DORMANT],
        )
        .order_by(col(CustomerScore.stake_minor).desc(), seen.c.id)
    )
    rows = (await session.exec(query)).all()
    visits = await _next_visits(session, acting, on) if rows else {}
    return [
        Risk(
            customer_id=identity,
            name=name,
            grade=grade,
            owner=owner,
            ratio=ratio,
            stake_minor=stake,
            next_visit_on=visits.get(identity),
        )
        for identity, name, grade, owner, ratio, stake in rows
    ]


async def _next_visits(session: AsyncSession, acting: Acting, on: date) -> dict[int, date]:
    query = (
        select(col(Visit.customer_id), func.min(Visit.on))
        .where(col(Visit.team_id) == acting.team_id, col(Visit.state) == VisitState.PLANNED, col(Visit.on) > on)
        .group_by(col(Visit.customer_id))
    )
    return dict((await session.exec(query)).all())
