"""What a visit says of the deal and of our share: the deal moves, the relationship stage follows the share."""

from typing import Any

from sqlmodel import col, select

from bot.domain.forms.context import Pick
from bot.domain.forms.post_visit import PostVisit
from bot.domain.money import to_minor
from bot.domain.relationship import Share
from bot.domain.vocabulary import DealStage
from bot.services.funnel.moving import note_move
from bot.services.relationship.stages import follow_share, last_share
from bot.services.work import Work
from bot.store.tables import Customer, Opportunity, ShareEstimate, Visit


async def note_opportunity(work: Work, form: PostVisit, visit: Visit, report_id: int) -> dict[str, Any] | None:
    """Move or make the opportunity that was spoken of. Gives what it was before; "made" for a new one."""
    if form.opportunity is None:
        return None
    found = await _find(work, form, visit)
    if found is None:
        made = Opportunity(
            team_id=work.acting.team_id,
            customer_id=visit.customer_id,
            owner_id=work.acting.member_id,
            name=_name(form),
            stage=form.deal_stage or DealStage.CONTACT,
            reason=form.deal_end.value if form.deal_end else "",
            stage_since=work.now,
            amount_minor=_minor(work, form),
            created_at=work.now,
        )
        work.session.add(made)
        await work.session.flush()
        await note_move(work, made, None, None, report_id=report_id, evidence=form.deal_evidence, reason=form.deal_end)
        return {"id": made.id, "made": True}
    before = {
        "id": found.id,
        "stage": found.stage.value,
        "stage_since": found.stage_since.isoformat(),
        "amount_minor": found.amount_minor,
        "reason": found.reason,
    }
    if form.deal_stage is not None and form.deal_stage is not found.stage:
        was, since = found.stage, found.stage_since
        found.stage, found.stage_since = form.deal_stage, work.now
        found.reason = form.deal_end.value if form.deal_end else ""
        await note_move(work, found, was, since, report_id=report_id, evidence=form.deal_evidence, reason=form.deal_end)
    if form.deal_amount is not None:
        found.amount_minor = _minor(work, form)
    return before


def _name(form: PostVisit) -> str:
    deal = form.opportunity
    assert deal is not None
    return deal.label if isinstance(deal, Pick) else deal.text


def _minor(work: Work, form: PostVisit) -> int | None:
    return None if form.deal_amount is None else to_minor(form.deal_amount, work.acting.currency)


async def _find(work: Work, form: PostVisit, visit: Visit) -> Opportunity | None:
    query = select(Opportunity).where(
        col(Opportunity.team_id) == work.acting.team_id, col(Opportunity.customer_id) == visit.customer_id
    )
    deal = form.opportunity
    same = col(Opportunity.id) == int(deal.key) if isinstance(deal, Pick) else col(Opportunity.name) == _name(form)
    return (await work.session.exec(query.where(same))).one_or_none()


async def note_share(work: Work, form: PostVisit, customer: Customer, report_id: int) -> dict[str, Any]:
    """Keep a share range with its date; the stage follows it, step by step. Gives what it was before, for an undo."""
    before: dict[str, Any] = {"stage": customer.stage.value if customer.stage else None, "pending": []}
    suppliers = "\n".join(one.label if isinstance(one, Pick) else one.text for one in form.suppliers)
    measured = form.our_share
    if measured is None and not suppliers:
        return before
    assert customer.id is not None
    known = await last_share(work.session, work.acting, customer.id)
    work.session.add(
        ShareEstimate(
            team_id=work.acting.team_id,
            customer_id=customer.id,
            report_id=report_id,
            low_percent=None if measured is None else measured.low,
            high_percent=None if measured is None else measured.high,
            suppliers=suppliers,
            at=work.now,
        )
    )
    if measured is not None:
        share = Share(low_percent=measured.low, high_percent=measured.high, on=work.today)
        before["pending"] = await follow_share(work, customer, share, known, report_id)
    return before
