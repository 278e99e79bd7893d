"""A team's travel factor: set by who leads it, or learnt every night from the ways between visits."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.planning.travel import DEFAULT_SPEED_KMH, GreatCircleTravel
from bot.domain.screen import Json, Screen
from bot.domain.travel_factor import MeasuredLeg, learn_factor
from bot.services.navigation import pin_of
from bot.services.team_settings import TRAVEL, travel_factor_of
from bot.services.work import Work
from bot.store.tables import Customer, Team, Visit
from bot.store.unit import Store

LOOKED_BACK = timedelta(days=90)
NIGHT_HOUR = 3
CHOICES = ("0.8", "1", "1.2", "1.5", "2")
LEARN = "learn"
LIVING = "settings"
LUNCH_HOURS = range(11, 14)
"""Who checks in or leaves then may have eaten on the way."""


async def travel_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The factor, where it comes from, and what it means as a speed."""
    team = await session.get_one(Team, acting.team_id)
    stored = team.settings.get(TRAVEL, {})
    factor = travel_factor_of(team.settings)
    facts: dict[str, Json] = {
        "factor": f"{factor:g}",
        "speed_kmh": round(DEFAULT_SPEED_KMH / factor),
        "is_set": bool(stored.get("is_set")),
        "legs": stored.get("legs", 0),
        "choices": list[Json](CHOICES),
    }
    return Screen(template="replies/settings_travel", facts=facts, living=LIVING)


async def set_travel_factor(work: Work, value: str) -> None:
    """One of the choices holds until another is taken; "learn" measures again. Raises Refused."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    if value not in (*CHOICES, LEARN):
        raise Refused("button_unknown")
    team = await work.session.get_one(Team, work.acting.team_id)
    if value == LEARN:
        chosen = await _learnt(work.session, team, work.now)
    else:
        chosen = {"factor": float(value), "is_set": True}
    team.settings = {**team.settings, TRAVEL: chosen}
    await work.session.flush()


async def learn_factors(store: Store, now: datetime) -> int:
    """Measure every team whose night it is, once a night. Gives how many were measured."""
    async with store.read() as session:
        teams = [team.id for team in (await session.exec(select(Team))).all() if _is_due(team, now)]
    for team_id in teams:
        async with store.begin() as session:
            team = await session.get_one(Team, team_id)
            team.settings = {**team.settings, TRAVEL: await _learnt(session, team, now)}
            session.add(team)
    return len(teams)


def _is_due(team: Team, now: datetime) -> bool:
    stored, local = team.settings.get(TRAVEL, {}), now.astimezone(ZoneInfo(team.timezone))
    return not stored.get("is_set") and local.hour == NIGHT_HOUR and stored.get("on") != local.date().isoformat()


async def _learnt(session: AsyncSession, team: Team, now: datetime) -> dict[str, Json]:
    factor, legs = learn_factor(await _measured(session, team, now))
    return {"factor": factor, "legs": legs, "on": now.astimezone(ZoneInfo(team.timezone)).date().isoformat()}


async def _measured(session: AsyncSession, team: Team, now: datetime) -> list[MeasuredLeg]:
    """The legs between two made visits that followed each other on a rep's day, those around lunch left out."""
    query = (
        select(Visit, Customer)
        .join(Customer, col(Customer.id) == Visit.customer_id)
        .where(
            col(Visit.team_id) == team.id,
            col(Visit.on) >= (now - LOOKED_BACK).date(),
            col(Visit.checked_in_at).is_not(None),
            col(Visit.done_at).is_not(None),
        )
        .order_by(col(Visit.member_id), col(Visit.checked_in_at))
    )
    rows: Sequence[tuple[Visit, Customer]] = (await session.exec(query)).all()
    model, zone, legs = GreatCircleTravel(), ZoneInfo(team.timezone), []
    for (one, begin), (two, end) in pairwise(rows):
        here, there = pin_of(begin), pin_of(end)
        if one.member_id != two.member_id or one.on != two.on or here is None or there is None:
            continue
        assert one.done_at is not None
        assert two.checked_in_at is not None
        if {one.done_at.astimezone(zone).hour, two.checked_in_at.astimezone(zone).hour} & set(LUNCH_HOURS):
            continue
        modelled_s = int(model.matrix([here, there]).seconds[0, 1])
        measured_s = round((two.checked_in_at - one.done_at).total_seconds())
        legs.append(MeasuredLeg(modelled_s=modelled_s, measured_s=measured_s))
    return legs
