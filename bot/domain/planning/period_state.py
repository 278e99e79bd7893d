"""What the search of a period works on: the instance, its settings, a plan and what that costs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled
from bot.domain.planning.routes import (
    CAPACITY,
    DEPARTS,
    LOAD,
    LONGEST,
    NOWHERE,
    SIZE,
    TRAVEL,
    Ground,
    Ints,
    Legs,
    Routes,
    copy_route,
)

Floats = NDArray[np.float64]


class PeriodInstance(NamedTuple):
    """Routes come day by day, as many each day. A pattern is a bit mask, bit d for day d."""

    ground: Ground
    missed: Floats  # (n,): cost of not visiting a customer at all
    choices: Ints  # (n, 2): the patterns of a customer are numbers FIRST to LAST - 1
    pattern: Ints
    extra: Floats  # cost of a pattern beside its travel
    allowed: NDArray[np.bool_]  # (n, routes a day)
    near: Legs
    alike: bool  # the routes of a day are interchangeable: one empty route stands for all


class PeriodTuning(NamedTuple):
    """How the search behaves; costs and temperatures are in travel."""

    hottest: float
    coldest: float
    mean_removed: float
    longest_string: float
    blink: float
    one_day: float  # chance that a ruin touches one day only
    review: int  # iterations between adaptations of the penalties
    wanted: float  # share of legal plans that the penalties aim at


class PeriodScratch(NamedTuple):
    """Memory that the moves reuse, and the state of the penalties."""

    removed: Ints  # (2n,): customers that left
    keys: Floats  # (2n,)
    cost: Floats  # (t,): cheapest insertion on a day …
    found: Ints  # (t, 2): … its route and place
    touched: NDArray[np.bool_]  # (routes,)
    penalty: Floats  # (2,): of a unit of load, of a unit of duration


class Plan(NamedTuple):
    """Routes, and by which pattern each customer is visited: its number, or NOWHERE."""

    routes: Routes
    chosen: Ints


@compiled
def evaluate(inst: PeriodInstance, plan: Plan, penalty: Floats) -> tuple[float, float]:
    """(cost without penalties, penalties)."""
    total, stop, shift, chosen = plan.routes.total, plan.routes.stop, inst.ground.shift, plan.chosen
    missed, extra = inst.missed, inst.extra
    cost, toll = 0.0, 0.0
    for r in range(total.shape[0]):
        cost += total[r, TRAVEL]
        over_load = total[r, LOAD] - shift[r, CAPACITY]
        over_time = stop[r, total[r, SIZE] + 1, DEPARTS] - stop[r, 0, DEPARTS] - shift[r, LONGEST]
        toll += penalty[0] * max(0, over_load) + penalty[1] * max(0, over_time)
    for c in range(chosen.shape[0]):
        cost += missed[c] if chosen[c] == NOWHERE else extra[chosen[c]]
    return cost, toll


@compiled
def restore(source: Plan, target: Plan, touched: NDArray[np.bool_]) -> None:
    """Makes ``target`` equal to ``source``, from which it differs in the touched routes only."""
    for r in range(touched.shape[0]):
        if touched[r]:
            copy_route(source.routes, target.routes, r)
    target.routes.on[:] = source.routes.on
    target.chosen[:] = source.chosen
