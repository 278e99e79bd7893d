"""What the screen of one stop shows: when, why, what happened last, what is open."""

from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.domain.vocabulary import PromiseSide, PromiseState, TouchKind
from bot.services.day.facts import DayView, StopState, shown_words
from bot.services.day.route import Stop
from bot.services.navigation import navigation_url, pin_of
from bot.store.tables import Complaint, Customer, Order, Promise, Touch, Visit


async def stop_facts(
    session: AsyncSession, acting: Acting, customer: Customer, view: DayView | None, visit: Visit | None, now: datetime
) -> dict[str, Json]:
    """Facts of a stop; of a customer that is not on the day's route just as well."""
    assert customer.id is not None
    stop = next((each for each in view.visit_stops if each.customer_id == customer.id), None) if view else None
    pin = pin_of(customer)
    return {
        "customer_id": customer.id,
        "visit_id": visit.id if visit else None,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "address": customer.address,
        "plan_id": view.row.id if view else 0,
        "number": view.number_of(customer.id) if view else None,
        "state": view.state_of(stop).value if view and stop else _state_without_plan(visit),
        "navigation": navigation_url(pin, customer.name, acting.country, acting.map_app) if pin else None,
        "appointment_at": visit.appointment_at.isoformat() if visit and visit.appointment_at else None,
        "checked_in_at": visit.checked_in_at.isoformat() if visit and visit.checked_in_at else None,
        "band": visit.distance_band.value if visit and visit.distance_band else None,
        "flag": visit.check_in_flag if visit else None,
        "currency": acting.currency,
        **_planned_facts(stop, acting),
        **await _past_facts(session, acting, customer.id, now),
    }


def _state_without_plan(visit: Visit | None) -> str | None:
    """None: there is no visit today."""
    if visit is None:
        return None
    known = {"planned": StopState.AHEAD, "started": StopState.STARTED, "done": StopState.DONE}
    return known.get(visit.state.value, StopState.SKIPPED).value


def _planned_facts(stop: Stop | None, acting: Acting) -> dict[str, Json]:
    if stop is None:
        return {"arrival": None, "until": None, "travel_m": 0, "reasons": [], "parts": [], "priority": 0, "late_min": 0}
    return {
        "arrival": stop.arrival.isoformat(),
        "until": stop.departure.isoformat(),
        "travel_m": stop.travel_m,
        "reasons": [shown_words(words, acting) for words in stop.reasons],
        "parts": [*stop.parts],
        "priority": stop.priority,
        "late_min": stop.late_s // 60,
    }


async def _past_facts(session: AsyncSession, acting: Acting, customer_id: int, now: datetime) -> dict[str, Json]:
    last_visit = (
        await session.exec(
            select(func.max(Touch.at)).where(
                col(Touch.customer_id) == customer_id, col(Touch.kind) == TouchKind.VISIT, col(Touch.at) < now
            )
        )
    ).one()
    orders = select(Order).where(col(Order.customer_id) == customer_id).order_by(col(Order.ordered_on).desc()).limit(1)
    order = (await session.exec(orders)).first()
    promises = (
        select(Promise)
        .where(
            col(Promise.customer_id) == customer_id,
            col(Promise.team_id) == acting.team_id,
            col(Promise.side) == PromiseSide.OURS,
            col(Promise.state) == PromiseState.OPEN,
        )
        .order_by(col(Promise.due_at))
        .limit(1)
    )
    promise = (await session.exec(promises)).first()
    complaints = select(func.min(Complaint.opened_at)).where(
        col(Complaint.customer_id) == customer_id, col(Complaint.closed_at).is_(None)
    )
    complained = (await session.exec(complaints)).one()
    return {
        "last_visit": acting.local(last_visit).date().isoformat() if last_visit else None,
        "order_on": order.ordered_on.isoformat() if order else None,
        "order_amount": str(from_minor(order.amount_minor, order.currency)) if order else "0",
        "order_currency": order.currency if order else acting.currency,
        "promise": promise.text if promise else None,
        "promise_due": promise.due_at.isoformat() if promise and promise.due_at else None,
        "complaint_days": (acting.local(now).date() - acting.local(complained).date()).days if complained else None,
    }
