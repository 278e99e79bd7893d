"""What a report gives back: one fact, chosen by rule, that the rep could not have known from the visit alone.

The first rule that applies is told: a trial's chance to become an order; an order against their usual one; an order
that is later than their own rhythm; else how the day stands.
"""

from datetime import timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.money import from_minor
from bot.domain.screen import Json
from bot.domain.vocabulary import CommitmentKind, PromiseSide, VisitState
from bot.services.work import Work
from bot.store.tables import Order, Promise, Visit

TRIAL_WINDOW = timedelta(days=30)
LEAST_TRIALS = 3
LEAST_ORDER_DAYS = 3
USUAL_ORDERS = 6
LATE_RATIO = 1.2


async def choose_fact(work: Work, visit: Visit) -> dict[str, Json]:
    """The fact as a code with its figures, for a template to word."""
    commitment = await _todays_commitment(work, visit)
    if commitment is not None and commitment.kind == CommitmentKind.TRIAL:
        return await _trials(work)
    orders = await _orders(work, visit.customer_id)
    if commitment is not None and commitment.amount_minor and len(orders) >= LEAST_ORDER_DAYS:
        usual = median(order.amount_minor for order in orders[-USUAL_ORDERS:])
        if usual > 0:
            change = round(100 * (commitment.amount_minor / usual - 1))
            amount = str(from_minor(round(usual), work.acting.currency))
            return {"code": "order_against_usual", "change": change, "usual": amount, "n": len(orders)}
    return _lateness(work, orders) or await _day_so_far(work, visit)


async def _todays_commitment(work: Work, visit: Visit) -> Promise | None:
    query = select(Promise).where(
        col(Promise.customer_id) == visit.customer_id,
        col(Promise.side) == PromiseSide.THEIRS,
        col(Promise.created_at) == work.now,
    )
    return (await work.session.exec(query)).first()


async def _trials(work: Work) -> dict[str, Json]:
    """How many of the team's earlier trials were followed by an order within a month."""
    query = select(Promise).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.side) == PromiseSide.THEIRS,
        col(Promise.kind) == CommitmentKind.TRIAL,
        col(Promise.created_at) < work.now - TRIAL_WINDOW,
    )
    trials = (await work.session.exec(query)).all()
    if len(trials) < LEAST_TRIALS:
        return {"code": "too_few_trials", "n": len(trials), "needed": LEAST_TRIALS}
    won = 0
    for trial in trials:
        day = trial.created_at.date()
        ordered = select(func.count()).where(
            col(Order.customer_id) == trial.customer_id,
            col(Order.ordered_on) > day,
            col(Order.ordered_on) <= day + TRIAL_WINDOW,
        )
        won += (await work.session.exec(ordered)).one() > 0
    return {"code": "trials_won", "won": won, "n": len(trials)}


async def _orders(work: Work, customer_id: int) -> list[Order]:
    query = (
        select(Order)
        .where(
            col(Order.team_id) == work.acting.team_id,
            col(Order.customer_id) == customer_id,
            col(Order.currency) == work.acting.currency,
            col(Order.ordered_on) <= work.today,
        )
        .order_by(col(Order.ordered_on))
    )
    return list((await work.session.exec(query)).all())


def _lateness(work: Work, orders: list[Order]) -> dict[str, Json] | None:
    days = sorted({order.ordered_on for order in orders})
    if len(days) < LEAST_ORDER_DAYS:
        return None
    gap = max(1.0, median((later - earlier).days for earlier, later in pairwise(days)))
    since = (work.today - days[-1]).days
    if since < LATE_RATIO * gap:
        return None
    return {"code": "order_late", "since": since, "gap": round(gap)}


async def _day_so_far(work: Work, visit: Visit) -> dict[str, Json]:
    query = select(col(Visit.state)).where(col(Visit.member_id) == work.acting.member_id, col(Visit.on) == visit.on)
    states = (await work.session.exec(query)).all()
    planned = [state for state in states if state is not VisitState.CANCELLED]
    done = sum(state is VisitState.DONE for state in planned)
    return {"code": "day_so_far", "done": done, "n": len(planned)}
