"""Who serves a customer beside its owner, and whose turn it is."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.store.tables import Customer, Member, SharedCustomer, SharedWeek


async def sharers_of(session: AsyncSession, team_id: int, customer_ids: Collection[int]) -> dict[int, list[int]]:
    """By customer the members with whom it is shared, in the order in which that was done."""
    query = (
        select(SharedCustomer)
        .where(col(SharedCustomer.team_id) == team_id, col(SharedCustomer.customer_id).in_(customer_ids))
        .order_by(col(SharedCustomer.shared_at), col(SharedCustomer.member_id))
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in (await session.exec(query)).all():
        found[row.customer_id].append(row.member_id)
    return dict(found)


async def sharing_facts(session: AsyncSession, acting: Acting, customer: Customer, today: date) -> dict[str, Json]:
    """For a card: who shares the customer, whose turn it is this week, and whether the reader visits it."""
    assert customer.id is not None
    sharers = (await sharers_of(session, acting.team_id, [customer.id])).get(customer.id, [])
    serves = acting.records and acting.member_id in (customer.owner_id, *sharers)
    if not sharers:
        return {"shared": [], "turn": None, "serves": serves}
    turn = select(SharedWeek.member_id).where(
        col(SharedWeek.team_id) == acting.team_id,
        col(SharedWeek.customer_id) == customer.id,
        col(SharedWeek.starts_on) == today - timedelta(days=today.weekday()),
    )
    turn_id = (await session.exec(turn)).one_or_none()
    people = select(Member.id, Member.name).where(col(Member.team_id) == acting.team_id)
    wanted = [one for one in (*sharers, turn_id) if one is not None]
    names = dict((await session.exec(people.where(col(Member.id).in_(wanted)))).all())
    names[acting.member_id] = ""  # the reader
    return {"shared": [names[one] for one in sharers], "turn": names.get(turn_id), "serves": serves}
