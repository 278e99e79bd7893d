"""How long customers have waited for a contact, each against its own interval."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.frequency import interval_days, visits_per_week
from bot.domain.people import Acting
from bot.domain.urgency import OVERDUE_ABOVE, Touch, count_working_days, overdue_days, urgency
from bot.domain.vocabulary import TouchKind
from bot.services.work_calendar import working_days_of
from bot.store.customers import visible_customers
from bot.store.tables import Customer
from bot.store.tables import Touch as TouchRow

LIGHT_TOUCHES_COUNT_FOR = timedelta(days=400)  # calls and messages further back no longer set a clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer's urgency, the working days between its visits, and the whole ones by which it is overdue (0: it is
    not). An infinite interval: no planned visits."""

    urgency: float
    interval_days: float
    overdue_days: int

    @property
    def is_overdue(self) -> bool:
        return self.urgency > OVERDUE_ABOVE


async def measure_waiting(
    session: AsyncSession, acting: Acting, customers: Iterable[Customer], now: datetime
) -> dict[int, Waiting]:
    """The waiting of some visible customers by id, counted in the acting person's working days."""
    chosen = list(customers)
    only = chosen[0].id if len(chosen) == 1 else None
    touches = await _touches(session, acting, now, only)
    count = cache(partial(count_working_days, is_working=cache(await working_days_of(session, acting))))
    today = acting.local(now).date()
    measured = {}
    for customer in chosen:
        assert customer.id is not None
        often = visits_per_week(customer.grade, override=customer.visits_per_week, defaults=acting.visits_per_week)
        interval = interval_days(often)
        value = urgency(
            touches[customer.id],
            today=today,
            interval_days=interval,
            count=count,
            added=acting.local(customer.created_at).date(),
            customer_id=customer.id,
        )
        measured[customer.id] = Waiting(
            urgency=value, interval_days=interval, overdue_days=overdue_days(value, interval)
        )
    return measured


async def _touches(
    session: AsyncSession, acting: Acting, now: datetime, only: int | None
) -> defaultdict[int, list[Touch]]:
    """The last visit of each visible customer, and the lighter contacts of the past year."""
    mine: Any = [only] if only is not None else visible_customers(acting).with_only_columns(col(Customer.id))
    of_mine = (
        col(TouchRow.team_id) == acting.team_id,
        col(TouchRow.customer_id).in_(mine),
        col(TouchRow.at) <= now,
    )
    visits = (
        select(TouchRow.customer_id, func.max(TouchRow.at))
        .where(*of_mine, col(TouchRow.kind) == TouchKind.VISIT)
        .group_by(col(TouchRow.customer_id))
    )
    lighter = select(TouchRow.customer_id, TouchRow.at, TouchRow.kind).where(
        *of_mine, col(TouchRow.kind) != TouchKind.VISIT, col(TouchRow.at) > now - LIGHT_TOUCHES_COUNT_FOR
    )
    found: defaultdict[int, list[Touch]] = defaultdict(list)
    for customer_id, at in (await session.exec(visits)).all():
        found[customer_id].append(Touch(day=acting.local(at).date(), kind=TouchKind.VISIT))
    for customer_id, at, kind in (await session.exec(lighter)).all():
        found[customer_id].append(Touch(day=acting.local(at).date(), kind=TouchKind(kind)))
    return found
