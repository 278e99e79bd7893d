"""How the compiled moves of a period are put together: annealing runs from nothing, the best of which is kept."""

import random

import numpy as np

from bot.domain.planning.annealing import Effort
from bot.domain.planning.period_instance import PeriodModel, build_period_model
from bot.domain.planning.period_problem import PeriodCustomer, PeriodProblem
from bot.domain.planning.period_search import anneal
from bot.domain.planning.period_state import PeriodTuning, Plan, evaluate
from bot.domain.planning.problem import Shift
from bot.domain.planning.routes import THERE

_MOST_RUNS = 3
_ITERATIONS_A_RUN = 100_000
_SECONDS_A_RUN = 5.0
_PIECES = 25
"""Stretches of a run between looks at the clock."""

_NEIGHBOURS = 5
_HOTTEST_PER_LEG = 2.0
_COLDEST_PER_LEG = 0.05
"""Temperatures against the usual leg between neighbours. Measured on Cordeau's periodic instances."""


def search_period(model: PeriodModel, *, effort: Effort, seed: int) -> tuple[Plan, float]:
    """The best plan found without excess, and its cost in travel seconds; at worst the empty one."""
    if not model.size:
        empty = model.empty_plan()
        return empty, evaluate(model.instance, empty)[0]
    return _Search(model, effort, seed).run()


class _Search:
    """One search: its plans, what they cost, and what is left of the effort."""

    def __init__(self, model: PeriodModel, effort: Effort, seed: int) -> None:
        self._model = model
        self._tuning = tune(model)
        self._trial = model.empty_plan()
        self._dice = np.array([random.Random(seed).getrandbits(63) | 1], dtype=np.uint64)
        self._effort = effort
        self._started = effort.clock()
        self._done = 0
        self._scratch = model.make_scratch()

    def run(self) -> tuple[Plan, float]:
        runs = self._runs()
        found = [self._anneal((run + 1) / runs) for run in range(runs)]
        return min(found, key=lambda each: each[1])

    def _runs(self) -> int:
        """One annealing run stays in one region: where there is effort for several, they begin afresh."""
        runs = _MOST_RUNS
        if self._effort.iterations is not None:
            runs = min(runs, self._effort.iterations // _ITERATIONS_A_RUN)
        if self._effort.budget_s is not None:
            runs = min(runs, int(self._effort.budget_s / _SECONDS_A_RUN))
        return max(1, runs)

    def _anneal(self, until: float) -> tuple[Plan, float]:
        """Cools a plan from nothing, while the share of the effort that is spent grows to ``until``."""
        instance, scratch = self._model.instance, self._scratch
        current, best = self._model.empty_plan(), self._model.empty_plan()
        cost = evaluate(instance, best)[0]
        scratch.penalty[:] = self._model.first_penalties()
        since, pace, piece, cooled = self._spent(), 0.0, 1, 0.0
        while cooled < 1.0:
            ahead = self._progress(since, until, self._spent() + piece * pace)
            cost = anneal(
                instance, current, self._trial, best, self._tuning, scratch,
                piece, (cooled, max(cooled, ahead)), cost, self._dice,
            )  # fmt: skip
            self._done += piece
            pace = self._spent() / self._done
            cooled = max(cooled, self._progress(since, until, self._spent()))
            piece = max(1, min(4 * piece, int((until - since) / _PIECES / max(pace, 1e-12))))
        return best, cost

    @staticmethod
    def _progress(since: float, until: float, now: float) -> float:
        return min(1.0, (now - since) / max(1e-9, until - since))

    def _spent(self) -> float:
        """The share of the effort that is spent, of what ends it first."""
        shares = [0.0]
        if self._effort.iterations is not None:
            shares.append(self._done / self._effort.iterations)
        if self._effort.budget_s is not None:
            shares.append((self._effort.clock() - self._started) / self._effort.budget_s)
        return min(1.0, max(shares))


def tune(model: PeriodModel) -> PeriodTuning:
    """Settings for an instance: temperatures follow from how far neighbours are apart."""
    between = model.instance.ground.legs[THERE, : model.size, : model.size]
    nearest = np.sort(between, axis=1)[:, 1 : 1 + _NEIGHBOURS]
    leg = max(1.0, float(nearest.mean())) if nearest.size else 1.0
    return PeriodTuning(
        hottest=_HOTTEST_PER_LEG * leg,
        coldest=_COLDEST_PER_LEG * leg,
        mean_removed=4.0,
        longest_string=3.0,
        blink=0.01,
        one_day=0.2,
        review=200,
        wanted=0.4,
    )


def rehearse() -> None:
    """Searches a period of two days, which compiles everything that a search needs."""
    shift = Shift(starts_s=0, ends_s=3600)
    customers = tuple(
        PeriodCustomer(key=str(number), pin=None, prize=1.0, service_s=60, visits=1, interval_days=2.0)
        for number in range(3)
    )
    problem = PeriodProblem(shifts=((shift,), (shift,)), customers=customers)
    search_period(build_period_model(problem), effort=Effort(iterations=100), seed=0)
