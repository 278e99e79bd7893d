"""The clock of a customer: what sets it back, and by how much."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.urgency import Touch, count_working_days, overdue_days, spread_start, urgency
from bot.domain.vocabulary import TouchKind

MONDAY = date(2026, 11, 23)
ADDED = date(2026, 1, 5)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def measured(*touches: Touch, today: date = MONDAY, interval_days: float = 5, added: date = ADDED) -> float:
    return urgency(
        touches,
        today=today,
        interval_days=interval_days,
        count=partial(count_working_days, is_working=weekday),
        added=added,
        customer_id=1,
    )


def touch(kind: TouchKind, days_ago: int) -> Touch:
    return Touch(day=MONDAY - timedelta(days=days_ago), kind=kind)


def test_weekends_do_not_count() -> None:
    friday = date(2026, 11, 20)
    assert count_working_days(friday, MONDAY, weekday) == 1
    assert count_working_days(MONDAY, MONDAY, weekday) == 0
    assert count_working_days(MONDAY, friday, weekday) == 0


def test_a_working_saturday_counts() -> None:
    assert count_working_days(date(2026, 11, 20), MONDAY, lambda day: day.weekday() < 6) == 2


def test_urgency_is_working_days_since_the_visit_over_the_interval() -> None:
    assert measured(touch(TouchKind.VISIT, 7)) == 1
    assert measured(touch(TouchKind.VISIT, 7), interval_days=2.5) == 2
    assert measured(touch(TouchKind.VISIT, 0)) == 0


@pytest.mark.parametrize(
    ("kind", "left"), [(TouchKind.VISIT, 0), (TouchKind.VIDEO, 0.3), (TouchKind.CALL, 0.6), (TouchKind.MESSAGE, 0.9)]
)
def test_a_touch_takes_away_its_weight_of_the_waiting(kind: TouchKind, left: float) -> None:
    assert measured(touch(TouchKind.VISIT, 7), touch(kind, 0)) == pytest.approx(left)


def test_waiting_goes_on_after_a_call() -> None:
    assert measured(touch(TouchKind.VISIT, 14), touch(TouchKind.CALL, 7)) == pytest.approx((5 * 0.6 + 5) / 5)


def test_touches_before_the_last_visit_and_plans_for_later_change_nothing() -> None:
    visit = touch(TouchKind.VISIT, 7)
    assert measured(visit, touch(TouchKind.CALL, 9), touch(TouchKind.VISIT, -3)) == measured(visit)


def test_a_customer_that_wants_no_visits_is_never_urgent() -> None:
    assert measured(interval_days=float("inf")) == 0
    with pytest.raises(ValueError, match="more than 0 working days"):
        measured(interval_days=0)


def test_never_visited_customers_do_not_all_fall_due_on_day_one() -> None:
    on_day_one = [
        urgency(
            [],
            today=MONDAY,
            interval_days=10,
            count=partial(count_working_days, is_working=weekday),
            added=MONDAY,
            customer_id=number,
        )
        for number in range(1, 301)
    ]
    assert all(0 <= each < 1 for each in on_day_one)
    tenths = [sum(tenth <= each * 10 < tenth + 1 for each in on_day_one) for tenth in range(10)]
    assert min(tenths) >= 28
    assert max(tenths) <= 32


@given(st.integers(0, 10**9))
def test_the_start_of_a_clock_depends_on_the_customer_alone(customer_id: int) -> None:
    assert 0 <= spread_start(customer_id) < 1
    assert spread_start(customer_id) == spread_start(customer_id)


@given(st.lists(st.tuples(st.sampled_from(TouchKind), st.integers(0, 90)), max_size=6), st.integers(1, 30))
def test_another_touch_never_makes_a_customer_more_urgent(past: list[tuple[TouchKind, int]], days_ago: int) -> None:
    touches = [touch(kind, days) for kind, days in past]
    assert measured(*touches, touch(TouchKind.CALL, days_ago)) <= measured(*touches) + 1e-9


def test_overdue_is_told_in_working_days_beyond_the_interval() -> None:
    assert overdue_days(1.25, 5) == 0
    assert overdue_days(3.4, 5) == 12
    assert overdue_days(1.3, 2.5) == 1
