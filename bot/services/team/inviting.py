"""Invitations from chat: a one-time link to forward, for somebody new, or for a member's (new) phone; and who sells."""

from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import Role
from bot.services import joining
from bot.services.people import acting_by_member
from bot.services.team.members import LIVING, get_member
from bot.services.work import Work
from bot.store import outbox
from bot.store.tables import AuditEntry, Team


def may_invite(by: Role) -> tuple[Role, ...]:
    """Whom a leader may bring in: only an admin makes an admin."""
    return tuple(role for role in Role if role is not Role.ADMIN or by is Role.ADMIN)


async def invite(work: Work, role: Role, member_id: int | None, bot_name: str) -> Screen:
    """Make an invitation and show its link. With a member it binds that one's phone. Raises Refused."""
    name = None
    if member_id is not None:
        member = await get_member(work.session, work.acting, member_id)
        name, role = member.name, member.role
    if not work.acting.leads or role not in may_invite(work.acting.role):
        raise Refused("not_for_your_role")
    team = await work.session.get(Team, work.acting.team_id)
    assert team is not None
    token = await joining.invite(work.session, team, role, name=name, now=work.now)
    _note(work, "invited", member_id, {"name": name or role.value})
    facts: dict[str, Json] = {
        "link": f"https://t.me/{bot_name}?start={token}",
        "role": role.value,
        "name": name,
        "until": (work.now + timedelta(days=joining.INVITATION_DAYS)).isoformat(),
    }
    return Screen(template="replies/team_invited", facts=facts, living=LIVING)


async def set_sells(work: Work, member_id: int, *, sells: bool) -> None:
    """Say whether a member makes visits: a manager may also sell. A rep always does. Raises Refused."""
    member = await get_member(work.session, work.acting, member_id)
    if member.role in (Role.REP, Role.SERVICE):
        raise Refused("old_button")
    if member.sells is sells:
        return
    member.sells = sells
    _note(work, "sells" if sells else "sells_no_more", member_id, {})
    await work.session.flush()
    if member.chat_id is not None:
        await outbox.set_menu(work.session, await acting_by_member(work.session, member_id), due_at=work.now)


def _note(work: Work, action: str, member_id: int | None, change: dict[str, Json]) -> None:
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action=action,
            subject="member",
            subject_id=member_id,
            change=change,
        )
    )
