"""The order of work by importance and urgency."""

from datetime import date, timedelta

from bot.domain.eisenhower import Quadrant, WorkItem, order_work
from bot.domain.vocabulary import Grade

TODAY = date(2026, 11, 23)


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def test_important_is_a_or_a_key_account_or_money_at_stake() -> None:
    assert WorkItem(key="a", grade=Grade.A).is_important
    assert WorkItem(key="k", grade=Grade.C, is_key_account=True).is_important
    assert WorkItem(key="m", grade=None, money_minor=1).is_important
    assert not WorkItem(key="c", grade=Grade.B).is_important


def test_urgent_is_a_date_within_three_days_or_overdue() -> None:
    assert WorkItem(key="x", grade=None, due_on=days(3)).is_urgent(TODAY)
    assert WorkItem(key="x", grade=None, due_on=days(-40)).is_urgent(TODAY)
    assert not WorkItem(key="x", grade=None, due_on=days(4)).is_urgent(TODAY)
    assert not WorkItem(key="x", grade=None).is_urgent(TODAY)


def test_important_and_urgent_comes_first_then_important_then_urgent_then_the_rest() -> None:
    items = [
        WorkItem(key="later", grade=Grade.C),
        WorkItem(key="short", grade=Grade.C, due_on=TODAY),
        WorkItem(key="plan", grade=Grade.A),
        WorkItem(key="now", grade=Grade.A, due_on=days(2)),
        WorkItem(key="now, overdue", grade=Grade.A, due_on=days(-1)),
        WorkItem(key="plan, more money", grade=Grade.A, money_minor=500),
    ]
    assert [one.key for one in order_work(items, TODAY)] == [
        "now, overdue", "now", "plan, more money", "plan", "short", "later",
    ]  # fmt: skip
    assert items[0].quadrant(TODAY) is Quadrant.LATER
