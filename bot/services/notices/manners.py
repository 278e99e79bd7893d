"""How each kind of notice is told: whether it rings, what it may break, and when it is worth nothing any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.courtesy import RINGS_A_DAY, QuietHours
from bot.domain.people import Acting
from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind, Why
from bot.services.working_hours import working_hours_of
from bot.store.tables import Member, Notice

BRIEF_AHEAD = timedelta(minutes=30)
_LONGEST_ABSENCE_DAYS = 60


class OnDayOff(Enum):
    TELL = "tell"
    DROP = "drop"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """``urgent`` may break quiet hours and costs nothing of the budget: appointments, and nothing else."""

    rings: bool = True
    urgent: bool = False
    day_off: OnDayOff = OnDayOff.DROP


MANNERS: Mapping[str, Manner] = MappingProxyType(
    {
        Kind.MORNING: Manner(),
        Kind.MISSING: Manner(),
        Kind.DIGEST: Manner(),
        Kind.BRIEF: Manner(urgent=True, day_off=OnDayOff.TELL),
        Kind.REFRESH: Manner(rings=False, day_off=OnDayOff.TELL),
        Kind.PROMISE: Manner(day_off=OnDayOff.MOVE),
        Kind.PROMISE_LATE: Manner(day_off=OnDayOff.MOVE),
        Kind.HELP: Manner(day_off=OnDayOff.MOVE),
        Kind.FALLS: Manner(rings=False, day_off=OnDayOff.MOVE),
        Kind.RELATION_FALLS: Manner(rings=False, day_off=OnDayOff.MOVE),
        Kind.STAGE_REVIEW: Manner(rings=False, day_off=OnDayOff.MOVE),
    }
)
FREE_KINDS = tuple(kind for kind, manner in MANNERS.items() if manner.urgent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What happens to a due notice. ``tells`` False with ``moves_to`` puts it off, without it drops it."""

    tells: bool
    why: Why
    rings: bool = False
    moves_to: datetime | None = None


def worthless_after(notice: Notice, acting: Acting, member: Member) -> datetime | None:
    """The instant after which telling helps nobody, or None."""
    if notice.kind == Kind.BRIEF:
        return notice.due_at + BRIEF_AHEAD
    if notice.on is None:
        return None
    if notice.kind == Kind.MORNING:
        return instant_of(notice.on, member.work_until, acting.zone)
    return instant_of(notice.on + timedelta(days=1), time(0, 0), acting.zone)


async def judge(session: AsyncSession, notice: Notice, member: Member, acting: Acting, now: datetime) -> Verdict:
    """Decide whether a due notice is told now, with a ring or without, later, or not at all."""
    if member.left_at is not None or member.chat_id is None:
        return Verdict(tells=False, why=Why.LEFT)
    if member.unreachable_since is not None:
        return Verdict(tells=False, why=Why.UNREACHABLE)
    manner = MANNERS[notice.kind]
    limit = worthless_after(notice, acting, member)
    if limit is not None and now >= limit:
        return Verdict(tells=False, why=Why.TOO_LATE)
    if manner.day_off is not OnDayOff.TELL and (back := await _back_at_work(session, acting, now)) is not None:
        moves_to = back if manner.day_off is OnDayOff.MOVE else None
        return Verdict(tells=False, why=Why.NEXT_WORKING_DAY if moves_to else Why.DAY_OFF, moves_to=moves_to)
    if not manner.rings:
        return Verdict(tells=True, why=Why.DUE)
    if manner.urgent:
        return Verdict(tells=True, why=Why.DUE, rings=True)
    quiet = QuietHours(begin=member.quiet_from, end=member.quiet_until, zone=acting.zone)
    if (quiet_end := quiet.end_after(now)) is not None:
        if limit is not None and quiet_end >= limit:
            return Verdict(tells=True, why=Why.SILENT_IN_QUIET_HOURS)
        return Verdict(tells=False, why=Why.QUIET_HOURS, moves_to=quiet_end)
    midnight = instant_of(acting.local(now).date(), time(0, 0), acting.zone)
    rang = await ledger.count_rings(session, acting.member_id, midnight, FREE_KINDS)
    if rang >= RINGS_A_DAY:
        return Verdict(tells=True, why=Why.BUDGET)
    return Verdict(tells=True, why=Why.DUE, rings=True)


async def _back_at_work(session: AsyncSession, acting: Acting, now: datetime) -> datetime | None:
    """On a day off: when work begins again. None on a working day."""
    hours = await working_hours_of(session, acting)
    today = acting.local(now).date()
    if hours.is_working(today):
        return None
    days = (today + timedelta(days=count) for count in range(1, _LONGEST_ABSENCE_DAYS))
    back = next((day for day in days if hours.is_working(day)), today + timedelta(days=_LONGEST_ABSENCE_DAYS))
    return instant_of(back, hours.begin, acting.zone)
