"""The instant answer behind a week, before the search of periods is compiled: even days, nobody kept out late."""

import random
from datetime import timedelta

from bot.domain.capacity import balance_week
from bot.domain.geo import Pin
from bot.domain.vocabulary import Grade
from bot.services.week.by_days import plan_by_days
from bot.services.week.survey import WeekCustomer
from bot.services.week.task import Answer, WeekTask, customer_of
from tests.week.weeks import LONG, MONDAY, SERVICE_S, agreed, customer, task_of


def answer(task: WeekTask) -> Answer:
    return plan_by_days(task, balance_week(task.survey.claims(), task.survey.room), LONG)


def work_s(plan: Answer, task: WeekTask) -> list[int]:
    """Seconds at customers on each day."""
    return [
        sum(task.survey.customers[customer_of(stop.key)].service_s for stop in day.visits if stop.key is not None)
        for day in plan.plans
    ]


def scattered(count: int) -> list[WeekCustomer]:
    """Customers around the start place, of grades A, B and C in turns."""
    dice = random.Random(5)
    return [
        customer(
            number,
            (Grade.A, Grade.B, Grade.C)[number % 3],
            pin=Pin(lat=dice.gauss(1.30, 0.03), lng=dice.gauss(103.85, 0.03)),
        )
        for number in range(1, count + 1)
    ]


def test_days_are_about_as_full_and_none_is_empty_or_too_long() -> None:
    task = task_of(*scattered(26))
    plan = answer(task)
    assert not plan.reasons
    assert max(work_s(plan, task)) <= 1.5 * min(work_s(plan, task))
    assert all(day.overtime_s == 0 for day in plan.plans)


def test_visits_of_one_customer_do_not_fall_on_neighbouring_days() -> None:
    task = task_of(*scattered(26))
    days: dict[str, list[int]] = {}
    for number, day in enumerate(answer(task).plans):
        for stop in day.visits:
            days.setdefault(str(stop.key).partition(":")[0], []).append(number)
    twice = [each for each in days.values() if len(each) > 1]
    assert twice
    assert all(later - earlier > 1 for earlier, later in twice)


def test_an_accepted_day_that_is_too_full_gives_visits_to_the_others_and_keeps_nobody_out_late() -> None:
    accepted = [customer(number, Grade.A, agreed=(agreed(MONDAY, is_promised=False),)) for number in range(1, 13)]
    plan = answer(task_of(*accepted))
    assert all(day.overtime_s == 0 and day.home_by_s <= 18 * 3600 for day in plan.plans)
    visited = {customer_of(str(stop.key)) for day in plan.plans for stop in day.visits}
    assert visited == set(range(1, 13))


def test_what_was_accepted_and_fits_stays_on_its_day() -> None:
    accepted = [customer(number, agreed=(agreed(MONDAY, is_promised=False),)) for number in range(1, 6)]
    plan = answer(task_of(*accepted, *[customer(number) for number in range(6, 20)]))
    on_monday = {customer_of(str(stop.key)) for stop in plan.plans[0].visits}
    assert set(range(1, 6)) <= on_monday


def test_a_long_accepted_day_stays_though_other_visits_find_no_place_at_first() -> None:
    accepted = [customer(number, agreed=(agreed(MONDAY, is_promised=False),)) for number in range(1, 12)]
    others = [customer(number, (Grade.A, Grade.B, Grade.C)[number % 3]) for number in range(12, 40)]
    plan = answer(task_of(*accepted, *others))
    kept = {customer_of(str(stop.key)) for stop in plan.plans[0].visits} & set(range(1, 12))
    assert len(kept) >= 9


def test_an_appointment_after_hours_is_kept_and_only_its_day_gets_long() -> None:
    late = customer(1, Grade.A, agreed=(agreed(MONDAY + timedelta(days=2), 18),))
    plan = answer(task_of(late, *[customer(number) for number in range(2, 10)]))
    assert [day.home_by_s > 18 * 3600 for day in plan.plans] == [False, False, True, False, False]
    assert SERVICE_S[Grade.A] <= work_s(plan, task_of(late, *[customer(number) for number in range(2, 10)]))[2]
