"""The buying models hold the published numbers of CDNOW, and refuse to guess."""

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.scoring.buying_model import BuyingHistory, BuyingModel, buying_history, fit_buying_model
from bot.domain.scoring.minimising import minimise
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.special import gauss_hypergeometric, ln_gamma_and_digamma
from bot.domain.scoring.spend_model import fit_spend_model
from tests.domain.scoring_books import CALIBRATION_END, cdnow_columns

PUBLISHED = BuyingModel(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, customers=2357)


def cdnow_history() -> tuple[BuyingHistory, np.ndarray]:
    """Calibration histories in weeks, and the mean amount of a repeat order day in dollars."""
    rows = np.array(cdnow_columns())
    rows = rows[rows[:, 1] <= CALIBRATION_END]
    # The log has a few orders of amount 0: those who published counted them as orders, so do we here.
    book = OrderBook.of(size=2357, who=rows[:, 0], day=rows[:, 1], amount=np.maximum(rows[:, 2], 1))
    _, history = buying_history(book, CALIBRATION_END)
    first = np.full(2357, 10**9)
    np.minimum.at(first, rows[:, 0], rows[:, 1])
    repeat = rows[:, 1] > first[rows[:, 0]]
    spent = np.bincount(rows[repeat, 0], weights=rows[repeat, 2], minlength=2357) / 100
    return history, spent / np.maximum(1, history.repeats)


def test_the_fit_of_cdnow_is_the_published_one() -> None:
    history, _ = cdnow_history()
    model = fit_buying_model(history)
    assert model is not None
    assert model.customers == 2357
    assert (round(model.r, 3), round(model.alpha, 3)) == (0.243, 4.414)
    assert (round(model.a, 3), round(model.b, 3)) == (0.793, 2.426)
    assert round(model.log_likelihood, 1) == -9582.4


def test_the_value_model_of_cdnow_is_the_published_one() -> None:
    history, mean = cdnow_history()
    model = fit_spend_model(history.repeats, mean)
    assert model is not None
    assert model.customers == 946
    assert (round(model.p, 2), round(model.q, 2), round(model.v, 2)) == (6.25, 3.74, 15.44)


def test_expected_orders_of_the_papers_example_customer() -> None:
    history = BuyingHistory(repeats=np.array([2]), last=np.array([30.43]), age=np.array([38.86]))
    assert PUBLISHED.expected_orders(history, 39)[0] == pytest.approx(1.226, abs=5e-4)


def test_expected_orders_stay_finite_for_a_customer_with_5000_orders() -> None:
    history = BuyingHistory(repeats=np.array([4999]), last=np.array([520.0]), age=np.array([520.5]))
    alive, expected = PUBLISHED.alive(history)[0], PUBLISHED.expected_orders(history, 13)[0]
    assert 0.9 < alive <= 1
    assert 110 < expected < 130  # about 4,999 / 525 weeks x 13


def test_the_chance_to_be_active_falls_with_silence_and_is_one_without_a_repeat() -> None:
    history = BuyingHistory(
        repeats=np.array([10, 10, 10, 0]), last=np.array([50.0, 40.0, 10.0, 0.0]), age=np.array([51.0] * 4)
    )
    alive = PUBLISHED.alive(history).tolist()
    assert alive[0] > alive[1] > alive[2]
    assert alive[2] < 0.01
    assert alive[3] == 1


@pytest.mark.parametrize("a", [0.5, 1.0, 1.0000001, 2.5])
def test_expected_orders_agree_with_adding_up_the_future_in_small_steps(a: float) -> None:
    """The chance to be there after j more orders, summed over simulated customers of the same history."""
    model = BuyingModel(r=0.8, alpha=6.0, a=a, b=2.0, log_likelihood=0.0, customers=1)
    history = BuyingHistory(repeats=np.array([3]), last=np.array([20.0]), age=np.array([24.0]))
    draw = np.random.default_rng(7)
    rate = draw.gamma(model.r + 3, 1 / (model.alpha + 24.0), 60_000)
    leaves = draw.beta(a, model.b + 3, 60_000)
    orders = draw.poisson(rate * 12.0)
    # of a customer who would place n orders, the j-th happens when it did not leave at the j - 1 before
    expected = np.where(leaves > 0, (1 - (1 - leaves) ** orders) / leaves, orders).mean()
    alive = model.alive(history)[0]
    # the chance to be there weighs the posterior: compare per living customer
    assert model.expected_orders(history, 12.0)[0] / alive == pytest.approx(expected, rel=0.02)


def test_too_few_customers_or_repeats_give_no_model() -> None:
    few = BuyingHistory(repeats=np.full(99, 2), last=np.full(99, 5.0), age=np.full(99, 9.0))
    once = BuyingHistory(repeats=np.zeros(500, dtype=np.int64), last=np.zeros(500), age=np.full(500, 9.0))
    none = BuyingHistory(repeats=np.zeros(0, dtype=np.int64), last=np.zeros(0), age=np.zeros(0))
    assert [fit_buying_model(history) for history in (few, once, none)] == [None, None, None]


def test_all_orders_on_one_day_give_no_model() -> None:
    who = np.arange(200)
    book = OrderBook.of(size=200, who=who, day=np.full(200, CALIBRATION_END), amount=np.full(200, 100))
    _, history = buying_history(book, CALIBRATION_END)
    assert fit_buying_model(history) is None


def test_customers_who_all_spend_alike_give_no_value_model() -> None:
    assert fit_spend_model(np.full(80, 3), np.full(80, 50.0)) is None
    assert fit_spend_model(np.full(49, 3), np.linspace(1, 50, 49)) is None


def test_a_known_truth_is_found_again_in_simulated_customers() -> None:
    draw = np.random.default_rng(11)
    truth = BuyingModel(r=0.6, alpha=5.0, a=0.9, b=3.0, log_likelihood=0.0, customers=30_000)
    rate, leave = draw.gamma(truth.r, 1 / truth.alpha, 30_000), draw.beta(truth.a, truth.b, 30_000)
    age = draw.uniform(20, 60, 30_000)
    repeats, last = np.zeros(30_000, dtype=np.int64), np.zeros(30_000)
    clock, active = draw.exponential(1 / rate), np.ones(30_000, dtype=np.bool_)
    while (active := active & (clock <= age)).any():
        repeats[active] += 1
        last[active] = clock[active]
        active &= draw.random(30_000) > leave
        clock = clock + draw.exponential(1 / rate)
    model = fit_buying_model(BuyingHistory(repeats=repeats, last=last, age=age))
    assert model is not None
    assert model.r == pytest.approx(0.6, rel=0.05)
    assert model.alpha == pytest.approx(5.0, rel=0.06)
    assert model.a / (model.a + model.b) == pytest.approx(0.9 / 3.9, rel=0.08)


@given(st.floats(1e-3, 1e4))
def test_log_gamma_and_its_slope_agree_with_the_library_and_with_the_recurrence(x: float) -> None:
    ln_gamma, slope = ln_gamma_and_digamma(np.array([x, x + 1]))
    assert ln_gamma[0] == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-11)
    assert slope[1] - slope[0] == pytest.approx(1 / x, rel=1e-9, abs=1e-12)


def test_the_hypergeometric_series_agrees_with_its_closed_forms() -> None:
    z = np.array([0.0, 0.3, 0.9])
    assert gauss_hypergeometric(1, 1, np.full(3, 2.0), z)[1:] == pytest.approx(-np.log(1 - z[1:]) / z[1:])
    assert gauss_hypergeometric(2.5, 4.0, np.full(3, 4.0), z) == pytest.approx((1 - z) ** -2.5)


def test_the_search_finds_the_lowest_point_of_a_bent_valley() -> None:
    def valley(at: np.ndarray) -> tuple[float, np.ndarray]:
        x, y = at
        slope = np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
        return float(100 * (y - x * x) ** 2 + (1 - x) ** 2), slope

    found = minimise(valley, np.array([-1.2, 1.0]))
    assert found.converged
    assert found.at == pytest.approx([1, 1], abs=1e-5)


def test_orders_after_the_day_are_not_known_to_the_model() -> None:
    day = date(2026, 11, 22).toordinal()
    book = OrderBook.of(
        size=1, who=np.array([0, 0, 0]), day=np.array([day - 70, day - 7, day + 7]), amount=np.array([5, 5, 5])
    )
    buyers, history = buying_history(book, day)
    assert buyers.tolist() == [0]
    assert (history.repeats[0], history.last[0], history.age[0]) == (1, 9.0, 10.0)
