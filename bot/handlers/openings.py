"""Entry openings in chat: /opening, a new one from a customer, an end by a tap."""

from bot.domain.forms.add_opening import NewOpening
from bot.domain.vocabulary import Depth
from bot.handlers.customers import number_in
from bot.handlers.turn import SELLERS, Handler, Turn, command, tap
from bot.services.customers.changing import customer_to_change
from bot.services.forms import drafts
from bot.services.forms.showing import show_draft
from bot.services.relationship.openings import close_opening, openings_screen


def handlers() -> list[Handler]:
    return [
        command("opening", show_openings),
        tap("open.add", add_opening, roles=SELLERS),
        tap("open.end", end_opening, roles=SELLERS),
    ]


async def show_openings(turn: Turn, args: list[str]) -> None:
    """/opening: what is open, and customers to note one for."""
    async with turn.begin() as work:
        await work.show(await openings_screen(work))


async def add_opening(turn: Turn, args: list[str]) -> None:
    """open.add:<customer>"""
    async with turn.begin() as work:
        customer = await customer_to_change(work, number_in(args))
        opened = await drafts.begin_draft(work, NewOpening, Depth.QUICK, customer_id=customer.id)
        await show_draft(work, opened, below=True)


async def end_opening(turn: Turn, args: list[str]) -> None:
    """open.end:<opening>"""
    async with turn.begin() as work:
        await close_opening(work, number_in(args))
        await work.show(await openings_screen(work))
