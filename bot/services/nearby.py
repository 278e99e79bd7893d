"""I have 40 free minutes here: customers around a shared location who are due, by priority per minute (METHOD.md 6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.contact_hours import visit_windows
from bot.domain.errors import Refused
from bot.domain.geo import Pin, distance_m
from bot.domain.opening_hours import OpeningHours
from bot.domain.people import Acting
from bot.domain.planning.travel import DEFAULT_DETOUR, DEFAULT_SPEED_KMH
from bot.domain.priority import Priority, visit_priority
from bot.domain.screen import Json, Place, Screen
from bot.domain.urgency import DUE_FROM
from bot.domain.vocabulary import Grade
from bot.services import awaiting
from bot.services.check_in import ASKED_WHY, DEGREE_PARTS, show_location_button, stop_asking
from bot.services.customers.waiting import measure_waiting
from bot.services.day.candidates import SERVICE_S, own_customers, priority_facts, visits_on
from bot.services.day.clock import end_of_day, seconds_of
from bot.services.day.facts import shown_words
from bot.services.day.history import MADE
from bot.services.day.route import Route, Words
from bot.services.day.worth import Worth, worth_of
from bot.services.navigation import navigation_url, pin_of
from bot.services.work import Work
from bot.services.work_calendar import is_public_working_day
from bot.store.day_plans import get_day_plan
from bot.store.tables import Customer

MINUTES = (20, 40, 60, 90)
USUAL_MINUTES = 40
OFFERED = 5
LOOKED_AT = 200
"""The nearest customers that are looked at closely; in a dense city more would not change the best five."""

LIVING = "nearby"
WEEKDAYS = "12345"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearOffer:
    """A customer that could be visited now. ``takes_s`` is the way there and the visit."""

    customer: Customer
    pin: Pin
    priority: Priority
    travel_s: int
    distance_m: int
    takes_s: int
    fits: bool


async def ask_for_place(work: Work) -> None:
    """Ask where the rep is. Raises Refused("no_own_route")."""
    if not work.acting.records:
        raise Refused("no_own_route")
    await awaiting.ask(work, awaiting.Kind.NEARBY)
    await work.show(Screen(template="replies/nearby_ask", living=LIVING, place=Place.BELOW))
    await show_location_button(work, for_check_in=False)


async def show_nearby(work: Work, here: Pin, minutes: int) -> None:
    """Who could be visited from a place in some minutes. The place stays in the buttons, and nowhere else."""
    if not work.acting.records:
        raise Refused("no_own_route")
    await stop_asking(work)
    await work.clear(ASKED_WHY)
    place = Place.EDIT if work.tapped is not None else Place.BELOW
    await work.show(await nearby_screen(work, here, minutes, place))


async def nearby_screen(work: Work, here: Pin, minutes: int, place: Place = Place.EDIT) -> Screen:
    """The offers that fit, the best first; where none fits, the nearest ones with what they would take."""
    offers = await offers_within(work.session, work.acting, work.now, here, minutes * 60)
    fitting = [offer for offer in offers if offer.fits][:OFFERED]
    shown = fitting or sorted(offers, key=lambda offer: (offer.takes_s, offer.customer.id))[:OFFERED]
    facts: dict[str, Json] = {
        "minutes": minutes,
        "choices": [*MINUTES],
        "lat5": round(here.lat * DEGREE_PARTS),
        "lng5": round(here.lng * DEGREE_PARTS),
        "fits": bool(fitting),
        "offers": [_facts(offer, work.acting) for offer in shown],
        "currency": work.acting.currency,
    }
    return Screen(template="replies/nearby", facts=facts, living=LIVING, place=place)


async def offers_within(
    session: AsyncSession, acting: Acting, now: datetime, here: Pin, free_s: int
) -> list[NearOffer]:
    """Due customers with open doors around a place, by priority per minute; those that are on today's route are not."""
    on = acting.local(now).date()
    without = await _on_route_or_made(session, acting, now)
    near = sorted(
        (
            (distance_m(here, pin), customer)
            for customer in await own_customers(session, acting, on, on)
            if customer.id not in without and (pin := pin_of(customer)) is not None
        ),
        key=lambda pair: (pair[0], pair[1].id),
    )[:LOOKED_AT]
    if not near:
        return []
    waiting = await measure_waiting(session, acting, [customer for _, customer in near], now)
    worth = await worth_of(session, acting, on, end_of_day(acting, on))
    offers = []
    for metres, customer in near:
        assert customer.id is not None
        pin = pin_of(customer)
        if pin is None or not (waiting[customer.id].urgency >= DUE_FROM or _has_event(worth, customer.id)):
            continue
        road_m = metres * DEFAULT_DETOUR
        travel_s = round(road_m * 3.6 / DEFAULT_SPEED_KMH * acting.travel_factor)
        service_s = SERVICE_S[Grade.A if customer.key_account else customer.grade or Grade.C]
        if not _is_open(acting, customer, now + timedelta(seconds=travel_s), service_s):
            continue
        offers.append(
            NearOffer(
                customer=customer,
                pin=pin,
                priority=visit_priority(priority_facts(customer, waiting[customer.id], worth, is_agreed=False)),
                travel_s=travel_s,
                distance_m=round(road_m),
                takes_s=travel_s + service_s,
                fits=travel_s + service_s <= free_s,
            )
        )
    return sorted(offers, key=lambda offer: (-offer.priority.points / offer.takes_s, offer.customer.id))


async def _on_route_or_made(session: AsyncSession, acting: Acting, now: datetime) -> set[int]:
    on = acting.local(now).date()
    row = await get_day_plan(session, acting, on)
    route = Route.from_json(row.plan) if row else None
    planned = {stop.customer_id for stop in route.kept_visits if stop.customer_id} if route else set()
    visits = await visits_on(session, acting, on)
    return planned | {customer_id for customer_id, visit in visits.items() if visit.state in MADE}


def _has_event(worth: Worth, customer_id: int) -> bool:
    return (
        customer_id in worth.promise_days or customer_id in worth.follow_up_days or customer_id in worth.complaint_days
    )


def _is_open(acting: Acting, customer: Customer, arrival: datetime, service_s: int) -> bool:
    on = acting.local(arrival).date()
    windows = visit_windows(
        on,
        is_public_working_day=is_public_working_day(acting.country, WEEKDAYS, on),
        country=acting.country,
        lat=customer.lat,
        service_s=service_s,
        opening=OpeningHours.from_json(customer.opening),
    )
    at_s = seconds_of(arrival, on, acting.zone)
    return any(window.opens_s <= at_s <= window.closes_s for window in windows)


def _facts(offer: NearOffer, acting: Acting) -> Json:
    shown = offer.priority.shown or offer.priority.parts
    reason: Words | None = None
    if shown:
        reason = shown_words({"code": shown[0].code.value, **shown[0].params}, acting)
    return {
        "customer_id": offer.customer.id,
        "name": offer.customer.name,
        "grade": offer.customer.grade.value if offer.customer.grade else None,
        "distance_m": offer.distance_m,
        "takes_min": -(-offer.takes_s // 60),
        "reason": reason,
        "navigation": navigation_url(offer.pin, offer.customer.name, acting.country, acting.map_app),
    }
