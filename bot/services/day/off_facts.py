"""What the screen of a day off shows: where its visits went, and whom to call."""

from collections import Counter
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.domain.vocabulary import VisitState
from bot.services.day.calendar import DayKind
from bot.store.day_plans import get_day_plan
from bot.store.tables import Customer, Visit

MOVED = "moved"
"""Where a day's plan keeps which visits a day off has moved, as [visit, new date], so that an undo finds them."""


async def off_facts(session: AsyncSession, acting: Acting, on: date, kind: DayKind, now: datetime) -> dict[str, Json]:
    """The moved visits by new date, and the appointments that are still to be called off."""
    row = await get_day_plan(session, acting, on)
    moved = Counter(str(day) for _, day in (row.plan.get(MOVED, []) if row else []))
    query = (
        select(Visit, Customer)
        .where(
            col(Visit.customer_id) == Customer.id,
            col(Visit.member_id) == acting.member_id,
            col(Visit.on) == on,
            col(Visit.state) == VisitState.PLANNED,
            col(Visit.appointment_at) > now,
        )
        .order_by(col(Visit.appointment_at))
    )
    calls: list[Json] = [
        {
            "customer_id": customer.id,
            "name": customer.name,
            "phone": customer.phone,
            "at": visit.appointment_at.isoformat() if visit.appointment_at else "",
        }
        for visit, customer in (await session.exec(query)).all()
    ]
    return {
        "on": on.isoformat(),
        "kind": kind.value,
        "moved": [{"on": day, "count": count} for day, count in sorted(moved.items())],
        "moved_count": sum(moved.values()),
        "calls": calls,
    }
