"""How the compiled moves are put together: a few plans annealed apart, then bred by splicing their routes."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.planning.instance import GUIDING, Instance, build_instance, build_routes, read_routes
from bot.domain.planning.model import LUNCH, Model
from bot.domain.planning.routes import Routes, copy_routes, refresh
from bot.domain.planning.search import Scratch, Tuning, anneal
from bot.domain.planning.splicing import splice

PLANS = 8
"""Plans that are bred. One annealing run stays in one region; eight rarely miss the best one."""

_APART = 0.3
"""Share of the effort that goes into the first plans, each from scratch."""

_A_CHILD = 0.03
"""Share of the effort for a child; it starts at this part of the cooling, still warm enough to rearrange."""

_CHILD_FROM = 0.3

_HOTTEST_PER_PRIZE = 1.3
_COLDEST_PER_HOTTEST = 1 / 200
"""Temperatures against the mean prize in travel: a good customer may be lost at first, a detour of minutes at last.
Measured on the Solomon and Cordeau orienteering series, all of them, m = 1 and 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to search: a number of iterations, a budget in seconds, or whichever of both ends first.

    By iterations alone the same seed gives the same plan on every machine. ``clock`` tells the budget's seconds: a
    benchmark on a shared machine counts those of its own thread.
    """

    iterations: int | None = None
    budget_s: float | None = None
    clock: Callable[[], float] = time.perf_counter

    def __post_init__(self) -> None:
        if self.iterations is None and self.budget_s is None:
            raise ValueError("a search needs a number of iterations or a budget to end")


def tune(instance: Instance) -> Tuning:
    """Settings for an instance: all follow from the size of its prizes."""
    mean_prize = float(instance.prize[GUIDING].mean()) if instance.prize.size else 0.0
    hottest = max(1.0, _HOTTEST_PER_PRIZE * mean_prize)
    return Tuning(
        hottest=hottest,
        coldest=hottest * _COLDEST_PER_HOTTEST,
        mean_removed=10.0,
        longest_string=10.0,
        blink=0.01,
        nearby=20,
        stray=0.1,
    )


def search_compiled(
    model: Model,
    first: Sequence[Sequence[int]],
    *,
    effort: Effort,
    seed: int,
    worth: Sequence[float] | None = None,
) -> list[list[int]]:
    """Improves ``first``, which must hold every required candidate and be drivable."""
    if not model.size:
        return [list(items) for items in first]
    return _Breeding(build_instance(model, worth=worth), model, first, effort, seed).run()


class _Breeding:
    """One search: its plans, their worths, and what is left of the effort."""

    def __init__(
        self, instance: Instance, model: Model, first: Sequence[Sequence[int]], effort: Effort, seed: int
    ) -> None:
        def room() -> Routes:
            routes = build_routes(model, first)
            for route in range(model.routes):
                if not refresh(instance.ground, routes, route):
                    raise ValueError("a search starts from routes that can be driven")
            return routes

        self._instance = instance
        self._tuning = tune(instance)
        self._room: Callable[[], Routes] = room
        self._trial, self._child = room(), room()
        self._scratch = Scratch(
            order=np.zeros(model.size, dtype=np.int64),
            keys=np.zeros(model.size, dtype=np.float64),
            marked=np.zeros(model.size, dtype=np.bool_),
        )
        self._random = random.Random(seed)
        self._dice = np.array([self._random.getrandbits(63) | 1], dtype=np.uint64)
        self._effort = effort
        self._started = effort.clock()
        self._spent = 0
        self._total = effort.iterations or self._calibrate()

    def run(self) -> list[list[int]]:
        plans = [self._room()]
        worths = [self._anneal(plans[0], self._room(), _APART / PLANS, 0.0)]
        while len(plans) < PLANS and not self._over():
            plans.append(self._room())
            worths.append(self._anneal(plans[-1], self._room(), _APART / PLANS, 0.0))
        while len(plans) > 1 and not self._over():
            self._breed(plans, worths)
        return read_routes(plans[worths.index(max(worths))])

    def _breed(self, plans: list[Routes], worths: list[float]) -> None:
        """A child of two plans takes the place of the worst, if it beats it and is not there already."""
        one, two = self._random.sample(range(len(plans)), 2)
        if worths[two] > worths[one] and self._random.random() < 0.5:
            one, two = two, one
        if not splice(self._instance, plans[one], plans[two], self._child, self._tuning, self._scratch, self._dice):
            copy_routes(plans[one], self._child)
        best = self._room()
        copy_routes(self._child, best)
        worth = self._anneal(best, self._child, _A_CHILD, _CHILD_FROM)
        worst = worths.index(min(worths))
        if worth > worths[worst] and all(abs(worth - other) > 1e-6 for other in worths):
            plans[worst], worths[worst] = best, worth

    def _anneal(self, best: Routes, current: Routes, share: float, begin: float) -> float:
        iterations = max(1, int(share * self._total))
        self._spent += iterations
        return anneal(
            self._instance, current, self._trial, best, self._tuning, self._scratch,
            iterations, (begin, 1.0), self._dice,
        )  # fmt: skip

    def _calibrate(self) -> int:
        """Iterations that the budget has room for, from a short run on routes that are thrown away."""
        assert self._effort.budget_s is not None, "an effort has iterations or a budget"
        current, best = self._room(), self._room()
        iterations, seconds = 100, 0.0
        while seconds < 0.02 * self._effort.budget_s:
            began = self._effort.clock()
            anneal(
                self._instance, current, self._trial, best, self._tuning, self._scratch,
                iterations, (0.0, 1.0), self._dice,
            )  # fmt: skip
            seconds = self._effort.clock() - began
            rate = iterations / max(seconds, 1e-6)
            iterations *= 4
        return int(rate * self._effort.budget_s)

    def _over(self) -> bool:
        if self._effort.budget_s is not None and self._effort.clock() - self._started >= self._effort.budget_s:
            return True
        return self._effort.iterations is not None and self._spent >= self._effort.iterations


def rehearse() -> None:
    """Searches a day of four stops at one place, which compiles everything that a search needs."""
    size = 4
    model = Model(
        seconds=np.zeros((size + 2, size + 2), dtype=np.int32),
        metres=np.zeros((size + 2, size + 2), dtype=np.int32),
        service_s=(60,) * size,
        prize=(100.0,) * size,
        required=(False,) * size,
        windows=(((0, 3600),),) * size,
        leaves_s=(0,),
        ends_s=(3600,),
        lunches=((600, 1200, 300),),
        allowed=np.ones((size, 1), dtype=np.bool_),
    )
    search_compiled(model, [[LUNCH]], effort=Effort(iterations=1000), seed=0)
