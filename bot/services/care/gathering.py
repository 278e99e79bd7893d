"""Reads of a team what its prompts are made from: a handful of queries, whatever its size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import extract
from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.care import CareKind
from bot.domain.care_settings import CareSettings, care_settings
from bot.domain.festivals import Festival, festivals_in
from bot.domain.vocabulary import DealStage, Grade, ObjectionResult
from bot.domain.wall_time import instant_of
from bot.services.work_calendar import named_holidays
from bot.store.bulk import read_rows
from bot.store.tables import (
    CareNews,
    CarePrompt,
    CareQuiet,
    Complaint,
    Contact,
    Customer,
    CustomerCare,
    CustomerScore,
    Introduction,
    Objection,
    Opportunity,
    Team,
    Touch,
)

VALUABLE = (Grade.A, Grade.B)
AHEAD = timedelta(days=10)
REFUSED_WITHIN = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One customer that somebody works with."""

    customer_id: int
    is_valuable: bool
    is_key_account: bool
    created_on: date
    last_order_on: date | None = None
    gap_days: float | None = None
    own_gap_days: float | None = None  # None where the gap is the team's

    def bought_since(self, day: date) -> bool:
        return self.last_order_on is not None and self.last_order_on >= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Birthday:
    customer_id: int
    contact_id: int
    name: str
    birthday: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A team on a local date."""

    team_id: int
    zone: ZoneInfo
    country: str
    today: date
    settings: CareSettings
    customers: Mapping[int, Known]
    quiet: frozenset[tuple[int, CareKind]]
    complained: frozenset[int]
    asked_on: Mapping[int, date]
    birthdays: tuple[Birthday, ...]
    festivals: Mapping[Festival, date]
    refused: Mapping[int, date]
    cares: Mapping[int, CustomerCare]
    last_touch_on: Mapping[int, date]
    touches: Mapping[int, int]
    nurtured: frozenset[int]
    news: tuple[CareNews, ...]


async def gather(session: AsyncSession, team: Team, today: date) -> Gathered:
    """What is known of a team's customers with an owner, ended ones left out."""
    assert team.id is not None
    zone = ZoneInfo(team.timezone)
    customers = await _customers(session, team.id, zone)
    cares = await _cares(session, team.id)
    refused = await _refused(session, team.id, today, customers, zone)
    wanted = {one for one in customers if one in refused or (one in cares and cares[one].nurture_since is not None)}
    since = {one: cares[one].nurture_since or refused.get(one) if one in cares else refused.get(one) for one in wanted}
    last, counted = await _touches(session, team.id, {one: day for one, day in since.items() if day}, zone)
    return Gathered(
        team_id=team.id,
        zone=zone,
        country=team.country,
        today=today,
        settings=care_settings(team.settings),
        customers=customers,
        quiet=await _quiet(session, team.id),
        complained=await _complained(session, team.id),
        asked_on=await _asked(session, team.id, zone),
        birthdays=await _birthdays(session, team.id, today),
        festivals=_festivals(team.country, today),
        refused=refused,
        cares=cares,
        last_touch_on=last,
        touches=counted,
        nurtured=await _nurtured(session, team.id),
        news=await _news(session, team.id, today),
    )


async def _customers(session: AsyncSession, team_id: int, zone: ZoneInfo) -> dict[int, Known]:
    query = (
        select(Customer)
        .outerjoin(
            CustomerScore,
            (col(CustomerScore.team_id) == team_id) & (col(CustomerScore.customer_id) == col(Customer.id)),
        )
        .where(col(Customer.team_id) == team_id, col(Customer.ended_at).is_(None), col(Customer.owner_id).is_not(None))
    )
    columns = query.with_only_columns(
        col(Customer.id),
        col(Customer.grade),
        col(Customer.key_account),
        col(Customer.created_at),
        col(CustomerScore.last_order_on),
        col(CustomerScore.parts)["gap"],
    )
    found = {}
    for identity, grade, key_account, created_at, last_order_on, rhythm in await read_rows(session, columns):
        gap, is_own = rhythm or (None, False)
        found[identity] = Known(
            customer_id=identity,
            is_valuable=key_account or grade in VALUABLE,
            is_key_account=key_account,
            created_on=created_at.astimezone(zone).date(),
            last_order_on=last_order_on,
            gap_days=gap,
            own_gap_days=gap if is_own else None,
        )
    return found


async def _cares(session: AsyncSession, team_id: int) -> dict[int, CustomerCare]:
    rows = (await session.exec(select(CustomerCare).where(col(CustomerCare.team_id) == team_id))).all()
    return {row.customer_id: row for row in rows}


async def _refused(
    session: AsyncSession, team_id: int, today: date, customers: Mapping[int, Known], zone: ZoneInfo
) -> dict[int, date]:
    """Valuable customers without an order that said no within a year, by a lost deal or objection, and since when."""
    since = instant_of(today - REFUSED_WITHIN, time(0), zone)
    lost_deals = select(col(Opportunity.customer_id), func.max(Opportunity.stage_since)).where(
        col(Opportunity.team_id) == team_id,
        col(Opportunity.stage).in_([DealStage.LOST, DealStage.ABANDONED]),
        col(Opportunity.stage_since) > since,
    )
    lost_words = select(col(Objection.customer_id), func.max(Objection.at)).where(
        col(Objection.team_id) == team_id, col(Objection.result) == ObjectionResult.LOST, col(Objection.at) > since
    )
    found: dict[int, date] = {}
    for query, by in ((lost_deals, Opportunity.customer_id), (lost_words, Objection.customer_id)):
        for customer_id, at in (await session.exec(query.group_by(col(by)))).all():
            known = customers.get(customer_id)
            if known is not None and known.is_valuable and known.last_order_on is None:
                day = at.astimezone(zone).date()
                found[customer_id] = max(day, found.get(customer_id, day))
    return found


async def _touches(
    session: AsyncSession, team_id: int, since: Mapping[int, date], zone: ZoneInfo
) -> tuple[dict[int, date], dict[int, int]]:
    """The last touch of each of these customers, and how many there were since it refused."""
    query = select(col(Touch.customer_id), col(Touch.at)).where(
        col(Touch.team_id) == team_id, col(Touch.customer_id).in_(since)
    )
    last: dict[int, date] = {}
    counted: dict[int, int] = {}
    for customer_id, at in (await session.exec(query)).all() if since else ():
        day = at.astimezone(zone).date()
        last[customer_id] = max(day, last.get(customer_id, day))
        counted[customer_id] = counted.get(customer_id, 0) + (day > since[customer_id])
    return last, counted


async def _quiet(session: AsyncSession, team_id: int) -> frozenset[tuple[int, CareKind]]:
    query = select(col(CareQuiet.customer_id), col(CareQuiet.kind)).where(col(CareQuiet.team_id) == team_id)
    return frozenset((await session.exec(query)).all())


async def _complained(session: AsyncSession, team_id: int) -> frozenset[int]:
    query = select(col(Complaint.customer_id)).where(
        col(Complaint.team_id) == team_id, col(Complaint.closed_at).is_(None)
    )
    return frozenset((await session.exec(query)).all())


async def _asked(session: AsyncSession, team_id: int, zone: ZoneInfo) -> dict[int, date]:
    """When each customer was last to be asked for an introduction, or last gave one."""
    prompts = select(col(CarePrompt.customer_id), func.max(CarePrompt.created_at)).where(
        col(CarePrompt.team_id) == team_id, col(CarePrompt.kind) == CareKind.REFERRAL
    )
    given = select(col(Introduction.by_customer_id), func.max(Introduction.at)).where(
        col(Introduction.team_id) == team_id
    )
    found: dict[int, date] = {}
    for query, by in ((prompts, CarePrompt.customer_id), (given, Introduction.by_customer_id)):
        for customer_id, at in (await session.exec(query.group_by(col(by)))).all():
            day = at.astimezone(zone).date()
            found[customer_id] = max(day, found.get(customer_id, day))
    return found


async def _birthdays(session: AsyncSession, team_id: int, today: date) -> tuple[Birthday, ...]:
    """Those of the next days; 29 February among them when the 28th is."""
    days = [today + timedelta(days=count) for count in range(AHEAD.days + 1)]
    months = {day.month for day in days}
    query = (
        select(Contact)
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .where(
            col(Contact.team_id) == team_id,
            col(Contact.birthday).is_not(None),
            or_(*(extract("month", col(Contact.birthday)) == month for month in months)),
            col(Customer.ended_at).is_(None),
        )
    )
    return tuple(
        Birthday(customer_id=one.customer_id, contact_id=one.id, name=one.name, birthday=one.birthday)
        for one in (await session.exec(query)).all()
        if one.id is not None and one.birthday is not None
    )


def _festivals(country: str, today: date) -> dict[Festival, date]:
    """The festivals of the next days, by the country's calendar."""
    years = {today.year, (today + AHEAD).year}
    kept = [one for year in years for one in festivals_in(named_holidays(country, year), country).items()]
    return {festival: on for festival, on in kept if today <= on <= today + AHEAD}


async def _nurtured(session: AsyncSession, team_id: int) -> frozenset[int]:
    """Customers whose nurture prompt waits for an answer: they get no second one."""
    query = select(col(CarePrompt.customer_id)).where(
        col(CarePrompt.team_id) == team_id,
        col(CarePrompt.kind) == CareKind.NURTURE,
        col(CarePrompt.settled_at).is_(None),
    )
    return frozenset((await session.exec(query)).all())


async def _news(session: AsyncSession, team_id: int, today: date) -> tuple[CareNews, ...]:
    query = select(CareNews).where(col(CareNews.team_id) == team_id, col(CareNews.until) >= today)
    return tuple((await session.exec(query)).all())
