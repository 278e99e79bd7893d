"""How the compiled moves of a period are put together: annealing runs from nothing, the best of which is kept."""

import random
import time

import numpy as np

from bot.domain.planning.annealing import Effort
from bot.domain.planning.period_instance import PeriodModel, build_period_model
from bot.domain.planning.period_problem import PeriodCustomer, PeriodProblem
from bot.domain.planning.period_search import anneal
from bot.domain.planning.period_state import PeriodTuning, Plan, evaluate
from bot.domain.planning.problem import Shift
from bot.domain.planning.routes import DEMAND, THERE

RESTARTS = 1
_PIECES = 25
"""Stretches of a run between looks at the clock."""

_NEIGHBOURS = 5
_HOTTEST_PER_LEG = 2.0
_COLDEST_PER_LEG = 0.05
"""Temperatures against the usual leg between neighbours. Measured on Cordeau's periodic instances."""


def search_period(model: PeriodModel, *, effort: Effort, seed: int) -> tuple[Plan, float]:
    """The best plan found without excess, and its cost in travel seconds; at worst the empty one."""
    best = model.empty_plan()
    none = np.zeros(2, dtype=np.float64)
    best_cost = evaluate(model.instance, best, none)[0]
    if not model.size:
        return best, best_cost
    started = time.perf_counter()
    dice = random.Random(seed)
    for run in range(RESTARTS):
        until = None if effort.budget_s is None else started + effort.budget_s * (run + 1) / RESTARTS
        iterations = None if effort.iterations is None else max(1, effort.iterations // RESTARTS)
        found = model.empty_plan()
        cost = _anneal_once(model, found, iterations, until, dice.getrandbits(63) | 1)
        if cost < best_cost:
            best, best_cost = found, cost
    return best, best_cost


def tune(model: PeriodModel) -> PeriodTuning:
    """Settings for an instance: temperatures follow from how far neighbours are apart."""
    between = model.instance.ground.legs[THERE, : model.size, : model.size]
    nearest = np.sort(between, axis=1)[:, 1 : 1 + _NEIGHBOURS]
    leg = max(1.0, float(nearest.mean())) if nearest.size else 1.0
    return PeriodTuning(
        hottest=_HOTTEST_PER_LEG * leg,
        coldest=_COLDEST_PER_LEG * leg,
        mean_removed=10.0,
        longest_string=5.0,
        blink=0.01,
        one_day=0.5,
        review=200,
        wanted=0.4,
    )


def _anneal_once(model: PeriodModel, best: Plan, iterations: int | None, until: float | None, seed: int) -> float:
    """One run from the empty plan into ``best``: by ``iterations``, by the clock, or by what ends first."""
    instance, tuning = model.instance, tune(model)
    between = float(instance.ground.legs[THERE].mean())
    scratch = model.make_scratch(
        load_penalty=between / max(1.0, float(instance.ground.visit[:, DEMAND].mean())), time_penalty=1.0
    )
    current, trial = model.empty_plan(), model.empty_plan()
    dice = np.array([seed], dtype=np.uint64)
    cost = evaluate(instance, best, np.zeros(2, dtype=np.float64))[0]
    began = time.perf_counter()
    done, progress, piece = 0, 0.0, 1
    while progress < 1.0:
        ahead = _progress(done + piece, iterations, began, until, done)
        cost = anneal(
            instance, current, trial, best, tuning, scratch, piece, (progress, max(progress, ahead)), cost, dice
        )  # fmt: skip
        done += piece
        progress = _progress(done, iterations, began, until, done)
        piece = _next_piece(done, iterations, began, until)
    return cost


def _progress(at: int, iterations: int | None, began: float, until: float | None, done: int) -> float:
    """How far a run is, or will be after ``at`` iterations, of what ends it first."""
    shares = [0.0]
    if iterations is not None:
        shares.append(at / iterations)
    if until is not None:
        spent_s = time.perf_counter() - began
        per_iteration_s = spent_s / done if done else 0.0
        shares.append((spent_s + (at - done) * per_iteration_s) / max(1e-9, until - began))
    return min(1.0, max(shares))


def _next_piece(done: int, iterations: int | None, began: float, until: float | None) -> int:
    pieces = []
    if iterations is not None:
        pieces.append(max(1, iterations // _PIECES))
    if until is not None:
        spent_s = max(1e-6, time.perf_counter() - began)
        pieces.append(max(1, int(done / spent_s * (until - began) / _PIECES)))
    return min(*pieces, 4 * done)


def rehearse() -> None:
    """Searches a period of two days, which compiles everything that a search needs."""
    shift = Shift(starts_s=0, ends_s=3600)
    customers = tuple(
        PeriodCustomer(key=str(number), pin=None, prize=1.0, service_s=60, visits=1, interval_days=2.0)
        for number in range(3)
    )
    problem = PeriodProblem(shifts=((shift,), (shift,)), customers=customers)
    search_period(build_period_model(problem), effort=Effort(iterations=100), seed=0)
