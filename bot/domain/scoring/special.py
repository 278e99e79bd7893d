"""The special functions that the buying models need, over arrays.

Log-gamma and digamma by Stirling's series after shifting the argument above 10 (Abramowitz and Stegun 6.1.40, 6.3.18),
and Gauss's hypergeometric series (15.1.1).
"""

import numpy as np

from bot.domain.scoring.arrays import Floats

_SHIFT = 10
_LN_GAMMA_SERIES = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_DIGAMMA_SERIES = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760)
_TERMS_MAX = 20_000
_SERIES_TOLERANCE = 1e-13


def ln_gamma_and_digamma(x: Floats) -> tuple[Floats, Floats]:
    """ln Γ(x) and its derivative ψ(x), for x > 0, to about 1e-13."""
    shift = np.maximum(0, np.ceil(_SHIFT - x))
    logs, inverses = np.zeros_like(x), np.zeros_like(x)
    for step in range(_SHIFT):
        inside = shift > step
        term = np.where(inside, x + step, 1.0)
        logs += np.log(term)
        inverses += np.where(inside, 1 / term, 0.0)
    y = x + shift
    square = 1 / (y * y)
    ln_tail, psi_tail = np.zeros_like(x), np.zeros_like(x)
    for ln_factor, psi_factor in zip(reversed(_LN_GAMMA_SERIES), reversed(_DIGAMMA_SERIES), strict=True):
        ln_tail = ln_tail * square + ln_factor
        psi_tail = (psi_tail + psi_factor) * square
    ln_gamma = (y - 0.5) * np.log(y) - y + 0.5 * np.log(2 * np.pi) + ln_tail / y - logs
    return ln_gamma, np.log(y) - 0.5 / y - psi_tail - inverses


def gauss_hypergeometric(a: float, b: float, c: Floats, z: Floats) -> Floats:
    """2F1(a, b; c; z) for 0 <= z < 1 and c > 0, by its series."""
    term, total = np.ones_like(z), np.ones_like(z)
    for step in range(_TERMS_MAX):
        term = term * ((a + step) * (b + step) / (1 + step)) * z / (c + step)
        total += term
        if bool((np.abs(term) <= _SERIES_TOLERANCE * np.abs(total)).all()):
            break
    return total
