"""Notes a deal from its form: a new one by its name, or more of a known one."""

from sqlmodel import col, select

from bot.domain.forms.context import Pick
from bot.domain.forms.note_deal import NoteDeal
from bot.domain.money import to_minor
from bot.domain.vocabulary import DealStage
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.funnel.moving import note_move
from bot.services.work import Work
from bot.store.tables import DealDetail, Opportunity

NAME_CHARACTERS = 200


async def note_deal(work: Work, customer_id: int, form: NoteDeal) -> Opportunity:
    """Make the deal, or change of a known one what the form says; what was skipped stays. Raises Refused."""
    customer = await customer_to_change(work, customer_id)
    name = (form.deal.label if isinstance(form.deal, Pick) else form.deal.text)[:NAME_CHARACTERS]
    query = select(Opportunity).where(
        col(Opportunity.team_id) == work.acting.team_id, col(Opportunity.customer_id) == customer_id
    )
    same = col(Opportunity.id) == int(form.deal.key) if isinstance(form.deal, Pick) else col(Opportunity.name) == name
    deal = (await work.session.exec(query.where(same))).one_or_none()
    if deal is None:
        deal = Opportunity(
            team_id=work.acting.team_id,
            customer_id=customer_id,
            owner_id=customer.owner_id or work.acting.member_id,
            name=name,
            stage=form.stage or DealStage.LEAD,
            stage_since=work.now,
            created_at=work.now,
        )
        work.session.add(deal)
        await work.session.flush()
        await note_move(work, deal, None, None)
    elif form.stage is not None and form.stage is not deal.stage:
        was, since = deal.stage, deal.stage_since
        deal.stage, deal.stage_since = form.stage, work.now
        await note_move(work, deal, was, since)
    if form.deal_amount is not None:
        deal.amount_minor = to_minor(form.deal_amount, work.acting.currency)
    deal.expected_on = form.expected_on or deal.expected_on
    if form.competitor is not None:
        deal.competitor = (form.competitor.label if isinstance(form.competitor, Pick) else form.competitor.text)[:200]
    await _note_details(work, deal, form)
    note_change(work, customer, "deal_noted", {"deal": deal.id})
    await work.session.flush()
    return deal


async def _note_details(work: Work, deal: Opportunity, form: NoteDeal) -> None:
    said = (form.percent, form.criteria, form.criteria_fixed, form.bottom_line)
    if not form.products and all(value is None for value in said):
        return
    assert deal.id is not None
    query = select(DealDetail).where(col(DealDetail.team_id) == deal.team_id, col(DealDetail.opportunity_id) == deal.id)
    detail = (await work.session.exec(query)).one_or_none()
    if detail is None:
        detail = DealDetail(team_id=deal.team_id, opportunity_id=deal.id)
        work.session.add(detail)
    if form.products:
        detail.products = [one.label if isinstance(one, Pick) else one.text for one in form.products]
    detail.percent = detail.percent if form.percent is None else form.percent
    detail.criteria = form.criteria or detail.criteria
    detail.criteria_fixed = detail.criteria_fixed if form.criteria_fixed is None else form.criteria_fixed
    if form.bottom_line is not None:
        detail.bottom_line_minor = to_minor(form.bottom_line, work.acting.currency)
