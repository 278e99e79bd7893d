"""Who is in the team: its members with what they carry, for those who lead it."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import PromiseState
from bot.store.tables import Customer, Member, Promise

LIVING = "team"
SHOWN = 30


async def get_member(session: AsyncSession, acting: Acting, member_id: int) -> Member:
    """A member of the leader's team. Raises Refused: not_for_your_role, no_such_member."""
    if not acting.leads:
        raise Refused("not_for_your_role")
    query = select(Member).where(col(Member.team_id) == acting.team_id, col(Member.id) == member_id)
    member = (await session.exec(query)).one_or_none()
    if member is None:
        raise Refused("no_such_member")
    return member


async def team_screen(session: AsyncSession, acting: Acting, *, below: bool = False) -> Screen:
    """Everybody, those who sell first. Raises Refused."""
    if not acting.leads:
        raise Refused("not_for_your_role")
    members = (
        await session.exec(
            select(Member)
            .where(col(Member.team_id) == acting.team_id, col(Member.left_at).is_(None))
            .order_by(col(Member.sells).desc(), col(Member.name))
        )
    ).all()
    counts = await customers_by_owner(session, acting)
    facts: dict[str, Json] = {
        "members": [
            {
                "id": member.id,
                "name": member.name,
                "role": member.role.value,
                "joined": member.joined_at is not None,
                "customers": counts.get(member.id, 0),
            }
            for member in members[:SHOWN]
        ],
        "more": max(0, len(members) - SHOWN),
        "unowned": counts.get(None, 0),
    }
    return Screen(template="replies/team", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


async def customers_by_owner(session: AsyncSession, acting: Acting) -> dict[int | None, int]:
    """How many customers everybody works with."""
    query = (
        select(Customer.owner_id, func.count())
        .where(col(Customer.team_id) == acting.team_id, col(Customer.ended_at).is_(None))
        .group_by(col(Customer.owner_id))
    )
    return dict((await session.exec(query)).all())


async def member_screen(session: AsyncSession, acting: Acting, member_id: int) -> Screen:
    """One member, with what a leader can do about it. Raises Refused."""
    member = await get_member(session, acting, member_id)
    promises = select(func.count()).where(
        col(Promise.team_id) == acting.team_id,
        col(Promise.owner_id) == member_id,
        col(Promise.state) == PromiseState.OPEN,
    )
    facts: dict[str, Json] = {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "joined_at": member.joined_at.isoformat() if member.joined_at else None,
        "left_at": member.left_at.isoformat() if member.left_at else None,
        "customers": (await customers_by_owner(session, acting)).get(member.id, 0),
        "promises": (await session.exec(promises)).one(),
        "sells": member.sells,
        "is_me": member.id == acting.member_id,
    }
    return Screen(template="replies/team_member", facts=facts, living=LIVING)
