"""What is known of a week before it is planned: its days, who falls due, what is agreed, how much room there is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.capacity import Claim, Room
from bot.domain.contact_hours import midday_rest
from bot.domain.geo import Pin
from bot.domain.opening_hours import OpeningHours
from bot.domain.people import Acting
from bot.domain.planning.travel import TravelTimes
from bot.domain.priority import Priority, visit_priority
from bot.domain.typical_travel import TypicalTravel, typical_travel
from bot.domain.urgency import count_working_days
from bot.domain.vocabulary import Grade, VisitState
from bot.services.customers.waiting import measure_waiting
from bot.services.day.candidates import SERVICE_S, own_customers, priority_facts
from bot.services.day.clock import end_of_day, seconds_of, wall_seconds
from bot.services.day.gathering import LUNCH_S
from bot.services.day.worth import Worth, worth_of
from bot.services.navigation import pin_of
from bot.services.people import own_row
from bot.services.travel_times.known import known_travel
from bot.services.work_calendar import IsWorkingDay, working_days_of
from bot.store.tables import Customer, DayPlan, Member, Visit

WEEK = 7
TODAY_UNTIL_HOUR = 10
"""Later than this, today is no longer planned as a part of the week: /today is about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A visit of the week that stands; ``is_promised`` to the customer, or of a day that has begun: kept on its day, an
    appointment at its time.

    The others come from a plan that was accepted: they move only where that helps much.
    """

    visit_id: int
    on: date
    appointment_at: datetime | None
    service_s: int | None
    is_promised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCustomer:
    """A customer of the rep. ``waited_days`` on the evening before the week's first day; ``flag`` its lifecycle."""

    customer_id: int
    name: str
    grade: Grade | None
    pin: Pin | None
    lat: float | None
    opening: OpeningHours
    interval_days: float
    waited_days: float
    service_s: int
    priority: Priority
    stake_minor: int
    flag: str | None
    agreed: tuple[Agreed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSurvey:
    """``days`` are those that can still be planned; ``off`` the dates of the weeks that are not worked.

    ``first_from_s`` is when the first of the days can begin: later than usual where that is today, and under way.
    """

    acting: Acting
    starts_on: date
    days: tuple[date, ...]
    off: tuple[date, ...]
    customers: Mapping[int, WeekCustomer]
    home: Pin | None
    work_from_s: int
    work_until_s: int
    first_from_s: int
    travel: TravelTimes
    typical: TypicalTravel

    @property
    def room(self) -> Room:
        """Field time of each day, less lunch or the midday rest and the ways out and home (METHOD.md section 6)."""
        return Room(days=tuple(self._day_s(number) for number in range(len(self.days))))

    @property
    def rest_s(self) -> int:
        """Lunch, or the midday rest where that is the custom and longer."""
        rest = midday_rest(self.starts_on, country=self.acting.country, lat=self.home.lat if self.home else None)
        return max(LUNCH_S, rest.closes_s - rest.opens_s) if rest else LUNCH_S

    def begins_s(self, number: int) -> int:
        """When a day can begin, by its number."""
        return self.first_from_s if number == 0 else self.work_from_s

    def _day_s(self, number: int) -> int:
        field_s = self.work_until_s - self.begins_s(number)
        return max(0, field_s - self.rest_s - self.typical.commute_s + self.typical.leg_s)

    def claims(self) -> list[Claim]:
        """What every customer asks of the week; those that want no planned visits only where one is agreed."""
        return [self._claim(customer) for customer in self.customers.values()]

    def _claim(self, customer: WeekCustomer) -> Claim:
        return Claim(
            key=customer.customer_id,
            grade=customer.grade,
            interval_days=customer.interval_days,
            waited_days=customer.waited_days,
            cost_s=customer.service_s + self.typical.leg_s,
            stake_minor=customer.stake_minor,
            worth=customer.priority.points,
            fixed=len(customer.agreed),
        )


def monday_of(on: date) -> date:
    """The Monday of a date's week."""
    return on - timedelta(days=on.weekday())


def week_to_plan(acting: Acting, now: datetime, is_working: IsWorkingDay) -> date:
    """The Monday of this week while it has a working day ahead after today, else of the next one."""
    today = acting.local(now).date()
    monday = monday_of(today)
    ahead = [monday + timedelta(days=number) for number in range(WEEK)]
    return monday if any(day > today and is_working(day) for day in ahead) else monday + timedelta(days=WEEK)


async def survey_week(
    session: AsyncSession, acting: Acting, starts_on: date, now: datetime, weeks: int = 1
) -> WeekSurvey:
    """Look at some weeks, from a Monday on, as they stand now. A few queries, whatever the number of customers."""
    member = await own_row(session, acting)
    is_working = await working_days_of(session, acting)
    dates = [starts_on + timedelta(days=number) for number in range(WEEK * weeks)]
    agreed = await _agreed(session, acting, dates[0], dates[-1])
    called = {visit.on for visits in agreed.values() for visit in visits if visit.appointment_at}
    first = _first_day(acting, now)
    days = tuple(day for day in dates if day >= first and (is_working(day) or day in called))
    begin = days[0] if days else max(first, dates[0])
    rows = await own_customers(session, acting, dates[0], dates[-1])
    evening = end_of_day(acting, begin - timedelta(days=1)) - timedelta(seconds=1)
    waiting = await measure_waiting(session, acting, rows, evening)
    worth = await worth_of(session, acting, begin, end_of_day(acting, dates[-1]))
    sooner = await _planned_before(session, acting, acting.local(now).date(), begin)
    customers = {}
    for row in rows:
        assert row.id is not None
        interval = waiting[row.id].interval_days
        kept = tuple(visit for visit in agreed.get(row.id, ()) if visit.on in days)
        if interval == float("inf"):
            if not kept:
                continue
            interval = float(10 * WEEK)
        waited = waiting[row.id].urgency * interval
        if row.id in sooner:
            waited = float(count_working_days(sooner[row.id], begin - timedelta(days=1), is_working))
        facts = priority_facts(row, waiting[row.id], worth, is_agreed=bool(kept))
        customers[row.id] = _customer(row, interval, waited, visit_priority(facts), worth, kept)
    work_from_s = wall_seconds(member.work_from)
    work_until_s = max(work_from_s, wall_seconds(member.work_until))
    home = _home_of(member)
    pins = [customer.pin for customer in customers.values() if customer.pin is not None]
    travel = await known_travel(session, [home, *pins], acting.travel_factor)
    return WeekSurvey(
        acting=acting,
        starts_on=starts_on,
        days=days,
        off=tuple(day for day in dates if day.weekday() < 5 and day >= first and day not in days),
        customers=customers,
        home=home,
        work_from_s=work_from_s,
        work_until_s=work_until_s,
        first_from_s=min(work_until_s, max(work_from_s, seconds_of(now, begin, acting.zone))),
        travel=travel,
        typical=typical_travel(home, pins, travel),
    )


def _first_day(acting: Acting, now: datetime) -> date:
    local = acting.local(now)
    return local.date() if local.hour < TODAY_UNTIL_HOUR else local.date() + timedelta(days=1)


def _home_of(member: Member) -> Pin | None:
    if member.start_lat is None or member.start_lng is None:
        return None
    return Pin(lat=member.start_lat, lng=member.start_lng)


def _customer(
    row: Customer, interval: float, waited: float, priority: Priority, worth: Worth, kept: tuple[Agreed, ...]
) -> WeekCustomer:
    assert row.id is not None
    longest = Grade.A if row.key_account else row.grade or Grade.C
    return WeekCustomer(
        customer_id=row.id,
        name=row.name,
        grade=row.grade,
        pin=pin_of(row),
        lat=row.lat,
        opening=OpeningHours.from_json(row.opening),
        interval_days=interval,
        waited_days=waited,
        service_s=next((visit.service_s for visit in kept if visit.service_s), None) or SERVICE_S[longest],
        priority=priority,
        stake_minor=max(0, worth.stake_minor.get(row.id, 0)),
        flag=worth.rhythm.get(row.id, (None, 0.0))[0],
        agreed=kept,
    )


async def _agreed(session: AsyncSession, acting: Acting, begin: date, end: date) -> Mapping[int, list[Agreed]]:
    query = (
        select(Visit)
        .where(
            col(Visit.member_id) == acting.member_id,
            col(Visit.state) == VisitState.PLANNED,
            col(Visit.on) >= begin,
            col(Visit.on) <= end,
        )
        .order_by(col(Visit.on), col(Visit.id))
    )
    begun = select(col(DayPlan.on)).where(
        col(DayPlan.member_id) == acting.member_id,
        col(DayPlan.on) >= begin,
        col(DayPlan.on) <= end,
        col(DayPlan.started_at).is_not(None),
    )
    under_way = set((await session.exec(begun)).all())
    found: defaultdict[int, list[Agreed]] = defaultdict(list)
    for visit in (await session.exec(query)).all():
        assert visit.id is not None
        if all(other.on != visit.on for other in found[visit.customer_id]):
            found[visit.customer_id].append(
                Agreed(
                    visit_id=visit.id,
                    on=visit.on,
                    appointment_at=visit.appointment_at,
                    service_s=visit.service_s,
                    is_promised=visit.appointment_at is not None
                    or visit.report_id is not None
                    or visit.on in under_way,
                )
            )
    return found


async def _planned_before(session: AsyncSession, acting: Acting, today: date, begin: date) -> Mapping[int, date]:
    """Customers with a visit that is planned from today until the week begins: they will not have waited as long."""
    query = select(col(Visit.customer_id), col(Visit.on)).where(
        col(Visit.member_id) == acting.member_id,
        col(Visit.state).in_([VisitState.PLANNED, VisitState.STARTED]),
        col(Visit.on) >= today,
        col(Visit.on) < begin,
    )
    found: dict[int, date] = {}
    for customer_id, on in (await session.exec(query)).all():
        found[customer_id] = max(on, found.get(customer_id, on))
    return found
