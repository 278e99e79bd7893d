"""What an order of a customer is worth on average: the gamma-gamma model.

Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013), brucehardie.com/notes/025.
"""

from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Floats, Ints
from bot.domain.scoring.minimising import minimise
from bot.domain.scoring.special import ln_gamma_and_digamma

SPENDERS_NEEDED = 50
LARGEST_PARAMETER = 1e5


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendModel:
    """A fitted model; ``v`` is in the unit of the amounts."""

    p: float
    q: float
    v: float
    customers: int

    def expected_amount(self, orders: Ints, mean_amount: Floats) -> Floats:
        """The expected amount of an order, between the customer's own mean and the team's, by how much is known.

        With no orders it is the team's mean.
        """
        spent = orders * np.where(orders > 0, mean_amount, 0.0)
        expected: Floats = self.p * (self.v + spent) / (self.p * orders + self.q - 1)
        return expected


def fit_spend_model(orders: Ints, mean_amount: Floats) -> SpendModel | None:
    """Fit to customers with one repeat order or more. None: too few, or no clear answer (as when all spend alike).

    ``orders`` counts each customer's repeat orders, ``mean_amount`` is their mean; who has none above 0 is left out.
    """
    good = (orders > 0) & (mean_amount > 0)
    count = int(good.sum())
    if count < SPENDERS_NEEDED:
        return None
    x, mean = orders[good].astype(np.float64), mean_amount[good]
    scale = float(mean.mean())
    mean = mean / scale
    total, ln_mean = x * mean, np.log(mean)
    ln_total = np.log(total)
    xs, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place).astype(np.float64)

    def evaluate(at: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(at).tolist()
        of_both, slope_both = ln_gamma_and_digamma(p * xs + q)
        of_p, slope_p = ln_gamma_and_digamma(p * xs)
        of_q, slope_q = ln_gamma_and_digamma(np.array([q]))
        ln_sum = np.log(total + v)
        power = p * x + q
        value = float(weight @ (of_both - of_p)) + count * (q * np.log(v) - float(of_q[0]))
        value += float((p * x * ln_total - ln_mean - power * ln_sum).sum())
        by_p = float(weight @ (xs * (slope_both - slope_p))) + float((x * (ln_total - ln_sum)).sum())
        by_q = float(weight @ slope_both) + count * (np.log(v) - float(slope_q[0])) - float(ln_sum.sum())
        by_v = count * q / v - float((power / (total + v)).sum())
        return -value / count, -np.array([by_p * p, by_q * q, by_v * v]) / count

    found = minimise(evaluate, np.log([2.0, 3.0, 1.0]))
    p, q, v = np.exp(found.at).tolist()
    if not found.converged or max(p, q) > LARGEST_PARAMETER or q <= 1:
        return None
    return SpendModel(p=p, q=q, v=v * scale, customers=count)
