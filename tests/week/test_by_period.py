"""The search of periods behind a week: spacing, appointments, leave, what was accepted, and odd customers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.domain.geo import Pin
from bot.domain.opening_hours import OpeningHours, spans_of_hours
from bot.domain.planning.period import plan_period
from bot.domain.planning.period_problem import PeriodPlan, PeriodProblem
from bot.domain.planning.warming import is_period_warm, warm_up_period
from bot.domain.vocabulary import Grade
from bot.services.week import by_period
from bot.services.week.plan import PlannedWeek
from bot.services.week.solving import solve_week
from bot.services.week.survey import WeekCustomer
from bot.services.week.wishes import Wishes
from tests.week.weeks import LONG, MONDAY, ZONE, agreed, customer, task_of, working_days


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    warm_up_period()
    assert is_period_warm()


def solve(*customers: WeekCustomer, weeks: int = 1, wishes: Wishes | None = None, **values: object) -> PlannedWeek:
    return solve_week(task_of(*customers, weeks=weeks, wishes=wishes, **values), budget_s=LONG)


def why(week: PlannedWeek) -> Mapping[int, object]:
    return {entry.customer_id: entry.why["code"] for entry in week.not_visited}


def test_two_weeks_keep_frequency_and_spacing_and_balance_the_days() -> None:
    grades = (Grade.A, Grade.B, Grade.C)
    week = solve(*(customer(number, grades[number % 3]) for number in range(1, 25)), weeks=2)
    days = working_days(2)
    for number in range(1, 25):
        grade = grades[number % 3]
        places = sorted(days.index(on) for on in week.dates_of(number))
        assert len(places) == {Grade.A: 4, Grade.B: 2, Grade.C: 1}[grade]
        assert all(two - one >= {Grade.A: 2, Grade.B: 3, Grade.C: 1}[grade] for one, two in pairwise(places))
    assert max(len(day.stops) for day in week.days) <= 8
    assert min(len(day.stops) for day in week.days) >= 2
    assert week.not_visited == ()


def test_a_week_that_cannot_be_walked_is_not_shown_and_the_other_search_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lose_a_visit(problem: PeriodProblem, **options: Any) -> PeriodPlan:
        plan = plan_period(problem, **options)
        first, *rest = plan.days
        return replace(plan, days=(replace(first, plan=replace(first.plan, stops=())), *rest))

    monkeypatch.setattr(by_period, "plan_period", lose_a_visit)
    week = solve(*(customer(number) for number in range(1, 20)))
    assert week.visits == 19


def test_appointments_are_kept_and_promised_days_too() -> None:
    tuesday, thursday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)
    week = solve(
        customer(1, agreed=(agreed(tuesday, 11),)),
        customer(2, agreed=(agreed(thursday),)),
        *(customer(number) for number in range(3, 30)),
    )
    stop = week.stop_of(1, tuesday)
    assert stop is not None
    assert stop.start.astimezone(ZONE).hour == 11
    assert stop.pinned
    assert thursday in week.dates_of(2)


def test_what_was_accepted_moves_as_little_as_it_can() -> None:
    customers = [customer(number, (Grade.A, Grade.B)[number % 2]) for number in range(1, 21)]
    before = solve(*customers)
    held = [
        replace(each, agreed=tuple(agreed(on, is_promised=False) for on in sorted(before.dates_of(each.customer_id))))
        for each in customers
    ]
    after = solve(*held, customer(99, Grade.A))
    moved = sum(before.dates_of(each.customer_id) != after.dates_of(each.customer_id) for each in customers)
    assert after.dates_of(99)
    assert moved <= 2


def test_closed_days_and_hours_are_kept_to() -> None:
    friday = MONDAY + timedelta(days=4)
    opening = OpeningHours(weekdays="5", spans=spans_of_hours([10, 15]))
    week = solve(customer(1, opening=opening), *(customer(number) for number in range(2, 25)))
    stop = week.stop_of(1, friday)
    assert week.dates_of(1) == {friday}
    assert stop is not None
    assert stop.start.astimezone(ZONE).hour in (10, 15)
    closed = solve(customer(1, opening=OpeningHours(weekdays="67")))
    assert why(closed) == {1: "closed"}


def test_the_reps_word_comes_first_and_may_be_at_a_time() -> None:
    wednesday = MONDAY + timedelta(days=2)
    wishes = Wishes(days={1: frozenset({wednesday})}, times_s={(1, wednesday): 15 * 3600}, left_out=frozenset({2}))
    week = solve(customer(1, Grade.A), customer(2), customer(3), wishes=wishes)
    stop = week.stop_of(1, wednesday)
    assert week.dates_of(1) == {wednesday}
    assert stop is not None
    assert stop.start.astimezone(ZONE).hour == 15
    assert why(week) == {2: "wished"}


def test_an_appointment_outside_the_day_lengthens_it_and_one_that_is_past_is_told() -> None:
    week = solve(customer(1, agreed=(agreed(MONDAY, 19),)), customer(2))
    assert week.stop_of(1, MONDAY) is not None
    assert next(day for day in week.days if day.on == MONDAY).overtime_s > 0
    past = solve(customer(1, agreed=(agreed(MONDAY, 9),)), customer(2), first_from_s=11 * 3600)
    assert why(past)[1] == "passed"


def test_two_appointments_at_one_time_keep_one_and_name_the_other() -> None:
    week = solve(
        customer(1, pin=Pin(lat=1.40, lng=103.70), agreed=(agreed(MONDAY, 11),)),
        customer(2, pin=Pin(lat=1.28, lng=103.98), agreed=(agreed(MONDAY, 11),)),
    )
    assert len(week.days[0].stops) == 1
    assert list(why(week).values()) == ["unreachable"]


def test_odd_places_and_too_much_work_still_make_a_week() -> None:
    odd = [
        customer(1, pin=None),
        customer(2, pin=Pin(lat=51.5, lng=-0.1)),
        *(customer(number, pin=Pin(lat=1.3, lng=103.85)) for number in range(3, 9)),
    ]
    week = solve(*odd)
    assert why(week) == {2: "too_far"}
    assert week.visits == 7
    assert solve(*odd, home=None).visits >= 7
    much = solve(*(customer(number, Grade.A) for number in range(1, 91)))
    assert much.visits >= 40
    assert all(day.overtime_s == 0 for day in much.days)
    assert len(much.not_visited) >= 30


def test_a_week_without_days_or_customers_is_an_empty_one() -> None:
    assert solve().visits == 0
    assert solve(customer(1), days=()).days == ()
