"""The recap of a visit: from the stop and from a saved report, to read back, to forward, to have confirmed."""

from dataclasses import replace

from bot.domain.screen import Place
from bot.domain.vocabulary import Language
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import SELLERS, Handler, Turn, tap
from bot.services.care.languages import set_language
from bot.services.reports.recap import confirm, put_notes_in, recap_screen
from bot.services.visits import get_visit


def handlers() -> list[Handler]:
    return [
        tap("recap", show_recap, roles=SELLERS),
        tap("recap.in", change_language, roles=SELLERS),
        tap("recap.notes", change_notes, roles=SELLERS),
        tap("recap.send", send_text, roles=SELLERS),
        tap("recap.ok", note_confirmed, roles=SELLERS),
    ]


async def show_recap(turn: Turn, args: list[str]) -> None:
    """recap:<visit>: in a message of its own, so that the stop or the report stays."""
    async with turn.begin() as work:
        screen = await recap_screen(work, number_in(args))
        await work.show(replace(screen, place=Place.BELOW), over_tapped=False)


async def change_language(turn: Turn, args: list[str]) -> None:
    """recap.in:<visit>:<language>: kept for the customer."""
    visit_id, language = number_in(args), choice_of(Language, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        visit = await get_visit(work, visit_id)
        await set_language(work, visit.customer_id, language)
        await work.show(await recap_screen(work, visit_id))


async def change_notes(turn: Turn, args: list[str]) -> None:
    """recap.notes:<visit>:<1 in, 0 out>"""
    visit_id = number_in(args)
    async with turn.begin() as work:
        await put_notes_in(work, visit_id, on=number_in(args, 1) == 1)
        await work.show(await recap_screen(work, visit_id))


async def send_text(turn: Turn, args: list[str]) -> None:
    """recap.send:<visit>: the text alone, as a message that the phone can forward."""
    async with turn.begin() as work:
        await work.show(await recap_screen(work, number_in(args), bare=True), over_tapped=False)


async def note_confirmed(turn: Turn, args: list[str]) -> None:
    """recap.ok:<visit>: they said that it is right."""
    visit_id = number_in(args)
    async with turn.begin() as work:
        await confirm(work, visit_id)
        await work.show(await recap_screen(work, visit_id))
