"""Weeks to plan, made of whole objects without a database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.geo import Pin
from bot.domain.opening_hours import ANY_TIME
from bot.domain.people import Acting
from bot.domain.planning.travel import GreatCircleTravel
from bot.domain.priority import PriorityFacts, visit_priority
from bot.domain.typical_travel import TypicalTravel
from bot.domain.vocabulary import Grade, Language, Role
from bot.services.week.survey import Agreed, WeekCustomer, WeekSurvey
from bot.services.week.task import WeekTask
from bot.services.week.wishes import Wishes

MONDAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Singapore")
INTERVAL = {Grade.A: 2.5, Grade.B: 5.0, Grade.C: 10.0, Grade.D: 20.0}
SERVICE_S = {Grade.A: 45 * 60, Grade.B: 30 * 60, Grade.C: 20 * 60, Grade.D: 20 * 60}
LONG = 600.0
"""Seconds that end no search: the number of iterations does, so that no machine is too slow for a test."""


def customer(number: int, grade: Grade = Grade.B, **values: object) -> WeekCustomer:
    facts = PriorityFacts(urgency=1.2, interval_days=INTERVAL[grade], grade=grade)
    made = WeekCustomer(
        customer_id=number,
        name=f"Shop {number}",
        grade=grade,
        pin=Pin(lat=1.28 + 0.006 * (number % 5), lng=103.80 + 0.012 * (number % 7)),
        lat=1.3,
        opening=ANY_TIME,
        interval_days=INTERVAL[grade],
        waited_days=INTERVAL[grade],
        service_s=SERVICE_S[grade],
        priority=visit_priority(facts),
        stake_minor=1000 * number,
        flag=None,
        agreed=(),
    )
    return replace(made, **values)  # type: ignore[arg-type] # values of several types, by field name


def working_days(weeks: int) -> tuple[date, ...]:
    days = (MONDAY + timedelta(days=number) for number in range(7 * weeks))
    return tuple(day for day in days if day.weekday() < 5)


def task_of(*customers: WeekCustomer, weeks: int = 1, wishes: Wishes | None = None, **values: object) -> WeekTask:
    acting = Acting(
        member_id=1, team_id=1, name="Rep", role=Role.REP, sells=True, language=Language.EN, zone=ZONE,
        currency="SGD", country="SG",
    )  # fmt: skip
    survey = WeekSurvey(
        acting=acting,
        starts_on=MONDAY,
        days=working_days(weeks),
        off=(),
        customers={each.customer_id: each for each in customers},
        home=Pin(lat=1.30, lng=103.85),
        work_from_s=9 * 3600,
        work_until_s=18 * 3600,
        first_from_s=9 * 3600,
        travel=GreatCircleTravel(),
        typical=TypicalTravel(leg_s=600, commute_s=1200),
    )
    return WeekTask(
        survey=replace(survey, **values),  # type: ignore[arg-type] # values of several types, by field name
        wishes=replace(wishes or Wishes(), weeks=weeks),
    )


def agreed(on: date, hour: int | None = None, *, is_promised: bool = True) -> Agreed:
    at = datetime(on.year, on.month, on.day, hour, tzinfo=ZONE) if hour is not None else None
    return Agreed(visit_id=1, on=on, appointment_at=at, service_s=None, is_promised=is_promised)
