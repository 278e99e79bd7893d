"""Promises as screens show them: one with its buttons, those due together, and the list by due time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.promises import GRACE, WorkingHours, is_late, postponed_to
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import PromiseSide, PromiseState
from bot.services.approvals.hinting import beyond_own
from bot.services.approvals.showing import requests_of_promises
from bot.services.promises.figures import figure_facts, own_or_team_figure, word_facts
from bot.services.promises.unassigned import count_unassigned
from bot.services.working_hours import working_hours_of
from bot.store.promises import size_of_promise, visible_promises
from bot.store.tables import Contact, Customer, Member, Notice, Promise, PromiseEvent, Report, Visit

PAGE = 8
TOGETHER_SHOWN = 8
HISTORY_SHOWN = 4
FILTERS = ("all", "ours", "theirs")
LIST = "promises"
NEXT_TIME_FORMAT = "%Y%m%d%H%M"
"""How a button carries an instant."""


def living_promise(promise_id: int) -> str:
    """The name of the message that a promise lives in."""
    return f"promise:{promise_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who looks, and when."""

    session: AsyncSession
    acting: Acting
    now: datetime


async def promise_screen(
    asked: Asked, promise: Promise, *, template: str = "replies/promise", said: str | None = None
) -> Screen:
    """A promise with what can be done about it. ``said`` is what was just done: moved, asked."""
    assert promise.id is not None
    line = (await promise_lines(asked, [promise]))[0]
    line.update(await _background(asked, promise))
    line["history"] = await _history(asked, promise)
    line["word"] = (await word_facts(asked.session, asked.acting, promise.customer_id, asked.now))[promise.side.value]
    line["beyond"] = (await beyond_own(asked.session, asked.acting, [promise])).get(promise.id)
    line["changes"] = asked.acting.leads or asked.acting.records
    line["asks"] = not asked.acting.leads and promise.owner_id == asked.acting.member_id
    return Screen(template=template, facts={"p": line, "said": said}, living=living_promise(promise.id))


async def together_screen(asked: Asked, lead_id: int) -> Screen:
    """What one notice reminded of together, as it stands now. Raises Refused("no_such_promise")."""
    promises = await promises_together(asked, lead_id)
    if not promises:
        raise Refused("no_such_promise")
    lines = await promise_lines(asked, promises[:TOGETHER_SHOWN])
    facts: dict[str, Json] = {
        "lead": lead_id,
        "items": list[Json](lines),
        "more": max(0, len(promises) - TOGETHER_SHOWN),
        "open": sum(promise.state is PromiseState.OPEN for promise in promises),
    }
    return Screen(template="notices/promises", facts=facts, living=f"promises:{lead_id}")


async def promises_together(asked: Asked, lead_id: int) -> list[Promise]:
    """The promises that one of the acting person's notices told of, in the order of its message."""
    notices = select(col(Notice.subject_id)).where(
        col(Notice.member_id) == asked.acting.member_id,
        or_(col(Notice.id) == lead_id, col(Notice.merged_into) == lead_id),
    )
    query = visible_promises(asked.acting).where(col(Promise.id).in_(notices))
    return list((await asked.session.exec(query.order_by(col(Promise.due_at), col(Promise.id)))).all())


async def list_screen(asked: Asked, *, which: str = "all", page: int = 0, below: bool = False) -> Screen:
    """Open promises by due time, late ones first, a page at a time."""
    which = which if which in FILTERS else "all"
    query = visible_promises(asked.acting).where(col(Promise.state) == PromiseState.OPEN)
    if which != "all":
        query = query.where(col(Promise.side) == PromiseSide(which))
    everything = query.subquery()
    count = (await asked.session.exec(select(func.count()).select_from(everything))).one()
    late = (
        await asked.session.exec(
            select(func.count()).select_from(everything).where(everything.c.due_at < asked.now - GRACE)
        )
    ).one()
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 0), pages - 1)
    ordered = query.order_by(col(Promise.due_at).is_(None), col(Promise.due_at), col(Promise.id))
    promises = (await asked.session.exec(ordered.offset(page * PAGE).limit(PAGE))).all()
    figure = await own_or_team_figure(asked.session, asked.acting, asked.now)
    facts: dict[str, Json] = {
        "items": list[Json](await promise_lines(asked, promises)),
        "count": count,
        "late": late,
        "which": which,
        "page": page,
        "pages": pages,
        "first": page * PAGE + 1,
        "kept": figure_facts(figure),
        "unassigned": await count_unassigned(asked.session, asked.acting),
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/promises", facts=facts, living=LIST, place=place)


async def promise_lines(asked: Asked, promises: Sequence[Promise]) -> list[dict[str, Json]]:
    """What a line says of each promise."""
    hours = await working_hours_of(asked.session, asked.acting)
    names = await _names(asked, Customer, {promise.customer_id for promise in promises})
    owners = await _names(asked, Member, {promise.owner_id for promise in promises})
    requests = await requests_of_promises(asked.session, asked.acting, {promise.id for promise in promises})
    return [
        {
            "id": promise.id,
            "customer_id": promise.customer_id,
            "customer": names[promise.customer_id],
            "owner": owners[promise.owner_id] if promise.owner_id != asked.acting.member_id else None,
            "side": promise.side.value,
            "kind": promise.kind,
            "text": promise.text,
            "amount": _amount(asked.acting, promise),
            "size": size_of_promise(promise, asked.acting.currency),
            "request": requests.get(promise.id),
            "currency": asked.acting.currency,
            "state": promise.state.value,
            "due_at": promise.due_at.isoformat() if promise.due_at else None,
            "late": promise.state is PromiseState.OPEN and is_late(promise.due_at, now=asked.now),
            "late_days": _late_days(asked, promise),
            **_next_time(asked, promise, hours),
        }
        for promise in promises
    ]


async def _names(asked: Asked, table: type[Customer] | type[Member], ids: set[int]) -> dict[int, str]:
    query = select(col(table.id), col(table.name)).where(
        col(table.team_id) == asked.acting.team_id, col(table.id).in_(ids)
    )
    return {identity: name for identity, name in (await asked.session.exec(query)).all() if identity is not None}


def _amount(acting: Acting, promise: Promise) -> str | None:
    return None if promise.amount_minor is None else str(from_minor(promise.amount_minor, acting.currency))


async def _history(asked: Asked, promise: Promise) -> list[Json]:
    """What happened to it, oldest first; the last few where it is long."""
    query = select(PromiseEvent).where(
        col(PromiseEvent.team_id) == asked.acting.team_id, col(PromiseEvent.promise_id) == promise.id
    )
    events = (await asked.session.exec(query.order_by(col(PromiseEvent.id).desc()).limit(HISTORY_SHOWN))).all()
    return [
        {"event": one.event, "at": one.at.isoformat(), "due_at": one.due_at.isoformat() if one.due_at else None}
        for one in reversed(events)
    ]


def _late_days(asked: Asked, promise: Promise) -> int:
    """Local days since the due day; 0 for what is not late, or late since today."""
    if promise.due_at is None:
        return 0
    return max(0, (asked.acting.local(asked.now).date() - asked.acting.local(promise.due_at).date()).days)


def _next_time(asked: Asked, promise: Promise, hours: WorkingHours) -> dict[str, Json]:
    """When "Tomorrow 10:00" is, as an instant and as a button carries it: an old button means what it says."""
    base = max(asked.now, promise.due_at) if promise.due_at else asked.now
    later = postponed_to(base, hours)
    return {"later_at": later.isoformat(), "later_code": f"{later:{NEXT_TIME_FORMAT}}"}


async def _background(asked: Asked, promise: Promise) -> dict[str, Json]:
    """Whom it was said to, and at which visit."""
    people = select(Contact).where(
        col(Contact.team_id) == asked.acting.team_id, col(Contact.customer_id) == promise.customer_id
    )
    contacts = sorted(
        (await asked.session.exec(people)).all(), key=lambda one: (not one.decides, -(one.influence or 0), one.id or 0)
    )
    visited_on = None
    if promise.report_id is not None:
        visits = select(col(Visit.on)).where(
            col(Report.team_id) == asked.acting.team_id,
            col(Report.id) == promise.report_id,
            col(Visit.id) == col(Report.visit_id),
        )
        visited_on = (await asked.session.exec(visits)).one_or_none()
    return {
        "contact": contacts[0].name if contacts else None,
        "visited_on": visited_on.isoformat() if visited_on else None,
    }
