"""When a promise is reminded of: one pending reminder to its owner at a time, and one to the managers a week late."""

from datetime import datetime, timedelta

from sqlalchemy import exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.courtesy import QuietHours, next_contact
from bot.domain.geo import Pin
from bot.domain.notices import Why
from bot.domain.people import Acting
from bot.domain.promises import Reminder, Step, WorkingHours, manager_hears_at, next_reminder
from bot.domain.vocabulary import PromiseSide, PromiseState, Role
from bot.services.customer_zone import place_of
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.people import acting_by_member, own_row
from bot.services.work import Work
from bot.services.work_calendar import is_public_working_day
from bot.services.working_hours import working_hours_of
from bot.store.tables import Customer, Member, Notice, Promise
from bot.store.unit import Store

ISO_WEEKDAYS = "12345"
BEFORE_QUIET = timedelta(minutes=30)
"""Time to still do what is promised for the night."""


async def plan_reminders(work: Work, promise: Promise) -> None:
    """Make the pending reminders of a promise fit what it now says; a closed one has none."""
    await plan_next_reminder(work.session, promise, after=work.now)
    await _plan_for_managers(work.session, promise, after=work.now)


async def plan_next_reminder(session: AsyncSession, promise: Promise, *, after: datetime) -> None:
    """Have the owner reminded next time, in place of what is pending."""
    assert promise.id is not None
    await ledger.withdraw(session, kind=Kind.PROMISE, subject_id=promise.id)
    if promise.state is not PromiseState.OPEN or promise.due_at is None:
        return
    owner = await acting_by_member(session, promise.owner_id)
    hours = await working_hours_of(session, owner)
    reminder, remind_at = await _reminder_after(session, promise, owner, hours, after)
    moved = Why.CONTACT_HOURS if promise.side is PromiseSide.THEIRS else Why.QUIET_HOURS
    why = moved if reminder.at != remind_at else None
    # The due time itself is an instant; the times around it are times of the owner's day.
    wall = owner.local(remind_at) if reminder.step is not Step.DUE else None
    await ledger.plan(
        session,
        team_id=promise.team_id,
        member_id=promise.owner_id,
        kind=Kind.PROMISE,
        subject_id=promise.id,
        due_at=remind_at,
        why=why,
        wall=wall,
    )


async def reminders_until(
    session: AsyncSession, promise: Promise, owner: Acting, *, after: datetime, until: datetime
) -> list[datetime]:
    """When an open promise's owner is reminded in a span of time, if it stays open. Plans nothing."""
    hours = await working_hours_of(session, owner)
    found: list[datetime] = []
    while promise.due_at is not None:
        _, after = await _reminder_after(session, promise, owner, hours, after)
        if after > until:
            break
        found.append(after)
    return found


async def _reminder_after(
    session: AsyncSession, promise: Promise, owner: Acting, hours: WorkingHours, after: datetime
) -> tuple[Reminder, datetime]:
    """The next reminder, and when it comes. Chasing is a call to the customer, so it comes when one can be made; what
    falls due in the owner's quiet hours is reminded of before they begin, and not after."""
    assert promise.due_at is not None
    reminder = next_reminder(promise.due_at, after=after, hours=hours)
    if promise.side is PromiseSide.THEIRS:
        return reminder, await _callable_at(session, promise, owner, reminder.at)
    if reminder.step is Step.DUE and (before := await _before_quiet(session, owner, reminder.at)) is not None:
        if before > after:
            return reminder, before
        reminder = next_reminder(promise.due_at, after=promise.due_at, hours=hours)
    return reminder, reminder.at


async def _before_quiet(session: AsyncSession, owner: Acting, instant: datetime) -> datetime | None:
    """Shortly before the quiet hours that hold an instant; None outside of them."""
    member = await own_row(session, owner)
    begin = QuietHours(begin=member.quiet_from, end=member.quiet_until, zone=owner.zone).begin_of(instant)
    return None if begin is None else begin - BEFORE_QUIET


async def _callable_at(session: AsyncSession, promise: Promise, owner: Acting, instant: datetime) -> datetime:
    query = select(col(Customer.lat), col(Customer.lng)).where(col(Customer.id) == promise.customer_id)
    lat, lng = (await session.exec(query)).one()
    place = place_of(None if lat is None or lng is None else Pin(lat=lat, lng=lng), owner)
    return next_contact(
        instant,
        zone=place.zone,
        country=place.country,
        lat=lat,
        is_working=lambda day: is_public_working_day(place.country, ISO_WEEKDAYS, day),
    )


async def _plan_for_managers(session: AsyncSession, promise: Promise, *, after: datetime) -> None:
    assert promise.id is not None
    await ledger.withdraw(session, kind=Kind.PROMISE_LATE, subject_id=promise.id)
    if promise.state is not PromiseState.OPEN or promise.due_at is None:
        return
    for manager_id in await managers_of(session, promise.team_id):
        if manager_id == promise.owner_id:
            continue
        hours = await working_hours_of(session, await acting_by_member(session, manager_id))
        hears_at = manager_hears_at(promise.due_at, hours)
        if hears_at > after:
            await ledger.plan(
                session,
                team_id=promise.team_id,
                member_id=manager_id,
                kind=Kind.PROMISE_LATE,
                subject_id=promise.id,
                due_at=hears_at,
            )


async def managers_of(session: AsyncSession, team_id: int) -> list[int]:
    """The managers of a team who have joined; its admins where there is no manager."""
    query = select(Member.id, col(Member.role)).where(
        col(Member.team_id) == team_id,
        col(Member.role).in_([Role.MANAGER, Role.ADMIN]),
        col(Member.chat_id).is_not(None),
        col(Member.left_at).is_(None),
    )
    found = [(identity, role) for identity, role in (await session.exec(query)).all() if identity is not None]
    managers = [identity for identity, role in found if role is Role.MANAGER]
    return managers or [identity for identity, _ in found]


async def plan_reminders_anew(work: Work) -> None:
    """Make the acting person's pending reminders fit changed hours, working days or zone."""
    query = select(Promise).where(
        col(Promise.owner_id) == work.acting.member_id,
        col(Promise.state) == PromiseState.OPEN,
        col(Promise.due_at).is_not(None),
    )
    for promise in (await work.session.exec(query)).all():
        await plan_next_reminder(work.session, promise, after=work.now)


async def plan_for_new_owner(work: Work, customer_id: int) -> None:
    """After a customer was given to another: its open promises remind the new owner, and nobody else."""
    query = select(Promise).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.customer_id) == customer_id,
        col(Promise.state) == PromiseState.OPEN,
    )
    for promise in (await work.session.exec(query.execution_options(populate_existing=True))).all():
        await plan_reminders(work, promise)


async def plan_lost_reminders(store: Store, now: datetime) -> None:
    """Plan a reminder for every open promise that has none: after a fault, or an owner's absence."""
    async with store.read() as session:
        pending = select(Notice.id).where(
            col(Notice.subject_id) == col(Promise.id),
            col(Notice.kind) == Kind.PROMISE,
            col(Notice.settled_at).is_(None),
        )
        lost = select(col(Promise.id)).where(
            col(Promise.state) == PromiseState.OPEN, col(Promise.due_at).is_not(None), ~exists(pending)
        )
        identities = (await session.exec(lost)).all()
    for identity in identities:
        async with store.begin() as session:
            promise = (await session.exec(select(Promise).where(col(Promise.id) == identity))).one()
            await plan_next_reminder(session, promise, after=now)
