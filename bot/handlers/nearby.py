"""/nearby: free minutes and a shared location, answered with customers who are due around it."""

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.handlers.today import number, pin_in
from bot.handlers.turn import Handler, Turn, command, tap
from bot.services import nearby
from bot.services.check_in import stop_asking


def handlers() -> list[Handler]:
    """Handlers of free minutes."""
    return [
        command("nearby", begin),
        tap("near", begin),
        tap("near.stop", stop),
        tap("near.min", show_for_minutes),
    ]


async def begin(turn: Turn, args: list[str]) -> None:
    """Ask for the location."""
    async with turn.begin() as work:
        await nearby.ask_for_place(work)


async def stop(turn: Turn, args: list[str]) -> None:
    """Not now."""
    async with turn.begin() as work:
        await stop_asking(work)
        await work.clear(nearby.LIVING)


async def take_place(turn: Turn, here: Pin) -> None:
    """The location that /nearby asked for has come."""
    async with turn.begin() as work:
        await nearby.show_nearby(work, here, nearby.USUAL_MINUTES)


async def show_for_minutes(turn: Turn, args: list[str]) -> None:
    """Offers for other minutes, or for a location that came unasked: both in the button."""
    minutes = number(args, 2)
    if minutes not in nearby.MINUTES:
        raise Refused("old_button")
    here = pin_in(args, 0)
    async with turn.begin() as work:
        await nearby.show_nearby(work, here, minutes)
