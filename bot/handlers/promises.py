"""/promises and the buttons of reminders: one tap answers, a second one changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime

from telegram import Message
from telegram.ext import filters

from bot.domain.errors import Refused
from bot.domain.promise_words import is_promise, read_promise
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import PromiseState
from bot.handlers.turn import SELLERS, Handler, Turn, command, message, tap
from bot.services import promises, wording
from bot.services.forms.showing import show_draft
from bot.services.notices.about_promises import ask_for_help
from bot.services.promises import saying
from bot.services.promises.reminding import managers_of
from bot.services.promises.showing import Asked, list_screen, promise_screen, promises_together, together_screen
from bot.services.work import Work
from bot.store.promises import get_promise
from bot.store.tables import Promise

ID_DIGITS = 9  # an integer column of PostgreSQL holds no more


def handlers() -> list[Handler]:
    return [
        command("promises", show_list, roles=SELLERS),
        tap("prs", turn_page, roles=SELLERS),
        tap("pr.open", show_one, roles=SELLERS),
        tap("pr.done", keep, roles=SELLERS),
        tap("pr.later", postpone, roles=SELLERS),
        tap("pr.cant", give_up, roles=SELLERS),
        tap("pr.help", ask_help, roles=SELLERS),
        tap("pr.reopen", reopen, roles=SELLERS),
        tap("pr.tick", keep_one_of_several, roles=SELLERS),
        tap("pr.all", keep_all, roles=SELLERS),
        tap("pr.new", begin_promise, roles=SELLERS),
        tap("pr.take", take_back, roles=SELLERS),
        tap("pr.text", show_text, roles=SELLERS),
    ]


def first_handlers() -> list[Handler]:
    """Words that begin as a promise does are one, also while a form is open. Asked before forms."""
    return [message(_SAID, hear, roles=SELLERS)]


class _SaidPromise(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return bool(message.text and is_promise(message.text))


_SAID = _SaidPromise() & filters.UpdateType.MESSAGE


async def hear(turn: Turn, args: list[str]) -> None:
    """promise: quote by Friday. What is missing is asked; a promise without a customer is kept for the asking."""
    async with turn.begin() as work:
        said = read_promise(turn.text, work.acting.local(work.now))
        assert said is not None
        heard = await saying.hear(work, said)
        if isinstance(heard, Promise):
            screen = await _screen(work, heard, said="made")
            await work.show(replace(screen, place=Place.BELOW))
        elif heard.draft.is_reviewing:
            await wording.warn(work, heard, wording.unwarned(heard.draft), below=True)
        else:
            await show_draft(work, heard, below=True)


async def begin_promise(turn: Turn, args: list[str]) -> None:
    """pr.new:<customer>"""
    async with turn.begin() as work:
        await show_draft(work, await saying.open_promise_form(work, _number(args)), below=True)


async def take_back(turn: Turn, args: list[str]) -> None:
    """It was not promised after all: it counts nowhere."""
    async with turn.begin() as work:
        await work.show(await _screen(work, await promises.withdraw(work, _number(args))))


async def show_text(turn: Turn, args: list[str]) -> None:
    """Words to forward, in a message of their own."""
    async with turn.begin() as work:
        promise = await get_promise(work.session, work.acting, _number(args))
        screen = await _screen(work, promise)
        text = replace(screen, template="replies/promise_text", living=None, place=Place.BELOW)
        await work.show(text, over_tapped=False)


async def show_list(turn: Turn, args: list[str]) -> None:
    """The open promises, below everything."""
    async with turn.read() as session:
        screen = await list_screen(Asked(session=session, acting=turn.acting, now=turn.now), below=True)
    await turn.show(screen)


async def turn_page(turn: Turn, args: list[str]) -> None:
    """Another filter or page of the list: ``filter:page``."""
    which, page = (args[0] if args else "all"), (args[1] if len(args) > 1 else "0")
    async with turn.read() as session:
        asked = Asked(session=session, acting=turn.acting, now=turn.now)
        screen = await list_screen(asked, which=which, page=int(page) if page.isascii() and page.isdecimal() else 0)
    await turn.show(screen)


async def show_one(turn: Turn, args: list[str]) -> None:
    """A promise with its buttons."""
    async with turn.begin() as work:
        promise = await get_promise(work.session, work.acting, _number(args))
        await work.show(await _screen(work, promise))


async def keep(turn: Turn, args: list[str]) -> None:
    """It is done."""
    async with turn.begin() as work:
        await work.show(await _screen(work, await promises.keep(work, _number(args))))


async def postpone(turn: Turn, args: list[str]) -> None:
    """Put it off to the time that the button said; one that has passed changes nothing."""
    due_at = _instant(args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        promise = await get_promise(work.session, work.acting, _number(args))
        said = None
        if due_at is not None and due_at > work.now and promise.state is PromiseState.OPEN:
            promise, said = await promises.postpone(work, _number(args), due_at), "moved"
        await work.show(await _screen(work, promise, said=said))


async def give_up(turn: Turn, args: list[str]) -> None:
    """It will not be kept."""
    async with turn.begin() as work:
        await work.show(await _screen(work, await promises.mark_broken(work, _number(args))))


async def reopen(turn: Turn, args: list[str]) -> None:
    """Undo: it is open again."""
    async with turn.begin() as work:
        await work.show(await _screen(work, await promises.reopen(work, _number(args))))


async def ask_help(turn: Turn, args: list[str]) -> None:
    """Tell the manager."""
    async with turn.begin() as work:
        promise = await get_promise(work.session, work.acting, _number(args))
        managers = [one for one in await managers_of(work.session, promise.team_id) if one != work.acting.member_id]
        if not managers:
            raise Refused("nobody_to_help")
        if promise.state is PromiseState.OPEN:
            await ask_for_help(work, promise, managers)
        await work.show(await _screen(work, promise, said="asked"))


async def keep_one_of_several(turn: Turn, args: list[str]) -> None:
    """One of a message with several is done: ``promise:notice``."""
    async with turn.begin() as work:
        await promises.keep(work, _number(args))
        await work.show(await together_screen(_asked(work), _number(args[1:])))


async def keep_all(turn: Turn, args: list[str]) -> None:
    """All of a message with several are done."""
    async with turn.begin() as work:
        for promise in await promises_together(_asked(work), _number(args)):
            assert promise.id is not None
            await promises.keep(work, promise.id)
        await work.show(await together_screen(_asked(work), _number(args)))


async def _screen(work: Work, promise: Promise, *, said: str | None = None) -> Screen:
    return await promise_screen(_asked(work), promise, said=said)


def _asked(work: Work) -> Asked:
    return Asked(session=work.session, acting=work.acting, now=work.now)


def _number(args: list[str]) -> int:
    """The id that a button carries; a forged one is nobody's promise."""
    if not (args and args[0].isascii() and args[0].isdecimal() and len(args[0]) <= ID_DIGITS):
        raise Refused("no_such_promise")
    return int(args[0])


def _instant(code: str) -> datetime | None:
    try:
        return datetime.strptime(code, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
