"""Check-in: by a shared location, or without one; and locations that nobody asked for."""

from datetime import timedelta

from telegram import Location
from telegram.ext.filters import LOCATION, UpdateType

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.handlers.nearby import take_place
from bot.handlers.settings import take_start_place
from bot.handlers.today import number, pin_in, plan_from_here
from bot.handlers.turn import SELLERS, Handler, Turn, message, tap
from bot.services import awaiting, check_in
from bot.services.check_in import SharedLocation
from bot.services.clock import real_now


def handlers() -> list[Handler]:
    """Handlers of check-in. The updates of a live location are edits of its message: they are not looked at."""
    return [
        tap("checkin", begin),
        tap("checkin.pin", begin_with_pin),
        tap("checkin.bare", without_location),
        tap("checkin.stop", go_back),
        tap("checkin.at", check_in_there),
        message(LOCATION & UpdateType.MESSAGE, take_location, roles=SELLERS),
    ]


async def begin(turn: Turn, args: list[str]) -> None:
    """Ask for the location."""
    async with turn.begin() as work:
        await check_in.begin_check_in(work, number(args, 0))


async def begin_with_pin(turn: Turn, args: list[str]) -> None:
    """Ask for the location, which also becomes the customer's pin."""
    async with turn.begin() as work:
        await check_in.begin_setting_pin(work, number(args, 0))


async def without_location(turn: Turn, args: list[str]) -> None:
    """Start the visit; the phone gives no location, or the rep does not."""
    async with turn.begin() as work:
        await check_in.stop_asking(work)
        await check_in.check_in(work, number(args, 0), None)


async def go_back(turn: Turn, args: list[str]) -> None:
    """Not now."""
    async with turn.begin() as work:
        await check_in.leave_check_in(work, number(args, 0))


async def take_location(turn: Turn, args: list[str]) -> None:
    """A location came: for a check-in, for a new plan, or out of the blue."""
    shared = _shared(turn)
    async with turn.read() as session:
        waiting = await awaiting.awaited(session, turn.acting.member_id, turn.now)
    if waiting is not None and waiting.kind == awaiting.Kind.REPLAN:
        await plan_from_here(turn, shared.pin)
        return
    if waiting is not None and waiting.kind == awaiting.Kind.START_PLACE:
        await take_start_place(turn, shared.pin)
        return
    if waiting is not None and waiting.kind == awaiting.Kind.NEARBY:
        await take_place(turn, shared.pin)
        return
    async with turn.begin() as work:
        await check_in.take_location(work, shared)


def _shared(turn: Turn) -> SharedLocation:
    sent = turn.message
    if sent is None or sent.location is None:
        raise Refused("old_button")
    age = max(timedelta(0), real_now() - sent.date)
    return SharedLocation(pin=_pin(sent.location), age=age, is_forwarded=sent.forward_origin is not None)


def _pin(location: Location) -> Pin:
    try:
        return Pin(lat=location.latitude, lng=location.longitude)
    except ValueError as error:
        raise Refused("bad_pin") from error


async def check_in_there(turn: Turn, args: list[str]) -> None:
    """Check in with the location that the button carries, as old as the message it is under."""
    query = turn.update.callback_query
    age = max(timedelta(0), real_now() - query.message.date) if query and query.message else timedelta(0)
    shared = SharedLocation(pin=pin_in(args, 1), age=age, is_forwarded=False)
    async with turn.begin() as work:
        await work.clear(check_in.ASKED_WHY)
        await check_in.stop_asking(work)
        await check_in.check_in(work, number(args, 0), shared)
