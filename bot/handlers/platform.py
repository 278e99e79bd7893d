"""The sales platforms in chat: /platform, the territory's size in two taps, the work platform and its swaps."""

from bot.handlers.customers import number_in
from bot.handlers.turn import SELLERS, Handler, Turn, command, tap
from bot.services.platform import showing
from bot.services.platform.changing import keep, set_size, swap, swap_all, take_proposal
from bot.services.platform.ordering import first_screen
from bot.services.work import Work


def handlers() -> list[Handler]:
    return [
        command("platform", show_platform),
        tap("pf", turn_to_platform),
        tap("pf.size", size_territory, roles=SELLERS),
        tap("pf.take", take, roles=SELLERS),
        tap("pf.swaps", show_swaps, roles=SELLERS),
        tap("pf.swap", make_swap, roles=SELLERS),
        tap("pf.all", make_all_swaps, roles=SELLERS),
        tap("pf.keep", keep_customer, roles=SELLERS),
        tap("pf.new", show_unvisited),
        tap("pf.first", show_first, roles=SELLERS),
    ]


async def show_platform(turn: Turn, args: list[str]) -> None:
    """/platform: a rep's own territory, a leader's team."""
    async with turn.read() as session:
        screen = await showing.platform_screen(session, turn.acting, None, turn.now, below=True)
    await turn.show(screen)


async def turn_to_platform(turn: Turn, args: list[str]) -> None:
    """pf, or pf:<member>"""
    async with turn.read() as session:
        screen = await showing.platform_screen(session, turn.acting, _member(args), turn.now)
    await turn.show(screen)


def _member(args: list[str]) -> int | None:
    """The member that a button names; 0 and none are the team."""
    return (number_in(args) or None) if args else None


async def size_territory(turn: Turn, args: list[str]) -> None:
    """pf.size asks, pf.size:<customers> sets."""
    if not args:
        async with turn.read() as session:
            screen = await showing.size_screen(session, turn.acting, turn.now)
        await turn.show(screen)
        return
    async with turn.begin() as work:
        await set_size(work, number_in(args))
        await _show_own(work)


async def take(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        await take_proposal(work)
        await _show_own(work)


async def show_swaps(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await showing.swaps_screen(session, turn.acting, turn.now)
    await turn.show(screen)


async def make_swap(turn: Turn, args: list[str]) -> None:
    """pf.swap:<out>:<in>"""
    out_id, in_id = number_in(args), number_in(args, 1)
    async with turn.begin() as work:
        await swap(work, out_id, in_id)
        await work.show(await showing.swaps_screen(work.session, work.acting, work.now))


async def make_all_swaps(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        await swap_all(work)
        await _show_own(work)


async def keep_customer(turn: Turn, args: list[str]) -> None:
    """pf.keep:<customer>"""
    customer_id = number_in(args)
    async with turn.begin() as work:
        await keep(work, customer_id)
        await work.show(await showing.swaps_screen(work.session, work.acting, work.now))


async def show_unvisited(turn: Turn, args: list[str]) -> None:
    """pf.new:<member or 0>:<page>"""
    number = number_in(args, 1)
    async with turn.read() as session:
        screen = await showing.unvisited_screen(session, turn.acting, _member(args), number, turn.now)
    await turn.show(screen)


async def show_first(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await first_screen(session, turn.acting, turn.now)
    await turn.show(screen)


async def _show_own(work: Work) -> None:
    screen = await showing.platform_screen(work.session, work.acting, work.acting.member_id, work.now)
    await work.show(screen)
