"""Answers to missing reports: one tap each, taken back with one, in the message that asked."""

from datetime import date, datetime

from bot.domain.errors import Refused
from bot.domain.screen import Json
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import SELLERS, Handler, Turn, tap
from bot.services.reports.missing import Said, missing_screen, say, say_all_met, unsay
from bot.services.work import Work


def handlers() -> list[Handler]:
    return [
        tap("mr", answer, roles=SELLERS),
        tap("mr.all", answer_all, roles=SELLERS),
        tap("mr.undo", undo, roles=SELLERS),
    ]


async def answer(turn: Turn, args: list[str]) -> None:
    """mr:<visit>:<what>"""
    visit_id, said = number_in(args), choice_of(Said, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        await _show(work, *await say(work, visit_id, said))


async def answer_all(turn: Turn, args: list[str]) -> None:
    """mr.all:<date>: all went as planned."""
    try:
        on = datetime.strptime(args[0] if args else "", "%Y%m%d").date()  # noqa: DTZ007 # a local date, no instant
    except ValueError as error:
        raise Refused("button_unknown") from error
    async with turn.begin() as work:
        await _show(work, on, await say_all_met(work, on))


async def undo(turn: Turn, args: list[str]) -> None:
    """mr.undo:<report>"""
    async with turn.begin() as work:
        await _show(work, await unsay(work, number_in(args)))


async def _show(work: Work, on: date, fact: dict[str, Json] | None = None) -> None:
    screen = await missing_screen(work, on, fact=fact)
    if screen is None:
        raise Refused("old_button")
    await work.show(screen)
