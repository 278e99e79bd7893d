"""Who is who: membership of a Telegram account, teams and members by name."""

from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.services.team_settings import scoring_of, travel_factor_of, visits_per_week_of
from bot.store.tables import Member, Team


def acting_as(member: Member, team: Team) -> Acting:
    """A member as somebody who acts."""
    assert member.id is not None
    assert team.id is not None
    return Acting(
        member_id=member.id,
        team_id=team.id,
        name=member.name,
        role=member.role,
        sells=member.sells,
        language=member.language or team.language,
        zone=ZoneInfo(member.timezone or team.timezone),
        currency=team.currency,
        country=team.country,
        chat_id=member.chat_id,
        visits_per_week=visits_per_week_of(team.settings),
        scoring=scoring_of(team.settings),
        map_app=member.map_app,
        travel_factor=travel_factor_of(team.settings),
    )


async def acting_by_telegram(session: AsyncSession, telegram_id: int) -> Acting | None:
    """The active member behind a Telegram account, or None for a stranger."""
    query = select(Member, Team).where(
        col(Member.team_id) == Team.id, col(Member.telegram_id) == telegram_id, col(Member.left_at).is_(None)
    )
    found = (await session.exec(query)).first()
    return acting_as(*found) if found else None


async def acting_by_member(session: AsyncSession, member_id: int) -> Acting:
    """A member by id. Raises LookupError when there is none."""
    found = (
        await session.exec(select(Member, Team).where(col(Member.team_id) == Team.id, col(Member.id) == member_id))
    ).first()
    if found is None:
        raise LookupError(f"no member {member_id}")
    return acting_as(*found)


async def find_team(session: AsyncSession, name_or_id: str) -> Team:
    """A team by its name, else by its id. Raises Refused("no_such_team")."""
    team = (await session.exec(select(Team).where(col(Team.name) == name_or_id))).first()
    if team is None and name_or_id.isdigit():
        team = await session.get(Team, int(name_or_id))
    if team is None:
        raise Refused("no_such_team", name=name_or_id)
    return team


async def own_row(session: AsyncSession, acting: Acting) -> Member:
    """The acting person's own row."""
    return (await session.exec(select(Member).where(col(Member.id) == acting.member_id))).one()
