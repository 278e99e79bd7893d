"""Moves deals through the funnel and keeps their way: when, by whom, shown by what, given up for which reason."""

from datetime import datetime

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.funnel import GIVEN_UP, OPEN_STAGES, WON, DealEnd, DealEvidence
from bot.domain.vocabulary import DealStage
from bot.services.customers.card import may_change
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Customer, DealMove, Opportunity


async def note_move(
    work: Work,
    deal: Opportunity,
    was: DealStage | None,
    since: datetime | None,
    *,
    report_id: int | None = None,
    evidence: DealEvidence | None = None,
    reason: DealEnd | None = None,
) -> None:
    """Keep that a deal came into its present stage. ``was`` is None for a new one."""
    assert deal.id is not None
    work.session.add(
        DealMove(
            team_id=deal.team_id,
            opportunity_id=deal.id,
            member_id=work.acting.member_id,
            report_id=report_id,
            at=work.now,
            before=was,
            before_since=since,
            after=deal.stage,
            evidence=evidence.value if evidence else "",
            reason=reason.value if reason else "",
        )
    )
    await work.session.flush()


async def deal_to_change(work: Work, deal_id: int) -> tuple[Opportunity, Customer]:
    """A deal of a visible customer that the person may change. Raises Refused: no_such_deal, not_for_your_role."""
    query = select(Opportunity).where(col(Opportunity.team_id) == work.acting.team_id, col(Opportunity.id) == deal_id)
    deal = (await work.session.exec(query.with_for_update())).one_or_none()
    if deal is None:
        raise Refused("no_such_deal")
    customer = await get_customer(work.session, work.acting, deal.customer_id)
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    return deal, customer


async def advance_deal(work: Work, deal_id: int, to: DealStage, evidence: DealEvidence) -> Opportunity:
    """Move an open deal to another open stage, or win it. A move that was made already changes nothing.

    Raises Refused("deal_is_closed") for a deal that ended: it is taken up again first.
    """
    deal, _ = await deal_to_change(work, deal_id)
    if deal.stage is to:
        return deal
    if deal.stage not in OPEN_STAGES:
        raise Refused("deal_is_closed", name=deal.name)
    if to in GIVEN_UP:
        raise Refused("button_unknown")
    await _move(work, deal, to, evidence=evidence)
    return deal


async def give_up_deal(work: Work, deal_id: int, to: DealStage, reason: DealEnd) -> Opportunity:
    """Close an open deal as lost or abandoned, with the reason. Raises Refused."""
    deal, _ = await deal_to_change(work, deal_id)
    if to not in GIVEN_UP:
        raise Refused("button_unknown")
    if deal.stage in GIVEN_UP:
        return deal
    if deal.stage is WON:
        raise Refused("deal_is_closed", name=deal.name)
    deal.reason = reason.value
    await _move(work, deal, to, reason=reason)
    return deal


async def take_up_deal(work: Work, deal_id: int) -> Opportunity:
    """Open a deal again that ended, at the stage where it stood. Raises Refused."""
    deal, _ = await deal_to_change(work, deal_id)
    if deal.stage in OPEN_STAGES:
        return deal
    query = (
        select(DealMove)
        .where(
            col(DealMove.team_id) == deal.team_id,
            col(DealMove.opportunity_id) == deal.id,
            col(DealMove.before).in_(OPEN_STAGES),
        )
        .order_by(col(DealMove.at).desc(), col(DealMove.id).desc())
    )
    last = (await work.session.exec(query)).first()
    deal.reason = ""
    await _move(work, deal, last.before if last and last.before else OPEN_STAGES[0])
    return deal


async def _move(
    work: Work,
    deal: Opportunity,
    to: DealStage,
    *,
    evidence: DealEvidence | None = None,
    reason: DealEnd | None = None,
) -> None:
    was, since = deal.stage, deal.stage_since
    deal.stage, deal.stage_since = to, work.now
    await note_move(work, deal, was, since, evidence=evidence, reason=reason)
