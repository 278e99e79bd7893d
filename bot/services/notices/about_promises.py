"""Reminders of promises: what is due together is one message; the manager hears a week late, or when asked for help."""

from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.screen import Screen
from bot.domain.vocabulary import PromiseState
from bot.services.notices import ledger
from bot.services.notices.ledger import Fate, Kind, Why
from bot.services.notices.telling import Telling
from bot.services.people import acting_by_member
from bot.services.promises.reminding import plan_next_reminder
from bot.services.promises.showing import Asked, promise_screen, together_screen
from bot.services.work import Work
from bot.store.tables import Notice, Promise

TOGETHER = timedelta(minutes=15)
"""What falls due this soon after is told with it."""


async def tell_promise(telling: Telling) -> bool:
    """Remind of a promise and of all that are due with it."""
    work, lead = telling.work, telling.notice
    notices = [lead, *await _claim_others(telling)]
    promises = [await _promise(work.session, notice) for notice in notices]
    still_open = [one for one in promises if one is not None and one.state is PromiseState.OPEN]
    assert lead.id is not None
    if still_open:
        await telling.push(await _reminder(telling, still_open, lead.id))
    for promise, notice in zip(promises, notices, strict=True):
        if promise is not None and notice is not lead:
            await plan_next_reminder(work.session, promise, after=max(work.now, notice.due_at))
    return bool(still_open)


async def plan_following(work: Work, notice: Notice) -> None:
    """After a reminder is settled: the next one of its promise."""
    promise = await _promise(work.session, notice)
    if promise is not None:
        await plan_next_reminder(work.session, promise, after=work.now)


async def tell_late_promise(telling: Telling) -> bool:
    """Tell a manager of promises that are a week late, one message for all."""
    work, lead = telling.work, telling.notice
    promises = [await _promise(work.session, notice) for notice in (lead, *await _claim_others(telling))]
    still_open = [one for one in promises if one is not None and one.state is PromiseState.OPEN]
    assert lead.id is not None
    if still_open:
        await telling.push(await _reminder(telling, still_open, lead.id))
    return bool(still_open)


async def tell_help(telling: Telling) -> bool:
    """Tell a manager that a rep asks for help with a promise."""
    work = telling.work
    promise = await _promise(work.session, telling.notice)
    if promise is None or promise.state is not PromiseState.OPEN:
        return False
    await telling.push(await promise_screen(_asked(work), promise, template="notices/promise_help"))
    return True


async def _reminder(telling: Telling, promises: list[Promise], lead_id: int) -> Screen:
    asked = _asked(telling.work)
    if len(promises) == 1:
        return await promise_screen(asked, promises[0], template="notices/promise")
    return await together_screen(asked, lead_id)


def _asked(work: Work) -> Asked:
    return Asked(session=work.session, acting=work.acting, now=work.now)


async def _claim_others(telling: Telling) -> list[Notice]:
    """Take the other notices of this kind that are due about now into this one's message."""
    work, lead = telling.work, telling.notice
    assert lead.id is not None
    claimed = []
    until = work.now + TOGETHER
    for other in await ledger.due_together(work.session, lead.member_id, lead.kind, until):
        assert other.id is not None
        if await ledger.claim(work.session, other.id, work.now, until=until) is not None:
            await ledger.conclude(work.session, other.id, Fate.MERGED, Why.TOGETHER.value, merged_into=lead.id)
            claimed.append(other)
    return claimed


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
