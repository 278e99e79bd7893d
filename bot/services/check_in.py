"""Check-in: a visit starts. Of where the rep is only the distance band to the customer's pin is kept, no trail."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin, distance_band, distance_m
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import DistanceBand, VisitState
from bot.services import awaiting
from bot.services.awaiting import Kind
from bot.services.day.accept import accept_day
from bot.services.day.candidates import visits_on
from bot.services.day.route import Route
from bot.services.day.showing import current_view, show_day, show_in_day, show_stop
from bot.services.navigation import pin_of
from bot.services.visits import visit_on
from bot.services.work import Work
from bot.store.customers import get_customer, worked_customers
from bot.store.day_plans import get_day_plan
from bot.store.tables import AuditEntry, Customer, Visit

FRESH = timedelta(minutes=5)
"""A location sent longer ago than this does not say where the rep is now."""

ASKING = "ask_location"
ASKED_WHY = "where"
DEGREE_PARTS = 100_000
"""Coordinates in buttons are whole parts of a degree, about a metre."""


class Flag(StrEnum):
    """What is odd about a shared location: noted, never refused."""

    OLD = "old"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLocation:
    """A location as it came. ``age`` counts from when it was sent to when it arrived, both on the real clock."""

    pin: Pin
    age: timedelta
    is_forwarded: bool

    @property
    def flag(self) -> Flag | None:
        if self.is_forwarded:
            return Flag.FORWARDED
        return Flag.OLD if self.age > FRESH else None


async def begin_check_in(work: Work, customer_id: int) -> None:
    """Ask for a location, before that for leave to set a missing pin. A visit under way is shown as it is.

    Raises Refused: no_such_customer, not_for_your_role.
    """
    customer = await get_customer(work.session, work.acting, customer_id)
    if not work.acting.records:
        raise Refused("not_for_your_role")
    visit = (await visits_on(work.session, work.acting, work.today)).get(customer_id)
    if visit is not None and visit.state in (VisitState.STARTED, VisitState.DONE):
        await show_stop(work, customer_id, work.today)
    elif pin_of(customer) is None:
        facts: dict[str, Json] = {"customer_id": customer_id, "name": customer.name}
        await show_in_day(work, work.today, Screen(template="replies/check_in_pin", facts=facts))
    else:
        await ask_location(work, Kind.CHECK_IN, customer)


async def begin_setting_pin(work: Work, customer_id: int) -> None:
    """Ask for a location that also becomes the customer's missing pin."""
    customer = await get_customer(work.session, work.acting, customer_id)
    if pin_of(customer) is not None:
        await begin_check_in(work, customer_id)
    else:
        await ask_location(work, Kind.CHECK_IN_AND_PIN, customer)


async def ask_location(work: Work, kind: Kind, customer: Customer) -> None:
    """Wait for a location, with the reply keyboard in a message of its own: such a message cannot be edited."""
    await awaiting.ask(work, kind, customer.id)
    facts: dict[str, Json] = {
        "customer_id": customer.id,
        "name": customer.name,
        "sets_pin": kind is Kind.CHECK_IN_AND_PIN,
    }
    await show_in_day(work, work.today, Screen(template="replies/check_in", facts=facts))
    await show_location_button(work, for_check_in=True)


async def show_location_button(work: Work, *, for_check_in: bool) -> None:
    """The reply keyboard that shares a location."""
    facts: dict[str, Json] = {"for_check_in": for_check_in}
    screen = Screen(template="replies/check_in_ask", facts=facts, living=ASKING, place=Place.BELOW)
    await work.show(screen, over_tapped=False)


async def stop_asking(work: Work) -> None:
    """Wait for no location any more, and take the reply keyboard away."""
    if await awaiting.forget(work):
        await work.clear(ASKING)


async def take_location(work: Work, shared: SharedLocation) -> None:
    """A location that was asked for: check in. One that nobody asked for: ask what it is for."""
    waiting = await awaiting.awaited(work.session, work.acting.member_id, work.now)
    if waiting is None or waiting.subject_id is None:
        await ask_why(work, shared.pin)
        return
    customer = await get_customer(work.session, work.acting, waiting.subject_id)
    if waiting.kind == Kind.CHECK_IN_AND_PIN and pin_of(customer) is None:
        _set_pin(work, customer, shared.pin)
    await stop_asking(work)
    await check_in(work, waiting.subject_id, shared)


def _set_pin(work: Work, customer: Customer, pin: Pin) -> None:
    customer.lat, customer.lng = pin.lat, pin.lng
    work.session.add(customer)
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="pin_set",
            subject="customer",
            subject_id=customer.id,
        )
    )


async def check_in(work: Work, customer_id: int, shared: SharedLocation | None) -> None:
    """Start today's visit to a customer, planned or not, with or without a location, and show it.

    A visit that has started or is done stays as it is. A stop of today's route starts the day as well.
    """
    customer = await get_customer(work.session, work.acting, customer_id)
    visit = await _visit_today(work, customer_id)
    if visit.state in (VisitState.PLANNED, VisitState.MISSED):
        visit.state = VisitState.STARTED
        visit.checked_in_at = work.now
        pin = pin_of(customer)
        if shared is not None and pin is not None:
            visit.distance_band = distance_band(distance_m(shared.pin, pin))
            visit.check_in_flag = shared.flag.value if shared.flag else None
        work.session.add(visit)
        await work.session.flush()
        await _start_day_with(work, customer_id)
    await show_stop(work, customer_id, work.today)


async def _visit_today(work: Work, customer_id: int) -> Visit:
    visit = (await visits_on(work.session, work.acting, work.today)).get(customer_id)
    if visit is not None and visit.state in (VisitState.STARTED, VisitState.DONE):
        return visit
    return await visit_on(work, customer_id, work.today)


async def _start_day_with(work: Work, customer_id: int) -> None:
    row = await get_day_plan(work.session, work.acting, work.today)
    route = Route.from_json(row.plan) if row else None
    if route is not None and route.stop_of(customer_id) is not None:
        await accept_day(work, work.today)


async def leave_check_in(work: Work, customer_id: int) -> None:
    """Go back without checking in."""
    await stop_asking(work)
    await show_stop(work, customer_id, work.today)


async def leave_asking(work: Work) -> None:
    """Go back to the day without sharing a location."""
    await stop_asking(work)
    await show_day(work, work.today)


async def ask_why(work: Work, pin: Pin) -> None:
    """Ask what an unasked location is for. It stays in the buttons of that message, and nowhere else."""
    nearest = await nearest_customer(work.session, work.acting, work.today, work.now, pin)
    row = await get_day_plan(work.session, work.acting, work.today)
    facts: dict[str, Json] = {
        "nearest": None,
        "lat5": round(pin.lat * DEGREE_PARTS),
        "lng5": round(pin.lng * DEGREE_PARTS),
        "plan_id": row.id if row else 0,
    }
    if nearest is not None:
        customer, band = nearest
        facts["nearest"] = {"customer_id": customer.id, "name": customer.name, "band": band.value}
    screen = Screen(template="replies/check_in_where", facts=facts, living=ASKED_WHY, place=Place.BELOW)
    await work.show(screen)


async def nearest_customer(
    session: AsyncSession, acting: Acting, on: date, now: datetime, pin: Pin
) -> tuple[Customer, DistanceBand] | None:
    """The nearest stop that is still ahead today, else the nearest own customer; None where no pin is known."""
    view = await current_view(session, acting, on, now)
    ahead = [view.customers[stop.customer_id] for stop in view.ahead if stop.customer_id] if view else []
    mine = [customer for customer in ahead if pin_of(customer) is not None]
    if not mine:
        mine = list((await session.exec(worked_customers(acting).where(col(Customer.lat).is_not(None)))).all())
    away = [(distance_m(pin, place), customer) for customer in mine if (place := pin_of(customer)) is not None]
    if not away:
        return None
    metres, customer = min(away, key=lambda pair: (pair[0], pair[1].id))
    return customer, distance_band(metres)
