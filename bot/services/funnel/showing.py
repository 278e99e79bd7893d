"""The screens of deals: a customer's, one deal with what to do next, how to move it, why it ends."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.funnel import (
    EVIDENCE,
    GIVEN_UP,
    OPEN_STAGES,
    WON,
    DealEnd,
    DealEvidence,
    advise,
    chance_of,
    is_stalled,
    learn_win_rates,
    stall_limits,
)
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import DealStage, ObjectionKind, ObjectionResult
from bot.services.customers.card import may_change
from bot.services.funnel.reading import KnownDeal, known_deals
from bot.store.customers import get_customer
from bot.store.tables import DealDetail, DealMove, Objection, Opportunity

DEALS_SHOWN = 8
MOVES_SHOWN = 4
HESITATION = (ObjectionKind.NO_HURRY, ObjectionKind.PRICE, ObjectionKind.NO_AUTHORITY)


def living_deal(deal_id: int) -> str:
    """The name of the message that a deal lives in."""
    return f"deal:{deal_id}"


async def deals_screen(session: AsyncSession, acting: Acting, customer_id: int, now: datetime) -> Screen:
    """A customer's deals, open ones first. Raises Refused("no_such_customer")."""
    customer = await get_customer(session, acting, customer_id)
    deals = await known_deals(session, acting, customer_id=customer_id)
    team = [one.deal for one in await known_deals(session, acting, whole_team=True)]
    limits = stall_limits(team, acting.scoring.thresholds)
    today = acting.local(now).date()
    deals.sort(key=lambda one: (not one.deal.is_open, -(one.deal.amount_minor or 0), one.deal_id))
    items: list[Json] = [
        {
            **deal_line(one, acting),
            "days": one.deal.days_in_stage(today),
            "stalled": is_stalled(one.deal, limits, today),
            "open": one.deal.is_open,
        }
        for one in deals[:DEALS_SHOWN]
    ]
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "items": items,
        "more": max(0, len(deals) - DEALS_SHOWN),
        "currency": acting.currency,
        "changes": may_change(acting) and customer.ended_at is None,
    }
    return Screen(template="replies/opportunities", facts=facts, living=f"card:{customer_id}")


def deal_line(known: KnownDeal, acting: Acting) -> dict[str, Json]:
    """A deal as lists show one."""
    amount = known.row.amount_minor
    return {
        "id": known.deal_id,
        "name": known.row.name,
        "customer": known.row.customer_id,
        "customer_name": known.customer_name,
        "stage": known.row.stage.value,
        "amount": None if amount is None else str(from_minor(amount, acting.currency)),
        "expected_on": known.row.expected_on.isoformat() if known.row.expected_on else None,
    }


async def deal_screen(session: AsyncSession, acting: Acting, deal_id: int, now: datetime) -> Screen:
    """One deal: where it is, since when, its chance, what is known, what to do next. Raises Refused."""
    known = await _find(session, acting, deal_id)
    today = acting.local(now).date()
    team = [one.deal for one in await known_deals(session, acting, whole_team=True)]
    thresholds = acting.scoring.thresholds
    limits, rates = stall_limits(team, thresholds), learn_win_rates(team, thresholds)
    deal = known.deal
    win = rates.get(deal.stage)
    stalled = is_stalled(deal, limits, today)
    advice = advise(deal.stage, stalled=stalled, **await _signs(session, acting, known.row))
    facts: dict[str, Json] = {
        **deal_line(known, acting),
        "open": deal.is_open,
        "won": deal.is_won,
        "days": deal.days_in_stage(today),
        "limit": round(limits[deal.stage]) if deal.is_open else None,
        "stalled": stalled,
        "percent": round(100 * chance_of(deal, win)) if win else None,
        "own_percent": deal.percent is not None,
        "won_before": win.won if win else 0,
        "closed_before": win.closed if win else 0,
        "competitor": known.row.competitor,
        "reason": known.row.reason,
        "advice": advice.value if advice else None,
        "moves": await _history(session, acting, deal_id),
        "currency": acting.currency,
        "changes": may_change(acting),
        **await _details(session, acting, deal_id),
    }
    return Screen(template="replies/opportunity", facts=facts, living=living_deal(deal_id))


async def _find(session: AsyncSession, acting: Acting, deal_id: int) -> KnownDeal:
    """A deal of a visible customer. Raises Refused("no_such_deal")."""
    query = select(col(Opportunity.customer_id)).where(
        col(Opportunity.team_id) == acting.team_id, col(Opportunity.id) == deal_id
    )
    customer_id = (await session.exec(query)).one_or_none()
    deals = await known_deals(session, acting, customer_id=customer_id) if customer_id is not None else []
    known = next((one for one in deals if one.deal_id == deal_id), None)
    if known is None:
        raise Refused("no_such_deal")
    return known


async def _signs(session: AsyncSession, acting: Acting, row: Opportunity) -> dict[str, bool]:
    """Weak interest and hesitation, by the objections heard since the deal came into its stage and still open."""
    query = select(col(Objection.kind)).where(
        col(Objection.team_id) == acting.team_id,
        col(Objection.customer_id) == row.customer_id,
        col(Objection.at) >= row.stage_since,
        col(Objection.result).is_(None) | (col(Objection.result) != ObjectionResult.RESOLVED),
    )
    kinds = set((await session.exec(query)).all())
    return {"weak_interest": ObjectionKind.NO_NEED in kinds, "hesitates": bool(kinds.intersection(HESITATION))}


async def _details(session: AsyncSession, acting: Acting, deal_id: int) -> dict[str, Json]:
    query = select(DealDetail).where(
        col(DealDetail.team_id) == acting.team_id, col(DealDetail.opportunity_id) == deal_id
    )
    detail = (await session.exec(query)).one_or_none()
    line = detail.bottom_line_minor if detail else None
    return {
        "products": list[Json](detail.products) if detail else [],
        "criteria": detail.criteria if detail else "",
        "criteria_fixed": detail.criteria_fixed if detail else None,
        "bottom_line": None if line is None else str(from_minor(line, acting.currency)),
    }


async def _history(session: AsyncSession, acting: Acting, deal_id: int) -> list[Json]:
    """The last moves, newest first."""
    query = (
        select(DealMove)
        .where(col(DealMove.team_id) == acting.team_id, col(DealMove.opportunity_id) == deal_id)
        .order_by(col(DealMove.at).desc(), col(DealMove.id).desc())
        .limit(MOVES_SHOWN)
    )
    return [
        {"at": move.at.isoformat(), "stage": move.after.value, "evidence": move.evidence, "reason": move.reason}
        for move in (await session.exec(query)).all()
    ]


async def move_screen(session: AsyncSession, acting: Acting, deal_id: int, to: DealStage | None) -> Screen:
    """The stages to choose from, or what shows that a stage is done. Raises Refused."""
    known = await _find(session, acting, deal_id)
    if not known.deal.is_open:
        raise Refused("deal_is_closed", name=known.row.name)
    if to is not None and to in GIVEN_UP:
        raise Refused("button_unknown")
    here = OPEN_STAGES.index(known.deal.stage)
    asks = (*EVIDENCE[known.deal.stage], DealEvidence.NOTHING_YET)
    facts: dict[str, Json] = {
        **deal_line(known, acting),
        "to": to.value if to else None,
        "stages": [stage.value for stage in (*OPEN_STAGES[here + 1 :], WON, *reversed(OPEN_STAGES[:here]))],
        "evidence": [one.value for one in asks],
    }
    return Screen(template="replies/opportunity_move", facts=facts, living=living_deal(deal_id))


async def end_screen(session: AsyncSession, acting: Acting, deal_id: int, to: DealStage) -> Screen:
    """The reasons for giving a deal up: choosing one is the confirmation. Raises Refused."""
    known = await _find(session, acting, deal_id)
    facts: dict[str, Json] = {
        **deal_line(known, acting),
        "to": to.value,
        "reasons": [reason.value for reason in DealEnd],
    }
    return Screen(template="replies/opportunity_end", facts=facts, living=living_deal(deal_id))
