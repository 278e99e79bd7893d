"""Who is still buying, and how many orders to expect: the BG/NBD model.

Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005). Customers buy at rates
spread as gamma(r, alpha), and leave after an order with chances spread as beta(a, b).
"""

from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Floats, Ints
from bot.domain.scoring.minimising import Lowest, Objective, minimise
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.rhythm import order_days_of
from bot.domain.scoring.special import gauss_hypergeometric

CUSTOMERS_NEEDED, REPEATERS_NEEDED = 100, 50
"""Below these a fit says more of chance than of customers."""
WEEK_DAYS = 7.0
PILOT_SIZE = 20_000
LARGEST_PARAMETER = 1e4
SINGULAR_WITHIN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyingHistory:
    """One element a customer: x, t_x and T of the paper; times run from the first purchase, to the last and to now."""

    repeats: Ints
    last: Floats
    age: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyingModel:
    """A fitted model; times are in the unit of the history it was fitted to."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int

    def alive(self, history: BuyingHistory) -> Floats:
        """P(alive): the chance that each customer still buys. Without a repeat purchase it is 1 by construction."""
        x = history.repeats
        with np.errstate(divide="ignore", over="ignore"):
            odds = (
                self.a
                / (self.b + x - 1)
                * np.exp((self.r + x) * np.log((self.alpha + history.age) / (self.alpha + history.last)))
            )
            chances: Floats = np.where(x > 0, 1 / (1 + odds), 1.0)
        return chances

    def expected_orders(self, history: BuyingHistory, ahead: float) -> Floats:
        """Orders to expect of each customer in the time ``ahead`` (the paper's equation 10).

        Euler's transformation (Abramowitz and Stegun 15.3.3) takes the large powers out, so that a customer with
        thousands of orders neither overflows nor loses digits.
        """
        x, a = history.repeats.astype(np.float64), self.a
        if abs(a - 1) < SINGULAR_WITHIN:
            a = 1 + SINGULAR_WITHIN  # the formula has a removable singularity at 1
        z = ahead / (self.alpha + history.age + ahead)
        c = a + self.b + x - 1
        series = gauss_hypergeometric(a + self.b - 1 - self.r, a - 1, c, z)
        expected: Floats = c / (a - 1) * (1 - (1 - z) ** (a - 1) * series) * self.alive(history)
        return expected


def buying_history(book: OrderBook, on: int, *, unit_days: float = WEEK_DAYS) -> tuple[Ints, BuyingHistory]:
    """Who has bought by a day, and their histories; several purchases of one day are one."""
    who, day = order_days_of(book.until(on))
    count = np.bincount(who, minlength=book.size)
    buyers = np.flatnonzero(count)
    end = np.cumsum(count)[buyers]
    first, last = day[end - count[buyers]], day[end - 1]
    return buyers, BuyingHistory(
        repeats=count[buyers] - 1, last=(last - first) / unit_days, age=(on - first) / unit_days
    )


def fit_buying_model(history: BuyingHistory) -> BuyingModel | None:
    """The model of greatest likelihood. None: too few customers or repeat buyers, or no clear answer in the data."""
    repeaters = int((history.repeats > 0).sum())
    if len(history.repeats) < CUSTOMERS_NEEDED or repeaters < REPEATERS_NEEDED or not (history.age > 0).any():
        return None
    found = _search(history)
    r, alpha, a, b = np.exp(found.at).tolist()
    if not found.converged or max(r, a, b) > LARGEST_PARAMETER:
        return None
    count = len(history.repeats)
    return BuyingModel(r=r, alpha=alpha, a=a, b=b, log_likelihood=float(-found.value * count), customers=count)


def _search(history: BuyingHistory) -> Lowest:
    """A search over all customers, started from the answer for an evenly drawn part of them when they are many."""
    start, curvature = np.log([1.0, max(float(history.age.mean()) / 4, 1e-3), 1.0, 2.0]), None
    stride = len(history.repeats) // PILOT_SIZE
    if stride > 1:
        part = BuyingHistory(repeats=history.repeats[::stride], last=history.last[::stride], age=history.age[::stride])
        pilot = minimise(_objective(part), start)
        start, curvature = pilot.at, pilot.curvature
    return minimise(_objective(history), start, curvature=curvature)


def _objective(history: BuyingHistory) -> Objective:
    """Mean negative log-likelihood and its gradient by the logarithms of r, alpha, a and b.

    Equal histories are counted once. Ratios of gamma functions at whole distances are products, so that no special
    function is needed: ln Γ(r+x)/Γ(r) = sum of ln(r+k), k < x.
    """
    rows, weight = _distinct(history)
    x, last, age = rows
    repeated = x > 0
    xs, xs_place = np.unique(x.astype(np.int64), return_inverse=True)
    steps = np.arange(int(xs[-1]), dtype=np.float64)
    xs_weight = np.bincount(xs_place, weights=weight)
    x1, last1, age1, weight1 = x[repeated], last[repeated], age[repeated], weight[repeated]
    age0, weight0 = age[~repeated], weight[~repeated]
    share = 1 / weight.sum()

    def rising(start: float) -> tuple[float, float]:
        """Sum over customers of ln Γ(start+x)/Γ(start), and its derivative."""
        logs = np.concatenate(([0.0], np.cumsum(np.log(start + steps))))[xs]
        slopes = np.concatenate(([0.0], np.cumsum(1 / (start + steps))))[xs]
        return float(xs_weight @ logs), float(xs_weight @ slopes)

    def evaluate(at: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(at).tolist()
        (rise_r, slope_r), (rise_b, slope_b), (rise_ab, slope_ab) = rising(r), rising(b), rising(a + b)
        ln_alpha = np.log(alpha)
        # nobody can have left who never bought again
        ln_age0 = np.log(alpha + age0)
        value = rise_r + rise_b - rise_ab + r * float(weight0 @ (ln_alpha - ln_age0))
        by_r = slope_r + float(weight0 @ (ln_alpha - ln_age0))
        by_alpha = r * float(weight0 @ (1 / alpha - 1 / (alpha + age0)))
        # A3 + A4 of the paper, with the part of "still buying" taken out
        to_age, to_last = alpha + age1, alpha + last1
        ln_age, ln_ratio = np.log(to_age), np.log(to_age / to_last)
        power = r + x1
        ln_odds = np.log(a) - np.log(b + x1 - 1) + power * ln_ratio
        left = weight1 / (1 + np.exp(-ln_odds))  # weighted chance to have left
        value += float(weight1 @ (r * ln_alpha - power * ln_age + np.logaddexp(0, ln_odds)))
        by_r += float(weight1 @ (ln_alpha - ln_age)) + float(left @ ln_ratio)
        by_alpha += float(weight1 @ (r / alpha - power / to_age)) + float(left @ (power * (1 / to_age - 1 / to_last)))
        by_a = float(left.sum()) / a - slope_ab
        by_b = slope_b - slope_ab - float(left @ (1 / (b + x1 - 1)))
        slope = np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])
        return -value * share, -slope * share

    return evaluate


def _distinct(history: BuyingHistory) -> tuple[tuple[Floats, Floats, Floats], Floats]:
    """The distinct histories as columns, and how many customers have each."""
    table = np.column_stack([history.repeats.astype(np.float64), history.last, history.age])
    order = np.lexsort(table.T)
    table = table[order]
    is_new = np.ones(len(table), dtype=np.bool_)
    is_new[1:] = (table[1:] != table[:-1]).any(axis=1)
    weight = np.diff(np.append(np.flatnonzero(is_new), len(table))).astype(np.float64)
    distinct = table[is_new]
    return (distinct[:, 0].copy(), distinct[:, 1].copy(), distinct[:, 2].copy()), weight
