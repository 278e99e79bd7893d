"""/capacity: what a week asks for and what fits, before it starts."""

import asyncio
from datetime import date

from bot.domain.errors import Refused
from bot.domain.screen import Place
from bot.handlers.today import number
from bot.handlers.turn import Handler, Turn, command, tap
from bot.services.capacity import capacity_screen, capacity_survey
from bot.services.week.survey import monday_of


def handlers() -> list[Handler]:
    """Handlers of the capacity-true week."""
    return [command("capacity", show_capacity), tap("cap", show_capacity)]


async def show_capacity(turn: Turn, args: list[str]) -> None:
    """The coming week, or the one that a button names."""
    asked = week_in(args, 0) if turn.tapped is not None and args else None
    async with turn.read() as session:
        survey = await capacity_survey(session, turn.acting, asked, turn.now)
    place = Place.BELOW if turn.tapped is None else Place.EDIT
    await turn.show(await asyncio.to_thread(capacity_screen, survey, place))


def week_in(args: list[str], place: int) -> date:
    """The Monday of the date that a button carries as 20261123. Raises Refused("old_button")."""
    value = number(args, place)
    try:
        return monday_of(date(value // 10_000, value // 100 % 100, value % 100))
    except ValueError as error:
        raise Refused("old_button") from error
