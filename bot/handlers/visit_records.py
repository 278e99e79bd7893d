"""/prep and /report: choose whom, then the form; and what a saved report offers: undo, correct, add more."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.errors import Refused
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.asking import Form
from bot.domain.forms.catalogue import depth_for
from bot.domain.forms.draft import Answer, read_draft
from bot.domain.forms.engine import begin, reopen
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Depth, ObjectionKind
from bot.handlers.customers import choice_of
from bot.handlers.turn import SELLERS, Handler, Turn, command, tap
from bot.services.briefs import brief_screen
from bot.services.choosing import visits_to_choose
from bot.services.customers.searching import searched_words
from bot.services.day import refresh_day
from bot.services.forms import drafts, showing
from bot.services.reports.objecting import note_objection
from bot.services.reports.undoing import get_report, take_back
from bot.services.visits import get_visit, visit_on
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Customer

OLDEST_REPORT_DAYS = 7


def handlers() -> list[Handler]:
    return [
        command("prep", choose_preparation, roles=SELLERS),
        command("report", choose_report, roles=SELLERS),
        command("add", add_customer, roles=SELLERS),
        command("resume", list_open, roles=SELLERS),
        command("cancel", cancel, roles=SELLERS),
        tap("prep", prepare, roles=SELLERS),
        tap("brief", brief),
        tap("report", report, roles=SELLERS),
        tap("reports", choose_report, roles=SELLERS),
        tap("preps", choose_preparation, roles=SELLERS),
        tap("add", add_customer, roles=SELLERS),
        tap("resume", resume, roles=SELLERS),
        tap("undo", undo, roles=SELLERS),
        tap("fix", correct, roles=SELLERS),
        tap("ob", say_objection, roles=SELLERS),
        tap("more", add_more, roles=SELLERS),
    ]


async def choose_preparation(turn: Turn, args: list[str]) -> None:
    """Today's stops first, as buttons."""
    async with turn.begin() as work:
        await _show_choice(work, "prep", work.today)


async def choose_report(turn: Turn, args: list[str]) -> None:
    """Today's visits without a report, or those of an earlier day."""
    async with turn.begin() as work:
        await _show_choice(work, "report", work.today - timedelta(days=_days_back(args)))


def _days_back(args: list[str]) -> int:
    days = int(args[0]) if args and args[0].isdecimal() else 0
    if days > OLDEST_REPORT_DAYS:
        raise Refused("report_too_old", days=OLDEST_REPORT_DAYS)
    return days


async def _show_choice(work: Work, what: str, on: date) -> None:
    choices = await visits_to_choose(work, on)
    facts: dict[str, Json] = {
        "what": what,
        "on": on.isoformat(),
        "back": (work.today - on).days,
        "choices": list(choices),
    }
    await work.show(Screen(template="replies/choose_visit", facts=facts, living=f"choose:{what}"))


async def prepare(turn: Turn, args: list[str]) -> None:
    """Open the pre-visit form of a customer's next visit today."""
    async with turn.begin() as work:
        customer = await get_customer(work.session, work.acting, _number(args))
        visit = await visit_on(work, _number(args), work.today)
        await _open(work, PreVisit, customer, visit.id)


async def brief(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        await work.show(await brief_screen(work, _number(args)), over_tapped=False)


async def report(turn: Turn, args: list[str]) -> None:
    """Open the post-visit form: ``customer``, and the visit or, negative, how many days ago it was."""
    async with turn.begin() as work:
        customer = await get_customer(work.session, work.acting, _number(args))
        which = _number(args[1:]) if len(args) > 1 else 0
        if which > 0:
            visit = await get_visit(work, which)
        else:
            visit = await visit_on(work, _number(args), work.today - timedelta(days=_days_back([str(-which)])))
        await _open(work, PostVisit, customer, visit.id)


async def _open(work: Work, form: type[Form], customer: Customer, visit_id: int | None) -> None:
    depth = depth_for(customer.grade, is_key_account=customer.key_account)
    opened = await drafts.begin_draft(work, form, depth, customer_id=customer.id, visit_id=visit_id)
    await showing.show_draft(work, opened, below=True)


async def add_customer(turn: Turn, args: list[str]) -> None:
    """Open the form of a new customer, with the words of a search as its name."""
    async with turn.begin() as work:
        name = await searched_words(work.session, work.acting, _number(args)) if turn.tapped and args else ""
        draft = begin(AddCustomer, Depth.QUICK)
        named = replace(draft, answers={"name": Answer(value=name)}) if name else draft
        opened = await drafts.begin_draft(work, AddCustomer, Depth.QUICK, filled=named)
        await showing.show_draft(work, opened, below=True)


async def list_open(turn: Turn, args: list[str]) -> None:
    """Take the one open form up again, or offer the open ones."""
    async with turn.begin() as work:
        opened = await drafts.open_drafts(work.session, work.acting.member_id)
        if len(opened) == 1:
            await drafts.activate(work, opened[0])
            await showing.show_draft(work, opened[0], below=True)
            return
        items = [await showing.frame(work, one) | {"at": one.row.updated_at.isoformat()} for one in opened]
        facts: dict[str, Json] = {"drafts": list(items)}
        await work.show(Screen(template="replies/open_forms", facts=facts, living="open_forms"))


async def resume(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        opened = await drafts.get_draft(work, _number(args))
        await drafts.activate(work, opened)
        await showing.show_draft(work, opened, below=True)


async def cancel(turn: Turn, args: list[str]) -> None:
    """Ask once before the newest open form is dropped."""
    async with turn.begin() as work:
        opened = await drafts.open_drafts(work.session, work.acting.member_id)
        if not opened:
            raise Refused("no_open_form")
        await drafts.activate(work, opened[0])
        await showing.show_errand(work, opened[0], "cancel")


async def undo(turn: Turn, args: list[str]) -> None:
    """Take a saved report back."""
    async with turn.begin() as work:
        taken = await take_back(work, _number(args))
        visit = await get_visit(work, taken.visit_id)
        customer = await get_customer(work.session, work.acting, visit.customer_id)
        facts: dict[str, Json] = {"title": customer.name, "customer": visit.customer_id, "visit": visit.id}
        await work.show(Screen(template="replies/report_undone", facts=facts))
        await refresh_day(work, visit.on)


async def say_objection(turn: Turn, args: list[str]) -> None:
    """ob:<report>:<kind>: what stood in the way."""
    kind = choice_of(ObjectionKind, args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        await work.show(await note_objection(work, _number(args), kind))


async def correct(turn: Turn, args: list[str]) -> None:
    """Open a saved report in review; saving replaces it."""
    async with turn.begin() as work:
        await _reopen(work, _number(args), deeper=False)


async def add_more(turn: Turn, args: list[str]) -> None:
    """Open a saved report at its next depth, to say more."""
    async with turn.begin() as work:
        await _reopen(work, _number(args), deeper=True)


async def _reopen(work: Work, report_id: int, *, deeper: bool) -> None:
    saved = await get_report(work, report_id)
    visit = await get_visit(work, saved.visit_id)
    depth = saved.depth
    if deeper:
        depth = Depth.CORE if depth is Depth.QUICK else Depth.FULL
    draft = reopen(read_draft(saved.answers), depth)
    opened = await drafts.begin_draft(
        work, PostVisit, depth, customer_id=visit.customer_id, visit_id=visit.id, corrects_id=report_id, filled=draft
    )
    await showing.show_draft(work, opened, below=True)


def _number(args: list[str]) -> int:
    """The number that a button carries. Raises Refused for a forged one."""
    try:
        return int(args[0])
    except (IndexError, ValueError) as error:
        raise Refused("button_unknown") from error
