"""Networks in chat: from a card to the people there, one person by taps, the leaving test, what carries an account."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.forms.add_contact import NewContact
from bot.domain.forms.care_forms import NoteBirthday
from bot.domain.forms.draft import Answer
from bot.domain.forms.engine import begin
from bot.domain.pillars import Pillar
from bot.domain.vocabulary import Depth
from bot.handlers.customers import number_in
from bot.handlers.turn import SELLERS, Handler, Turn, command, tap
from bot.services.customers.changing import customer_to_change
from bot.services.forms import drafts
from bot.services.forms.showing import show_draft
from bot.services.network import showing
from bot.services.network.changing import Trait, set_trait
from bot.services.network.reading import get_contact
from bot.services.relationship.pending import answer_pending
from bot.services.relationship.pillars import set_pillar


def handlers() -> list[Handler]:
    return [
        command("network", show_thin),
        tap("net", show_network),
        tap("net.who", show_person),
        tap("net.ask", ask_trait),
        tap("net.set", change_trait),
        tap("net.gone", show_leaving),
        tap("net.born", ask_birthday, roles=SELLERS),
        tap("net.add", add_person, roles=SELLERS),
        tap("net.pil", show_pillars),
        tap("adv", answer_advance, roles=SELLERS),
    ]


async def show_thin(turn: Turn, args: list[str]) -> None:
    """/network: the thinnest networks first."""
    async with turn.read() as session:
        screen = await showing.thin_screen(session, turn.acting, turn.now)
    await turn.show(screen)


async def show_network(turn: Turn, args: list[str]) -> None:
    """net:<customer>"""
    async with turn.read() as session:
        screen = await showing.network_screen(session, turn.acting, number_in(args), turn.now)
    await turn.show(screen)


async def show_person(turn: Turn, args: list[str]) -> None:
    """net.who:<contact>"""
    async with turn.read() as session:
        screen = await showing.person_screen(session, turn.acting, number_in(args))
    await turn.show(screen)


async def ask_trait(turn: Turn, args: list[str]) -> None:
    """net.ask:<contact>:<trait>"""
    async with turn.read() as session:
        screen = await showing.trait_screen(session, turn.acting, number_in(args), _trait(args))
    await turn.show(screen)


async def change_trait(turn: Turn, args: list[str]) -> None:
    """net.set:<contact>:<trait>:<value>"""
    contact_id, trait, value = number_in(args), _trait(args), args[2] if len(args) > 2 else ""
    async with turn.begin() as work:
        await set_trait(work, contact_id, trait, value)
        await work.show(await showing.person_screen(work.session, work.acting, contact_id))


def _trait(args: list[str]) -> Trait:
    try:
        return Trait(args[1])
    except (IndexError, ValueError) as error:
        raise Refused("button_unknown") from error


async def show_leaving(turn: Turn, args: list[str]) -> None:
    """net.gone:<contact>"""
    async with turn.read() as session:
        screen = await showing.leaving_screen(session, turn.acting, number_in(args), turn.now)
    await turn.show(screen)


async def add_person(turn: Turn, args: list[str]) -> None:
    """net.add:<customer>: a shared contact or typed words, then the role."""
    async with turn.begin() as work:
        customer = await customer_to_change(work, number_in(args))
        opened = await drafts.begin_draft(work, NewContact, Depth.QUICK, customer_id=customer.id)
        await show_draft(work, opened, below=True)


async def ask_birthday(turn: Turn, args: list[str]) -> None:
    """net.born:<contact>"""
    async with turn.begin() as work:
        contact, customer = await get_contact(work.session, work.acting, number_in(args))
        draft = begin(NoteBirthday, Depth.QUICK)
        named = replace(draft, answers={"contact": Answer(value={"key": str(contact.id), "label": contact.name})})
        opened = await drafts.begin_draft(work, NoteBirthday, Depth.QUICK, customer_id=customer.id, filled=named)
        await show_draft(work, opened, below=True)


async def show_pillars(turn: Turn, args: list[str]) -> None:
    """net.pil:<customer> shows, with a pillar it asks, with a pillar and a number it sets."""
    customer_id = number_in(args)
    chosen = args[1] if len(args) > 1 else None
    if chosen is None or len(args) == 2:
        async with turn.read() as session:
            screen = await showing.pillars_screen(session, turn.acting, customer_id, chosen)
        await turn.show(screen)
        return
    if chosen not in set(Pillar):
        raise Refused("button_unknown")
    async with turn.begin() as work:
        await set_pillar(work, customer_id, Pillar(chosen), number_in(args, 2))
        await work.show(await showing.pillars_screen(work.session, work.acting, customer_id, None))


async def answer_advance(turn: Turn, args: list[str]) -> None:
    """adv:<pending>:<1 holds, 0 does not>"""
    pending_id, holds = number_in(args), number_in(args, 1) == 1
    async with turn.begin() as work:
        await work.show(await answer_pending(work, pending_id, holds=holds))
