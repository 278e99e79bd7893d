"""Reminders of promises to their owners; the manager hears a week late, or when asked for help."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.screen import Screen
from bot.domain.vocabulary import PromiseState
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.notices.telling import Telling
from bot.services.people import acting_by_member
from bot.services.promises.reminding import plan_next_reminder
from bot.services.promises.showing import Asked, promise_screen, together_screen
from bot.services.work import Work
from bot.store.tables import Notice, Promise


async def tell_promise(telling: Telling) -> bool:
    """Remind of a promise that is still open, its owner or a manager of a late one."""
    work = telling.work
    promise = await _promise(work.session, telling.notice)
    if promise is None or promise.state is not PromiseState.OPEN:
        return False
    await telling.push(await promise_screen(_asked(work), promise, template="notices/promise"))
    return True


async def promises_in_one(work: Work, lead_id: int) -> Screen:
    """All promises that one message reminds of."""
    return await together_screen(_asked(work), lead_id)


async def plan_following(work: Work, notice: Notice) -> None:
    """After a reminder is settled, perhaps before its time: the next one of its promise."""
    promise = await _promise(work.session, notice)
    if promise is not None:
        await plan_next_reminder(work.session, promise, after=max(work.now, notice.due_at))


async def tell_help(telling: Telling) -> bool:
    """Tell a manager that a rep asks for help with a promise."""
    work = telling.work
    promise = await _promise(work.session, telling.notice)
    if promise is None or promise.state is not PromiseState.OPEN:
        return False
    await telling.push(await promise_screen(_asked(work), promise, template="notices/promise_help"))
    return True


def _asked(work: Work) -> Asked:
    return Asked(session=work.session, acting=work.acting, now=work.now)


async def _promise(session: AsyncSession, notice: Notice) -> Promise | None:
    return (await session.exec(select(Promise).where(col(Promise.id) == notice.subject_id))).one_or_none()


async def ask_for_help(work: Work, promise: Promise, managers: list[int]) -> None:
    """Have the managers told that the owner needs help with a promise: once a day."""
    for manager_id in managers:
        manager = await acting_by_member(work.session, manager_id)
        await ledger.plan(
            work.session,
            team_id=promise.team_id,
            member_id=manager_id,
            kind=Kind.HELP,
            subject_id=promise.id,
            due_at=work.now,
            on=manager.local(work.now).date(),
        )
