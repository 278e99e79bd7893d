"""The week's days and today's route as pictures: which stops are on them, and what stands under them."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.day.facts import DayView, StopState
from bot.services.maps.picture import MapRoute, MapStop
from bot.services.navigation import pin_of
from bot.services.people import own_row
from bot.services.week.plan import PlannedWeek, WeekStop
from bot.services.week.showing import living_name
from bot.store.tables import Customer


async def map_routes(session: AsyncSession, acting: Acting, week: PlannedWeek) -> list[MapRoute]:
    """The week's days as routes of a map, numbered by day; customers without a pin are not on it."""
    ids = {stop.customer_id for day in week.days for stop in day.stops}
    query = select(Customer).where(col(Customer.team_id) == acting.team_id, col(Customer.id).in_(ids))
    pins = {customer.id: pin_of(customer) for customer in (await session.exec(query)).all()}
    home = await _home(session, acting)
    return [
        MapRoute(stops=_map_stops(day.stops, pins), start=home, end=home, label=f"{day.on:%m-%d}")
        for day in week.days
        if day.stops
    ]


def _map_stops(stops: Sequence[WeekStop], pins: dict[int | None, Pin | None]) -> tuple[MapStop, ...]:
    placed = ((number, stop, pins.get(stop.customer_id)) for number, stop in enumerate(stops, start=1))
    return tuple(MapStop(number=number, pin=pin, name=stop.name) for number, stop, pin in placed if pin is not None)


def map_screen(week: PlannedWeek, media: int) -> Screen:
    """The picture with what it shows."""
    facts: dict[str, Json] = {
        "starts_on": week.starts_on.isoformat(),
        "on": week.days[0].on.isoformat() if len(week.days) == 1 else None,
        "visits": week.visits,
        "distance_m": week.distance_m,
    }
    living = f"{living_name(week.starts_on)}:map"
    return Screen(template="replies/map", facts=facts, living=living, place=Place.BELOW, picture=str(media))


async def _home(session: AsyncSession, acting: Acting) -> Pin | None:
    member = await own_row(session, acting)
    if member.start_lat is None or member.start_lng is None:
        return None
    return Pin(lat=member.start_lat, lng=member.start_lng)


async def today_route(session: AsyncSession, acting: Acting, view: DayView | None) -> MapRoute:
    """Today's stops, numbered as in the list, what is done in grey. Raises Refused("no_route_today")."""
    if view is None or not view.visit_stops:
        raise Refused("no_route_today")
    home = await _home(session, acting)
    stops = []
    for number, stop in enumerate(view.visit_stops, start=1):
        customer = view.customers[stop.customer_id or 0]
        pin, state = pin_of(customer), view.state_of(stop)
        if pin is not None and state is not StopState.SKIPPED:
            done = state in (StopState.DONE, StopState.MISSING)
            stops.append(MapStop(number=number, pin=pin, name=customer.name, is_done=done))
    return MapRoute(stops=tuple(stops), start=home, end=home)


def today_map_screen(on: date, view: DayView | None, media: int) -> Screen:
    """The picture of today's route."""
    route = view.route if view else None
    facts: dict[str, Json] = {
        "starts_on": on.isoformat(),
        "on": on.isoformat(),
        "visits": len(route.kept_visits) if route else 0,
        "distance_m": route.distance_m if route else 0,
    }
    living = f"day:{on.isoformat()}:map"
    return Screen(template="replies/map", facts=facts, living=living, place=Place.BELOW, picture=str(media))
