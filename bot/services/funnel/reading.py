"""Reads deals with their way through the funnel as the domain sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.funnel import Deal, Entry
from bot.domain.people import Acting
from bot.store.customers import visible_customers
from bot.store.tables import Customer, DealDetail, DealMove, Opportunity


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDeal:
    """A deal of the domain with the row that it stands for."""

    deal: Deal
    row: Opportunity
    customer_name: str

    @property
    def deal_id(self) -> int:
        return self.deal.deal_id


async def known_deals(
    session: AsyncSession, acting: Acting, *, customer_id: int | None = None, whole_team: bool = False
) -> list[KnownDeal]:
    """The deals at customers that a person sees, ended ones too; with ``whole_team`` all, to learn rates from."""
    if whole_team:
        query = select(Opportunity, col(Customer.name)).join(Customer, col(Customer.id) == col(Opportunity.customer_id))
    else:
        seen = visible_customers(acting).subquery()
        query = select(Opportunity, seen.c.name).join(seen, seen.c.id == col(Opportunity.customer_id))
    query = query.where(col(Opportunity.team_id) == acting.team_id)
    if customer_id is not None:
        query = query.where(col(Opportunity.customer_id) == customer_id)
    rows = (await session.exec(query.order_by(col(Opportunity.id)))).all()
    ids = [deal.id for deal, _ in rows if deal.id is not None]
    moves = await _moves(session, acting.team_id, ids)
    percents = await _percents(session, acting.team_id)
    return [
        KnownDeal(deal=_deal(acting.zone, row, moves.get(row.id or 0, ()), percents), row=row, customer_name=name)
        for row, name in rows
    ]


async def team_deals(session: AsyncSession, team_id: int, zone: ZoneInfo) -> list[Deal]:
    """All deals of a team, on the days of its time zone."""
    rows = (await session.exec(select(Opportunity).where(col(Opportunity.team_id) == team_id))).all()
    moves = await _moves(session, team_id, [row.id for row in rows if row.id is not None])
    percents = await _percents(session, team_id)
    return [_deal(zone, row, moves.get(row.id or 0, ()), percents) for row in rows]


async def _moves(session: AsyncSession, team_id: int, ids: Sequence[int]) -> dict[int, list[DealMove]]:
    found: dict[int, list[DealMove]] = {}
    query = select(DealMove).where(col(DealMove.team_id) == team_id).order_by(col(DealMove.at), col(DealMove.id))
    wanted = set(ids)
    for move in (await session.exec(query)).all():
        if move.opportunity_id in wanted:
            found.setdefault(move.opportunity_id, []).append(move)
    return found


async def _percents(session: AsyncSession, team_id: int) -> dict[int, int]:
    query = select(col(DealDetail.opportunity_id), col(DealDetail.percent)).where(
        col(DealDetail.team_id) == team_id, col(DealDetail.percent).is_not(None)
    )
    return {identity: percent for identity, percent in (await session.exec(query)).all() if percent is not None}


def _deal(zone: ZoneInfo, row: Opportunity, moves: Sequence[DealMove], percents: dict[int, int]) -> Deal:
    """A deal without moves, as an import makes one, has come into its stage when the import says."""
    way: list[Entry] = []
    for move in moves:
        if not way and move.before is not None and move.before_since is not None:
            way.append(Entry(stage=move.before, on=_day(zone, move.before_since)))
        way.append(Entry(stage=move.after, on=_day(zone, move.at)))
    if not way or way[-1].stage is not row.stage:
        # an import may have moved it since
        way.append(Entry(stage=row.stage, on=max(_day(zone, row.stage_since), way[-1].on if way else date.min)))
    assert row.id is not None
    return Deal(
        deal_id=row.id,
        way=tuple(way),
        amount_minor=None if row.amount_minor is None else max(0, row.amount_minor),
        percent=percents.get(row.id),
    )


def _day(zone: ZoneInfo, instant: datetime) -> date:
    return instant.astimezone(zone).date()
