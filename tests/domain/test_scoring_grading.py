"""Grades: percentiles, missing indicators, quotas, ties, and reviews that do not flap."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.scoring.grading import Cuts, TeamGrades, grade_team
from bot.domain.scoring.ranks import mid_rank_percentiles, quintiles
from bot.domain.scoring.replay import order_indicators
from bot.domain.scoring.reviewing import Ground, Proposal, Standing, review
from bot.domain.scoring.settings import INDICATORS, Indicator, Method, ScoringSettings
from bot.domain.vocabulary import Grade, GradeSource
from tests.domain.scoring_books import TODAY, book, every

NAN = float("nan")
CUTS = Cuts(a=80.0, b=60.0)


def team(*rows: list[float], settings: ScoringSettings | None = None, **flags: np.ndarray) -> TeamGrades:
    """Grades of customers given as rows of sales, margin, loyalty, influence, growth."""
    return grade_team(np.array(rows, dtype=np.float64).reshape(-1, 5), settings or ScoringSettings(), **flags)


def territory(size: int) -> TeamGrades:
    draw = np.random.default_rng(3)
    return team(*np.column_stack([draw.lognormal(8, 1, size), *(draw.uniform(1, 5, size) for _ in range(4))]).tolist())


def test_a_territory_of_300_customers_gives_about_20_a_and_40_b() -> None:
    grades = territory(300).grades
    assert [grades.count(grade) for grade in (Grade.A, Grade.B)] == [21, 39]


def test_cuts_lie_halfway_between_the_last_inside_and_the_first_outside() -> None:
    grades = territory(300)
    scores = sorted(grades.scores.tolist(), reverse=True)
    assert grades.cuts.a == pytest.approx((scores[20] + scores[21]) / 2)
    assert grades.cuts.b == pytest.approx((scores[59] + scores[60]) / 2)


def test_the_parts_of_a_score_add_up_to_it() -> None:
    grades = territory(50)
    for place in range(50):
        made = grades.parts_of(place)
        assert sum(part.contribution for part in made) == pytest.approx(grades.scores[place])
        assert sum(part.weight for part in made) == pytest.approx(1)


def test_the_weight_of_a_missing_indicator_is_shared_among_the_known_ones() -> None:
    full = [[float(n), float(n), float(n), 1 + n % 5, 1 + n % 5] for n in range(9)]
    grades = team(*full, [9.0, NAN, NAN, 5.0, NAN])
    made = {part.indicator: part for part in grades.parts_of(9)}
    assert made[Indicator.MARGIN].value is None
    assert made[Indicator.SALES].weight == pytest.approx(30 / 50)
    assert made[Indicator.SALES].contribution + made[Indicator.INFLUENCE].contribution == pytest.approx(
        grades.scores[9]
    )
    assert grades.known_weight[9] == pytest.approx(0.5)
    assert not grades.provisional[9]


def test_with_less_than_half_the_weight_known_a_grade_is_provisional_and_at_most_b() -> None:
    rows = [[float(n), NAN, 0.5, NAN, NAN] for n in range(100)]
    grades = team(*rows)
    assert grades.provisional.all()
    assert Grade.A not in grades.grades
    assert grades.grades[99] is Grade.B


def test_nothing_known_is_not_graded() -> None:
    grades = team(*[[float(n)] * 5 for n in range(8)], [NAN] * 5)
    assert grades.grades[8] is None
    assert np.isnan(grades.scores[8])
    assert grades.graded == 8


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_customers_are_not_compared(count: int) -> None:
    grades = team(*[[float(n)] * 5 for n in range(count)])
    assert grades.is_too_few
    assert set(grades.grades) <= {None}


def test_a_team_of_equals_has_no_a() -> None:
    grades = team(*[[100.0, 20.0, 0.5, 3.0, 3.0]] * 40)
    assert set(grades.grades) == {Grade.C}
    assert set(grades.scores.tolist()) == {50.0}


def test_a_score_under_15_or_no_need_is_a_d() -> None:
    rows = [[float(n)] * 5 for n in range(20)]
    grades = team(*rows, no_need=np.array([False] * 19 + [True]))
    assert grades.grades[0] is Grade.D
    assert grades.grades[19] is Grade.D
    assert grades.grades[18] is not Grade.D


def test_a_young_technology_company_of_small_volume_is_proposed_as_rising() -> None:
    rows = [[float(n), 20.0, 0.5, 3.0, 3.0] for n in range(1, 30)]
    project = np.array([True] + [False] * 29)
    grades = team([0.0, NAN, NAN, 4.0, 5.0], *rows, joint_project=project)
    assert grades.rising.tolist() == [True] + [False] * 29
    without = team([0.0, NAN, NAN, 4.0, 5.0], *rows)
    assert not without.rising.any()


def test_a_weight_of_zero_takes_an_indicator_out() -> None:
    settings = ScoringSettings(weights=dict.fromkeys(INDICATORS, 0) | {Indicator.GROWTH: 40})
    grades = team(*[[10.0 - n, NAN, NAN, NAN, float(n)] for n in range(8)], settings=settings)
    assert grades.scores.tolist() == mid_rank_percentiles(np.arange(8.0)).tolist()
    assert not grades.provisional.any()


def test_by_sales_alone_a_makes_the_first_80_percent_and_b_up_to_95() -> None:
    single = ScoringSettings(method=Method.SINGLE)
    sales = [50.0, 30.0, 10.0, 5.0, 3.0, 2.0, 0.0, -4.0]
    grades = team(*[[amount, NAN, NAN, NAN, NAN] for amount in sales], settings=single).grades
    assert "".join(grade.value for grade in grades if grade) == "AABBCCCC"


def test_by_sales_alone_equal_sales_have_equal_grades_and_no_sales_are_no_grade() -> None:
    single = ScoringSettings(method=Method.SINGLE)
    equal = team(*[[10.0, NAN, NAN, NAN, NAN]] * 10, settings=single).grades
    assert set(equal) == {Grade.A}
    missing = team(*[[NAN] * 5] * 10, settings=single).grades
    assert set(missing) == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": dict.fromkeys(INDICATORS, 0)},
        {"weights": {Indicator.SALES: 100}},
        {"weights": dict.fromkeys(INDICATORS, -1)},
        {"a_percent": 0},
        {"a_percent": 60, "b_percent": 40},
    ],
)
def test_impossible_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"weight|quotas"):
        ScoringSettings(**wrong)  # type: ignore[arg-type] # wrong on purpose


def test_settings_survive_being_stored() -> None:
    settings = ScoringSettings(weights=dict.fromkeys(INDICATORS, 7), a_percent=5, method=Method.SINGLE)
    assert ScoringSettings.load(settings.dump()) == settings
    assert ScoringSettings.load({}) == ScoringSettings()


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40))
def test_equal_values_stand_equally_and_percentiles_average_to_50(numbers: list[int]) -> None:
    values = np.array(numbers, dtype=np.float64)
    percentiles = mid_rank_percentiles(values)
    assert percentiles.mean() == pytest.approx(50)
    fifths = quintiles(values)
    for one in set(numbers):
        assert len(set(percentiles[values == one])) == len(set(fifths[values == one])) == 1
    in_order = np.argsort(values, kind="stable")
    assert (np.diff(fifths[in_order]) >= 0).all()


def test_sales_and_loyalty_come_from_orders_of_the_last_year() -> None:
    orders = book(every(80, 10, 5), [(400, 900)], [], [(30, 500), (20, -200), (15, 0)])
    sales, loyalty = order_indicators(orders, TODAY)
    assert sales.tolist() == [500, 0, 0, 300]
    assert loyalty[[0, 1, 3]].tolist() == [1.0, 0.0, 0.25]
    assert np.isnan(loyalty[2])


def test_in_a_team_without_orders_sales_are_missing() -> None:
    sales, loyalty = order_indicators(book([], []), TODAY)
    assert np.isnan(sales).all()
    assert np.isnan(loyalty).all()


def test_sales_in_another_currency_only_are_missing_and_not_zero() -> None:
    sales, loyalty = order_indicators(book([(5, 100)], [(9, 70_000)], foreign=[1]), TODAY)
    assert sales[0] == 100
    assert np.isnan(sales[1])
    assert loyalty[1] == 0.25


def standing(grade: Grade | None, source: GradeSource = GradeSource.COMPUTED, waiting: Grade | None = None) -> Standing:
    return Standing(grade=grade, source=source if grade else None, waiting=waiting)


def proposal(grade: Grade | None, score: float | None, *, knows_half: bool = True) -> Proposal:
    return Proposal(grade=grade, score=score, knows_half=knows_half)


@pytest.mark.parametrize(
    ("before", "proposed", "score", "grade", "waiting", "ground"),
    [
        (Grade.B, Grade.A, 83.0, Grade.A, None, Ground.CROSSED),
        (Grade.B, Grade.A, 82.9, Grade.B, Grade.A, Ground.WAITING),
        (Grade.A, Grade.B, 77.0, Grade.B, None, Ground.CROSSED),
        (Grade.A, Grade.B, 77.1, Grade.A, Grade.B, Ground.WAITING),
        (Grade.C, Grade.A, 81.0, Grade.B, Grade.A, Ground.CROSSED),
        (Grade.A, Grade.C, 58.0, Grade.B, Grade.C, Ground.CROSSED),
        (Grade.C, Grade.D, 12.0, Grade.D, None, Ground.CROSSED),
        (Grade.D, Grade.C, 17.9, Grade.D, Grade.C, Ground.WAITING),
        (Grade.B, Grade.B, 70.0, Grade.B, None, Ground.SAME),
        (None, Grade.C, 30.0, Grade.C, None, Ground.FIRST),
    ],
)
def test_a_grade_changes_when_the_score_crossed_the_cut_by_3_points(
    before: Grade | None, proposed: Grade, score: float, grade: Grade, waiting: Grade | None, ground: Ground
) -> None:
    done = review(standing(before), proposal(proposed, score), CUTS)
    assert (done.grade, done.waiting, done.ground) == (grade, waiting, ground)


def test_a_score_that_stays_across_for_two_reviews_changes_the_grade() -> None:
    first = review(standing(Grade.B), proposal(Grade.A, 81.0), CUTS)
    assert first.grade is Grade.B
    second = review(standing(Grade.B, waiting=first.waiting), proposal(Grade.A, 80.5), CUTS)
    assert (second.grade, second.ground) == (Grade.A, Ground.STAYED)


def test_a_score_that_swings_to_the_other_side_waits_anew() -> None:
    done = review(standing(Grade.B, waiting=Grade.A), proposal(Grade.C, 59.0), CUTS)
    assert (done.grade, done.waiting) == (Grade.B, Grade.C)
    back = review(standing(Grade.B, waiting=Grade.A), proposal(Grade.B, 79.0), CUTS)
    assert back.waiting is None


def test_no_need_counts_at_once() -> None:
    done = review(standing(Grade.A), Proposal(grade=Grade.D, score=90.0, knows_half=True, no_need=True), CUTS)
    assert (done.grade, done.ground) == (Grade.D, Ground.NO_NEED)


def test_an_imported_grade_holds_until_half_the_weight_is_known() -> None:
    imported = standing(Grade.A, GradeSource.IMPORTED)
    holds = review(imported, proposal(Grade.C, 20.0, knows_half=False), CUTS)
    assert (holds.grade, holds.source, holds.ground) == (Grade.A, GradeSource.IMPORTED, Ground.IMPORTED_HOLDS)
    freed = review(imported, proposal(Grade.C, 20.0), CUTS)
    assert (freed.grade, freed.source) == (Grade.C, GradeSource.COMPUTED)


def test_an_override_holds_and_an_ungraded_customer_keeps_what_it_has() -> None:
    assert review(standing(Grade.A, GradeSource.OVERRIDE), proposal(Grade.D, 1.0), CUTS).grade is Grade.A
    kept = review(standing(Grade.B), proposal(None, None), CUTS)
    assert (kept.grade, kept.ground) == (Grade.B, Ground.NOT_GRADED)


@given(st.sampled_from(list(Grade)), st.floats(77.01, 82.99))
def test_a_score_that_hovers_at_a_cut_changes_the_grade_at_most_once(start: Grade, score: float) -> None:
    current, changes = standing(start), 0
    for number in range(8):
        points = score if number % 2 else 160 - score
        proposed = Grade.A if points >= 80 else Grade.B
        done = review(current, proposal(proposed, points), CUTS)
        changes += done.grade is not current.grade
        current = Standing(grade=done.grade, source=done.source, waiting=done.waiting)
    assert changes <= 1 + (start in (Grade.C, Grade.D))
