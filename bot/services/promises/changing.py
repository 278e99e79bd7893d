"""Making and changing promises: each change is guarded, so that the second of two people changes nothing."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.vocabulary import CommitmentKind, PromiseKind, PromiseSide, PromiseState
from bot.services.approvals.asking import ask_for_promise, withdraw_of_promise
from bot.services.approvals.gifts import take_gift_back
from bot.services.promises.reminding import plan_reminders
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.promises import close_open, get_promise, move_open, open_closed
from bot.store.tables import AuditEntry, Promise, PromiseEvent

TEXT_LENGTH = 1000


async def make_promise(
    work: Work,
    *,
    customer_id: int,
    side: PromiseSide,
    text: str,
    due_at: datetime | None,
    kind: PromiseKind | CommitmentKind | None = None,
    amount_minor: int | None = None,
    size: int | None = None,
    report_id: int | None = None,
) -> Promise:
    """Enter a promise that the acting person keeps, or chases where it is the customer's; reminders are planned.

    What exceeds the person's authority (``size`` in the unit of its kind) asks a manager. A due time that has passed
    is taken: reports of yesterday name them. Raises Refused("no_such_customer"), ValueError for neither words nor
    kind, for more than 1,000 characters, and for a negative amount.
    """
    text = text.strip()
    if not (text or kind):
        raise ValueError("a promise needs words or a kind")
    if len(text) > TEXT_LENGTH:
        raise ValueError(f"a promise has at most {TEXT_LENGTH} characters, not {len(text)}")
    if amount_minor is not None and amount_minor < 0:
        raise ValueError(f"an amount is 0 or more, not {amount_minor}")
    if not work.acting.records:
        raise Refused("not_for_your_role")
    customer = await get_customer(work.session, work.acting, customer_id)
    assert customer.id is not None
    promise = Promise(
        team_id=work.acting.team_id,
        customer_id=customer.id,
        owner_id=work.acting.member_id,
        report_id=report_id,
        side=side,
        kind=kind.value if kind else None,
        text=text,
        amount_minor=amount_minor,
        size=size,
        due_at=due_at,
        state=PromiseState.OPEN,
        created_at=work.now,
    )
    work.session.add(promise)
    await work.session.flush()
    await _remember(work, promise, "made")
    await plan_reminders(work, promise)
    await ask_for_promise(work, promise)
    return promise


async def keep(work: Work, promise_id: int) -> Promise:
    """Say that a promise is kept. One that is closed already stays as it is."""
    return await _close(work, promise_id, PromiseState.KEPT)


async def mark_broken(work: Work, promise_id: int, reason: str = "") -> Promise:
    """Say that a promise will not be kept. One that is closed already stays as it is."""
    return await _close(work, promise_id, PromiseState.BROKEN, reason)


async def withdraw(work: Work, promise_id: int, reason: str = "") -> Promise:
    """Take a promise back, as if it had not been made: it counts nowhere."""
    return await _close(work, promise_id, PromiseState.WITHDRAWN, reason)


async def carry_over(
    work: Work, promise: Promise, *, report_id: int, due_at: datetime | None, amount_minor: int | None = None
) -> None:
    """Let a corrected report hold an entry of the earlier one: what was kept stays kept, an open one is due anew."""
    promise.report_id, promise.amount_minor = report_id, amount_minor
    await work.session.flush()
    if await move_open(work.session, promise, due_at):
        await _remember(work, promise, "corrected")
        await plan_reminders(work, promise)


async def withdraw_of_report(work: Work, report_id: int, *, but: Collection[int | None] = ()) -> None:
    """Take back what a report promised and is still open. For an undone or corrected report, which may hold some."""
    query = select(Promise.id).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.report_id) == report_id,
        col(Promise.state) == PromiseState.OPEN,
    )
    for promise_id in (await work.session.exec(query)).all():
        assert promise_id is not None
        if promise_id not in but:
            await withdraw(work, promise_id)


async def postpone(work: Work, promise_id: int, due_at: datetime) -> Promise:
    """Give an open promise another due time. Raises Refused("due_in_the_past")."""
    promise = await get_promise(work.session, work.acting, promise_id)
    _check_changes(work)
    if due_at <= work.now:
        raise Refused("due_in_the_past")
    if await move_open(work.session, promise, due_at):
        await _remember(work, promise, "postponed")
        await plan_reminders(work, promise)
    return promise


async def reopen(work: Work, promise_id: int) -> Promise:
    """Open a closed promise again: for a tap that was a slip."""
    promise = await get_promise(work.session, work.acting, promise_id)
    _check_changes(work)
    if await open_closed(work.session, promise):
        await _remember(work, promise, "reopened")
        await plan_reminders(work, promise)
    return promise


async def _close(work: Work, promise_id: int, state: PromiseState, reason: str = "") -> Promise:
    promise = await get_promise(work.session, work.acting, promise_id)
    _check_changes(work)
    if await close_open(work.session, promise, state, at=work.now, reason=reason):
        await _remember(work, promise, state.value)
        await plan_reminders(work, promise)
        if state is PromiseState.WITHDRAWN:
            await withdraw_of_promise(work, promise)
            await take_gift_back(work, promise)
    return promise


def _check_changes(work: Work) -> None:
    """Service reads only; a manager changes the team's promises also without selling."""
    if not (work.acting.leads or work.acting.records):
        raise Refused("not_for_your_role")


async def _remember(work: Work, promise: Promise, event: str) -> None:
    assert promise.id is not None
    acting = work.acting
    work.session.add_all(
        [
            PromiseEvent(
                team_id=acting.team_id,
                promise_id=promise.id,
                member_id=acting.member_id,
                at=work.now,
                event=event,
                due_at=promise.due_at,
            ),
            AuditEntry(
                team_id=acting.team_id,
                member_id=acting.member_id,
                at=work.now,
                action=f"promise_{event}",
                subject="promise",
                subject_id=promise.id,
                change={"due_at": promise.due_at.isoformat() if promise.due_at else None},
            ),
        ]
    )
    await work.session.flush()
