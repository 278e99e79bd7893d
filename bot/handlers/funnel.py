"""Deals and the funnel in chat: a customer's deals, one deal and its moves, /funnel with its lists and figures."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.forms.context import Pick
from bot.domain.forms.draft import Answer
from bot.domain.forms.engine import begin
from bot.domain.forms.note_deal import NoteDeal
from bot.domain.funnel import DealEnd, DealEvidence
from bot.domain.vocabulary import DealStage, Depth
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import SELLERS, Handler, Turn, command, tap
from bot.services.customers.changing import customer_to_change
from bot.services.forms import drafts
from bot.services.forms.showing import show_draft
from bot.services.funnel import overview, showing
from bot.services.funnel.moving import advance_deal, deal_to_change, give_up_deal, take_up_deal


def handlers() -> list[Handler]:
    return [
        command("funnel", show_funnel),
        tap("fn", turn_to_funnel),
        tap("fn.st", show_stage),
        tap("fn.fig", show_figures),
        tap("deals", show_deals),
        tap("deal", show_deal),
        tap("deal.add", add_deal, roles=SELLERS),
        tap("deal.edit", edit_deal, roles=SELLERS),
        tap("deal.move", ask_move, roles=SELLERS),
        tap("deal.to", move_deal, roles=SELLERS),
        tap("deal.end", end_deal, roles=SELLERS),
        tap("deal.again", reopen_deal, roles=SELLERS),
    ]


async def show_funnel(turn: Turn, args: list[str]) -> None:
    """/funnel"""
    async with turn.read() as session:
        screen = await overview.funnel_screen(session, turn.acting, turn.now, below=True)
    await turn.show(screen)


async def turn_to_funnel(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await overview.funnel_screen(session, turn.acting, turn.now)
    await turn.show(screen)


async def show_stage(turn: Turn, args: list[str]) -> None:
    """fn.st:<stage or stalled>:<page>"""
    number = number_in(args, 1)
    async with turn.read() as session:
        screen = await overview.stage_screen(session, turn.acting, args[0], number, turn.now)
    await turn.show(screen)


async def show_figures(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await overview.figures_screen(session, turn.acting, turn.now)
    await turn.show(screen)


async def show_deals(turn: Turn, args: list[str]) -> None:
    """deals:<customer>"""
    async with turn.read() as session:
        screen = await showing.deals_screen(session, turn.acting, number_in(args), turn.now)
    await turn.show(screen)


async def show_deal(turn: Turn, args: list[str]) -> None:
    """deal:<opportunity>"""
    async with turn.read() as session:
        screen = await showing.deal_screen(session, turn.acting, number_in(args), turn.now)
    await turn.show(screen)


async def add_deal(turn: Turn, args: list[str]) -> None:
    """deal.add:<customer>: name, stage, amount, date."""
    async with turn.begin() as work:
        customer = await customer_to_change(work, number_in(args))
        opened = await drafts.begin_draft(work, NoteDeal, Depth.QUICK, customer_id=customer.id)
        await show_draft(work, opened, below=True)


async def edit_deal(turn: Turn, args: list[str]) -> None:
    """deal.edit:<opportunity>: the whole form, with the deal already named."""
    async with turn.begin() as work:
        deal, customer = await deal_to_change(work, number_in(args))
        asked = NoteDeal.spec.field("deal")
        assert asked is not None
        picked = Answer(value=asked.kind.dump(Pick(key=str(deal.id), label=deal.name)))
        draft = replace(begin(NoteDeal, Depth.CORE), answers={asked.name: picked}, is_reviewing=True)
        opened = await drafts.begin_draft(work, NoteDeal, Depth.CORE, customer_id=customer.id, filled=draft)
        await show_draft(work, opened, below=True)


async def ask_move(turn: Turn, args: list[str]) -> None:
    """deal.move:<opportunity> asks where to, with a stage it asks what shows it."""
    to = choice_of(DealStage, args[1]) if len(args) > 1 else None
    async with turn.read() as session:
        screen = await showing.move_screen(session, turn.acting, number_in(args), to)
    await turn.show(screen)


async def move_deal(turn: Turn, args: list[str]) -> None:
    """deal.to:<opportunity>:<stage>:<evidence>"""
    if len(args) < 3:
        raise Refused("button_unknown")
    deal_id, to, evidence = number_in(args), choice_of(DealStage, args[1]), choice_of(DealEvidence, args[2])
    async with turn.begin() as work:
        await advance_deal(work, deal_id, to, evidence)
        await work.show(await showing.deal_screen(work.session, work.acting, deal_id, work.now))


async def end_deal(turn: Turn, args: list[str]) -> None:
    """deal.end:<opportunity>:<lost or abandoned> asks why, with a reason it ends."""
    if len(args) < 2:
        raise Refused("button_unknown")
    deal_id, to = number_in(args), choice_of(DealStage, args[1])
    if len(args) == 2:
        async with turn.read() as session:
            screen = await showing.end_screen(session, turn.acting, deal_id, to)
        await turn.show(screen)
        return
    reason = choice_of(DealEnd, args[2])
    async with turn.begin() as work:
        await give_up_deal(work, deal_id, to, reason)
        await work.show(await showing.deal_screen(work.session, work.acting, deal_id, work.now))


async def reopen_deal(turn: Turn, args: list[str]) -> None:
    """deal.again:<opportunity>"""
    deal_id = number_in(args)
    async with turn.begin() as work:
        await take_up_deal(work, deal_id)
        await work.show(await showing.deal_screen(work.session, work.acting, deal_id, work.now))
