"""Who could be visited on a date: due customers, promises, follow-ups, complaints, appointments and agreed visits."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import load_only
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.contact_hours import visit_windows
from bot.domain.geo import Pin
from bot.domain.opening_hours import OpeningHours
from bot.domain.people import Acting
from bot.domain.planning.problem import Candidate, Window
from bot.domain.priority import Priority, PriorityFacts, visit_priority
from bot.domain.urgency import DUE_FROM
from bot.domain.vocabulary import Grade, VisitState
from bot.services.customers.waiting import Waiting, measure_waiting
from bot.services.day.clock import end_of_day, noon, seconds_of
from bot.services.day.worth import Worth, worth_of
from bot.services.navigation import pin_of
from bot.services.work_calendar import is_public_working_day
from bot.store.customers import customers_to_plan
from bot.store.tables import Customer, Visit

MINUTE_S = 60
SERVICE_S: Mapping[Grade, int] = {
    Grade.A: 45 * MINUTE_S,
    Grade.B: 30 * MINUTE_S,
    Grade.C: 20 * MINUTE_S,
    Grade.D: 20 * MINUTE_S,
}
"""METHOD.md section 6: how long a visit takes. A customer without a grade takes as long as a C."""

MOST_CANDIDATES = 60
"""Optional ones that a search looks at, best first: about three days' work."""

FEWEST_CANDIDATES = 6
"""Below this, customers that will be due soon fill up: a rep with time left is better used early than not at all."""

EARLY_FROM = 0.5
"""Part of the interval that has passed before such an early visit makes sense; a first visit is never too early."""

AGREED_SOON = timedelta(days=7)
"""A customer with a visit agreed this soon is left alone till then, unless something is due."""

WEEKDAYS = "12345"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """A customer that could be visited, with what the planner and the screens need to know of it."""

    customer_id: int
    name: str
    grade: Grade | None
    pin: Pin | None
    priority: Priority
    urgency: float
    service_s: int
    windows: tuple[Window, ...]
    stake_minor: int
    appointment_at: datetime | None = None
    is_planned: bool = False  # a visit stands for it already
    is_agreed: bool = False  # such a visit that was agreed before this day was planned
    is_wanted: bool = False  # the rep added it

    @property
    def is_due(self) -> bool:
        return self.urgency >= DUE_FROM

    @property
    def is_required(self) -> bool:
        return self.appointment_at is not None or self.is_wanted

    def as_candidate(self) -> Candidate:
        """The planner's view of it."""
        return Candidate(
            key=str(self.customer_id),
            pin=self.pin,
            prize=self.priority.points,
            service_s=self.service_s,
            windows=self.windows,
            required=self.is_required,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Prospects by falling priority, and how many customers of grade A ask for a visit today."""

    prospects: tuple[Prospect, ...]
    a_due: int


async def visits_on(session: AsyncSession, acting: Acting, on: date) -> dict[int, Visit]:
    """The person's visits of a date by customer; where there are several, the one that got furthest."""
    rank = {VisitState.DONE: 0, VisitState.STARTED: 1, VisitState.PLANNED: 2, VisitState.MISSED: 3}
    query = select(Visit).where(col(Visit.member_id) == acting.member_id, col(Visit.on) == on)
    chosen: dict[int, Visit] = {}
    visits = (await session.exec(query)).all()
    for visit in sorted(visits, key=lambda visit: (rank.get(visit.state, len(rank)), -(visit.id or 0))):
        chosen.setdefault(visit.customer_id, visit)
    return chosen


async def candidates_of(
    session: AsyncSession,
    acting: Acting,
    on: date,
    *,
    now: datetime,
    wanted: frozenset[int] = frozenset(),
    without: frozenset[int] = frozenset(),
) -> Candidates:
    """The own active customers worth a visit on a date, at most ``MOST_CANDIDATES`` beside those that are required.

    ``wanted`` are required as the rep's own word, ``without`` are left out (done or skipped).
    """
    customers = await own_customers(session, acting, on, on, wanted=wanted)
    visits = await visits_on(session, acting, on)
    agreed_later = await _agreed_later(session, acting, on)
    instant = now if acting.local(now).date() == on else noon(acting, on)
    waiting = await measure_waiting(session, acting, customers, instant)
    worth = await worth_of(session, acting, on, end_of_day(acting, on))
    required, due, early = [], [], []
    a_due = 0
    for customer in customers:
        assert customer.id is not None
        visit = visits.get(customer.id)
        prospect = _prospect(acting, on, customer, waiting[customer.id], worth, visit, is_wanted=customer.id in wanted)
        calls = prospect.is_planned or _has_event(worth, customer.id, acting, on)
        is_wanted_now = prospect.is_required or calls or (prospect.is_due and customer.id not in agreed_later)
        a_due += is_wanted_now and customer.grade is Grade.A
        if customer.id in without:
            continue
        if prospect.is_required:
            required.append(prospect)
        elif is_wanted_now:
            due.append(prospect)
        elif customer.id not in agreed_later and _may_be_early(customer, prospect, waiting[customer.id], worth):
            early.append(prospect)
    early.sort(key=lambda prospect: (-prospect.urgency, prospect.customer_id))
    optional = due + early[: max(0, FEWEST_CANDIDATES - len(due) - len(required))]
    optional.sort(key=_by_priority)
    return Candidates(prospects=tuple(sorted(required + optional[:MOST_CANDIDATES], key=_by_priority)), a_due=a_due)


def _by_priority(prospect: Prospect) -> tuple[float, int]:
    return -prospect.priority.points, prospect.customer_id


async def own_customers(
    session: AsyncSession, acting: Acting, begin: date, end: date, *, wanted: Collection[int] = ()
) -> list[Customer]:
    """The active customers that are the person's to plan between two dates, with the columns that planning needs."""
    columns = (
        Customer.id, Customer.name, Customer.grade, Customer.key_account, Customer.lat, Customer.lng,
        Customer.visits_per_week, Customer.opening, Customer.created_at,
    )  # fmt: skip
    needed = load_only(*(col(column) for column in columns))  # type: ignore[arg-type] # columns of several types
    query = customers_to_plan(acting, begin, end, wanted=wanted).options(needed).order_by(col(Customer.id))
    return list((await session.exec(query)).all())


async def _agreed_later(session: AsyncSession, acting: Acting, on: date) -> frozenset[int]:
    query = select(Visit.customer_id).where(
        col(Visit.member_id) == acting.member_id,
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.on) > on,
        col(Visit.on) <= on + AGREED_SOON,
    )
    return frozenset((await session.exec(query)).all())


def _has_event(worth: Worth, customer_id: int, acting: Acting, on: date) -> bool:
    """Whether something calls for a visit whatever the frequency: a complaint only until somebody went there."""
    if customer_id in worth.promise_days or customer_id in worth.follow_up_days:
        return True
    if customer_id not in worth.complaint_days:
        return False
    last = worth.last_visit.get(customer_id)
    opened_on = on - timedelta(days=worth.complaint_days[customer_id])
    return last is None or acting.local(last).date() < opened_on


def _may_be_early(customer: Customer, prospect: Prospect, waiting: Waiting, worth: Worth) -> bool:
    if math.isinf(waiting.interval_days):
        return False
    return prospect.urgency >= EARLY_FROM or customer.id not in worth.last_visit


def _prospect(
    acting: Acting,
    on: date,
    customer: Customer,
    waiting: Waiting,
    worth: Worth,
    visit: Visit | None,
    *,
    is_wanted: bool,
) -> Prospect:
    assert customer.id is not None
    planned = visit if visit is not None and visit.state is VisitState.PLANNED else None
    pin = pin_of(customer)
    longest = Grade.A if customer.key_account else customer.grade or Grade.C
    service_s = (planned.service_s if planned else None) or SERVICE_S[longest]
    appointment_at = planned.appointment_at if planned else None
    is_agreed = planned is not None and (planned.report_id is not None or planned.planned_at is None)
    if appointment_at is not None:
        at_s = seconds_of(appointment_at, on, acting.zone)
        windows: tuple[Window, ...] = (Window(opens_s=at_s, closes_s=at_s),)
    else:
        windows = visit_windows(
            on,
            is_public_working_day=is_public_working_day(acting.country, WEEKDAYS, on),
            country=acting.country,
            lat=customer.lat,
            service_s=service_s,
            opening=OpeningHours.from_json(customer.opening),
        )
    return Prospect(
        customer_id=customer.id,
        name=customer.name,
        grade=customer.grade,
        pin=pin,
        priority=visit_priority(priority_facts(customer, waiting, worth, is_agreed=is_agreed)),
        urgency=waiting.urgency,
        service_s=service_s,
        windows=windows,
        stake_minor=max(0, worth.stake_minor.get(customer.id, 0)),
        appointment_at=appointment_at,
        is_planned=planned is not None,
        is_agreed=is_agreed,
        is_wanted=is_wanted,
    )


def priority_facts(customer: Customer, waiting: Waiting, worth: Worth, *, is_agreed: bool) -> PriorityFacts:
    """What is known of a customer on the morning of a date, for its visit priority."""
    assert customer.id is not None
    flag, ratio = worth.rhythm.get(customer.id, (None, None))
    stake = worth.stake_minor.get(customer.id, 0)
    follow_up = worth.follow_up_days.get(customer.id)
    return PriorityFacts(
        urgency=waiting.urgency,
        interval_days=waiting.interval_days,
        grade=customer.grade,
        never_visited=customer.id not in worth.last_visit,
        stake_percentile=worth.stake_percentile(customer.id),
        stake_minor=stake if stake > 0 else None,
        promise_due_days=worth.promise_days.get(customer.id),
        follow_up_due_days=0 if follow_up is None and is_agreed else follow_up,
        complaint_open_days=worth.complaint_days.get(customer.id),
        lifecycle_flag=flag,
        overdue_ratio=ratio,
    )
