"""Teams, invitations, and how a Telegram account becomes a member of a team."""

import hashlib
import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.vocabulary import Language, Role
from bot.services.approvals.newcomers import tell_newcomer
from bot.services.notices.recurring import plan_member_anew
from bot.services.people import acting_as
from bot.store import outbox
from bot.store.tables import AuditEntry, Invitation, Member, Team

INVITATION_DAYS = 7
TOKEN_BYTES = 16  # 128 random bits
CURRENCY_LETTERS, COUNTRY_LETTERS = 3, 2


async def create_team(
    session: AsyncSession, *, name: str, timezone: str, language: str, currency: str, country: str, now: datetime
) -> Team:
    """Make a team. Raises Refused for a taken name or a zone, language, currency or country that is none."""
    name = name.strip()
    if not name:
        raise Refused("team_needs_name")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("unknown_time_zone", zone=timezone) from error
    if language not in list(Language):
        raise Refused("unknown_language", language=language, known=", ".join(Language))
    if len(currency) != CURRENCY_LETTERS or not currency.isalpha():
        raise Refused("unknown_currency", currency=currency)
    if len(country) != COUNTRY_LETTERS or not country.isalpha():
        raise Refused("unknown_country", country=country)
    if (await session.exec(select(Team).where(col(Team.name) == name))).first():
        raise Refused("team_exists", name=name)
    team = Team(
        name=name,
        timezone=timezone,
        language=Language(language),
        currency=currency.upper(),
        country=country.upper(),
        created_at=now,
    )
    session.add(team)
    await session.flush()
    return team


async def invite(session: AsyncSession, team: Team, role: Role, *, name: str | None = None, now: datetime) -> str:
    """Make a one-time invitation and give its token. With a name it binds that member, known or new."""
    assert team.id is not None
    member_id = None
    if name:
        member = (
            await session.exec(select(Member).where(col(Member.team_id) == team.id, col(Member.name) == name.strip()))
        ).first()
        if member is None:
            member = Member(team_id=team.id, name=name.strip(), role=role, sells=role is Role.REP)
            session.add(member)
            await session.flush()
        member_id = member.id
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        Invitation(
            team_id=team.id,
            role=role,
            member_id=member_id,
            token_hash=hash_token(token),
            created_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
    )
    await session.flush()
    return token


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def accept(
    session: AsyncSession,
    token: str,
    *,
    telegram_id: int,
    chat_id: int,
    name: str,
    language: Language | None,
    now: datetime,
) -> Acting:
    """Bind a Telegram account by an invitation, in one step that only one taker wins.

    Raises Refused: invitation_unknown, invitation_used, invitation_expired, already_in_another_team.
    """
    invitation = (await session.exec(select(Invitation).where(col(Invitation.token_hash) == hash_token(token)))).first()
    if invitation is None:
        raise Refused("invitation_unknown")
    if invitation.expires_at < now:
        raise Refused("invitation_expired", days=INVITATION_DAYS)
    current = (await session.exec(select(Member).where(col(Member.telegram_id) == telegram_id))).first()
    if current is not None and current.left_at is None and current.id != invitation.member_id:
        raise Refused("already_member")
    taken = await session.exec(
        update(Invitation)
        .where(col(Invitation.id) == invitation.id, col(Invitation.used_at).is_(None))
        .values(used_at=now)
    )
    if taken.rowcount == 0:
        raise Refused("invitation_used")
    member = await _member_of(session, invitation, name)
    if current is not None and current.id != member.id:
        current.telegram_id = current.chat_id = None
        await session.flush()
    if member.chat_id is not None and member.chat_id != chat_id:
        await outbox.move_chat(session, member.chat_id, chat_id)  # the old phone hears nothing more
    member.telegram_id, member.chat_id = telegram_id, chat_id
    member.role, member.left_at, member.unreachable_since = invitation.role, None, None
    member.sells = invitation.role is Role.REP or member.sells
    member.language = member.language or language
    member.joined_at = member.joined_at or now
    session.add(
        AuditEntry(
            team_id=invitation.team_id,
            member_id=member.id,
            at=now,
            action="joined",
            subject="member",
            subject_id=member.id,
        )
    )
    await session.flush()
    team = await session.get(Team, invitation.team_id)
    assert team is not None
    acting = acting_as(member, team)
    await plan_member_anew(session, acting, now)
    await tell_newcomer(session, acting, now)
    return acting


async def _member_of(session: AsyncSession, invitation: Invitation, name: str) -> Member:
    if invitation.member_id is not None:
        return (await session.exec(select(Member).where(col(Member.id) == invitation.member_id))).one()
    taken = set((await session.exec(select(Member.name).where(col(Member.team_id) == invitation.team_id))).all())
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name} {number}", number + 1
    member = Member(team_id=invitation.team_id, name=unique, role=invitation.role, sells=invitation.role is Role.REP)
    session.add(member)
    await session.flush()
    return member
