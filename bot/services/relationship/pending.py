"""Pending advances: the rep's answer, and the review that lifts a stage by one more step."""

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.relationship import ORDER, Movement, Step, measure, next_review_on
from bot.domain.screen import Screen
from bot.services.customers.card import may_change
from bot.services.relationship.stages import (
    last_share,
    move_stage,
    pending_screen,
    plan_review,
    stage_history,
)
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Customer, PendingAdvance


async def answer_pending(work: Work, pending_id: int, *, holds: bool) -> Screen:
    """Note whether the share that jumped holds. A share that does not leaves the stage where it is.

    Raises Refused: no_such_pending, not_for_your_role.
    """
    query = select(PendingAdvance).where(
        col(PendingAdvance.team_id) == work.acting.team_id, col(PendingAdvance.id) == pending_id
    )
    pending = (await work.session.exec(query)).one_or_none()
    if pending is None:
        raise Refused("no_such_pending")
    customer = await get_customer(work.session, work.acting, pending.customer_id)
    if not may_change(work.acting):
        raise Refused("not_for_your_role")
    if pending.closed_at is None:
        pending.confirmed = holds
        if not holds:
            pending.closed_at = work.now
        elif pending.review_on <= work.today:
            await review_pending(work, pending)
        await work.session.flush()
    share = await last_share(work.session, work.acting, pending.customer_id)
    return pending_screen(customer, pending, share=share)


async def review_pending(work: Work, pending: PendingAdvance) -> Step | None:
    """The review of a pending advance: one step up when the rep has said that the share holds.

    What still remains waits for the next review. None: it was closed, or is not confirmed.
    """
    if pending.closed_at is not None or not pending.confirmed:
        return None
    query = select(Customer).where(col(Customer.team_id) == pending.team_id, col(Customer.id) == pending.customer_id)
    customer = (await work.session.exec(query)).one()
    history = await stage_history(work.session, work.acting, pending.customer_id)
    step = measure(customer.stage, pending.stage, last_advance_on=history.last_advance_on, today=work.today)
    if step.movement is Movement.WAITS:
        return None
    is_rise = customer.stage is None or ORDER.index(step.stage) > ORDER.index(customer.stage)
    if is_rise:
        await move_stage(work, customer, step, None)
    if step.pending is None or not is_rise:
        pending.closed_at = work.now
    else:
        pending.review_on = next_review_on(work.today)
        await plan_review(work, customer, pending)
    await work.session.flush()
    return step if is_rise else None
