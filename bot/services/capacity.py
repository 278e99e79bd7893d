"""The capacity-true week, told before it starts: demand against room, the stretch, who is left out, what that risks."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.capacity import Missed, WeekBalance, balance_week, weigh_another_day
from bot.domain.errors import Refused
from bot.domain.frequency import interval_days
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade
from bot.services.week.survey import WEEK, WeekSurvey, survey_week, week_to_plan
from bot.services.work_calendar import working_days_of

SHOWN = 6
LIVING = "capacity"
LONGEST_STRETCH = 10.0
"""Beyond this a stretched interval says nothing any more: most of these customers are simply not visited."""


async def capacity_survey(session: AsyncSession, acting: Acting, starts_on: date | None, now: datetime) -> WeekSurvey:
    """The coming week of the acting person, or the week of a Monday. Raises Refused("no_own_route")."""
    if not acting.records:
        raise Refused("no_own_route")
    if starts_on is None:
        starts_on = week_to_plan(acting, now, await working_days_of(session, acting))
    return await survey_week(session, acting, starts_on, now)


def capacity_screen(survey: WeekSurvey, place: Place) -> Screen:
    """The week in numbers. Weighs every customer several times: for a thread."""
    return Screen(template="replies/capacity", facts=capacity_facts(survey), living=LIVING, place=place)


def capacity_facts(survey: WeekSurvey) -> dict[str, Json]:
    """What the screen tells, all in numbers."""
    claims = survey.claims()
    balance = balance_week(claims, survey.room)
    another = weigh_another_day(claims, balance)
    currency = survey.acting.currency
    gone = balance.not_visited
    return {
        "starts_on": survey.starts_on.isoformat(),
        "next_on": (survey.starts_on + timedelta(days=WEEK)).isoformat(),
        "days": len(survey.days),
        "off": [day.isoformat() for day in survey.off],
        "customers": len(survey.customers),
        "demand": balance.demand,
        "demand_h": _hours(balance.demand_s),
        "capacity": balance.capacity,
        "room_h": _hours(balance.room.seconds),
        "visits": balance.visits,
        "fits": balance.fits,
        "a_fits": balance.a_fits,
        "a_demand": balance.a_demand,
        "a_demand_h": _hours(balance.a_demand_s),
        "a_visits": sum(balance.planned[claim.key] for claim in claims if claim.grade is Grade.A),
        "stretch": _stretch(balance.stretch),
        "piled_up": balance.stretch == 1.0 and not balance.fits,
        "stretch_of_a": _stretch(balance.stretch_of_a) or "1",
        "intervals": _intervals(balance, survey.acting.visits_per_week),
        "gone": [_gone(survey, missed, currency) for missed in gone[:SHOWN]],
        "gone_count": len(gone),
        "fewer_count": len(balance.missed) - len(gone),
        "risk": str(from_minor(balance.risked_minor, currency)),
        "slow_count": sum(survey.customers[missed.claim.key].flag is not None for missed in gone),
        "another_visits": another.visits,
        "another_saves": str(from_minor(another.saved_minor, currency)),
        "currency": currency,
        "no_pins": sum(customer.pin is None for customer in survey.customers.values()),
        "no_start": survey.home is None,
    }


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.0f}"


def _stretch(value: float) -> str | None:
    """1.4, rounded up, so that what is said is enough; None where hardly any visit is left."""
    return None if value > LONGEST_STRETCH else f"{math.ceil(value * 10 - 1e-4) / 10:g}"


def _intervals(balance: WeekBalance, visits_per_week: Mapping[Grade, float]) -> list[Json]:
    """Working days between two visits by grade, as they should be and as they become; only what changes."""
    shown: list[Json] = []
    for grade in Grade:
        stretch = balance.stretch_of_a if grade is Grade.A else balance.stretch
        if stretch <= 1.0 or stretch > LONGEST_STRETCH:
            continue
        usual = interval_days(visits_per_week[grade])
        shown.append({"grade": grade.value, "usual": f"{usual:g}", "now": f"{math.ceil(usual * stretch * 2) / 2:g}"})
    return shown


def _gone(survey: WeekSurvey, missed: Missed, currency: str) -> Json:
    customer = survey.customers[missed.claim.key]
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "stake": str(from_minor(customer.stake_minor, currency)),
        "flag": customer.flag,
        "waited": round(customer.waited_days),
    }
