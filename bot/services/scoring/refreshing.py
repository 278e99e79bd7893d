"""Refreshes the scores of a team: read, compute off the event loop, and write, each on its own."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.wall_time import instant_of
from bot.services.scoring.computing import compute
from bot.services.scoring.gathering import gather, last_scoring, team_by_id
from bot.services.scoring.saving import save
from bot.store.tables import AuditEntry, Customer, Team
from bot.store.unit import Store

AT = time(2, 0)
"""Local time of the nightly refresh."""
IMPORTED = "imported"


async def refresh_team(store: Store, team_id: int, now: datetime) -> int:
    """Bring every score of a team up to its local date. Gives how many customers it has.

    Two refreshes at once do no harm: each writes what it found in one transaction, the later one stays.
    """
    with _collector_paused():
        async with store.read() as session:
            team = await team_by_id(session, team_id)
            inputs = await gather(session, team, _local_day(team, now))
        computed = await asyncio.to_thread(compute, inputs)
        async with store.begin() as session:
            await save(session, inputs, computed, now)
    return len(computed.scored)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Half of the time for a large team went into looking for cycles among rows that have none."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()


async def refresh_due(store: Store, now: datetime) -> int:
    """Refresh the teams that are due: after 02:00 local once a day, after an import, and the first time."""
    async with store.read() as session:
        teams = (await session.exec(select(Team).order_by(col(Team.id)))).all()
        due = [team.id for team in teams if team.id is not None and await _is_due(session, team, now)]
    for team_id in due:
        await refresh_team(store, team_id, now)
    return len(due)


async def next_refresh(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a team's nightly refresh falls due."""
    zones = {ZoneInfo(name) for name in (await session.exec(select(col(Team.timezone)).distinct())).all()}
    return min((_next_night(zone, after) for zone in zones), default=None)


def _next_night(zone: ZoneInfo, after: datetime) -> datetime:
    today = after.astimezone(zone).date()
    tonight = instant_of(today, AT, zone)
    return tonight if tonight > after else instant_of(today + timedelta(days=1), AT, zone)


def _local_day(team: Team, now: datetime) -> date:
    return now.astimezone(ZoneInfo(team.timezone)).date()


async def _is_due(session: AsyncSession, team: Team, now: datetime) -> bool:
    assert team.id is not None
    last = await last_scoring(session, team.id)
    if last is None:
        customers = select(func.count()).select_from(Customer).where(col(Customer.team_id) == team.id)
        return (await session.exec(customers)).one() > 0
    local = now.astimezone(ZoneInfo(team.timezone))
    if last.on < local.date() and local.time() >= AT:
        return True
    imports = select(func.max(AuditEntry.at)).where(
        col(AuditEntry.team_id) == team.id, col(AuditEntry.action) == IMPORTED
    )
    imported_at = (await session.exec(imports)).one()
    return imported_at is not None and imported_at > last.at
