"""Frequencies add up to a demand; days hold a capacity."""

import math

import pytest

from bot.domain.frequency import interval_days, visit_capacity, visits_per_week, weekly_demand
from bot.domain.vocabulary import Grade


def test_ten_a_and_twenty_b_ask_for_forty_visits_a_week() -> None:
    assert weekly_demand({Grade.A: 10, Grade.B: 20}) == 40


@pytest.mark.parametrize(("grade", "days"), [(Grade.A, 2.5), (Grade.B, 5), (Grade.C, 10), (Grade.D, 20), (None, 10)])
def test_a_grade_has_its_interval_in_working_days(grade: Grade | None, days: float) -> None:
    assert interval_days(visits_per_week(grade)) == days


def test_a_customers_own_frequency_beats_its_grade() -> None:
    assert visits_per_week(Grade.C, override=3) == 3
    assert math.isinf(interval_days(visits_per_week(Grade.A, override=0)))
    with pytest.raises(ValueError, match="0 or more"):
        visits_per_week(Grade.A, override=-1)


def test_a_six_day_week_stretches_the_interval_in_working_days() -> None:
    assert interval_days(2, working_days_per_week=6) == 3


def test_capacity_is_days_times_minutes_left_over_minutes_a_visit() -> None:
    week = visit_capacity(working_days=5, field_minutes=540, rest_minutes=60, travel_minutes=120, visit_minutes=36)
    assert week == 50
    assert visit_capacity(working_days=5, field_minutes=60, rest_minutes=60, travel_minutes=30, visit_minutes=30) == 0
    with pytest.raises(ValueError, match="more than 0 minutes"):
        visit_capacity(working_days=5, field_minutes=60, rest_minutes=0, travel_minutes=0, visit_minutes=0)
