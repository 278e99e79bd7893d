"""Finds the lowest point of a smooth function of a few parameters: BFGS with a backtracking search (Nocedal and
Wright, Numerical Optimization, 2nd ed., algorithm 6.1), enough for likelihoods of three or four parameters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Floats

Objective = Callable[[Floats], tuple[float, Floats]]
STEPS_MAX, HALVINGS_MAX = 200, 40
SUFFICIENT_DECREASE = 1e-4
LONGEST_STEP = 2.0
"""Parameters are logarithms: a step of 2 is a factor of 7, and more would leap out of the valley."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    """``curvature`` is the approximate inverse Hessian there, a start for a search nearby."""

    at: Floats
    value: float
    converged: bool
    curvature: Floats


def minimise(
    objective: Objective, start: Floats, *, curvature: Floats | None = None, tolerance: float = 1e-6
) -> Lowest:
    """Search from a start. ``objective`` gives value and gradient; it ends where no slope exceeds the tolerance."""
    size = len(start)
    identity = np.eye(size)
    inverse = identity if curvature is None else curvature
    at = start.astype(np.float64)
    value, slope = objective(at)
    for _ in range(STEPS_MAX):
        if float(np.abs(slope).max()) <= tolerance:
            return Lowest(at=at, value=value, converged=True, curvature=inverse)
        direction = -inverse @ slope
        if float(direction @ slope) >= 0:
            inverse, direction = identity, -slope
        direction *= min(1.0, LONGEST_STEP / max(float(np.abs(direction).max()), 1e-300))
        found = _search_line(objective, at, value, slope, direction)
        if found is None:
            break
        step, value, next_slope = found
        change = next_slope - slope
        at, slope = at + step, next_slope
        bend = float(step @ change)
        if bend > 0:
            if inverse is identity:
                inverse = identity * (bend / float(change @ change))
            left = identity - np.outer(step, change) / bend
            inverse = left @ inverse @ left.T + np.outer(step, step) / bend
    converged = float(np.abs(slope).max()) <= 1e3 * tolerance
    return Lowest(at=at, value=value, converged=converged, curvature=inverse)


def _search_line(
    objective: Objective, at: Floats, value: float, slope: Floats, direction: Floats
) -> tuple[Floats, float, Floats] | None:
    """The first of 1, 1/2, 1/4 … of the direction that lowers the value enough."""
    expected = float(slope @ direction)
    fraction = 1.0
    for _ in range(HALVINGS_MAX):
        step = fraction * direction
        found, found_slope = objective(at + step)
        if np.isfinite(found) and found <= value + SUFFICIENT_DECREASE * fraction * expected:
            return step, found, found_slope
        fraction /= 2
    return None
