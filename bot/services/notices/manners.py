"""How each kind of notice is told, and to whom: the facts that the one decision is made from."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.courtesy import RINGS_A_DAY, QuietHours
from bot.domain.notices import Lasts, Manner, Mute, OnDayOff, Recipient, Why
from bot.domain.people import Acting
from bot.services.notices.ledger import Kind
from bot.services.work_calendar import working_days_of
from bot.store.tables import Member, Team

BRIEF_AHEAD = timedelta(minutes=30)
RINGS_KEY = "rings_a_day"
"""Where a team's settings keep its budget of ringing messages."""

MANNERS: Mapping[str, Manner] = MappingProxyType(
    {
        Kind.MORNING: Manner(alone=True, mute=Mute.DROP, lasts=Lasts.WORK_OF_ITS_DATE, snoozes=False),
        Kind.MISSING: Manner(mute=Mute.DROP, snoozes=False),
        Kind.DIGEST: Manner(alone=True, mute=Mute.DROP, snoozes=False),
        Kind.BRIEF: Manner(urgent=True, day_off=OnDayOff.TELL, mute=Mute.NEVER, lasts=Lasts.HALF_HOUR, snoozes=False),
        Kind.REFRESH: Manner(rings=False, alone=True, day_off=OnDayOff.TELL, mute=Mute.NEVER, snoozes=False),
        Kind.PROMISE: Manner(day_off=OnDayOff.MOVE),
        Kind.PROMISE_LATE: Manner(day_off=OnDayOff.MOVE, mute=Mute.DROP, follows=Kind.PROMISE),
        Kind.HELP: Manner(day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.PLAYBOOK: Manner(rings=False, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD),
        Kind.FALLS: Manner(rings=False, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD),
        Kind.RELATION_FALLS: Manner(rings=False, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD),
        Kind.STAGE_REVIEW: Manner(rings=False, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD),
        Kind.WEEKLY: Manner(alone=True, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD, snoozes=False),
        Kind.BACKTEST: Manner(
            rings=False, alone=True, day_off=OnDayOff.MOVE, mute=Mute.DROP, lasts=Lasts.FOR_GOOD, snoozes=False
        ),
        Kind.CARE: Manner(rings=False, mute=Mute.DROP),
        Kind.CARE_NOW: Manner(day_off=OnDayOff.MOVE, mute=Mute.NEVER, alone=True, lasts=Lasts.FOR_GOOD),
        Kind.APPROVAL: Manner(alone=True, day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.APPROVAL_REPLY: Manner(day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.APPROVAL_ANSWER: Manner(alone=True, day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.APPROVAL_QUESTION: Manner(day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.APPROVAL_EXPIRED: Manner(alone=True, day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.COMPLAINT: Manner(day_off=OnDayOff.MOVE, mute=Mute.NEVER, lasts=Lasts.FOR_GOOD),
        Kind.COMPLAINT_DUE: Manner(day_off=OnDayOff.MOVE),
        Kind.WORDING: Manner(rings=False, day_off=OnDayOff.MOVE, lasts=Lasts.FOR_GOOD),
    }
)
FREE_KINDS = tuple(kind for kind, manner in MANNERS.items() if manner.urgent)


async def recipient_of(session: AsyncSession, member: Member, acting: Acting) -> Recipient:
    """A member as the decision sees one, as things are set now."""
    settings = (await session.exec(select(col(Team.settings)).where(col(Team.id) == acting.team_id))).one()
    return Recipient(
        zone=acting.zone,
        work_from=member.work_from,
        work_until=member.work_until,
        quiet=QuietHours(begin=member.quiet_from, end=member.quiet_until, zone=acting.zone),
        is_working=await working_days_of(session, acting),
        rings_a_day=int(settings.get(RINGS_KEY, RINGS_A_DAY)),
        muted=frozenset(member.muted_kinds),
        gone=_gone(member),
    )


def _gone(member: Member) -> Why | None:
    if member.left_at is not None or member.chat_id is None:
        return Why.LEFT
    return Why.UNREACHABLE if member.unreachable_since is not None else None
