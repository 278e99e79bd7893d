"""Reads a territory: its customers with their profiles, sales, first visits and places on the work platform."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.platform import Candidate, completeness
from bot.domain.vocabulary import Grade, TouchKind
from bot.domain.wall_time import instant_of
from bot.store.tables import (
    Contact,
    Customer,
    CustomerScore,
    Order,
    ScoreSnapshot,
    ShareEstimate,
    TerritorySize,
    Touch,
    WorkPlace,
)

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose territory: a member's, or with None the team's."""

    team_id: int
    member_id: int | None
    today: date
    month_start: datetime

    @property
    def month_start_on(self) -> date:
        return self.today.replace(day=1)


def scope_of(acting: Acting, member_id: int | None, now: datetime) -> Scope:
    """The territory of a member, at this instant on the acting person's clock."""
    today = acting.local(now).date()
    return Scope(
        team_id=acting.team_id,
        member_id=member_id,
        today=today,
        month_start=instant_of(today.replace(day=1), time(0), acting.zone),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A customer of the territory. ``place`` is None off the work platform; ``grade_before`` is of last month's end."""

    customer_id: int
    name: str
    grade: Grade | None
    grade_before: Grade | None
    has_snapshot: bool
    is_key_account: bool
    created_at: datetime
    completeness: float
    first_visit_at: datetime | None
    score: float | None
    year_minor: int
    last_order_on: date | None
    place: WorkPlace | None

    def candidate(self, today: date) -> Candidate:
        kept = self.place is not None and self.place.kept_until is not None and self.place.kept_until >= today
        return Candidate(
            customer_id=self.customer_id,
            grade=self.grade,
            score=self.score,
            value_minor=max(0, self.year_minor),
            is_kept=kept,
        )

    def is_buying(self, today: date) -> bool:
        """Whether it ordered in the last 12 months."""
        return self.last_order_on is not None and self.last_order_on > today - YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """The team's sales in its own currency by customer; ``foreign`` counts orders in other currencies, left out."""

    last_year: dict[int, int]
    year_before: dict[int, int]
    last_on: dict[int, date]
    foreign: int


async def read_sales(session: AsyncSession, acting: Acting, today: date) -> Sales:
    """Sales of the last 12 months and of the 12 before, and the last order days. Orders of the future do not count."""
    paid = (col(Order.team_id) == acting.team_id, col(Order.ordered_on) <= today)
    own = col(Order.currency) == acting.currency

    async def between(first: date, last: date) -> dict[int, int]:
        query = (
            select(col(Order.customer_id), func.sum(Order.amount_minor))
            .where(*paid, own, col(Order.ordered_on) > first, col(Order.ordered_on) <= last)
            .group_by(col(Order.customer_id))
        )
        return {customer: int(total or 0) for customer, total in (await session.exec(query)).all()}

    bought = select(col(Order.customer_id), func.max(Order.ordered_on)).where(*paid, col(Order.amount_minor) > 0)
    foreign = select(func.count()).where(*paid, ~own, col(Order.ordered_on) > today - YEAR)
    return Sales(
        last_year=await between(today - YEAR, today),
        year_before=await between(today - 2 * YEAR, today - YEAR),
        last_on=dict((await session.exec(bought.group_by(col(Order.customer_id)))).all()),
        foreign=int((await session.exec(foreign)).one()),
    )


async def read_territory(session: AsyncSession, scope: Scope, sales: Sales) -> list[Held]:
    """Every customer of the territory with whom business goes on."""
    query = select(Customer).where(col(Customer.team_id) == scope.team_id, col(Customer.ended_at).is_(None))
    if scope.member_id is not None:
        query = query.where(col(Customer.owner_id) == scope.member_id)
    customers = (await session.exec(query.order_by(col(Customer.id)))).all()
    scores = dict(
        (
            await session.exec(
                select(col(CustomerScore.customer_id), col(CustomerScore.score)).where(
                    col(CustomerScore.team_id) == scope.team_id
                )
            )
        ).all()
    )
    places = {
        place.customer_id: place
        for place in (await session.exec(select(WorkPlace).where(col(WorkPlace.team_id) == scope.team_id))).all()
    }
    visits, before = await _first_visits(session, scope), await _grades_before(session, scope)
    known = await _Known.read(session, scope.team_id)
    return [
        Held(
            customer_id=identity,
            name=customer.name,
            grade=customer.grade,
            grade_before=before.get(identity),
            has_snapshot=identity in before,
            is_key_account=customer.key_account,
            created_at=customer.created_at,
            completeness=known.of(customer),
            first_visit_at=visits.get(identity),
            score=scores.get(identity),
            year_minor=sales.last_year.get(identity, 0),
            last_order_on=sales.last_on.get(identity),
            place=places.get(identity),
        )
        for customer in customers
        if (identity := customer.id) is not None
    ]


async def _first_visits(session: AsyncSession, scope: Scope) -> dict[int, datetime]:
    query = (
        select(col(Touch.customer_id), func.min(Touch.at))
        .where(col(Touch.team_id) == scope.team_id, col(Touch.kind) == TouchKind.VISIT)
        .group_by(col(Touch.customer_id))
    )
    return dict((await session.exec(query)).all())


async def _grades_before(session: AsyncSession, scope: Scope) -> dict[int, Grade | None]:
    """The grades at the end of last month, of the customers that had a snapshot then."""
    query = (
        select(col(ScoreSnapshot.customer_id), col(ScoreSnapshot.grade))
        .where(col(ScoreSnapshot.team_id) == scope.team_id, col(ScoreSnapshot.on) < scope.month_start_on)
        .order_by(col(ScoreSnapshot.on))
    )
    return dict((await session.exec(query)).all())


@dataclass(frozen=True, slots=True)
class _Known:
    """Which customers have which part of a profile."""

    with_phone: frozenset[int]
    with_role: frozenset[int]
    with_share: frozenset[int]

    @classmethod
    async def read(cls, session: AsyncSession, team_id: int) -> "_Known":
        in_team = col(Contact.team_id) == team_id
        phones = select(col(Contact.customer_id)).where(in_team, col(Contact.phone) != "").distinct()
        roles = select(col(Contact.customer_id)).where(in_team, col(Contact.role).is_not(None)).distinct()
        shares = select(col(ShareEstimate.customer_id)).where(
            col(ShareEstimate.team_id) == team_id, col(ShareEstimate.low_percent).is_not(None)
        )
        return cls(
            frozenset((await session.exec(phones)).all()),
            frozenset((await session.exec(roles)).all()),
            frozenset((await session.exec(shares.distinct())).all()),
        )

    def of(self, customer: Customer) -> float:
        """How complete a profile is: place, phone, industry, grade, a contact with a role, our share."""
        identity = customer.id or 0
        return completeness(
            [
                bool(customer.address) or customer.lat is not None,
                bool(customer.phone) or identity in self.with_phone,
                bool(customer.industry),
                customer.grade is not None,
                identity in self.with_role,
                identity in self.with_share,
            ]
        )


async def territory_size(session: AsyncSession, scope: Scope, *, before: datetime | None = None) -> int | None:
    """The estimated number of customers; of a team the sum of its members'. None: nobody has said."""
    query = select(TerritorySize).where(col(TerritorySize.team_id) == scope.team_id)
    if scope.member_id is not None:
        query = query.where(col(TerritorySize.member_id) == scope.member_id)
    if before is not None:
        query = query.where(col(TerritorySize.at) < before)
    rows = (await session.exec(query.order_by(col(TerritorySize.at), col(TerritorySize.id)))).all()
    latest = {row.member_id: row.customers for row in rows}
    return sum(latest.values()) if latest else None
