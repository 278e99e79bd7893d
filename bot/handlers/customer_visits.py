"""When and how often a customer is visited: behind the card, all by ticks."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.handlers.customers import number_in
from bot.handlers.turn import Callback, Handler, Turn, tap
from bot.services.customers import visiting
from bot.services.work import Work

Build = Callable[[AsyncSession, Acting, int], Awaitable[Screen]]
Change = Callable[[Work, int, str], Awaitable[None]]


def handlers() -> list[Handler]:
    return [
        tap("card.visits", _ask_or_change(visiting.visits_screen, _set_rest)),
        tap("card.freq", _ask_or_change(visiting.frequency_screen, visiting.set_frequency)),
        tap("card.days", _ask_or_change(visiting.days_screen, visiting.set_open_days)),
        tap("card.open", _ask_or_change(visiting.hours_screen, visiting.set_open_hours)),
    ]


def _ask_or_change(build: Build, change: Change) -> Callback:
    """verb:<customer> shows the choices, verb:<customer>:<value> changes and shows them as they are now."""

    async def run(turn: Turn, args: list[str]) -> None:
        customer_id = number_in(args)
        if len(args) == 1:
            async with turn.read() as session:
                screen = await build(session, turn.acting, customer_id)
            await turn.show(screen)
            return
        async with turn.begin() as work:
            await change(work, customer_id, args[1])
            await work.session.flush()
            await work.show(await build(work.session, work.acting, customer_id))

    return run


async def _set_rest(work: Work, customer_id: int, value: str) -> None:
    if value not in ("rest", "norest"):
        raise Refused("button_unknown")
    await visiting.set_visits_in_rest(work, customer_id, on=value == "rest")
