"""Customers in chat: the list, a search by any typed word, the card, and what can be changed from it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from telegram.ext import filters

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import TouchKind
from bot.handlers.turn import LEADERS, Callback, Handler, Turn, command, message, tap
from bot.services.customers import card_details, changing, handing_over, listing, merging, sharing
from bot.services.customers.card import card_screen
from bot.services.customers.changing import EndReason
from bot.services.customers.editing import open_details
from bot.services.customers.filters import EVERYTHING, CustomerFilter, Kind, parse_filter
from bot.services.customers.searching import keep_search, one_line
from bot.services.forms.showing import show_draft
from bot.services.work import Work

Choice = TypeVar("Choice", bound=StrEnum)
Details = Callable[[AsyncSession, Acting, int], Awaitable[Screen]]
LARGEST_ID = 2**31 - 1  # callback data can be forged, and a larger number is an error in the database
PLAIN_TEXT = filters.TEXT & ~filters.COMMAND & filters.UpdateType.MESSAGE


def handlers() -> list[Handler]:
    return [
        command("customers", show_customers),
        tap("custs", turn_page),
        tap("custs.stages", show_stages),
        tap("custs.tags", show_tags),
        tap("card", show_card),
        tap("card.more", _details(card_details.more_screen)),
        tap("card.edit", edit_details),
        tap("card.people", _details(card_details.people_screen)),
        tap("card.tags", _details(card_details.tags_screen)),
        tap("card.tag", toggle_tag),
        tap("card.end", end_relationship),
        tap("card.back", resume_relationship),
        tap("card.hand", hand_over, roles=LEADERS),
        tap("card.share", share, roles=LEADERS),
        tap("card.twins", show_duplicates),
        tap("card.merge", merge),
        tap("call", show_numbers),
        tap("called", note_touch),
    ]


def search_handlers() -> list[Handler]:
    """Free text that nobody else took. Must be asked last."""
    return [message(PLAIN_TEXT, search_typed)]


def number_in(args: list[str], place: int = 0) -> int:
    """A number of a button. Raises Refused("button_unknown") for what no button of ours says."""
    try:
        number = int(args[place])
    except (IndexError, ValueError) as error:
        raise Refused("button_unknown") from error
    if not 0 <= number <= LARGEST_ID:
        raise Refused("button_unknown")
    return number


def choice_of(listed: type[Choice], value: str) -> Choice:
    """A word of a closed list that a button carries. Raises Refused("button_unknown")."""
    try:
        return listed(value)
    except ValueError as error:
        raise Refused("button_unknown") from error


async def show_customers(turn: Turn, args: list[str]) -> None:
    """/customers, alone or with words to search by."""
    if args:
        await _search(turn, " ".join(args))
        return
    async with turn.read() as session:
        page = await listing.list_customers(session, turn.acting, EVERYTHING, 0, turn.now)
    await turn.show(listing.list_screen(turn.acting, page, below=True))


async def search_typed(turn: Turn, args: list[str]) -> None:
    """A word typed outside a form."""
    await _search(turn, turn.text)


async def _search(turn: Turn, words: str) -> None:
    """One hit is the card at once; several are a list whose pages remember the words."""
    words = one_line(words)
    searched = CustomerFilter(kind=Kind.SEARCH)
    async with turn.read() as session:
        page = await listing.list_customers(session, turn.acting, searched, 0, turn.now, words=words)
        if page.total == 1:
            only = page.customers[0].id or 0
            screen = await card_screen(session, turn.acting, only, turn.now, below=True)
    async with turn.begin() as work:
        if page.total != 1:
            kept = CustomerFilter(kind=Kind.SEARCH, value=str(await keep_search(work, words)))
            screen = listing.list_screen(work.acting, replace(page, chosen=kept), below=True)
        await work.show(screen)


async def turn_page(turn: Turn, args: list[str]) -> None:
    """custs:<filter>:<page>. A tag may hold a colon."""
    chosen = parse_filter(":".join(args[:-1]))
    number = number_in(args, -1)
    async with turn.read() as session:
        page = await listing.list_customers(session, turn.acting, chosen, number, turn.now)
    await turn.show(listing.list_screen(turn.acting, page))


async def show_stages(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await listing.stages_screen(session, turn.acting)
    await turn.show(screen)


async def show_tags(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await listing.tags_screen(session, turn.acting)
    await turn.show(screen)


async def show_card(turn: Turn, args: list[str]) -> None:
    """card:<customer>"""
    async with turn.read() as session:
        screen = await card_screen(session, turn.acting, number_in(args), turn.now)
    await turn.show(screen)


def _details(build: Details) -> Callback:
    async def show(turn: Turn, args: list[str]) -> None:
        async with turn.read() as session:
            screen = await build(session, turn.acting, number_in(args))
        await turn.show(screen)

    return show


async def _change(turn: Turn, customer_id: int, change: Callable[[Work], Awaitable[None]]) -> None:
    """Make a change and show the card as it is now."""
    async with turn.begin() as work:
        await change(work)
        await work.session.flush()
        await work.show(await card_screen(work.session, work.acting, customer_id, work.now))


async def edit_details(turn: Turn, args: list[str]) -> None:
    """card.edit:<customer>: name, number, address and pin, in a form that opens with its review."""
    async with turn.begin() as work:
        await show_draft(work, await open_details(work, number_in(args)), below=True)


async def toggle_tag(turn: Turn, args: list[str]) -> None:
    """card.tag:<customer>:<on or off>:<tag>. The tag may hold a colon."""
    customer_id, on, tag = number_in(args), args[1:2] == ["on"], ":".join(args[2:])
    async with turn.begin() as work:
        await changing.set_tag(work, customer_id, tag, on=on)
        await work.session.flush()
        await work.show(await card_details.tags_screen(work.session, work.acting, customer_id))


async def end_relationship(turn: Turn, args: list[str]) -> None:
    """card.end:<customer> asks why, card.end:<customer>:<reason> ends."""
    customer_id = number_in(args)
    if len(args) == 1:
        await _details(card_details.end_screen)(turn, args)
        return
    reason = choice_of(EndReason, args[1])
    await _change(turn, customer_id, lambda work: changing.end_relationship(work, customer_id, reason))


async def resume_relationship(turn: Turn, args: list[str]) -> None:
    customer_id = number_in(args)
    await _change(turn, customer_id, lambda work: changing.resume_relationship(work, customer_id))


async def hand_over(turn: Turn, args: list[str]) -> None:
    """card.hand:<customer> asks to whom, card.hand:<customer>:<member> gives."""
    customer_id = number_in(args)
    if len(args) == 1:
        await _details(card_details.hand_screen)(turn, args)
        return
    member_id = number_in(args, 1)
    await _change(turn, customer_id, lambda work: handing_over.hand_over(work, customer_id, member_id))


async def share(turn: Turn, args: list[str]) -> None:
    """card.share:<customer> asks with whom, card.share:<customer>:<member>:<on or off> shares."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        if len(args) > 1:
            change = sharing.share if args[2:] == ["on"] else sharing.unshare
            await change(work, customer_id, number_in(args, 1))
            await work.session.flush()
        await work.show(await sharing.share_screen(work.session, work.acting, customer_id))


async def show_duplicates(turn: Turn, args: list[str]) -> None:
    """card.twins:<customer>: who may be the same."""
    async with turn.begin() as work:
        await work.show(await merging.duplicates_screen(work, number_in(args)))


async def merge(turn: Turn, args: list[str]) -> None:
    """card.merge:<kept>:<duplicate> asks, card.merge:<kept>:<duplicate>:yes merges."""
    keep_id, duplicate_id = number_in(args), number_in(args, 1)
    if args[2:] == ["yes"]:
        await _change(turn, keep_id, lambda work: merging.merge_customers(work, keep_id, duplicate_id))
        return
    async with turn.begin() as work:
        await work.show(await merging.merge_screen(work, keep_id, duplicate_id))


async def show_numbers(turn: Turn, args: list[str]) -> None:
    """call:<customer>: the numbers in a message of their own, so that the card stays."""
    async with turn.read() as session:
        screen = await card_details.call_screen(session, turn.acting, number_in(args))
    async with turn.begin() as work:
        await work.show(replace(screen, place=Place.BELOW), over_tapped=False)


async def note_touch(turn: Turn, args: list[str]) -> None:
    """called:<customer>[:<kind>]: a call or a message counts as a touch, each kind once a day."""
    customer_id, kind = number_in(args), choice_of(TouchKind, args[1] if len(args) > 1 else TouchKind.CALL)
    async with turn.begin() as work:
        await changing.note_touch(work, customer_id, kind)
        await work.show(await card_details.call_screen(work.session, work.acting, customer_id, counted=kind))
