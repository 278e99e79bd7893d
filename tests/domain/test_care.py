"""What is due for a customer, when, and what answers it: touch points, rhythms, refusers, introductions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import care
from bot.domain.care import CareKind, is_covered
from bot.domain.care_settings import CareSettings, care_settings
from bot.domain.introductions import Link, tree
from bot.domain.vocabulary import ServiceLevel, TouchKind

TODAY = date(2026, 11, 24)  # a Tuesday
POINTS = (3, 30, 90)


def weekday(day: date) -> bool:
    return day.isoweekday() <= 5


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("ordered", "gap", "point"),
    [
        (ago(2), None, None),
        (ago(3), None, 3),
        (ago(10), None, 3),  # found a week late, as after an import
        (ago(11), None, None),
        (ago(30), 40.0, 30),
        (ago(30), 30.0, None),  # their own next order comes first
        (ago(90), None, 90),
        (ago(3), 7.0, None),  # who orders every week hears from us anyway
    ],
)
def test_a_touch_point_comes_after_the_last_order_unless_the_next_overtakes_it(
    ordered: date, gap: float | None, point: int | None
) -> None:
    prompt = care.after_sales(1, ordered, gap, POINTS, TODAY)
    assert (prompt and prompt.facts["days"]) == point


def test_a_team_without_touch_points_has_none() -> None:
    assert care.after_sales(1, ago(3), None, (), TODAY) is None


def test_a_re_order_is_due_by_the_customers_own_gap_and_never_by_the_teams() -> None:
    assert care.reorder(1, ago(30), 30.0, TODAY) is not None
    assert care.reorder(1, ago(29), 30.0, TODAY) is None
    assert care.reorder(1, ago(400), 30.0, TODAY) is None  # lost long ago: that is another story
    assert care.reorder(1, ago(30), None, TODAY) is None


def test_a_cadence_counts_from_the_last_touch_and_moves_to_a_day_when_a_hand_is_needed() -> None:
    due = care.nurture_due(since=ago(60), last_touch_on=ago(14), every_days=14, busiest="", is_working=weekday)
    assert due == TODAY
    friday = care.nurture_due(since=ago(60), last_touch_on=ago(14), every_days=14, busiest="5", is_working=weekday)
    assert friday == date(2026, 11, 27)
    sunday_only = care.nurture_due(since=ago(16), last_touch_on=None, every_days=14, busiest="7", is_working=weekday)
    assert sunday_only == ago(2) + timedelta(days=1)  # nobody works on Sundays here: the cadence's own day, Monday


def test_key_accounts_are_asked_each_on_its_own_day_of_the_cycle_and_never_with_an_open_complaint() -> None:
    def asked(customer: int, day: date, **known: object) -> bool:
        prompt = care.key_account_referral(
            customer,
            day,
            every_days=90,
            last_asked_on=known.get("last"),  # type: ignore[arg-type] # a date or nothing
            has_open_complaint=bool(known.get("complaint")),
        )
        return prompt is not None

    days = [TODAY + timedelta(days=count) for count in range(90)]
    for customer in range(1, 31):
        assert sum(asked(customer, day) for day in days) == care.CATCH_UP_DAYS  # one prompt, found for a week
        assert not any(asked(customer, day, complaint=True) for day in days)
        assert not any(asked(customer, day, last=TODAY) for day in days[:59])
    on_one_day = max(sum(asked(customer, day) for customer in range(1, 31)) for day in days)
    assert on_one_day <= 6


@pytest.mark.parametrize(
    ("level", "complaint", "last", "good"),
    [
        (ServiceLevel.BEYOND, False, None, True),
        (ServiceLevel.MOVING, False, ago(60), True),
        (ServiceLevel.MOVING, False, ago(59), False),
        (ServiceLevel.BEYOND, True, None, False),
        (ServiceLevel.SATISFYING, False, None, False),
        (None, False, None, False),
    ],
)
def test_an_introduction_is_asked_for_at_the_right_moment_only(
    level: ServiceLevel | None, complaint: bool, last: date | None, good: bool
) -> None:
    assert care.is_good_moment_to_ask(level, has_open_complaint=complaint, last_asked_on=last, today=TODAY) is good


def test_a_touch_answers_what_it_covers_and_nothing_more() -> None:
    assert is_covered(CareKind.NURTURE, [TouchKind.MESSAGE])
    assert is_covered(CareKind.AFTER_SALES, [TouchKind.CALL])
    assert not is_covered(CareKind.AFTER_SALES, [TouchKind.MESSAGE])
    assert not is_covered(CareKind.SERVICE, [TouchKind.CALL])
    assert not is_covered(CareKind.REFERRAL, list(TouchKind))
    assert not is_covered(CareKind.EMERGENCY, [])


def test_a_gap_that_is_no_alert_makes_none() -> None:
    with pytest.raises(ValueError, match="no alert"):
        care.satisfaction_alert(1, 1, TODAY, gap=0, source=None)


@given(ordered=st.dates(date(2020, 1, 1), date(2030, 1, 1)), gap=st.floats(1, 400), later=st.integers(0, 200))
def test_a_prompt_has_one_key_however_often_its_day_is_looked_at(ordered: date, gap: float, later: int) -> None:
    days = [ordered + timedelta(days=count) for count in range(later, later + 10)]
    again = [prompt for day in days if (prompt := care.reorder(1, ordered, gap, day)) is not None]
    points = [prompt for day in days if (prompt := care.after_sales(1, ordered, gap, POINTS, day)) is not None]
    assert len({prompt.key for prompt in again}) <= 1
    assert len({prompt.key for prompt in points}) <= 1
    assert all(prompt.counts_from <= prompt.due_on <= prompt.until for prompt in (*again, *points))


def test_settings_that_nobody_made_are_the_defaults_and_impossible_ones_are_refused() -> None:
    assert care_settings({}) == CareSettings()
    kept = CareSettings(after_sales=(3, 30), nurture_days=21)
    assert care_settings({"care": kept.dump()}) == kept
    with pytest.raises(ValueError, match="between 1 and"):
        CareSettings(nurture_days=0)


def test_a_tree_of_introductions_has_chains_and_walks_no_circle_twice() -> None:
    links = [
        Link(by=1, to=2, name="B"),
        Link(by=2, to=3, name="C"),
        Link(by=3, to=1, name="A"),  # a circle
        Link(by=1, to=None, name="somebody"),
        Link(by=9, to=8, name="H"),
    ]
    lines = [(line.customer_id, line.depth) for line in tree(links)]
    assert lines == [(9, 0), (8, 1), (1, 0), (2, 1), (3, 2), (None, 1)]
    assert tree([]) == []
