"""Notices of every working day, week or month: the next of each kind stands, and telling it plans the one after."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.notices import Why, next_occurrence
from bot.domain.people import Acting
from bot.domain.vocabulary import Role
from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.notices.ledger import Fate, Kind
from bot.services.people import acting_by_member
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store.tables import Member, Notice, Team
from bot.store.unit import Store

WALL_TIMES: Mapping[str, time] = MappingProxyType(
    {
        Kind.MORNING: time(7, 30),
        Kind.MISSING: time(18, 0),
        Kind.DIGEST: time(18, 30),
        Kind.WEEKLY: time(8, 30),
        Kind.BACKTEST: time(9, 0),
    }
)


def kinds_for(acting: Acting) -> tuple[Kind, ...]:
    """The recurring notices of a member: who records visits has a day, who leads digests, an admin the back-test."""
    day = (Kind.MORNING, Kind.MISSING) if acting.records else ()
    team = (Kind.DIGEST, Kind.WEEKLY) if acting.leads else ()
    return (*day, *team, Kind.BACKTEST) if acting.role is Role.ADMIN else (*day, *team)


async def plan_missing(store: Store, now: datetime) -> None:
    """Make sure that the recurring notices of every active member stand, each member in a transaction of its own."""
    async with store.read() as session:
        members = await _members_without(session)
    for member_id in members:
        async with store.begin() as session:
            await plan_member(session, await acting_by_member(session, member_id), now)


async def _members_without(session: AsyncSession) -> list[int]:
    """Active members who lack a pending notice of a kind that their role has."""

    def lacks(kind: Kind) -> object:
        pending = select(Notice.id).where(
            col(Notice.member_id) == col(Member.id), col(Notice.kind) == kind, col(Notice.settled_at).is_(None)
        )
        return ~exists(pending)

    sells = or_(col(Member.role) == Role.REP, col(Member.sells)) & (col(Member.role) != Role.SERVICE)
    leads = col(Member.role).in_([Role.MANAGER, Role.ADMIN])
    lacking = or_(
        sells & lacks(Kind.MORNING),
        sells & lacks(Kind.MISSING),
        leads & lacks(Kind.DIGEST),
        leads & lacks(Kind.WEEKLY),
        (col(Member.role) == Role.ADMIN) & lacks(Kind.BACKTEST),
    )
    query = select(Member.id).where(col(Member.chat_id).is_not(None), col(Member.left_at).is_(None), lacking)
    return [identity for identity in (await session.exec(query)).all() if identity is not None]


async def plan_member(session: AsyncSession, acting: Acting, now: datetime) -> None:
    """Make sure that a member's recurring notices stand: today's where its time is still ahead, else the next."""
    for kind in kinds_for(acting):
        await _plan_first(session, acting, kind, start=acting.local(now).date(), after=now)


async def plan_member_anew(session: AsyncSession, acting: Acting, now: datetime) -> None:
    """As ``plan_member``, for a member whose zone, role or working days changed: what was pending is replaced."""
    await ledger.withdraw_kinds(session, acting.member_id, WALL_TIMES)
    await plan_member(session, acting, now)


async def plan_next(work: Work, notice: Notice) -> None:
    """After a recurring notice is settled: the next date's, but none for days that went by unserved."""
    assert notice.on is not None
    if notice.kind in kinds_for(work.acting):
        start = max(notice.on + timedelta(days=1), work.today)
        await _plan_first(work.session, work.acting, Kind(notice.kind), start=start, after=None)


async def _plan_first(
    session: AsyncSession, acting: Acting, kind: Kind, *, start: date, after: datetime | None
) -> None:
    """Plan a kind for its first day from ``start`` that has none yet, and timed after ``after``."""
    query = select(col(Notice.on), col(Notice.settled_at)).where(
        col(Notice.member_id) == acting.member_id,
        col(Notice.kind) == kind,
        col(Notice.on) >= start,
        func.coalesce(Notice.fate, "") != Fate.WITHDRAWN,
    )
    stands = dict((await session.exec(query)).all())
    if any(settled_at is None for settled_at in stands.values()):
        return
    is_working = await working_days_of(session, acting)
    found = next_occurrence(
        start=start,
        wall=WALL_TIMES[kind],
        zone=acting.zone,
        is_working=lambda day: day not in stands and comes_on(kind, day, is_working),
        after=after,
    )
    if found is not None:
        on, due_at = found
        await ledger.plan(
            session,
            team_id=acting.team_id,
            member_id=acting.member_id,
            kind=kind,
            due_at=due_at,
            on=on,
            wall=datetime.combine(on, WALL_TIMES[kind]),
        )


def comes_on(kind: Kind, day: date, is_working: Callable[[date], bool]) -> bool:
    """Whether a kind comes on a day: every working day, or the first one of its week or month."""
    begin = {Kind.WEEKLY: day - timedelta(days=day.weekday()), Kind.BACKTEST: day.replace(day=1)}.get(kind, day)
    earlier = (begin + timedelta(days=count) for count in range((day - begin).days))
    return is_working(day) and not any(is_working(one) for one in earlier)


async def follow_zone_rules(store: Store, now: datetime) -> None:
    """Move what is planned for a local time to where that time is now: a zone's rules may have changed since."""
    query = (
        select(Notice, col(Member.timezone), col(Team.timezone))
        .join(Member, col(Member.id) == Notice.member_id)
        .join(Team, col(Team.id) == Notice.team_id)
        .where(
            col(Notice.settled_at).is_(None),
            col(Notice.due_at) > now,
            col(Notice.wall).is_not(None),
            func.coalesce(Notice.reason, Why.ZONE_RULES.value).in_([Why.ZONE_RULES, Why.CONTACT_HOURS]),
        )
    )
    async with store.read() as session:
        rows = (await session.exec(query)).all()
    for notice, own_zone, team_zone in rows:
        assert notice.wall is not None
        wall = datetime.fromisoformat(notice.wall)
        due_at = instant_of(wall.date(), wall.time(), ZoneInfo(own_zone or team_zone))
        if due_at != notice.due_at:
            async with store.begin() as session:
                await ledger.move(session, notice, due_at, Why.ZONE_RULES)
