"""How often a customer is to be visited, what that adds up to, and how many visits a team can make."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.vocabulary import Grade

DEFAULT_VISITS_PER_WEEK: Mapping[Grade, float] = MappingProxyType(
    {Grade.A: 2.0, Grade.B: 1.0, Grade.C: 0.5, Grade.D: 0.25}
)
"""METHOD.md section 6; a team's settings may change them."""

WORKING_DAYS_PER_WEEK = 5

UNGRADED_LIKE = Grade.C
"""METHOD.md says nothing of customers without a grade. Like C: they are seen regularly, so that a grade can be
found, but a fresh import of hundreds of them does not push the graded ones out of the week."""


def visits_per_week(
    grade: Grade | None,
    *,
    override: float | None = None,
    defaults: Mapping[Grade, float] = DEFAULT_VISITS_PER_WEEK,
) -> float:
    """Visits a week that a customer should get: its own override, else its grade's. 0 means: no planned visits."""
    per_week = defaults[grade or UNGRADED_LIKE] if override is None else override
    if per_week < 0:
        raise ValueError(f"visits per week are 0 or more, not {per_week}")
    return per_week


def interval_days(per_week: float, *, working_days_per_week: int = WORKING_DAYS_PER_WEEK) -> float:
    """Working days between two visits: twice a week in a five-day week is 2.5. Never visited is infinity."""
    return working_days_per_week / per_week if per_week > 0 else float("inf")


def weekly_demand(
    customers_by_grade: Mapping[Grade | None, int],
    *,
    defaults: Mapping[Grade, float] = DEFAULT_VISITS_PER_WEEK,
) -> float:
    """Visits a week that a portfolio asks for: 10 A at 2 and 20 B at 1 are 40."""
    return sum(count * visits_per_week(grade, defaults=defaults) for grade, count in customers_by_grade.items())


def visit_capacity(
    *, working_days: int, field_minutes: float, rest_minutes: float, travel_minutes: float, visit_minutes: float
) -> float:
    """Visits that fit into some working days: (field - lunch and midday rest - travel, a day) / minutes a visit.

    ``field_minutes``, ``rest_minutes`` and ``travel_minutes`` are of one day. A day with nothing left holds none.
    """
    if visit_minutes <= 0:
        raise ValueError(f"a visit takes more than 0 minutes, not {visit_minutes}")
    return working_days * max(0.0, field_minutes - rest_minutes - travel_minutes) / visit_minutes
