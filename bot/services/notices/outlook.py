"""/notices: what comes over the next days, for oneself or as a manager for anybody of the team, and what came."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.foreseeing import Foreseen
from bot.domain.notices import Mute
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.notices.forecast import Outlook, foresee_member, foresee_team
from bot.services.notices.ledger import Fate, Kind
from bot.services.notices.manners import MANNERS
from bot.services.people import acting_as, own_row
from bot.store.tables import Member, Notice, Team

LIVING = "notices"
SHORT_DAYS, LONG_DAYS = 2, 7
LINES, RECENT, PEOPLE = 14, 8, 30


async def coming_screen(
    session: AsyncSession,
    acting: Acting,
    now: datetime,
    *,
    days: int = SHORT_DAYS,
    member_id: int | None = None,
    below: bool = False,
) -> Screen:
    """What a person will be told. Another person's is for leaders of the team. Raises Refused("no_such_person")."""
    team = (await session.exec(select(Team).where(col(Team.id) == acting.team_id))).one()
    query = select(Member).where(
        col(Member.team_id) == acting.team_id, col(Member.id) == (member_id or acting.member_id)
    )
    member = (await session.exec(query)).one_or_none()
    if member is None or (member.id != acting.member_id and not acting.leads):
        raise Refused("no_such_person", name="")
    days = LONG_DAYS if days > SHORT_DAYS else SHORT_DAYS
    outlook = await foresee_member(session, member, acting_as(member, team), now, days=days)
    facts: dict[str, Json] = {
        "member_id": member.id,
        "name": member.name if member.id != acting.member_id else None,
        "days": days,
        "leads": acting.leads,
        "items": [_line(one, outlook) for one in outlook.told[:LINES]],
        "more": max(0, len(outlook.told) - LINES),
        "muted": list[Json](member.muted_kinds),
    }
    return _screen("notices", facts, below=below)


async def team_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """How much everybody of the team will hear, a button to each."""
    team = (await session.exec(select(Team).where(col(Team.id) == acting.team_id))).one()
    outlooks = await foresee_team(session, team, now, days=SHORT_DAYS)
    people: list[Json] = [
        {
            "id": one.acting.member_id,
            "name": one.acting.name,
            "rings": sum(told.rings for told in one.told),
            "silent": sum(not told.rings for told in one.told),
        }
        for one in outlooks[:PEOPLE]
    ]
    return _screen("notices_team", {"people": people, "days": SHORT_DAYS})


async def recent_screen(session: AsyncSession, acting: Acting) -> Screen:
    """What the acting person was told lately, or was not, each with its why."""
    query = (
        select(Notice)
        .where(
            col(Notice.member_id) == acting.member_id,
            col(Notice.settled_at).is_not(None),
            col(Notice.kind).in_([kind for kind in MANNERS if kind != Kind.REFRESH]),
            col(Notice.fate) != Fate.WITHDRAWN,
        )
        .order_by(col(Notice.settled_at).desc(), col(Notice.id).desc())
        .limit(RECENT)
    )
    items: list[Json] = [
        {
            "id": one.id,
            "kind": one.kind,
            "at": one.settled_at.isoformat() if one.settled_at else None,
            "told": one.fate in (Fate.TOLD, Fate.MERGED),
            "rang": one.rang,
            "reason": one.reason,
        }
        for one in (await session.exec(query)).all()
    ]
    return _screen("notices_recent", {"items": items})


async def mutes_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Every kind that the acting person has been told, or has muted, each to be turned on or off."""
    muted = (await own_row(session, acting)).muted_kinds
    query = select(col(Notice.kind)).where(col(Notice.member_id) == acting.member_id).distinct()
    known = set((await session.exec(query)).all()) | set(muted)
    kinds: list[Json] = [
        {"kind": kind, "on": kind not in muted, "drops": manner.mute is Mute.DROP}
        for kind, manner in MANNERS.items()
        if kind in known and manner.mute is not Mute.NEVER
    ]
    return Screen(template="replies/settings_asks", facts={"kinds": kinds}, living="settings")


def _line(one: Foreseen, outlook: Outlook) -> dict[str, Json]:
    return {
        "at": one.at.isoformat(),
        "on": outlook.acting.local(one.at).date().isoformat(),
        "kind": one.kind,
        "rings": one.rings,
        "more": len(one.merged),
        "why": one.why.value,
    }


def _screen(template: str, facts: dict[str, Json], *, below: bool = False) -> Screen:
    place = Place.BELOW if below else Place.EDIT
    return Screen(template=f"replies/{template}", facts=facts, living=LIVING, place=place)
