"""A team's day in figures: visits, customers of grade A, agreements, promises, complaints, and what tomorrow holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.promises import GRACE
from bot.domain.vocabulary import Grade, PromiseSide, PromiseState, Role, VisitState
from bot.domain.wall_time import instant_of
from bot.services.missing_reports import is_report_missing
from bot.services.work_calendar import working_days_of
from bot.store.tables import Complaint, Customer, DayOff, FollowUp, Member, Promise, Visit

VISIT_MINUTES: Mapping[Grade, int] = MappingProxyType({Grade.A: 45, Grade.B: 30, Grade.C: 20, Grade.D: 20})
TRAVEL_MINUTES, LUNCH_MINUTES = 15, 60
"""What a visit's way and a day's rest take on average; the day plan itself measures the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A date of the person who looks, as instants: from ``begin`` until before ``end``."""

    on: date
    begin: datetime
    end: datetime

    @classmethod
    def of(cls, acting: Acting, on: date) -> "Span":
        begin, end = (instant_of(day, time(0, 0), acting.zone) for day in (on, on + timedelta(days=1)))
        return cls(on=on, begin=begin, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepDay:
    """What one seller did of what was planned. ``load_percent`` is of the next working day, 100 being full."""

    member_id: int
    name: str
    done: int
    planned: int
    missing: int
    is_off: bool
    next_visits: int
    load_percent: int


async def next_working_day(session: AsyncSession, acting: Acting, on: date) -> date:
    """The day that the person works next after a date."""
    is_working = await working_days_of(session, acting)
    days = [on + timedelta(days=count) for count in range(1, 31)]
    return next((day for day in days if is_working(day)), days[0])


async def sellers_of(session: AsyncSession, acting: Acting) -> Sequence[Member]:
    """Everybody in the team who visits customers, by name."""
    query = select(Member).where(
        col(Member.team_id) == acting.team_id,
        col(Member.left_at).is_(None),
        col(Member.role) != Role.SERVICE,
        (col(Member.role) == Role.REP) | col(Member.sells),
    )
    return (await session.exec(query.order_by(col(Member.name)))).all()


async def rep_days(session: AsyncSession, acting: Acting, on: date, tomorrow: date, now: datetime) -> list[RepDay]:
    """The day of every seller, and how full the next one is."""
    today = await _visits(session, acting, on)
    ahead = await _visits(session, acting, tomorrow)
    follow_ups = await _follow_ups(session, acting, tomorrow)
    grades = await _grades(session, acting)
    off = await _off(session, acting, on)
    days = []
    for member in await sellers_of(session, acting):
        assert member.id is not None
        own = [visit for visit in today if visit.member_id == member.id]
        booked = {visit.customer_id for visit in ahead if visit.member_id == member.id}
        asked = booked | {one.customer_id for one in follow_ups if one.member_id == member.id}
        days.append(
            RepDay(
                member_id=member.id,
                name=member.name,
                done=sum(visit.state is VisitState.DONE for visit in own),
                planned=len(own),
                missing=sum(is_report_missing(visit, now) for visit in own),
                is_off=member.id in off,
                next_visits=len(asked),
                load_percent=_load_percent(member, [grades.get(customer) for customer in asked]),
            )
        )
    return days


def _load_percent(member: Member, grades: Sequence[Grade | None]) -> int:
    wanted = sum(VISIT_MINUTES[grade or Grade.C] + TRAVEL_MINUTES for grade in grades)
    begin, end = member.work_from, member.work_until
    field_minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute - LUNCH_MINUTES
    return round(100 * wanted / max(60, field_minutes))


async def _visits(session: AsyncSession, acting: Acting, on: date) -> Sequence[Visit]:
    query = select(Visit).where(
        col(Visit.team_id) == acting.team_id, col(Visit.on) == on, col(Visit.state) != VisitState.CANCELLED
    )
    return (await session.exec(query)).all()


async def _follow_ups(session: AsyncSession, acting: Acting, until: date) -> Sequence[FollowUp]:
    query = select(FollowUp).where(
        col(FollowUp.team_id) == acting.team_id, col(FollowUp.done_at).is_(None), col(FollowUp.due_on) <= until
    )
    return (await session.exec(query)).all()


async def _grades(session: AsyncSession, acting: Acting) -> dict[int, Grade | None]:
    query = select(col(Customer.id), col(Customer.grade)).where(col(Customer.team_id) == acting.team_id)
    return {identity: grade for identity, grade in (await session.exec(query)).all() if identity is not None}


async def _off(session: AsyncSession, acting: Acting, on: date) -> set[int]:
    query = select(col(DayOff.member_id)).where(col(DayOff.team_id) == acting.team_id, col(DayOff.on) == on)
    return set((await session.exec(query)).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What customers committed to on a date: money named, and how often of each kind."""

    amount_minor: int
    kinds: Mapping[str, int]


async def agreed_on(session: AsyncSession, acting: Acting, span: Span) -> Agreed:
    """The commitments of a date, those taken back left out."""
    query = (
        select(col(Promise.kind), func.count(), func.sum(Promise.amount_minor))
        .where(
            col(Promise.team_id) == acting.team_id,
            col(Promise.side) == PromiseSide.THEIRS,
            col(Promise.state) != PromiseState.WITHDRAWN,
            col(Promise.created_at) >= span.begin,
            col(Promise.created_at) < span.end,
        )
        .group_by(col(Promise.kind))
    )
    rows = (await session.exec(query)).all()
    return Agreed(
        amount_minor=sum(int(amount or 0) for _, _, amount in rows),
        kinds={kind: count for kind, count, _ in sorted(rows, key=lambda row: -row[1]) if kind},
    )


async def count_promises(session: AsyncSession, acting: Acting, span: Span, now: datetime) -> dict[str, int]:
    """Of our promises: how many were kept on a date, are late, and fall due in what is left of the date."""
    ours = (col(Promise.team_id) == acting.team_id, col(Promise.side) == PromiseSide.OURS)
    is_open = (*ours, col(Promise.state) == PromiseState.OPEN)
    conditions = {
        "kept": (
            *ours,
            col(Promise.state) == PromiseState.KEPT,
            col(Promise.closed_at) >= span.begin,
            col(Promise.closed_at) < span.end,
        ),
        "late": (*is_open, col(Promise.due_at) < now - GRACE),
        "due": (*is_open, col(Promise.due_at) >= now - GRACE, col(Promise.due_at) < span.end),
    }
    return {
        name: int((await session.exec(select(func.count()).select_from(Promise).where(*condition))).one())
        for name, condition in conditions.items()
    }


async def open_complaints(session: AsyncSession, acting: Acting) -> Sequence[tuple[Complaint, Customer]]:
    """The team's open complaints, oldest first."""
    query = (
        select(Complaint, Customer)
        .join(Customer, col(Customer.id) == Complaint.customer_id)
        .where(col(Complaint.team_id) == acting.team_id, col(Complaint.closed_at).is_(None))
        .order_by(col(Complaint.opened_at), col(Complaint.id))
    )
    return (await session.exec(query)).all()
