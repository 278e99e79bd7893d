"""How far a customer is behind its own rhythm of orders."""

from datetime import date, timedelta

from bot.domain.scoring.rhythm import overdue_ratio

ON = date(2026, 11, 23)


def days_ago(*counts: int) -> list[date]:
    return [ON - timedelta(days=count) for count in counts]


def test_the_ratio_is_days_since_the_last_order_against_the_median_gap() -> None:
    assert overdue_ratio(days_ago(90, 60, 50, 20), ON) == 20 / 30


def test_several_orders_on_a_day_are_one_order_day_and_order_does_not_matter() -> None:
    assert overdue_ratio(days_ago(30, 50, 70, 30, 50), ON) == 30 / 20


def test_too_few_order_days_say_nothing() -> None:
    assert overdue_ratio(days_ago(40, 20, 20), ON) is None
    assert overdue_ratio([], ON) is None


def test_orders_to_come_do_not_count() -> None:
    assert overdue_ratio(days_ago(60, 40, 20, -5), ON) == 1.0
