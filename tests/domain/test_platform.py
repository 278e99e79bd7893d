"""The three platforms: whom to work, who makes the sales, who is a key account, and what to swap."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.platform import (
    Candidate,
    Coverage,
    Imbalance,
    Swap,
    completeness,
    draw_curve,
    find_key_accounts,
    low_coverages,
    measure_imbalance,
    part_of_potential,
    propose,
    propose_swaps,
)
from bot.domain.vocabulary import Grade


def many(grade: Grade | None, count: int, first: int = 0) -> list[Candidate]:
    """Customers of one grade, the first with the highest score."""
    return [Candidate(customer_id=first + number, grade=grade, score=100.0 - number) for number in range(count)]


def test_the_work_platform_is_20_a_and_30_b_with_10_b_in_reserve() -> None:
    found = propose([*many(Grade.C, 100, 1000), *many(Grade.B, 60, 500), *many(Grade.A, 25)])
    assert found.active == (*range(20), *range(500, 530))
    assert found.reserve == tuple(range(530, 540))


def test_b_fill_the_places_that_too_few_a_leave_free_and_c_never_do() -> None:
    found = propose([*many(Grade.A, 3), *many(Grade.B, 40, 500), *many(Grade.C, 40, 1000), *many(None, 9, 2000)])
    assert len(found.active) == 43
    assert found.reserve == ()


def test_an_empty_territory_proposes_nobody() -> None:
    found = propose([])
    assert (found.active, found.reserve) == ((), ())


def test_45_of_your_50_are_c_is_an_imbalance_and_half_is_not() -> None:
    found = measure_imbalance([*[Grade.C] * 44, Grade.D, *[Grade.B] * 5])
    assert found == Imbalance(low=45, total=50)
    assert found.is_mostly_c
    assert not measure_imbalance([Grade.C, Grade.B]).is_mostly_c
    assert not measure_imbalance([]).is_mostly_c


def test_the_worst_goes_out_for_the_best_and_who_is_kept_stays() -> None:
    working = [
        Candidate(customer_id=1, grade=Grade.C, score=30),
        Candidate(customer_id=2, grade=Grade.D, score=50),
        Candidate(customer_id=3, grade=Grade.C, score=20, is_kept=True),
        Candidate(customer_id=4, grade=Grade.A, score=90),
    ]
    others = [
        Candidate(customer_id=5, grade=Grade.B, score=60),
        Candidate(customer_id=6, grade=Grade.A, score=80),
        Candidate(customer_id=7, grade=Grade.C, score=40),
    ]
    assert propose_swaps(working, others) == [Swap(out_id=2, in_id=6), Swap(out_id=1, in_id=5)]


def test_no_swap_is_proposed_where_nobody_better_is_outside() -> None:
    assert propose_swaps(many(Grade.C, 5), many(Grade.C, 5, 100)) == []


def test_the_curve_says_what_the_first_fifth_of_buyers_make() -> None:
    found = draw_curve([800, 50, 50, 50, 50])
    assert found.top_part == pytest.approx(0.8)
    assert found.points == pytest.approx((0.8, 0.85, 0.9, 0.95, 1.0))


def test_returns_and_non_buyers_are_no_part_of_the_curve_and_few_buyers_are_too_few() -> None:
    found = draw_curve([100, -40, 0, 300])
    assert found.points == pytest.approx((0.75, 1.0))
    assert found.top_part is None
    assert draw_curve([]).points == ()


@given(st.lists(st.integers(min_value=-(10**12), max_value=10**12), max_size=60))
def test_a_curve_rises_to_one_and_bends_downwards(sales: list[int]) -> None:
    points = draw_curve(sales).points
    steps = [later - earlier for earlier, later in pairwise((0.0, *points))]
    assert all(step >= 0 for step in steps)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(steps))
    assert not points or points[-1] == pytest.approx(1.0)


def test_the_part_of_the_potential_is_of_all_sales_and_unknown_without_any() -> None:
    assert part_of_potential([1, 3], {1: 60, 2: 40, 3: -10}) == pytest.approx(0.6)
    assert part_of_potential([1], {1: 0}) is None


def test_key_accounts_are_in_the_ten_largest_of_both_years_or_marked() -> None:
    last_year = {number: 1000 - number for number in range(12)}
    year_before = {number: 1000 + number for number in range(1, 13)}
    assert find_key_accounts(last_year, year_before) == frozenset(range(3, 10))
    assert find_key_accounts(last_year, {}, marked=[77]) == frozenset({77})


def test_who_only_returned_goods_is_no_key_account_of_a_small_team() -> None:
    assert find_key_accounts({1: -5, 2: 10}, {1: 5, 2: 10}) == frozenset({2})


def test_a_coverage_under_90_percent_ends_its_praise_for_a_and_under_80_for_b() -> None:
    plan = {Grade.A: Coverage(done=8, planned=10), Grade.B: Coverage(done=8, planned=10)}
    assert low_coverages(plan) == (Grade.A,)
    assert low_coverages({Grade.B: Coverage(done=7, planned=10)}) == (Grade.B,)
    assert low_coverages({Grade.A: Coverage(done=0, planned=4)}) == ()
    with pytest.raises(ValueError, match="visits made"):
        Coverage(done=3, planned=2)


def test_a_profile_is_as_complete_as_its_known_fields() -> None:
    assert completeness([True, False, True, True]) == 0.75
    assert completeness([]) == 0.0
