"""/care: what is due for customers, walked through with one tap each; and how one customer is cared for."""

from datetime import date, datetime

from bot.domain.care import CareKind, Trouble
from bot.domain.errors import Refused
from bot.domain.forms.asking import Form
from bot.domain.forms.care_forms import AddIntroduction, NoteMoment, TellNews
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth, Language
from bot.handlers.customers import choice_of, number_in
from bot.handlers.turn import LEADERS, SELLERS, Callback, Handler, Turn, command, tap
from bot.services.care import answering, choosing, showing
from bot.services.care import customers as care_of
from bot.services.care.answering import Done, prompt_to_answer
from bot.services.care.introductions import graph_screen
from bot.services.care.languages import set_language
from bot.services.customers.changing import customer_to_change
from bot.services.forms import drafts
from bot.services.forms.showing import show_draft
from bot.services.work import Work
from bot.store.care import get_prompt
from bot.store.tables import CarePrompt, Customer


def handlers() -> list[Handler]:
    return [
        command("care", show_list),
        tap("care", turn_page),
        tap("care.one", show_one),
        tap("care.single", show_single),
        tap("care.done", finish),
        tap("care.all", finish_all),
        tap("care.later", put_off),
        tap("care.no", quieten),
        tap("care.undo", take_back),
        tap("care.text", send_text),
        tap("care.in", change_language),
        tap("care.of", show_customer),
        tap("care.lang", change_customers_language, roles=SELLERS),
        tap("care.sos", note_emergency, roles=SELLERS),
        tap("care.nur", set_nurture, roles=SELLERS),
        tap("care.busy", set_busiest, roles=SELLERS),
        tap("care.hear", hear_again, roles=SELLERS),
        tap("care.moment", _form(NoteMoment), roles=SELLERS),
        tap("care.intro", _form(AddIntroduction), roles=SELLERS),
        tap("care.graph", show_graph),
        tap("care.tick", finish_in_list),
        tap("care.set", change_settings, roles=LEADERS),
        tap("care.news", tell_news, roles=LEADERS),
    ]


async def show_list(turn: Turn, args: list[str]) -> None:
    """/care"""
    async with turn.begin() as work:
        await work.show(await showing.list_screen(work, below=True))


async def turn_page(turn: Turn, args: list[str]) -> None:
    """care:<page>"""
    async with turn.begin() as work:
        await work.show(await showing.list_screen(work, page=number_in(args) if args else 0))


async def show_one(turn: Turn, args: list[str]) -> None:
    """care.one:<prompt>"""
    async with turn.begin() as work:
        prompt, customer = await get_prompt(work.session, work.acting, number_in(args))
        await work.show(await showing.one_screen(work, prompt, customer))


async def show_single(turn: Turn, args: list[str]) -> None:
    """care.single:<prompt>: one of a group by itself."""
    async with turn.begin() as work:
        prompt, customer = await get_prompt(work.session, work.acting, number_in(args))
        await work.show(await showing.one_screen(work, prompt, customer, alone=True))


async def finish(turn: Turn, args: list[str]) -> None:
    """care.done:<prompt>:<how>: the touch is logged and the next is shown."""
    done = choice_of(Done, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        await answering.finish(work, prompt, done)
        await _show_next(work, prompt, customer, "done")


async def finish_in_list(turn: Turn, args: list[str]) -> None:
    """care.tick:<prompt>: it, or all that share its text, is done without being looked at."""
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        count = await answering.finish_unseen(work, prompt)
        await work.show(await showing.list_screen(work, said=_said(prompt, customer, "done", count=count)))


async def finish_all(turn: Turn, args: list[str]) -> None:
    """care.all:<prompt>: everybody of the group."""
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        count = await answering.finish_all(work, prompt)
        await work.show(await showing.next_screen(work, _said(prompt, customer, "all", count=count)))


async def put_off(turn: Turn, args: list[str]) -> None:
    """care.later:<prompt>:<yyyymmdd>, or ``2h`` for an emergency."""
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        when = args[1] if len(args) > 1 else ""
        if when == "2h":
            await answering.help_later(work, prompt)
            await work.show(await showing.one_screen(work, prompt, customer, said={"what": "helplater", "id": 0}))
            return
        await answering.put_off(work, prompt, _day(when))
        await _show_next(work, prompt, customer, "later")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 # a local day, as the button says it
    except ValueError as error:
        raise Refused("button_unknown") from error


async def quieten(turn: Turn, args: list[str]) -> None:
    """care.no:<prompt>: not for this customer."""
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        await answering.quieten(work, prompt)
        await _show_next(work, prompt, customer, "no")


async def _show_next(work: Work, prompt: CarePrompt, customer: Customer, what: str) -> None:
    await work.show(await showing.next_screen(work, _said(prompt, customer, what)))


def _said(prompt: CarePrompt, customer: Customer, what: str, *, count: int = 1) -> dict[str, Json]:
    return {
        "what": "all" if count > 1 else what,
        "count": count,
        "name": customer.name,
        "kind": prompt.kind.value,
        "id": prompt.id,
        "customer": customer.id,
        "on": prompt.due_on.isoformat(),
    }


async def take_back(turn: Turn, args: list[str]) -> None:
    """care.undo:<prompt>: that was a slip."""
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        await answering.reopen(work, prompt)
        await work.show(await showing.one_screen(work, prompt, customer))


async def send_text(turn: Turn, args: list[str]) -> None:
    """care.text:<prompt>: the text alone, to forward."""
    async with turn.begin() as work:
        prompt, customer = await get_prompt(work.session, work.acting, number_in(args))
        await work.show(await showing.text_screen(work, prompt, customer), over_tapped=False)


async def change_language(turn: Turn, args: list[str]) -> None:
    """care.in:<prompt>:<language>: kept for the customer."""
    language = choice_of(Language, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        prompt, customer = await prompt_to_answer(work, number_in(args))
        await set_language(work, prompt.customer_id, language)
        await work.show(await showing.one_screen(work, prompt, customer))


async def show_customer(turn: Turn, args: list[str]) -> None:
    """care.of:<customer>"""
    async with turn.begin() as work:
        await work.show(await care_of.care_screen(work, number_in(args)))


async def change_customers_language(turn: Turn, args: list[str]) -> None:
    """care.lang:<customer>:<language>"""
    customer_id, language = number_in(args), choice_of(Language, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        await customer_to_change(work, customer_id)
        await set_language(work, customer_id, language)
        await work.show(await care_of.care_screen(work, customer_id))


async def note_emergency(turn: Turn, args: list[str]) -> None:
    """care.sos:<customer> asks what, with a kind it is noted and the help is shown."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        if len(args) == 1:
            await work.show(await care_of.emergency_screen(work, customer_id))
            return
        prompt, customer = await care_of.note_emergency(work, customer_id, choice_of(Trouble, args[1]))
        await work.show(await showing.one_screen(work, prompt, customer, living=care_of.living_of(customer_id)))


async def set_nurture(turn: Turn, args: list[str]) -> None:
    """care.nur:<customer> shows, with days it sets, with 0 it ends."""
    customer_id = number_in(args)
    async with turn.begin() as work:
        if len(args) > 1:
            await care_of.set_nurture(work, customer_id, number_in(args, 1) or None)
        await work.show(await care_of.nurture_screen(work, customer_id))


async def set_busiest(turn: Turn, args: list[str]) -> None:
    """care.busy:<customer>:<weekdays>"""
    customer_id = number_in(args)
    async with turn.begin() as work:
        await care_of.set_busiest(work, customer_id, args[1] if len(args) > 1 else "0")
        await work.show(await care_of.nurture_screen(work, customer_id))


async def hear_again(turn: Turn, args: list[str]) -> None:
    """care.hear:<customer>:<kind>: the kind is for this customer after all."""
    customer_id, kind = number_in(args), choice_of(CareKind, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        await customer_to_change(work, customer_id)
        await answering.hear_again(work, customer_id, kind)
        await work.show(await care_of.care_screen(work, customer_id))


def _form(form: type[Form]) -> Callback:
    """<verb>:<customer>: a short form of care."""

    async def open_form(turn: Turn, args: list[str]) -> None:
        async with turn.begin() as work:
            customer = await customer_to_change(work, number_in(args))
            opened = await drafts.begin_draft(work, form, Depth.QUICK, customer_id=customer.id)
            await show_draft(work, opened, below=True)

    return open_form


async def show_graph(turn: Turn, args: list[str]) -> None:
    """care.graph: who introduced whom."""
    async with turn.begin() as work:
        await work.show(await graph_screen(work))


async def change_settings(turn: Turn, args: list[str]) -> None:
    """care.set shows, care.set:<what>:<place> sets."""
    async with turn.begin() as work:
        if len(args) > 1:
            await choosing.choose(work, args[0], number_in(args, 1))
        await work.show(await choosing.settings_screen(work))


async def tell_news(turn: Turn, args: list[str]) -> None:
    """care.news: news or an offer for customers."""
    async with turn.begin() as work:
        opened = await drafts.begin_draft(work, TellNews, Depth.QUICK)
        await show_draft(work, opened, below=True)
