"""/approvals, /limits and the gift log: asked for in three taps, answered in one."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.domain.authority import AuthorityKind, RepReply
from bot.domain.forms.approvals import ApprovalFacts, ApprovalGrant, ApprovalNote, AskApproval, SetLimit
from bot.domain.forms.asking import Form
from bot.domain.screen import Place
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import LEADERS, SELLERS, Callback, Handler, Turn, command, tap
from bot.services.approvals import asking, deciding
from bot.services.approvals.finishing import ask_standard, open_about, open_form
from bot.services.approvals.gifts import gifts_screen
from bot.services.approvals.hinting import ask_for_words
from bot.services.approvals.limits import limits_screen, set_usual_limits
from bot.services.approvals.showing import list_screen, request_screen
from bot.services.customers.changing import customer_to_change
from bot.services.forms.showing import show_draft
from bot.services.promises.showing import Asked, promise_screen
from bot.services.work import Work
from bot.store.approvals import get_request
from bot.store.tables import ApprovalRequest

Change = Callable[[Work, int], Awaitable[ApprovalRequest]]


def handlers() -> list[Handler]:
    return [
        command("approvals", show_list, roles=SELLERS),
        command("limits", show_limits, roles=SELLERS),
        tap("aps", show_list, roles=SELLERS),
        tap("ap.open", show_one, roles=SELLERS),
        tap("ap.new", begin_request, roles=SELLERS),
        tap("ap.yes", _changed(deciding.approve), roles=LEADERS),
        tap("ap.less", _changed(lambda work, request: deciding.approve_up_to(work, request, None)), roles=LEADERS),
        tap("ap.size", _form(ApprovalGrant), roles=LEADERS),
        tap("ap.no", _changed(deciding.refuse), roles=LEADERS),
        tap("ap.ask", show_questions, roles=LEADERS),
        tap("ap.q", ask_question, roles=LEADERS),
        tap("ap.r", reply_ready, roles=SELLERS),
        tap("ap.of", ask_for_words_of, roles=SELLERS),
        tap("ap.words", _form(ApprovalNote), roles=SELLERS),
        tap("ap.facts", _form(ApprovalFacts), roles=SELLERS),
        tap("ap.take", _changed(asking.withdraw), roles=SELLERS),
        tap("ap.again", _changed(asking.ask_again), roles=SELLERS),
        tap("lim", show_limits, roles=SELLERS),
        tap("lim.usual", set_usual, roles=LEADERS),
        tap("lim.set", change_limit, roles=LEADERS),
        tap("gifts", show_gifts),
    ]


async def show_list(turn: Turn, args: list[str]) -> None:
    """/approvals, aps:<page>"""
    async with turn.read() as session:
        page = number_in(args) if turn.tapped and args else 0
        screen = await list_screen(session, turn.acting, turn.now, page=page, below=turn.tapped is None)
    await turn.show(screen)


async def show_one(turn: Turn, args: list[str]) -> None:
    """ap.open:<request> over what was tapped; ap.open:<request>:b below it, so that a saved report stays."""
    async with turn.begin() as work:
        request = await get_request(work.session, work.acting, number_in(args))
        screen = await request_screen(work.session, work.acting, request, work.now)
        is_below = args[1:] == ["b"]
        await work.show(replace(screen, place=Place.BELOW if is_below else Place.EDIT), over_tapped=not is_below)


async def begin_request(turn: Turn, args: list[str]) -> None:
    """ap.new:<customer>"""
    async with turn.begin() as work:
        customer = await customer_to_change(work, number_in(args))
        await show_draft(work, await open_form(work, AskApproval, customer_id=customer.id), below=True)


def _changed(change: Change) -> Callback:
    """<verb>:<request>: make a change, and show the request as it stands, whoever was first."""

    async def run(turn: Turn, args: list[str]) -> None:
        async with turn.begin() as work:
            await _show(work, await change(work, number_in(args)))

    return run


def _form(form: type[Form]) -> Callback:
    """<verb>:<request>: open a small form about it."""

    async def run(turn: Turn, args: list[str]) -> None:
        async with turn.begin() as work:
            await show_draft(work, await open_about(work, form, number_in(args)), below=True)

    return run


async def show_questions(turn: Turn, args: list[str]) -> None:
    """ap.ask:<request>: what can be asked back."""
    async with turn.begin() as work:
        request = await get_request(work.session, work.acting, number_in(args))
        await work.show(await request_screen(work.session, work.acting, request, work.now, menu="ask"))


async def reply_ready(turn: Turn, args: list[str]) -> None:
    """ap.r:<request>:<words>: a reply that need not be typed."""
    words = choice_of(RepReply, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        request = await asking.reply(work, number_in(args), words.value)
        await deciding.show_others(work, request)
        await _show(work, request)


async def ask_for_words_of(turn: Turn, args: list[str]) -> None:
    """ap.of:<promise>: a manager is asked for what it says in own words; ap.of:<promise>:b below, from a report."""
    async with turn.begin() as work:
        promise = await ask_for_words(work, number_in(args))
        asked = Asked(session=work.session, acting=work.acting, now=work.now)
        screen = await promise_screen(asked, promise)
        is_below = args[1:] == ["b"]
        await work.show(replace(screen, place=Place.BELOW if is_below else Place.EDIT), over_tapped=not is_below)


async def set_usual(turn: Turn, args: list[str]) -> None:
    """lim.usual: below, so that a request keeps its buttons."""
    async with turn.begin() as work:
        await set_usual_limits(work)
        screen = await limits_screen(work.session, work.acting)
        await work.show(replace(screen, place=Place.BELOW), over_tapped=False)


async def ask_question(turn: Turn, args: list[str]) -> None:
    """ap.q:<request>:<question>"""
    async with turn.begin() as work:
        await _show(work, await ask_standard(work, number_in(args), args[1] if len(args) > 1 else ""))


async def _show(work: Work, request: ApprovalRequest) -> None:
    await work.show(await request_screen(work.session, work.acting, request, work.now))


async def show_limits(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await limits_screen(session, turn.acting)
    await turn.show(screen)


async def change_limit(turn: Turn, args: list[str]) -> None:
    """lim.set:<kind>"""
    kind = choice_of(AuthorityKind, args[0] if args else "")
    async with turn.begin() as work:
        await show_draft(work, await open_form(work, SetLimit, known={"kind": kind.value}), below=True)


async def show_gifts(turn: Turn, args: list[str]) -> None:
    """gifts:<customer>"""
    async with turn.read() as session:
        today = turn.acting.local(turn.now).date()
        screen = await gifts_screen(session, turn.acting, number_in(args), today)
    await turn.show(screen)
