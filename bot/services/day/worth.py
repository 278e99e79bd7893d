"""What makes a visit worth its time: sales at stake, what is due, complaints, orders that stop; for many at once."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.scoring.rhythm import silence_of
from bot.domain.scoring.settings import Threshold
from bot.domain.vocabulary import PromiseSide, PromiseState, TouchKind
from bot.store.customers import is_served_by
from bot.store.tables import Complaint, Customer, CustomerScore, FollowUp, Order, Promise, Touch

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """By customer id. Days are counted from the date: ``promise_days`` and ``follow_up_days`` are 0 or negative.

    ``stake_minor`` covers the whole team, so that a percentile can be read from it; the rest is of one person.
    """

    stake_minor: Mapping[int, int]
    stakes: tuple[int, ...] = field(repr=False)
    promise_days: Mapping[int, int]
    follow_up_days: Mapping[int, int]
    complaint_days: Mapping[int, int]
    rhythm: Mapping[int, tuple[str, float]]
    last_visit: Mapping[int, datetime]

    def stake_percentile(self, customer_id: int) -> float:
        """The mid-rank among the team's customers, 0-1; 0 for a customer that bought nothing in the year."""
        stake = self.stake_minor.get(customer_id, 0)
        if stake <= 0 or not self.stakes:
            return 0.0
        return (bisect_left(self.stakes, stake) + bisect_right(self.stakes, stake)) / 2 / len(self.stakes)


async def worth_of(session: AsyncSession, acting: Acting, on: date, until: datetime) -> Worth:
    """What is known on the morning of a date; ``until`` is the end of that date."""
    stake = await _sales_of_year(session, acting, on)
    customers = select(func.count()).select_from(Customer)
    count = int((await session.exec(customers.where(*_active(acting)))).one())
    bought = sorted(value for value in stake.values() if value > 0)
    return Worth(
        stake_minor=stake,
        stakes=(*[0] * max(0, count - len(bought)), *bought),
        promise_days=await _promises_due(session, acting, on, until),
        follow_up_days=await _follow_ups_due(session, acting, on),
        complaint_days=await _complaints_open(session, acting, on),
        rhythm=await _broken_rhythms(session, acting),
        last_visit=await _last_visits(session, acting, until),
    )


def _active(acting: Acting) -> tuple[Any, ...]:
    return col(Customer.team_id) == acting.team_id, col(Customer.ended_at).is_(None)


async def _sales_of_year(session: AsyncSession, acting: Acting, on: date) -> dict[int, int]:
    query = (
        select(Order.customer_id, func.sum(Order.amount_minor))
        .where(
            col(Order.team_id) == acting.team_id,
            col(Order.currency) == acting.currency,
            col(Order.ordered_on) > on - YEAR,
            col(Order.ordered_on) <= on,
        )
        .group_by(col(Order.customer_id))
    )
    return {customer: int(amount) for customer, amount in (await session.exec(query)).all()}


async def _promises_due(session: AsyncSession, acting: Acting, on: date, until: datetime) -> dict[int, int]:
    query = (
        select(Promise.customer_id, func.min(Promise.due_at))
        .where(
            col(Promise.owner_id) == acting.member_id,
            col(Promise.side) == PromiseSide.OURS,
            col(Promise.state) == PromiseState.OPEN,
            col(Promise.due_at) < until,
        )
        .group_by(col(Promise.customer_id))
    )
    rows = (await session.exec(query)).all()
    return {customer: (acting.local(due).date() - on).days for customer, due in rows if due is not None}


async def _follow_ups_due(session: AsyncSession, acting: Acting, on: date) -> dict[int, int]:
    query = (
        select(FollowUp.customer_id, func.min(FollowUp.due_on))
        .where(
            col(FollowUp.member_id) == acting.member_id,
            col(FollowUp.done_at).is_(None),
            col(FollowUp.due_on) <= on,
        )
        .group_by(col(FollowUp.customer_id))
    )
    return {customer: (due - on).days for customer, due in (await session.exec(query)).all()}


async def _complaints_open(session: AsyncSession, acting: Acting, on: date) -> dict[int, int]:
    """Days since the oldest open complaint of each customer of the person."""
    query = (
        select(Complaint.customer_id, func.min(Complaint.opened_at))
        .join(Customer, col(Customer.id) == Complaint.customer_id)
        .where(
            col(Complaint.team_id) == acting.team_id,
            col(Complaint.closed_at).is_(None),
            is_served_by(acting),
        )
        .group_by(col(Complaint.customer_id))
    )
    days = {customer: (on - acting.local(opened).date()).days for customer, opened in (await session.exec(query)).all()}
    return {customer: max(0, count) for customer, count in days.items()}


async def _last_visits(session: AsyncSession, acting: Acting, until: datetime) -> dict[int, datetime]:
    query = (
        select(Touch.customer_id, func.max(Touch.at))
        .join(Customer, col(Customer.id) == Touch.customer_id)
        .where(
            col(Touch.team_id) == acting.team_id,
            col(Touch.kind) == TouchKind.VISIT,
            col(Touch.at) < until,
            is_served_by(acting),
        )
        .group_by(col(Touch.customer_id))
    )
    return dict((await session.exec(query)).all())


async def _broken_rhythms(session: AsyncSession, acting: Acting) -> dict[int, tuple[str, float]]:
    """Lifecycle flag and overdue ratio of the own customers whose orders do not come as they used to, as scored."""
    thresholds = acting.scoring.thresholds
    query = (
        select(col(CustomerScore.customer_id), col(CustomerScore.overdue_ratio))
        .join(Customer, col(Customer.id) == col(CustomerScore.customer_id))
        .where(
            col(CustomerScore.team_id) == acting.team_id,
            col(CustomerScore.overdue_ratio) > thresholds[Threshold.AT_RISK],
            is_served_by(acting),
        )
    )
    return {
        customer: (silence.value, ratio)
        for customer, ratio in (await session.exec(query)).all()
        if ratio is not None and (silence := silence_of(ratio, thresholds)) is not None
    }
