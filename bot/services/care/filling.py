"""Enters what is due for a team's customers, once a day after its scores were refreshed, and tells each rep once.

Prompts are rows: what was entered survives restarts, and a second process finds it entered.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.care import Prompt
from bot.domain.wall_time import instant_of
from bot.services.care.entering import row_of
from bot.services.care.gathering import Gathered, gather
from bot.services.care.making import make_prompts
from bot.services.care.touching import settle_touched
from bot.services.notices import ledger
from bot.services.people import acting_as
from bot.services.work_calendar import is_public_working_day
from bot.store.bulk import insert_many
from bot.store.care import after_sales_by
from bot.store.inserting import insert_if_new
from bot.store.tables import CarePrompt, CareRun, Customer, Member, Team, TeamScoring
from bot.store.unit import Store

TELL_AT = time(9, 30)
"""After the morning's route, when customers can be called and written to."""

WEEKDAYS = "12345"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def fill_due(store: Store, now: datetime) -> int:
    """Enter the prompts of every team whose scores are newer than its prompts. Gives how many teams there were."""
    scored = select(func.max(TeamScoring.at)).where(col(TeamScoring.team_id) == col(Team.id)).scalar_subquery()
    query = (
        select(col(Team.id))
        .outerjoin(CareRun, col(CareRun.team_id) == col(Team.id))
        .where(scored.is_not(None), (col(CareRun.at).is_(None)) | (col(CareRun.at) < scored))
    )
    async with store.read() as session:
        teams = [one for one in (await session.exec(query.order_by(col(Team.id)))).all() if one is not None]
    for team_id in teams:
        await fill_team(store, team_id, now)
    return len(teams)


async def fill_team(store: Store, team_id: int, now: datetime) -> int:
    """Enter a team's prompts of its local date. Gives how many are new; 0 where another process was first."""
    async with store.read() as session:
        team = (await session.exec(select(Team).where(col(Team.id) == team_id))).one()
        known = await gather(session, team, now.astimezone(ZoneInfo(team.timezone)).date())
    is_working = cache(lambda day: is_public_working_day(team.country, WEEKDAYS, day))
    prompts = await asyncio.to_thread(make_prompts, known, is_working)
    async with store.begin() as session:
        if not await _take_turn(session, known, now):
            return 0
        await _close_old(session, team_id, known.today, now)
        await settle_touched(session, team_id, now)
        fresh = await _not_entered(session, known, prompts)
        await insert_many(session, CarePrompt, [row_of(one, team_id, known.zone, now) | _OPEN for one in fresh])
        await _tell_owners(session, known, now)
    return len(fresh)


_OPEN = {"report_id": None, "settled_at": None, "outcome": None, "touch_id": None}


async def _take_turn(session: AsyncSession, known: Gathered, now: datetime) -> bool:
    """Move the team's row to now. False: another process did so in between, and enters what is due."""
    first = {"team_id": known.team_id, "on": known.today, "at": _LONG_AGO}
    await insert_if_new(session, CareRun, first, ("team_id",))
    moved = update(CareRun).where(col(CareRun.team_id) == known.team_id, col(CareRun.at) < now)
    return (await session.exec(moved.values(on=known.today, at=now))).rowcount > 0


async def _close_old(session: AsyncSession, team_id: int, today: date, now: datetime) -> None:
    """What nobody answered in its time is worth nothing any more, and of an ended customer nothing is."""
    pending = (col(CarePrompt.team_id) == team_id, col(CarePrompt.settled_at).is_(None))
    expired = update(CarePrompt).where(*pending, col(CarePrompt.until) < today)
    await session.exec(expired.values(settled_at=now, outcome="expired"))
    ended = select(col(Customer.id)).where(col(Customer.team_id) == team_id, col(Customer.ended_at).is_not(None))
    gone = update(CarePrompt).where(*pending, col(CarePrompt.customer_id).in_(ended))
    await session.exec(gone.values(settled_at=now, outcome="ended"))


async def _not_entered(session: AsyncSession, known: Gathered, prompts: Sequence[Prompt]) -> list[Prompt]:
    keys = {prompt.key for prompt in prompts}
    if not keys:
        return []
    query = select(col(CarePrompt.customer_id), col(CarePrompt.key)).where(
        col(CarePrompt.team_id) == known.team_id, col(CarePrompt.key).in_(keys)
    )
    stands = set((await session.exec(query)).all())
    return [one for one in prompts if (one.customer_id, one.key) not in stands]


async def _tell_owners(session: AsyncSession, known: Gathered, now: datetime) -> None:
    """Plan today's one message to each member who has something due; a date is told once."""
    owners = (
        select(Member, Team)
        .join(Customer, col(Customer.owner_id) == col(Member.id))
        .join(CarePrompt, col(CarePrompt.customer_id) == col(Customer.id))
        .join(Team, col(Team.id) == col(Member.team_id))
        .where(
            col(CarePrompt.team_id) == known.team_id,
            col(CarePrompt.settled_at).is_(None),
            col(CarePrompt.due_on) <= known.today,
            col(Member.chat_id).is_not(None),
            col(Member.left_at).is_(None),
        )
        .distinct()
    )
    by = await after_sales_by(session, known.team_id)
    doer = select(Member, Team).join(Team, col(Team.id) == col(Member.team_id)).where(col(Member.id) == by)
    for member, team in [*(await session.exec(owners)).all(), *(await session.exec(doer)).all()]:
        acting = acting_as(member, team)
        today = acting.local(now).date()
        due_at = instant_of(today, max(TELL_AT, member.work_from), acting.zone)
        await ledger.plan(
            session,
            team_id=acting.team_id,
            member_id=acting.member_id,
            kind=ledger.Kind.CARE,
            due_at=max(due_at, now),
            on=today,
        )
