"""The capacity-true week: what fits stays, what does not stretches by one ratio, and nobody vanishes silently."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.capacity import MOST_STRETCH_OF_A, Claim, Room, balance_week, weigh_another_day
from bot.domain.vocabulary import Grade

HOUR_S = 3600
INTERVALS = {Grade.A: 2.5, Grade.B: 5.0, Grade.C: 10.0, Grade.D: 20.0}


def claim(key: int, grade: Grade, *, waited: float | None = None, **values: int | float) -> Claim:
    interval = INTERVALS[grade]
    fields = {"cost_s": HOUR_S, "stake_minor": 100 * key, **values}
    return Claim(
        key=key,
        grade=grade,
        interval_days=interval,
        waited_days=interval - 1 if waited is None else waited,
        **fields,  # type: ignore[arg-type] # numbers of several fields
    )


def week(hours_a_day: float, days: int = 5) -> Room:
    return Room(days=(int(hours_a_day * HOUR_S),) * days)


def worked_example() -> list[Claim]:
    """METHOD.md section 6: 10 A at 2 a week and 20 B at 1 are 40 visits."""
    return [
        *(claim(key, Grade.A, waited=0.25 * key) for key in range(10)),
        *(claim(10 + key, Grade.B, waited=0.25 * key) for key in range(20)),
    ]


def test_ten_a_and_twenty_b_ask_for_forty_visits_a_week() -> None:
    balance = balance_week(worked_example(), week(8))
    assert balance.demand == 40
    assert balance.fits
    assert balance.stretch == 1.0
    assert balance.missed == ()


def test_too_much_stretches_all_but_a_by_one_ratio_until_it_fits() -> None:
    balance = balance_week(worked_example(), week(6))
    assert not balance.fits
    assert balance.stretch_of_a == 1.0
    assert 1.0 < balance.stretch < math.inf
    assert sum(balance.planned[key] for key in range(10)) == 20
    assert balance.visits == 30
    assert {each.claim.grade for each in balance.not_visited} == {Grade.B}
    assert balance.planned_s <= balance.room.seconds


def test_who_waited_least_is_who_is_not_visited() -> None:
    customers = [claim(key, Grade.B, waited=key) for key in range(1, 9)]
    balance = balance_week(customers, Room(days=(HOUR_S,) * 5))
    assert {each.claim.key for each in balance.not_visited} == {1, 2, 3}
    assert balance.risked_minor == 600


def test_a_stretches_only_when_a_alone_is_too_much_and_then_the_rest_gets_nothing() -> None:
    customers = [*(claim(key, Grade.A, waited=0.0) for key in range(10)), claim(99, Grade.B)]
    balance = balance_week(customers, Room(days=(2 * HOUR_S,) * 5))
    assert balance.a_fits
    assert 1.0 < balance.stretch_of_a <= MOST_STRETCH_OF_A
    assert balance.stretch > balance.stretch_of_a
    assert all(balance.planned[key] == 1 for key in range(10))
    assert [each.claim.key for each in balance.not_visited] == [99]


def test_when_a_alone_does_not_fit_the_numbers_say_so_and_the_best_of_them_are_visited() -> None:
    customers = [claim(key, Grade.A, waited=9.0, worth=float(key)) for key in range(10)]
    balance = balance_week(customers, Room(days=(HOUR_S,) * 5))
    assert not balance.a_fits
    assert balance.stretch_of_a == MOST_STRETCH_OF_A
    assert balance.a_demand_s == 20 * HOUR_S
    assert balance.room.seconds == 5 * HOUR_S
    assert {key for key, count in balance.planned.items() if count} == {5, 6, 7, 8, 9}


def test_an_agreed_visit_is_made_whatever_else_is_due() -> None:
    customers = [*(claim(key, Grade.A, waited=9.0) for key in range(9)), claim(50, Grade.D, waited=0.0, fixed=1)]
    balance = balance_week(customers, Room(days=(HOUR_S,) * 5))
    assert balance.planned[50] == 1
    assert balance.planned_s <= balance.room.seconds


def test_one_more_day_buys_visits_and_money() -> None:
    customers = [claim(key, Grade.B, waited=9.0) for key in range(1, 13)]
    balance = balance_week(customers, Room(days=(2 * HOUR_S,) * 5))
    bought = weigh_another_day(customers, balance)
    assert bought.visits == 2
    assert bought.saved_minor == balance.risked_minor


def test_a_week_without_working_days_visits_nobody_and_is_still_an_answer() -> None:
    balance = balance_week([claim(1, Grade.A, waited=9.0)], Room(days=()))
    assert balance.demand == 0
    assert balance.visits == 0


def test_a_claim_without_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="interval"):
        Claim(key=1, grade=None, interval_days=0, waited_days=0, cost_s=1)
    with pytest.raises(ValueError, match="fixed"):
        Claim(key=1, grade=None, interval_days=1, waited_days=0, cost_s=1, fixed=-1)


CLAIMS = st.lists(
    st.builds(
        claim,
        key=st.integers(),
        grade=st.sampled_from(list(Grade)),
        waited=st.floats(0, 100),
        cost_s=st.integers(0, 3 * HOUR_S),
        fixed=st.integers(0, 1),
        worth=st.floats(0, 100),
    ),
    max_size=40,
    unique_by=lambda each: each.key,
)


@given(CLAIMS, st.lists(st.integers(0, 9 * HOUR_S), max_size=6))
def test_a_balance_is_always_within_its_room_or_holds_agreed_visits_only(claims: list[Claim], days: list[int]) -> None:
    balance = balance_week(claims, Room(days=tuple(days)))
    fixed_s = sum(each.fixed * each.cost_s for each in claims)
    assert balance.planned_s <= max(balance.room.seconds, fixed_s)
    assert set(balance.planned) == {each.key for each in claims}
    for each in claims:
        assert each.fixed <= balance.planned[each.key] <= each.visits_due(len(days))
    named = {each.claim.key for each in balance.missed}
    assert named == {each.key for each in claims if balance.planned[each.key] < each.visits_due(len(days))}


@given(CLAIMS, st.integers(0, 9 * HOUR_S))
def test_one_more_day_never_costs_a_visit_of_a(claims: list[Claim], day_s: int) -> None:
    of_a = [each for each in claims if each.grade is Grade.A]
    balance = balance_week(of_a, Room(days=(day_s,) * 5))
    assert weigh_another_day(of_a, balance).saved_minor >= 0
