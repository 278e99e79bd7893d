"""Whom a visit form may be about: the day's visits that wait for one, then customers of late."""

from datetime import date, timedelta

from sqlalchemy import not_
from sqlmodel import col, select

from bot.domain.screen import Json
from bot.services.visits import OPEN, unrecorded
from bot.services.work import Work
from bot.store.customers import worked_customers
from bot.store.tables import Customer, DayPlan, Touch, Visit

CHOICES = 8
LATELY = timedelta(days=14)


async def visits_to_choose(work: Work, on: date) -> list[Json]:
    """At most eight: visits of the day without a report, stops of the day's plan, customers touched of late."""
    found: dict[int, dict[str, Json]] = {}
    query = (
        select(Visit)
        .where(
            col(Visit.member_id) == work.acting.member_id,
            col(Visit.on) == on,
            col(Visit.state).in_(OPEN),
        )
        .order_by(col(Visit.checked_in_at).desc(), col(Visit.planned_at), col(Visit.id))
    )
    for visit in (await work.session.exec(query)).all():
        at = visit.appointment_at or visit.planned_at
        found.setdefault(visit.customer_id, _choice(visit.customer_id, visit.id, at.isoformat() if at else None))
    reported = await _reported(work, on)
    for customer_id in [*await _planned(work, on), *await _touched_lately(work)]:
        if len(found) >= CHOICES:
            break
        if customer_id not in found and customer_id not in reported:
            found[customer_id] = _choice(customer_id)
    return await _named(work, found)


def _choice(customer_id: int, visit_id: int | None = None, at: str | None = None) -> dict[str, Json]:
    return {"customer": customer_id, "visit": visit_id, "at": at}


async def _reported(work: Work, on: date) -> set[int]:
    query = select(col(Visit.customer_id)).where(
        col(Visit.member_id) == work.acting.member_id, col(Visit.on) == on, not_(unrecorded())
    )
    return set((await work.session.exec(query)).all())


async def _planned(work: Work, on: date) -> list[int]:
    query = select(DayPlan).where(col(DayPlan.member_id) == work.acting.member_id, col(DayPlan.on) == on)
    plan = (await work.session.exec(query)).one_or_none()
    stops = plan.plan.get("stops", []) if plan else []
    return [stop["customer_id"] for stop in stops if stop["customer_id"] is not None]  # lunch is a stop without one


async def _touched_lately(work: Work) -> list[int]:
    query = (
        select(col(Touch.customer_id))
        .where(col(Touch.member_id) == work.acting.member_id, col(Touch.at) > work.now - LATELY)
        .order_by(col(Touch.at).desc())
        .limit(CHOICES)
    )
    return list((await work.session.exec(query)).all())


async def _named(work: Work, found: dict[int, dict[str, Json]]) -> list[Json]:
    query = worked_customers(work.acting).where(col(Customer.id).in_(list(found)))
    names = {customer.id: customer.name for customer in (await work.session.exec(query)).all()}
    return [{**facts, "name": names[identity]} for identity, facts in found.items() if identity in names]
