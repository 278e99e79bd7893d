"""Our planner on public instances; every answer is checked by plain arithmetic before its value counts."""

import itertools
import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.reading import OPTW, BenchInstance, Point
from bot.domain.planning.annealing import Effort, search_compiled
from bot.domain.planning.instance import UNLIMITED, both_ways, nearest_first, read_routes
from bot.domain.planning.model import Model
from bot.domain.planning.period_annealing import search_period
from bot.domain.planning.period_instance import PeriodModel
from bot.domain.planning.period_state import PeriodInstance
from bot.domain.planning.routes import Ground, Ints

Clock = Callable[[], float]

TRAVEL_PER_PRIZE = 10.0
"""Distance units that a prize point weighs in the search; the prizes alone decide."""

PVRP_SCALE = 10_000
_BEYOND_TRAVEL = 1e6


class IllegalAnswerError(Exception):
    """The planner's answer breaks a rule of the instance: a bug, never a result."""


def distance(a: Point, b: Point, decimals: int | None) -> float:
    exact = math.hypot(a.x - b.x, a.y - b.y)
    return exact if decimals is None else math.floor(exact * 10**decimals + 1e-9) / 10**decimals


def solve(
    instance: BenchInstance, *, vehicles: int, budget_s: float, seed: int, clock: Clock = time.perf_counter
) -> float | None:
    """The value found within the budget: total profit, or total distance; None when no legal plan was found."""
    effort = Effort(budget_s=budget_s, clock=clock)
    if instance.problem == OPTW:
        return _solve_optw(instance, vehicles, effort, seed)
    return _solve_pvrp(instance, effort, seed)


def optw_model(instance: BenchInstance, vehicles: int) -> Model:
    """Times in the last decimal that distances have, as whole numbers."""
    scale = 10 ** (instance.decimals or 0)
    size = len(instance.customers)
    points = [*instance.customers, *[instance.depot] * (2 * vehicles)]
    legs = np.array([[round(distance(a, b, instance.decimals) * scale) for b in points] for a in points], np.int32)
    return Model(
        seconds=legs,
        metres=legs,
        service_s=tuple(round(each.service * scale) for each in instance.customers),
        prize=tuple(each.profit * TRAVEL_PER_PRIZE * scale for each in instance.customers),
        required=(False,) * size,
        windows=tuple(((round(each.opens * scale), round(each.closes * scale)),) for each in instance.customers),
        leaves_s=(round(instance.depot.opens * scale),) * vehicles,
        ends_s=(round(instance.depot.closes * scale),) * vehicles,
        lunches=(None,) * vehicles,
        allowed=np.ones((size, vehicles), dtype=np.bool_),
    )


def _solve_optw(instance: BenchInstance, vehicles: int, effort: Effort, seed: int) -> float:
    model = optw_model(instance, vehicles)
    routes = search_compiled(
        model,
        [[] for _ in range(vehicles)],
        effort=effort,
        seed=seed,
        worth=[prize * _BEYOND_TRAVEL for prize in model.prize],
    )
    return optw_profit(instance, routes)


def optw_profit(instance: BenchInstance, routes: Sequence[Sequence[int]]) -> float:
    """The profit of routes that keep every window; raises IllegalAnswerError for others."""
    seen = [number for route in routes for number in route]
    if len(seen) != len(set(seen)):
        raise IllegalAnswerError(f"{instance.name}: a customer is visited twice")
    for route in routes:
        clock, here = instance.depot.opens, instance.depot
        for number in route:
            there = instance.customers[number]
            clock = max(clock + distance(here, there, instance.decimals), there.opens)
            if clock > there.closes + 1e-6:
                raise IllegalAnswerError(f"{instance.name}: customer {number + 1} is reached too late")
            clock, here = clock + there.service, there
        if clock + distance(here, instance.depot, instance.decimals) > instance.depot.closes + 1e-6:
            raise IllegalAnswerError(f"{instance.name}: the depot is reached too late")
    return sum(instance.customers[number].profit for number in seen)


def pvrp_model(instance: BenchInstance) -> PeriodModel:
    """Distances in ten-thousandths; every visit must be made."""
    size, days = len(instance.customers), len(instance.limits)
    points = [*instance.customers, instance.depot]
    legs = np.array([[round(distance(a, b, None) * PVRP_SCALE) for b in points] for a in points], np.int32)
    rows = [
        (day, size, size, 0, UNLIMITED, 0, 0, 0, round(capacity), round(longest * PVRP_SCALE) or UNLIMITED)
        for day, (longest, capacity) in enumerate(instance.limits)
        for _ in range(instance.vehicles)
    ]
    whole_day = np.broadcast_to(np.array([0, 1], dtype=np.int64), (size, days, 2))
    last = np.cumsum([len(each.patterns) for each in instance.customers], dtype=np.int64)
    patterns = [pattern for each in instance.customers for pattern in each.patterns]
    return PeriodModel(
        instance=PeriodInstance(
            ground=Ground(
                legs=both_ways(legs),
                visit=np.array([(round(each.service * PVRP_SCALE), round(each.profit)) for each in instance.customers]),
                span=np.ascontiguousarray(whole_day),
                window=np.array([[0, UNLIMITED]], dtype=np.int64),
                shift=np.array(rows, dtype=np.int64),
            ),
            missed=np.full(size, float(legs.max()) * days * size),
            choices=np.stack((last - [len(each.patterns) for each in instance.customers], last), axis=1),
            pattern=np.array(patterns, dtype=np.int64),
            extra=np.zeros(len(patterns)),
            lost=np.full((size, days), np.inf),
            allowed=np.ones((size, instance.vehicles), dtype=np.bool_),
            near=nearest_first(legs[:size, :size]),
            alike=True,
        ),
        patterns=(),
    )


def _solve_pvrp(instance: BenchInstance, effort: Effort, seed: int) -> float | None:
    plan, _ = search_period(pvrp_model(instance), effort=effort, seed=seed)
    if (plan.chosen < 0).any():
        return None
    return pvrp_distance(instance, read_routes(plan.routes), plan.routes.on)


def pvrp_distance(instance: BenchInstance, routes: Sequence[Sequence[int]], on: Ints) -> float:
    """The distance of routes (day by day) that keep patterns, capacity and duration; raises IllegalAnswerError."""
    total = 0.0
    visited = np.zeros(on.shape, dtype=np.int64)
    for number, route in enumerate(routes):
        day = number // instance.vehicles
        longest, capacity = instance.limits[day]
        stops = [instance.depot, *(instance.customers[each] for each in route), instance.depot]
        length = sum(distance(a, b, None) for a, b in itertools.pairwise(stops))
        if sum(each.profit for each in stops[1:-1]) > capacity:
            raise IllegalAnswerError(f"{instance.name}: a route of day {day + 1} is too full")
        if longest and length + sum(each.service for each in stops) > longest + 5e-3:
            raise IllegalAnswerError(f"{instance.name}: a route of day {day + 1} is too long")
        visited[list(route), day] += 1
        total += length
    for customer, days in zip(instance.customers, visited, strict=True):
        if days.max() > 1 or sum(1 << int(day) for day in np.flatnonzero(days)) not in customer.patterns:
            raise IllegalAnswerError(f"{instance.name}: a customer's days are none of its patterns")
    return total
