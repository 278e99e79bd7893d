"""A member leaves: all customers go to others in one step, each with a brief and a first visit of its new rep."""

import asyncio
from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.handover import Handed, introduction_days, share_out
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import VisitState
from bot.services.customers.handing_over import move_open_work, possible_owners
from bot.services.customers.sharing import stop_serving
from bot.services.media import keep_media
from bot.services.people import acting_by_member
from bot.services.spreadsheet import XLSX_TYPE, build_workbook
from bot.services.team.handover_file import handover_sheet
from bot.services.team.members import LIVING, get_member
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store import outbox
from bot.store.tables import AuditEntry, Customer, Draft, FollowUp, Member, Visit

EVERYBODY = 0
"""In place of one taker: the customers are shared out among all."""


async def leave_screen(work: Work, member_id: int) -> Screen:
    """To whom the customers may go. Raises Refused."""
    member = await _leaver(work, member_id)
    takers = await _takers(work, member_id)
    facts: dict[str, Json] = {
        "id": member.id,
        "name": member.name,
        "customers": len(await _customers_of(work, member_id)),
        "takers": [{"id": one.id, "name": one.name} for one in takers],
    }
    return Screen(template="replies/team_leave", facts=facts, living=LIVING)


async def confirm_screen(work: Work, member_id: int, taker_id: int) -> Screen:
    """The question before a handover. Raises Refused."""
    member = await _leaver(work, member_id)
    takers = await _chosen(work, member_id, taker_id)
    facts: dict[str, Json] = {
        "id": member.id,
        "name": member.name,
        "taker": taker_id,
        "takers": [one.name for one in takers],
        "customers": len(await _customers_of(work, member_id)),
    }
    return Screen(template="replies/team_leave_sure", facts=facts, living=LIVING)


async def _leaver(work: Work, member_id: int) -> Member:
    member = await get_member(work.session, work.acting, member_id)
    if member.left_at is not None or member.id == work.acting.member_id:
        raise Refused("old_button")
    return member


async def _takers(work: Work, leaver_id: int) -> list[Member]:
    return [one for one in await possible_owners(work.session, work.acting) if one.id != leaver_id]


async def _chosen(work: Work, leaver_id: int, taker_id: int) -> list[Member]:
    takers = await _takers(work, leaver_id)
    chosen = [one for one in takers if taker_id in (EVERYBODY, one.id)]
    if not chosen and await _customers_of(work, leaver_id):
        raise Refused("nobody_takes_over")
    return chosen


async def _customers_of(work: Work, member_id: int) -> Sequence[Customer]:
    query = select(Customer).where(col(Customer.team_id) == work.acting.team_id, col(Customer.owner_id) == member_id)
    return (await work.session.exec(query.order_by(col(Customer.id)))).all()


async def leave(work: Work, member_id: int, taker_id: int) -> None:
    """Hand everything over, end the membership, tell who takes over, and show what was done. Raises Refused."""
    member = await _leaver(work, member_id)
    takers = {one.id or 0: one for one in await _chosen(work, member_id, taker_id)}
    customers = await _customers_of(work, member_id)
    handed = [_handed(one) for one in customers]
    shares = share_out(handed, list(takers)) if handed else {}
    by_taker: dict[int, list[Customer]] = {taker: [] for taker in takers}
    for customer in customers:
        by_taker[shares[customer.id or 0]].append(customer)
    for taker, mine in by_taker.items():
        if mine:
            await _give(work, member, takers[taker], mine)
    await stop_serving(work, member_id)
    await _take_rest(work, member)
    member.left_at = work.now
    work.session.add(_audit(work, "member_left", "member", member_id, {"customer": member.name}))
    await work.session.flush()
    facts: dict[str, Json] = {
        "name": member.name,
        "customers": len(customers),
        "takers": [{"name": takers[taker].name, "customers": len(mine)} for taker, mine in by_taker.items() if mine],
    }
    await work.show(Screen(template="replies/team_left", facts=facts, living=LIVING))


def _handed(customer: Customer) -> Handed:
    assert customer.id is not None
    return Handed(customer_id=customer.id, grade=customer.grade, visits_per_week=customer.visits_per_week)


async def _give(work: Work, member: Member, taker: Member, customers: Sequence[Customer]) -> None:
    assert taker.id is not None
    ids = [customer.id or 0 for customer in customers]
    for customer in customers:
        customer.owner_id = taker.id
        change: dict[str, Json] = {"from": member.name, "to": taker.name}
        work.session.add(_audit(work, "handed_over", "customer", customer.id, change))
    await work.session.flush()
    await move_open_work(work, ids, member.id, taker.id)
    await _move_unfinished(work, member, taker.id, ids)
    days = await _introduce(work, taker, [one for one in customers if one.ended_at is None])
    await _tell(work, member, taker, customers, days)


async def _move_unfinished(work: Work, member: Member, taker_id: int, ids: Sequence[int]) -> None:
    """Visits under way and forms half filled go along: what the leaver knew is not lost."""
    begun = (col(Visit.member_id) == member.id, col(Visit.customer_id).in_(ids), col(Visit.state) == VisitState.STARTED)
    forms = (col(Draft.member_id) == member.id, col(Draft.customer_id).in_(ids))
    unfinished = (*forms, col(Draft.corrects_id).is_(None), col(Draft.state).in_(("active", "paused")))
    await work.session.exec(update(Visit).where(*begun).values(member_id=taker_id))
    await work.session.exec(update(Draft).where(*unfinished).values(member_id=taker_id, state="paused", keyboard=None))


async def _introduce(work: Work, taker: Member, customers: Sequence[Customer]) -> Mapping[int, str]:
    """A follow-up each, the best customers first, a few a day of the taker's working days."""
    acting = await acting_by_member(work.session, taker.id or 0)
    is_working = await working_days_of(work.session, acting)
    planned = select(Visit.customer_id).where(
        col(Visit.member_id) == taker.id, col(Visit.state) == VisitState.PLANNED, col(Visit.on) > work.today
    )
    visited = set((await work.session.exec(planned)).all())
    fresh = [_handed(customer) for customer in customers if customer.id not in visited]
    days: dict[int, str] = {}
    for customer_id, day in introduction_days(fresh, work.today, is_working):
        days[customer_id] = day.isoformat()
        work.session.add(
            FollowUp(
                team_id=work.acting.team_id,
                customer_id=customer_id,
                member_id=taker.id or 0,
                due_on=day,
                created_at=work.now,
            )
        )
    await work.session.flush()
    return days


async def _take_rest(work: Work, member: Member) -> None:
    """What is planned for nobody's customer any more falls away with the member."""
    open_ones = (col(Visit.member_id) == member.id, col(Visit.state) == VisitState.PLANNED)
    await work.session.exec(update(Visit).where(*open_ones).values(state=VisitState.CANCELLED))


async def _tell(
    work: Work, member: Member, taker: Member, customers: Sequence[Customer], days: Mapping[int, str]
) -> None:
    """One message with a file of briefs, for a taker who has joined."""
    if taker.chat_id is None:
        return
    language = taker.language or work.acting.language
    sheet = await handover_sheet(work, customers, days, language)
    content = await asyncio.to_thread(build_workbook, [sheet])
    media = await keep_media(
        work.session, work.acting.team_id, name="handover.xlsx", content_type=XLSX_TYPE, content=content, now=work.now
    )
    first = min(days.values(), default=None)
    facts: dict[str, Json] = {"name": member.name, "customers": len(customers), "first": first}
    screen = Screen(template="replies/team_taken_over", facts=facts, place=Place.BELOW, document=str(media))
    await outbox.show(work.session, taker.chat_id, screen, due_at=work.now, member_id=taker.id)


def _audit(work: Work, action: str, subject: str, subject_id: int | None, change: dict[str, Json]) -> AuditEntry:
    return AuditEntry(
        team_id=work.acting.team_id,
        member_id=work.acting.member_id,
        at=work.now,
        action=action,
        subject=subject,
        subject_id=subject_id,
        change=change,
    )
