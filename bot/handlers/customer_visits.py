"""When and how often a customer is visited: behind the card, all by ticks."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.handlers.customers import number_in
from bot.handlers.turn import Callback, Handler, Turn, tap
from bot.services.customers import visiting
from bot.services.forms.showing import show_draft
from bot.services.work import Work

MOST_TO_SHOW = 2
"""More words of a button than a customer and a day are a change."""

Build = Callable[[AsyncSession, Acting, int], Awaitable[Screen]]
Change = Callable[[Work, int, str], Awaitable[None]]


def handlers() -> list[Handler]:
    return [
        tap("card.visits", _ask_or_change(visiting.visits_screen, _set_rest)),
        tap("card.freq", _ask_or_change(visiting.frequency_screen, visiting.set_frequency)),
        tap("card.days", _ask_or_change(visiting.days_screen, visiting.set_open_days)),
        tap("card.open", _ask_or_change(visiting.hours_screen, visiting.set_open_hours)),
        tap("card.day", ask_hours_of_day),
        tap("card.words", ask_words),
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


async def ask_hours_of_day(turn: Turn, args: list[str]) -> None:
    """card.day:<customer>:<weekday> shows the hours of a day, card.day:<customer>:<weekday>:<hours> changes them."""
    customer_id, day = number_in(args), str(number_in(args, 1))
    async with turn.begin() as work:
        if len(args) > MOST_TO_SHOW:
            await visiting.set_hours_of_day(work, customer_id, day, args[MOST_TO_SHOW])
            await work.session.flush()
        await work.show(await visiting.day_screen(work.session, work.acting, customer_id, day))


async def ask_words(turn: Turn, args: list[str]) -> None:
    """card.words:<customer>: opening hours, to be written as they stand on the door."""
    async with turn.begin() as work:
        await show_draft(work, await visiting.open_words(work, number_in(args)), below=True)


async def _set_rest(work: Work, customer_id: int, value: str) -> None:
    if value not in ("rest", "norest"):
        raise Refused("button_unknown")
    await visiting.set_visits_in_rest(work, customer_id, on=value == "rest")
