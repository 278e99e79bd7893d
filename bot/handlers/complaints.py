"""/complaints: opened from a customer, worked by its owner, closed by the customer's word."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.domain.errors import Refused
from bot.domain.forms.complaints import AddComplaint, ComplaintNote
from bot.handlers.customers import number_in
from bot.handlers.turn import SELLERS, Callback, Handler, Turn, command, tap
from bot.services.approvals.finishing import open_form
from bot.services.complaints import changing
from bot.services.complaints.showing import complaint_screen, complaints_screen
from bot.services.customers.changing import customer_to_change
from bot.services.forms.showing import show_draft
from bot.services.promises.showing import NEXT_TIME_FORMAT
from bot.services.work import Work
from bot.store.complaints import get_complaint
from bot.store.tables import Complaint

Change = Callable[[Work, int], Awaitable[Complaint]]


def handlers() -> list[Handler]:
    return [
        command("complaints", show_list),
        tap("cps", show_list),
        tap("cp", show_one),
        tap("cp.new", begin_complaint, roles=SELLERS),
        tap("cp.step", begin_step),
        tap("cp.solved", _changed(changing.solve)),
        tap("cp.deny", _changed(changing.deny)),
        tap("cp.sure", confirm),
        tap("cp.give", give),
        tap("cp.later", postpone),
    ]


async def show_list(turn: Turn, args: list[str]) -> None:
    """/complaints, cps:<page>"""
    page = number_in(args) if turn.tapped and args else 0
    async with turn.begin() as work:
        await work.show(await complaints_screen(work, page=page, below=turn.tapped is None))


async def show_one(turn: Turn, args: list[str]) -> None:
    """cp:<complaint>"""
    async with turn.begin() as work:
        await work.show(await complaint_screen(work, await get_complaint(work.session, work.acting, number_in(args))))


async def begin_complaint(turn: Turn, args: list[str]) -> None:
    """cp.new:<customer>"""
    async with turn.begin() as work:
        customer = await customer_to_change(work, number_in(args))
        await show_draft(work, await open_form(work, AddComplaint, customer_id=customer.id), below=True)


async def begin_step(turn: Turn, args: list[str]) -> None:
    """cp.step:<complaint>"""
    async with turn.begin() as work:
        complaint = await _to_work(work, number_in(args))
        opened = await open_form(work, ComplaintNote, customer_id=complaint.customer_id, subject_id=complaint.id)
        await show_draft(work, opened, below=True)


async def _to_work(work: Work, complaint_id: int) -> Complaint:
    complaint = await get_complaint(work.session, work.acting, complaint_id)
    if not await changing.may_work(work, complaint):
        raise Refused("not_your_complaint")
    return complaint


def _changed(change: Change) -> Callback:
    """<verb>:<complaint>: make a change, and show the complaint as it stands."""

    async def run(turn: Turn, args: list[str]) -> None:
        async with turn.begin() as work:
            await work.show(await complaint_screen(work, await change(work, number_in(args))))

    return run


async def confirm(turn: Turn, args: list[str]) -> None:
    """cp.sure:<complaint> asks who said so, cp.sure:<complaint>:<contact or 0> closes."""
    async with turn.begin() as work:
        if len(args) == 1:
            complaint = await _to_work(work, number_in(args))
            await work.show(await complaint_screen(work, complaint, menu="sure"))
            return
        closed = await changing.confirm(work, number_in(args), number_in(args, 1) or None)
        await work.show(await complaint_screen(work, closed))


async def give(turn: Turn, args: list[str]) -> None:
    """cp.give:<complaint> asks to whom, cp.give:<complaint>:<member> gives."""
    async with turn.begin() as work:
        if len(args) == 1:
            complaint = await _to_work(work, number_in(args))
            await work.show(await complaint_screen(work, complaint, menu="give"))
            return
        given = await changing.assign(work, number_in(args), number_in(args, 1))
        await work.show(await complaint_screen(work, given))


async def postpone(turn: Turn, args: list[str]) -> None:
    """cp.later:<complaint>:<instant>: an old button, whose time has passed, changes nothing."""
    try:
        due_at = datetime.strptime(args[1] if len(args) > 1 else "", NEXT_TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("button_unknown") from error
    async with turn.begin() as work:
        complaint = await _to_work(work, number_in(args))
        if due_at > work.now:
            complaint = await changing.move(work, number_in(args), due_at)
        await work.show(await complaint_screen(work, complaint))
