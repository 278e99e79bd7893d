"""What a report gives back: which rule speaks first, what is too few, and that nothing is said twice in a row."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.useful_fact import RULES, Fact, Rate, Reported, Told, choose_fact
from bot.domain.vocabulary import CommitmentKind, ObjectionKind, ServiceLevel

PLAIN = Reported(customer_id=1, order_amounts=[100_00], order_days=1, day_done=2, day_planned=5)
DAY = Fact(code="day_so_far", facts={"done": 2, "n": 5})


def code(**known: Any) -> str:
    return choose_fact(replace(PLAIN, **known)).code


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "day_so_far"),
        ({"levels": [ServiceLevel.BASIC, ServiceLevel.BASIC]}, "basic_twice"),
        ({"levels": [ServiceLevel.BASIC]}, "day_so_far"),
        ({"levels": [ServiceLevel.BASIC, ServiceLevel.BEYOND, ServiceLevel.BASIC]}, "day_so_far"),
        ({"satisfaction_gap": -1}, "below_expected"),
        ({"satisfaction_gap": 0}, "day_so_far"),
        ({"may_ask_introduction": True, "commitment": CommitmentKind.TRIAL}, "ask_introduction"),
        ({"complaints_90_days": 1}, "day_so_far"),
        ({"complaints_90_days": 2}, "complaint_again"),
        ({"commitment": CommitmentKind.TRIAL, "trials": Rate(hits=3, n=4)}, "trials_won"),
        ({"commitment": CommitmentKind.TRIAL, "trials": Rate(hits=2, n=2)}, "too_few_trials"),
        ({"commitment": CommitmentKind.TRIAL}, "too_few_trials"),
        ({"agreed_minor": 200_00, "order_amounts": [100_00] * 3}, "order_against_usual"),
        ({"agreed_minor": 200_00, "order_amounts": [100_00] * 2}, "day_so_far"),
        ({"objection": ObjectionKind.PRICE}, "too_few_objections"),
        ({"was_met": False, "met_on_weekdays": {2: 3, 5: 1}}, "best_time_to_meet"),
        ({"was_met": False, "met_on_weekdays": {1: 1, 2: 1, 3: 1}}, "day_so_far"),
        ({"was_met": True, "met_on_weekdays": {2: 9}}, "day_so_far"),
        ({"order_days": 3, "days_since_order": 40, "own_gap_days": 30.0}, "order_late"),
        ({"order_days": 3, "days_since_order": 35, "own_gap_days": 30.0}, "day_so_far"),
        ({"share_moved_points": -12}, "share_moved"),
        ({"share_moved_points": 4}, "day_so_far"),
        ({"order_amounts": [], "order_days": 0, "visits_before_first_order": [2, 4, 9]}, "first_order_after"),
        ({"order_amounts": [], "order_days": 0, "visits_before_first_order": [2, 4]}, "day_so_far"),
        ({"commitments": Rate(hits=2, n=3)}, "commitments_kept"),
        ({"commitments": Rate(hits=2, n=2)}, "day_so_far"),
    ],
)
def test_the_first_rule_with_something_to_say_speaks(known: dict[str, Any], expected: str) -> None:
    assert code(**known) == expected


def test_what_resolved_an_objection_best_is_named_with_its_count() -> None:
    tried = {
        "a month on trial": Rate(hits=3, n=4),
        "cost per use": Rate(hits=5, n=10),
        "give and take": Rate(hits=2, n=2),  # too few to be the best
    }
    fact = choose_fact(replace(PLAIN, objection=ObjectionKind.PRICE, resolved_by=tried))
    assert fact == Fact(
        code="objection_resolved", facts={"objection": "price", "how": "a month on trial", "won": 3, "n": 4}
    )


def test_a_usual_order_is_the_median_of_the_last_six() -> None:
    amounts = [9_999_00, 9_999_00, 100_00, 100_00, 100_00, 100_00, 100_00, 500_00]
    fact = choose_fact(replace(PLAIN, agreed_minor=82_00, order_amounts=amounts))
    assert fact.facts == {"change": -18, "usual_minor": 100_00, "n": 6}


def test_the_fact_that_was_just_told_is_not_told_again() -> None:
    known = replace(PLAIN, satisfaction_gap=-2, complaints_90_days=2)
    first = choose_fact(known)
    second = choose_fact(known, Told(by_rep=first))
    assert [first.code, second.code] == ["below_expected", "complaint_again"]


def test_of_one_customer_the_same_kind_is_not_told_twice_in_a_row_though_its_figures_moved() -> None:
    late = replace(PLAIN, order_days=3, days_since_order=41, own_gap_days=30.0)
    assert choose_fact(late, Told(of_customer="order_late")) == DAY


known_reports = st.builds(
    Reported,
    customer_id=st.just(1),
    was_met=st.booleans(),
    levels=st.lists(st.sampled_from(list(ServiceLevel)), max_size=4),
    satisfaction_gap=st.none() | st.integers(-4, 4),
    may_ask_introduction=st.booleans(),
    complaints_90_days=st.integers(0, 3),
    commitment=st.none() | st.sampled_from(list(CommitmentKind)),
    agreed_minor=st.none() | st.integers(0, 10**6),
    order_amounts=st.lists(st.integers(1, 10**6), max_size=8),
    order_days=st.integers(0, 8),
    days_since_order=st.none() | st.integers(0, 400),
    own_gap_days=st.none() | st.floats(1, 90),
    met_on_weekdays=st.dictionaries(st.integers(1, 7), st.integers(1, 5)),
)


@given(known_reports)
def test_whatever_was_reported_two_facts_in_a_row_differ_unless_only_the_day_is_left(known: Reported) -> None:
    first = choose_fact(known)
    second = choose_fact(known, Told(by_rep=first, of_customer=first.code))
    assert second.code != first.code or second.code == "day_so_far"


def test_the_docstring_names_every_rule() -> None:
    import bot.domain.useful_fact as module

    written = module.__doc__ or ""
    assert [rule.__name__ for rule in RULES if rule.__name__ not in written and "too_few" not in rule.__name__] == []
