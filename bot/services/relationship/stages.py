"""Moves relationship stages by measured shares and keeps their history; a fall is kept for its rep to hear of."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.relationship import (
    ORDER,
    Movement,
    Share,
    Step,
    measure,
    next_review_on,
    share_fell,
    stage_of_share,
)
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import RelationshipStage
from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.work import Work
from bot.store.tables import Customer, Order, PendingAdvance, RelationFall, ShareEstimate, StageChange

TOLD_AT = time(7, 30)
"""When a rep hears of falls: on the morning after."""
STAGE, SHARE = "stage", "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageHistory:
    """How a customer came to its stage."""

    before: RelationshipStage | None
    changed_on: date | None
    last_advance_on: date | None


async def stage_history(session: AsyncSession, acting: Acting, customer_id: int) -> StageHistory:
    """The last change of a customer's stage and the day of its last advance."""
    query = select(StageChange).where(
        col(StageChange.team_id) == acting.team_id, col(StageChange.customer_id) == customer_id
    )
    changes = (await session.exec(query.order_by(col(StageChange.at), col(StageChange.id)))).all()
    advances = [one for one in changes if one.before is not None and ORDER.index(one.after) > ORDER.index(one.before)]
    return StageHistory(
        before=changes[-1].before if changes else None,
        changed_on=acting.local(changes[-1].at).date() if changes else None,
        last_advance_on=acting.local(advances[-1].at).date() if advances else None,
    )


async def last_share(session: AsyncSession, acting: Acting, customer_id: int) -> Share | None:
    """The newest share range of a customer."""
    shares = await shares_of(session, acting, customer_id)
    return shares[-1] if shares else None


async def shares_of(session: AsyncSession, acting: Acting, customer_id: int) -> list[Share]:
    """All share ranges of a customer, oldest first."""
    query = (
        select(ShareEstimate)
        .where(
            col(ShareEstimate.team_id) == acting.team_id,
            col(ShareEstimate.customer_id) == customer_id,
            col(ShareEstimate.low_percent).is_not(None),
            col(ShareEstimate.high_percent).is_not(None),
        )
        .order_by(col(ShareEstimate.at), col(ShareEstimate.id))
    )
    return [
        Share(low_percent=one.low_percent or 0, high_percent=one.high_percent or 0, on=acting.local(one.at).date())
        for one in (await session.exec(query)).all()
    ]


async def follow_share(
    work: Work, customer: Customer, share: Share, before: Share | None, report_id: int | None
) -> list[int]:
    """Let the stage follow a share that was just measured; ``before`` is the one measured last.

    Gives the ids of pending advances that this one replaces, so that an undo can open them again.
    """
    assert customer.id is not None
    measured = stage_of_share(
        share.low_percent,
        share.high_percent,
        has_orders=await _has_orders(work.session, customer.id),
        thresholds=work.acting.scoring.thresholds,
    )
    history = await stage_history(work.session, work.acting, customer.id)
    step = measure(customer.stage, measured, last_advance_on=history.last_advance_on, today=work.today)
    replaced = await _close_pending(work, customer.id)
    was = customer.stage
    await move_stage(work, customer, step, report_id)
    if step.pending is not None:
        await _ask(work, customer, step, share, history, report_id)
    if before is not None and share_fell(before, share):
        await _note_fall(work, customer, SHARE, f"{before.middle:.0f}", f"{share.middle:.0f}", report_id)
    if step.movement is Movement.REGRESSED and was is not None:
        await _note_fall(work, customer, STAGE, was.value, step.stage.value, report_id)
    return replaced


async def _has_orders(session: AsyncSession, customer_id: int) -> bool:
    return (await session.exec(select(col(Order.id)).where(col(Order.customer_id) == customer_id))).first() is not None


async def move_stage(work: Work, customer: Customer, step: Step, report_id: int | None) -> None:
    """Set the stage of a step, with a line in its history where it changes."""
    assert customer.id is not None
    if step.stage is customer.stage:
        return
    work.session.add(
        StageChange(
            team_id=customer.team_id,
            customer_id=customer.id,
            report_id=report_id,
            at=work.now,
            before=customer.stage,
            after=step.stage,
        )
    )
    customer.stage = step.stage
    await work.session.flush()


async def _close_pending(work: Work, customer_id: int) -> list[int]:
    """A newer measure replaces what waited."""
    query = select(col(PendingAdvance.id)).where(
        col(PendingAdvance.team_id) == work.acting.team_id,
        col(PendingAdvance.customer_id) == customer_id,
        col(PendingAdvance.closed_at).is_(None),
    )
    open_ones = [one for one in (await work.session.exec(query)).all() if one is not None]
    if open_ones:
        closed = update(PendingAdvance).where(col(PendingAdvance.id).in_(open_ones)).values(closed_at=work.now)
        await work.session.exec(closed)
    return open_ones


async def _ask(
    work: Work, customer: Customer, step: Step, share: Share, history: StageHistory, report_id: int | None
) -> None:
    """Have the rest of a jump wait for its review, and ask the rep whether the share holds."""
    assert customer.id is not None
    assert step.pending is not None
    advanced_on = work.today if step.movement is Movement.ADVANCED else history.last_advance_on
    pending = PendingAdvance(
        team_id=customer.team_id,
        customer_id=customer.id,
        report_id=report_id,
        stage=step.pending,
        asked_at=work.now,
        review_on=next_review_on(advanced_on or work.today),
    )
    work.session.add(pending)
    await work.session.flush()
    await plan_review(work, customer, pending)
    if work.acting.chat_id is not None:
        await work.show(pending_screen(customer, pending, share=share), over_tapped=False)


async def plan_review(work: Work, customer: Customer, pending: PendingAdvance) -> None:
    """Have the pending advance looked at on the day of its review."""
    if customer.owner_id is None:
        return
    await ledger.plan(
        work.session,
        team_id=customer.team_id,
        member_id=customer.owner_id,
        kind=ledger.Kind.STAGE_REVIEW,
        subject_id=pending.id,
        due_at=instant_of(pending.review_on, TOLD_AT, work.acting.zone),
    )


def pending_screen(customer: Customer, pending: PendingAdvance, *, share: Share | None) -> Screen:
    """The question whether a share holds that says more than the stage."""
    facts: dict[str, Json] = {
        "id": customer.id,
        "name": customer.name,
        "pending": pending.id,
        "stage": customer.stage.value if customer.stage else None,
        "waits": pending.stage.value,
        "review_on": pending.review_on.isoformat(),
        "confirmed": pending.confirmed,
        "share": None if share is None else [share.low_percent, share.high_percent],
    }
    return Screen(template="replies/opening_advance", facts=facts, living=f"advance:{customer.id}", place=Place.BELOW)


async def _note_fall(work: Work, customer: Customer, kind: str, before: str, after: str, report_id: int | None) -> None:
    """Keep a fall, and have the owner hear of it on the next morning."""
    assert customer.id is not None
    work.session.add(
        RelationFall(
            team_id=customer.team_id,
            customer_id=customer.id,
            report_id=report_id,
            at=work.now,
            kind=kind,
            before=before,
            after=after,
        )
    )
    await work.session.flush()
    if customer.owner_id is None:
        return
    tomorrow = work.today + timedelta(days=1)
    await ledger.plan(
        work.session,
        team_id=customer.team_id,
        member_id=customer.owner_id,
        kind=ledger.Kind.RELATION_FALLS,
        due_at=instant_of(tomorrow, TOLD_AT, work.acting.zone),
    )
