"""What the search of a period works on: the instance, its settings, a plan and what that costs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled, inlined, uncounted
from bot.domain.planning.routes import (
    CAPACITY,
    DEPARTS,
    LOAD,
    LONGEST,
    NOWHERE,
    SIZE,
    TRAVEL,
    VERSION,
    Ground,
    Ints,
    Legs,
    Routes,
    borrow_ground,
    borrow_routes,
    copy_route,
    copy_routes,
)

Floats = NDArray[np.float64]


class PeriodInstance(NamedTuple):
    """Routes come day by day, as many each day. A pattern is a bit mask, bit d for day d."""

    ground: Ground
    missed: Floats  # (n,): cost of not visiting a customer at all
    choices: Ints  # (n, 2): the patterns of a customer are numbers FIRST to LAST - 1
    pattern: Ints
    extra: Floats  # cost of a pattern beside its travel
    lost: Floats  # (n, t): cost of leaving a day of the pattern out; infinite where that is not allowed
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
    known: Ints  # (n, routes, 3): the cheapest insertion into a route of this version: version, added travel, place
    versions: Ints  # (1,): the last version given to a route
    touched: NDArray[np.bool_]  # (routes,)
    penalty: Floats  # (2,): of a unit of load, of a unit of duration


class Plan(NamedTuple):
    """Routes, and by which pattern each customer is visited: its number, or NOWHERE. Single days may be left out."""

    routes: Routes
    chosen: Ints


@compiled
def borrow_instance(inst: PeriodInstance) -> PeriodInstance:
    """The same arrays, ``uncounted``."""
    return PeriodInstance(
        borrow_ground(inst.ground),
        uncounted(inst.missed),
        uncounted(inst.choices),
        uncounted(inst.pattern),
        uncounted(inst.extra),
        uncounted(inst.lost),
        uncounted(inst.allowed),
        uncounted(inst.near),
        inst.alike,
    )


@compiled
def borrow_scratch(scratch: PeriodScratch) -> PeriodScratch:
    return PeriodScratch(
        uncounted(scratch.removed),
        uncounted(scratch.keys),
        uncounted(scratch.cost),
        uncounted(scratch.found),
        uncounted(scratch.known),
        uncounted(scratch.versions),
        uncounted(scratch.touched),
        uncounted(scratch.penalty),
    )


@compiled
def borrow_plan(plan: Plan) -> Plan:
    return Plan(borrow_routes(plan.routes), uncounted(plan.chosen))


@compiled
def evaluate(inst: PeriodInstance, plan: Plan) -> tuple[float, int, int]:
    """(cost without penalties, load in excess, time in excess)."""
    cost, over_load, over_time = 0.0, 0, 0
    for r in range(plan.routes.total.shape[0]):
        cost += plan.routes.total[r, TRAVEL]
        load, time = _excess(inst.ground, plan.routes, r)
        over_load += load
        over_time += time
    for c in range(plan.chosen.shape[0]):
        cost += _cost_of_choice(inst, plan, c)
    return cost, over_load, over_time


@compiled
def compare(inst: PeriodInstance, old: Plan, new: Plan, scratch: PeriodScratch, count: int) -> tuple[float, int, int]:
    """What ``new`` adds to ``evaluate`` of ``old``: they differ in touched routes and the first ``count`` removed."""
    cost, over_load, over_time = 0.0, 0, 0
    for r in range(scratch.touched.shape[0]):
        if scratch.touched[r]:
            cost += new.routes.total[r, TRAVEL] - old.routes.total[r, TRAVEL]
            load, time = _excess(inst.ground, new.routes, r)
            old_load, old_time = _excess(inst.ground, old.routes, r)
            over_load += load - old_load
            over_time += time - old_time
    for k in range(count):
        c = scratch.removed[k]
        cost += _cost_of_choice(inst, new, c) - _cost_of_choice(inst, old, c)
    return cost, over_load, over_time


@inlined
def _excess(ground: Ground, routes: Routes, r: int) -> tuple[int, int]:
    took = routes.stop[r, routes.total[r, SIZE] + 1, DEPARTS] - routes.stop[r, 0, DEPARTS]
    return max(0, routes.total[r, LOAD] - ground.shift[r, CAPACITY]), max(0, took - ground.shift[r, LONGEST])


@inlined
def _cost_of_choice(inst: PeriodInstance, plan: Plan, c: int) -> float:
    if plan.chosen[c] == NOWHERE:
        return float(inst.missed[c])
    cost, mask = inst.extra[plan.chosen[c]], inst.pattern[plan.chosen[c]]
    for day in range(plan.routes.on.shape[1]):
        if mask >> day & 1 and plan.routes.on[c, day] == NOWHERE:
            cost += inst.lost[c, day]
    return float(cost)


@compiled
def restore(source: Plan, target: Plan, scratch: PeriodScratch, count: int) -> None:
    """Makes ``target`` equal to ``source``: they differ in touched routes and the first ``count`` removed."""
    for r in range(scratch.touched.shape[0]):
        if scratch.touched[r]:
            copy_route(source.routes, target.routes, r)
    for k in range(count):
        c = scratch.removed[k]
        target.chosen[c] = source.chosen[c]
        for day in range(target.routes.on.shape[1]):
            target.routes.on[c, day] = source.routes.on[c, day]


@compiled
def copy_plan(source: Plan, target: Plan) -> None:
    copy_routes(source.routes, target.routes)
    target.chosen[:] = source.chosen


@inlined
def renew(routes: Routes, r: int, scratch: PeriodScratch) -> None:
    """Marks a route as changed: what was known about it is known no more."""
    scratch.touched[r] = True
    scratch.versions[0] += 1
    routes.total[r, VERSION] = scratch.versions[0]
