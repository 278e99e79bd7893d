"""Entry openings: recorded by reps, read by whoever plans visits, closed when used or gone."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.openings import FRESH_FOR, OpeningKind
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.choosing import visits_to_choose
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.work import Work
from bot.store.customers import visible_customers
from bot.store.tables import Customer, EntryOpening

OPENINGS_SHOWN = 8


async def record_opening(work: Work, customer_id: int, kind: OpeningKind, seen_on: date, note: str) -> EntryOpening:
    """Keep an opening with its date. Raises Refused: no_such_customer, not_for_your_role."""
    customer = await customer_to_change(work, customer_id)
    opening = EntryOpening(
        team_id=work.acting.team_id,
        customer_id=customer_id,
        member_id=work.acting.member_id,
        kind=kind,
        seen_on=seen_on,
        note=note,
        created_at=work.now,
    )
    work.session.add(opening)
    note_change(work, customer, "opening_recorded", {"kind": kind.value})
    await work.session.flush()
    return opening


async def openings_of(session: AsyncSession, acting: Acting, customer_id: int) -> Sequence[EntryOpening]:
    """The openings of a customer that nobody has closed, newest first."""
    query = select(EntryOpening).where(
        col(EntryOpening.team_id) == acting.team_id,
        col(EntryOpening.customer_id) == customer_id,
        col(EntryOpening.closed_at).is_(None),
    )
    return (await session.exec(query.order_by(col(EntryOpening.seen_on).desc(), col(EntryOpening.id).desc()))).all()


async def fresh_openings(session: AsyncSession, team_id: int, today: date) -> dict[int, OpeningKind]:
    """By customer of a team, the newest opening that is still worth acting on: for visit priorities."""
    query = (
        select(col(EntryOpening.customer_id), col(EntryOpening.kind))
        .where(
            col(EntryOpening.team_id) == team_id,
            col(EntryOpening.closed_at).is_(None),
            col(EntryOpening.seen_on) >= today - FRESH_FOR,
            col(EntryOpening.seen_on) <= today,
        )
        .order_by(col(EntryOpening.seen_on), col(EntryOpening.id))
    )
    return dict((await session.exec(query)).all())


async def close_opening(work: Work, opening_id: int) -> None:
    """An opening was used or is gone; closing it twice changes nothing. Raises Refused."""
    query = select(EntryOpening).where(
        col(EntryOpening.team_id) == work.acting.team_id, col(EntryOpening.id) == opening_id
    )
    opening = (await work.session.exec(query)).one_or_none()
    if opening is None:
        raise Refused("no_such_opening")
    await customer_to_change(work, opening.customer_id)
    if opening.closed_at is None:
        opening.closed_at = work.now
        await work.session.flush()


async def openings_screen(work: Work) -> Screen:
    """The open openings of whom the person sees, and customers to record one for."""
    items = await _open_items(work.session, work.acting, work.now)
    facts: dict[str, Json] = {
        "items": list(items[:OPENINGS_SHOWN]),
        "more": max(0, len(items) - OPENINGS_SHOWN),
        "choices": await visits_to_choose(work, work.today) if work.acting.records else [],
        "records": work.acting.records,
    }
    return Screen(template="replies/openings", facts=facts, living="openings", place=Place.EDIT)


async def _open_items(session: AsyncSession, acting: Acting, now: datetime) -> list[dict[str, Json]]:
    today = acting.local(now).date()
    customers = visible_customers(acting).where(col(Customer.ended_at).is_(None)).subquery()
    query = (
        select(EntryOpening, customers.c.name)
        .join(customers, customers.c.id == col(EntryOpening.customer_id))
        .where(
            col(EntryOpening.team_id) == acting.team_id,
            col(EntryOpening.closed_at).is_(None),
            col(EntryOpening.seen_on) >= today - FRESH_FOR,
        )
        .order_by(col(EntryOpening.seen_on).desc(), col(EntryOpening.id).desc())
    )
    return [
        {
            "id": opening.id,
            "customer": opening.customer_id,
            "name": name,
            "kind": opening.kind.value,
            "on": opening.seen_on.isoformat(),
            "note": opening.note,
        }
        for opening, name in (await session.exec(query)).all()
    ]
