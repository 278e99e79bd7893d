"""RFM, lifecycle and money at stake: the method's examples, borders, and bad input."""

from datetime import date
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.scoring.lifecycle import STAGES, LifecycleStage, measure_lifecycle
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.replay import replay_year
from bot.domain.scoring.rfm import Rfm, RfmMethod, measure_rfm
from bot.domain.scoring.rhythm import Silence, measure_rhythms, silence_of
from bot.domain.scoring.segments import Movement, Segment, movement, segment_of
from bot.domain.scoring.settings import ScoringSettings
from bot.domain.scoring.team_figures import measure_stages, measure_team
from bot.domain.vocabulary import Grade
from tests.domain.scoring_books import ON, TODAY, Orders, book, every

THE_BUYER = [(7, 110_000), (30, 120_000), (55, 105_000), (85, 130_000)]


def rfm_of(orders: OrderBook) -> Rfm:
    return measure_rfm(orders, measure_rhythms(orders, TODAY), TODAY)


def stage_of(orders: Orders, *others: Orders) -> LifecycleStage:
    kept = book(orders, *others)
    return measure_lifecycle(kept, measure_rhythms(kept, TODAY), TODAY).stage_of(0)


def usual_customers(count: int) -> list[list[tuple[int, int]]]:
    """Customers who spend 500-2,500 a year in one to three orders."""
    draw = np.random.default_rng(5)
    return [
        [(int(ago), int(draw.integers(50_000, 80_000))) for ago in draw.integers(20, 360, 1 + number % 3)]
        for number in range(count)
    ]


@pytest.mark.parametrize(("others", "method"), [(60, RfmMethod.FIXED_CUTS), (200, RfmMethod.QUINTILES)])
def test_the_buyer_of_the_method_is_an_important_value_customer(others: int, method: RfmMethod) -> None:
    rfm = rfm_of(book(THE_BUYER, *usual_customers(others)))
    assert rfm.method is method
    assert rfm.segments[0] is Segment.IMPORTANT_VALUE


def test_ninety_nine_buyers_get_fixed_cuts_and_a_hundred_get_quintiles() -> None:
    assert rfm_of(book(*[every(30, 5, 3)] * 99)).method is RfmMethod.FIXED_CUTS
    assert rfm_of(book(*[every(30, 5, 3)] * 100)).method is RfmMethod.QUINTILES


def test_equal_buyers_get_equal_scores_in_the_middle() -> None:
    rfm = rfm_of(book(*[every(30, 5, 3)] * 100))
    assert {tuple(scores) for scores in zip(rfm.recency, rfm.frequency, rfm.monetary, strict=True)} == {(3, 3, 3)}


@pytest.mark.parametrize(("last", "score"), [(10, 5), (11, 4), (15, 4), (16, 3), (20, 3), (21, 2), (40, 2), (41, 1)])
def test_recency_follows_the_own_rhythm_under_a_hundred_buyers(last: int, score: int) -> None:
    assert rfm_of(book(every(10, last, 5))).recency.tolist() == [score]


@pytest.mark.parametrize(("count", "score"), [(12, 5), (11, 4), (4, 4), (3, 3), (2, 2), (1, 1)])
def test_frequency_counts_orders_of_a_year(count: int, score: int) -> None:
    rfm = rfm_of(book(every(9, 1, count), every(20, 3, 4)))
    assert rfm.frequency[0] == score


def test_money_is_measured_against_the_median_customer() -> None:
    amounts = [300, 150, 100, 75, 25, 24, 100]
    rfm = rfm_of(book(*[[(5, amount)] for amount in amounts], every(5, 30, 4, 25)))
    assert rfm.median_money == 100
    assert rfm.monetary[:6].tolist() == [5, 4, 3, 3, 2, 1]


def test_a_slow_buyer_has_a_wider_window_and_figures_per_year() -> None:
    rfm = rfm_of(book(every(200, 100, 4, 600)))
    assert rfm.window_days.tolist() == [600]
    assert rfm.orders[0] == pytest.approx(3 * 365 / 600)
    assert rfm.money[0] == pytest.approx(1800 * 365 / 600)
    assert rfm_of(book(every(500, 100, 4))).window_days.tolist() == [1095]


def test_nobody_without_a_purchase_in_the_window_is_a_buyer() -> None:
    rfm = rfm_of(book([], [(500, 100)], [(10, -50)], [(10, 0)], [(-3, 80)], [(4, 10)]))
    assert rfm.who.tolist() == [5]
    assert rfm_of(book()).segments == []


def test_one_buyer_with_one_order_has_no_recency_and_no_segment() -> None:
    rfm = rfm_of(book([(10, 500)]))
    assert rfm.recency.tolist() == [0]
    assert rfm.segments == [None]


def test_returns_lower_money_and_never_count_as_orders() -> None:
    rfm = rfm_of(book([(40, 900), (20, 900), (10, -600)], every(20, 5, 3, 100)))
    assert (rfm.orders[0], rfm.money[0], rfm.days_since[0]) == (2, 1200, 20)
    returned = rfm_of(book([(40, 900), (10, -1200)], every(20, 5, 3, 100)))
    assert (returned.money[0], returned.monetary[0]) == (-300, 1)


def test_orders_in_another_currency_count_as_orders_and_not_as_money() -> None:
    rfm = rfm_of(book(every(20, 5, 4, 100), every(20, 5, 4, 9_000_000), foreign=[1]))
    assert rfm.orders.tolist() == [4, 4]
    assert rfm.money.tolist() == [400, 0]
    assert rfm.monetary[1] == 1


def test_a_customer_with_5000_orders_is_measured_like_any_other() -> None:
    busy = [(number // 4, 100) for number in range(5000)]
    kept = book(busy, every(30, 5, 4))
    rhythms = measure_rhythms(kept, TODAY)
    assert (rhythms.order_days[0], rhythms.gap[0], rhythms.ratio[0]) == (1250, 1.0, 0.0)
    assert rfm_of(kept).orders[0] == 1460


def test_the_eight_segments_by_their_scores() -> None:
    assert segment_of(5, 4, 5) is Segment.IMPORTANT_VALUE
    assert segment_of(4, 3, 4) is Segment.IMPORTANT_DEVELOPMENT
    assert segment_of(3, 5, 4) is Segment.IMPORTANT_RETENTION
    assert segment_of(1, 1, 5) is Segment.IMPORTANT_WIN_BACK
    assert segment_of(3, 3, 3) is Segment.GENERAL_WIN_BACK


def test_a_fall_lost_a_high_and_won_none() -> None:
    assert movement(Segment.IMPORTANT_VALUE, Segment.IMPORTANT_RETENTION) is Movement.FELL
    assert movement(Segment.GENERAL_WIN_BACK, Segment.GENERAL_DEVELOPMENT) is Movement.ROSE
    assert movement(Segment.GENERAL_DEVELOPMENT, Segment.GENERAL_RETENTION) is Movement.MOVED
    assert movement(Segment.GENERAL_VALUE, Segment.GENERAL_VALUE) is Movement.STAYED


@pytest.mark.parametrize(
    ("orders", "stage"),
    [
        ([], LifecycleStage.PROSPECT),
        ([(10, -100)], LifecycleStage.PROSPECT),
        (every(20, 81, 8), LifecycleStage.LOST),
        (every(20, 80, 8), LifecycleStage.DORMANT),
        (every(20, 41, 8), LifecycleStage.DORMANT),
        (every(20, 40, 20), LifecycleStage.MATURE),
        ([(5, 100), *every(20, 120, 8)], LifecycleStage.WON_BACK),
        ([(5, 100), *every(80, 250, 4)], LifecycleStage.WON_BACK),
        ([(5, 100), *every(80, 160, 4)], LifecycleStage.MATURE),
        (every(20, 5, 4), LifecycleStage.NEW),
        (every(20, 5, 8), LifecycleStage.GROWING),
        (every(40, 5, 4, 110) + every(40, 200, 4, 100), LifecycleStage.MATURE),
        (every(40, 5, 4, 112) + every(40, 200, 4, 100), LifecycleStage.GROWING),
        (every(40, 5, 4, 79) + every(40, 200, 4, 100), LifecycleStage.DECLINING),
    ],
)
def test_the_first_stage_that_fits_is_the_stage(orders: list[tuple[int, int]], stage: LifecycleStage) -> None:
    assert stage_of(orders) is stage


def test_an_ended_relationship_comes_before_everything() -> None:
    kept = book(every(20, 300, 8))
    life = measure_lifecycle(kept, measure_rhythms(kept, TODAY), TODAY, ended=np.array([True]))
    assert life.stage_of(0) is LifecycleStage.ENDED
    assert not life.at_risk[0]


def test_with_fewer_than_three_order_days_the_teams_rhythm_counts() -> None:
    regulars = [every(10, 3, 8)] * 3
    assert stage_of([(50, 100)], *regulars) is LifecycleStage.LOST
    assert stage_of([(25, 100)], *regulars) is LifecycleStage.DORMANT


def test_all_orders_on_one_day_know_no_rhythm_and_are_never_lost() -> None:
    kept = book([(300, 100)] * 5, [(300, 50)])
    rhythms = measure_rhythms(kept, TODAY)
    assert rhythms.team_gap is None
    assert np.isnan(rhythms.ratio).all()
    life = measure_lifecycle(kept, rhythms, TODAY)
    assert not life.at_risk.any()
    assert life.stage_of(0) is LifecycleStage.DECLINING


def test_at_risk_is_above_one_and_a_half_gaps_and_says_what_is_at_stake() -> None:
    kept = book(every(20, 31, 30, 100), every(20, 30, 30, 100), [*every(20, 31, 8, 100), (35, -50)])
    life = measure_lifecycle(kept, measure_rhythms(kept, TODAY), TODAY)
    assert life.at_risk.tolist() == [True, False, True]
    assert life.stake.tolist() == [1900, 0, 750]


def test_orders_dated_in_the_future_change_nothing() -> None:
    with_future = book([*every(20, 90, 8), (-10, 500)])
    without = book(every(20, 90, 8))
    for kept in (with_future, without):
        rhythms = measure_rhythms(kept, TODAY)
        assert measure_lifecycle(kept, rhythms, TODAY).stage_of(0) is LifecycleStage.LOST
        assert rhythms.ratio[0] == 4.5


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(0, 60))
def test_the_ratio_is_days_since_the_last_order_against_the_median_gap_of_distinct_days(
    days_ago: list[int], team_gap: int
) -> None:
    kept = book([(ago, 100) for ago in days_ago], every(team_gap + 1, 0, 40))
    rhythms = measure_rhythms(kept, TODAY)
    days = sorted(set(days_ago), reverse=True)
    gap = median(earlier - later for earlier, later in pairwise(days)) if len(days) >= 3 else rhythms.team_gap
    if days and gap:
        assert rhythms.ratio[0] == pytest.approx(days[-1] / max(1, gap))
    else:
        assert np.isnan(rhythms.ratio[0])


def test_silences_by_their_ratio() -> None:
    assert [silence_of(ratio) for ratio in (None, 1.5, 1.6, 2.1, 4.0, 4.1)] == [
        None,
        None,
        Silence.AT_RISK,
        Silence.DORMANT,
        Silence.DORMANT,
        Silence.LOST,
    ]


def test_an_order_book_takes_any_sequence_and_refuses_strangers() -> None:
    mixed = OrderBook.of(size=2, who=np.array([1, 0, 1]), day=np.array([9, 5, 3]), amount=np.array([1, 2, 3]))
    assert (mixed.who.tolist(), mixed.day.tolist(), mixed.amount.tolist()) == ([0, 1, 1], [5, 3, 9], [2, 3, 1])
    with pytest.raises(ValueError, match="place"):
        OrderBook.of(size=1, who=np.array([1]), day=np.array([9]), amount=np.array([1]))
    with pytest.raises(ValueError, match="equally long"):
        OrderBook.of(size=1, who=np.array([0]), day=np.array([9, 9]), amount=np.array([1]))


def test_team_figures_count_cohorts_repurchase_and_retention() -> None:
    kept = book(*[[(400, 1), (200, 1), (10, 1)]] * 4, *[[(400, 1)]] * 2, [(3, 1)])
    figures = measure_team(kept, ON)
    assert (figures.repurchase.part, figures.repurchase.whole, figures.repurchase.percent) == (4, 5, 80)
    assert (figures.retention.part, figures.retention.whole) == (4, 6)
    assert [month.won for month in figures.months[-2:]] == [0, 1]
    newest = figures.cohorts[-1]
    assert (newest.month, newest.size, newest.kept) == (date(2026, 11, 1), 1, (1,))


def test_team_figures_of_too_few_customers_say_nothing() -> None:
    figures = measure_team(book(every(20, 5, 3)), ON)
    assert figures.repurchase.percent is None
    assert figures.lifetime_days is None
    assert measure_team(book(), ON).cohorts == ()


def test_each_month_says_who_was_kept_won_lost_and_won_back() -> None:
    silent = every(20, 135, 20)  # last order 10 July: dormant after 19 August, lost after 28 September
    back = [*every(20, 200, 20), (10, 100)]
    figures = measure_team(book(*[every(20, 5, 30)] * 4, silent, back, [(10, 100)]), ON)
    by_month = {month.month.month: month for month in figures.months}
    assert len(figures.months) == 12
    assert (by_month[8].kept.part, by_month[8].kept.whole, by_month[8].kept.percent) == (4, 5, 80)
    assert (by_month[9].lost, by_month[10].lost, by_month[11].lost) == (1, 0, 0)
    assert (by_month[11].won, by_month[11].won_back) == (1, 1)


def test_margin_by_stage_is_of_who_has_one() -> None:
    mature, lost = (STAGES.index(one) for one in (LifecycleStage.MATURE, LifecycleStage.LOST))
    sales, margin = np.array([1000.0, 500.0, -40.0]), np.array([20.0, np.nan, 50.0])
    made = {one.stage: one for one in measure_stages(np.array([mature, mature, lost]), sales, margin)}
    kept, gone = made[LifecycleStage.MATURE], made[LifecycleStage.LOST]
    assert (kept.customers, kept.sales_minor, kept.margin_minor, kept.known) == (2, 1500, 200, 1)
    assert (gone.sales_minor, gone.margin_minor, gone.known) == (0, 0, 1)


def test_a_cohort_counts_each_month_in_which_its_customers_ordered() -> None:
    figures = measure_team(book([(80, 1), (50, 1), (49, 1), (2, 1)], [(82, 1)]), ON)
    cohort = figures.cohorts[0]
    assert (cohort.month, cohort.size, cohort.kept) == (date(2026, 9, 1), 2, (2, 1, 1))


def test_a_replay_of_the_past_year_compares_grades_and_risks_with_what_came() -> None:
    steady = [every(20, 5, 40, 100 * (number + 1)) for number in range(30)]
    gone = [every(20, 400, 10, 100)] * 6  # already late a year ago
    kept = book(*steady, *gone)
    known = np.full((36, 5), np.nan)
    known[:, 3] = [*range(30), *[0] * 6]
    replay = replay_year(kept, TODAY, known, ScoringSettings())
    by_grade = {outcome.grade: outcome for outcome in replay.grades}
    assert by_grade[Grade.A].mean_sales_after > by_grade[Grade.B].mean_sales_after
    assert (replay.left_of_risk.part, replay.left_of_risk.whole) == (6, 6)
    assert replay.left_of_rest.part == 0
    assert replay.expected is None
