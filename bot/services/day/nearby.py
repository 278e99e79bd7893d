"""Whom to visit instead, or on top: the best customers near a place that are not on today's route."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.planning.problem import ASSUMED_TRAVEL_S
from bot.services.day.candidates import Prospect, candidates_of, visits_on
from bot.services.day.history import MADE
from bot.services.day.route import Route
from bot.services.travel_times.known import model_travel
from bot.store.day_plans import get_day_plan

OFFERED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A customer, and how far it is; None where one of the two places is not known."""

    prospect: Prospect
    distance_m: int | None


async def offers_near(session: AsyncSession, acting: Acting, on: date, now: datetime, near: Pin | None) -> list[Offer]:
    """The best few by priority per minute, way and visit together (METHOD.md section 6)."""
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row else None
    planned = {stop.customer_id for stop in route.visits} if route else set()
    made = {customer for customer, visit in (await visits_on(session, acting, on)).items() if visit.state in MADE}
    without = frozenset(customer for customer in planned | made if customer is not None)
    found = await candidates_of(session, acting, on, now=now, without=without)
    ranked = sorted(
        (_rank(prospect, near, acting.travel_factor) for prospect in found.prospects), key=lambda entry: entry[0]
    )
    return [offer for _, offer in ranked[:OFFERED]]


def _rank(prospect: Prospect, near: Pin | None, factor: float) -> tuple[tuple[float, int], Offer]:
    travel_s, metres = ASSUMED_TRAVEL_S, None
    if near is not None and prospect.pin is not None:
        matrix = model_travel(factor).matrix([near, prospect.pin])
        travel_s, metres = int(matrix.seconds[0, 1]), int(matrix.metres[0, 1])
    worth = prospect.priority.points / (travel_s + prospect.service_s)
    return (-worth, prospect.customer_id), Offer(prospect=prospect, distance_m=metres)
