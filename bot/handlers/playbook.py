"""/playbook: browse what to say and what worked; reps add their words, managers decide, reword, hide and restore."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.forms.draft import Answer
from bot.domain.forms.engine import begin
from bot.domain.forms.playbook_words import PlaybookWords, TeamTrade
from bot.domain.playbook import EntryState, Section, is_slot
from bot.domain.vocabulary import Depth
from bot.handlers.customers import number_in
from bot.handlers.turn import LEADERS, SELLERS, Handler, Turn, command, tap
from bot.services.forms import drafts
from bot.services.forms.showing import show_draft
from bot.services.playbook import changing, showing
from bot.services.work import Work


def handlers() -> list[Handler]:
    return [
        command("playbook", show_home),
        tap("pb", turn_to_home),
        tap("pb.s", show_section),
        tap("pb.l", show_slot),
        tap("pb.e", show_entry, roles=LEADERS),
        tap("pb.add", add, roles=SELLERS),
        tap("pb.won", add_won, roles=SELLERS),
        tap("pb.w", reword, roles=LEADERS),
        tap("pb.hide", hide, roles=LEADERS),
        tap("pb.show", show_again, roles=LEADERS),
        tap("pb.back", restore, roles=LEADERS),
        tap("pb.todo", show_proposals, roles=LEADERS),
        tap("pb.yes", take_in, roles=LEADERS),
        tap("pb.no", decline, roles=LEADERS),
        tap("pb.cat", name_category, roles=LEADERS),
    ]


async def show_home(turn: Turn, args: list[str]) -> None:
    """/playbook"""
    async with turn.read() as session:
        screen = await showing.home_screen(session, turn.acting, below=True)
    await turn.show(screen)


async def turn_to_home(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await showing.home_screen(session, turn.acting)
    await turn.show(screen)


async def show_section(turn: Turn, args: list[str]) -> None:
    """pb.s:<section>"""
    async with turn.read() as session:
        screen = await showing.section_screen(session, turn.acting, _word(args, 0))
    await turn.show(screen)


async def show_slot(turn: Turn, args: list[str]) -> None:
    """pb.l:<section>:<slot>:<page>"""
    page = number_in(args, 2) if len(args) > 2 else 0
    async with turn.read() as session:
        screen = await showing.slot_screen(session, turn.acting, _word(args, 0), _word(args, 1), max(0, page))
    await turn.show(screen)


async def show_entry(turn: Turn, args: list[str]) -> None:
    """pb.e:<key>"""
    async with turn.read() as session:
        screen = await showing.entry_screen(session, turn.acting, _word(args, 0))
    await turn.show(screen)


async def add(turn: Turn, args: list[str]) -> None:
    """pb.add:<section>:<slot>: the words, and for an answer the fact behind it."""
    section, slot = _word(args, 0), _word(args, 1)
    if not is_slot(section, slot):
        raise Refused("button_unknown")
    async with turn.begin() as work:
        await _ask_words(work, section, f"{section}.{slot}")


async def reword(turn: Turn, args: list[str]) -> None:
    """pb.w:<key>"""
    async with turn.begin() as work:
        await showing.entry_screen(work.session, work.acting, _word(args, 0))  # refuses one that is not there
        await _ask_words(work, args[0].split(".")[0], args[0])


async def _ask_words(work: Work, section: str, place: str) -> None:
    depth = Depth.CORE if section == Section.ANSWERS else Depth.QUICK
    draft = replace(begin(PlaybookWords, depth), answers={"place": Answer(value=place)})
    opened = await drafts.begin_draft(work, PlaybookWords, depth, filled=draft)
    await show_draft(work, opened, below=True)


async def name_category(turn: Turn, args: list[str]) -> None:
    """What the team sells, for the questions that speak of it."""
    async with turn.begin() as work:
        opened = await drafts.begin_draft(work, TeamTrade, Depth.QUICK)
        await show_draft(work, opened, below=True)


async def add_won(turn: Turn, args: list[str]) -> None:
    """pb.won:<objection>: the answer that worked, from the report just saved. The report's line stays."""
    async with turn.begin() as work:
        entry = await changing.add_won_answer(work, number_in(args))
        said = "added" if entry.state is EntryState.SHOWN else "proposed"
        screen = await showing.slot_screen(work.session, work.acting, entry.section, entry.slot, said=said)
        await work.show(screen, over_tapped=False)


async def hide(turn: Turn, args: list[str]) -> None:
    await _set(turn, args, EntryState.HIDDEN)


async def show_again(turn: Turn, args: list[str]) -> None:
    await _set(turn, args, EntryState.SHOWN)


async def _set(turn: Turn, args: list[str], state: EntryState) -> None:
    async with turn.begin() as work:
        key = await changing.set_state(work, _word(args, 0), state)
        await work.show(await showing.entry_screen(work.session, work.acting, key))


async def restore(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        key = await changing.restore(work, _word(args, 0))
        await work.show(await showing.entry_screen(work.session, work.acting, key))


async def show_proposals(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await showing.proposals_screen(session, turn.acting)
    await turn.show(screen)


async def take_in(turn: Turn, args: list[str]) -> None:
    await _decide(turn, args, EntryState.SHOWN)


async def decline(turn: Turn, args: list[str]) -> None:
    await _decide(turn, args, EntryState.DECLINED)


async def _decide(turn: Turn, args: list[str], state: EntryState) -> None:
    async with turn.begin() as work:
        await changing.decide(work, number_in(args), state)
        await work.show(await showing.proposals_screen(work.session, work.acting))


def _word(args: list[str], place: int) -> str:
    if len(args) <= place:
        raise Refused("button_unknown")
    return args[place]
