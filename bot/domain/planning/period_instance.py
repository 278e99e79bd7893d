"""A period as the compiled search reads it, and back."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.instance import UNLIMITED, both_ways, fill_in, nearest_first, pack_windows
from bot.domain.planning.model import LUNCH, travel_between
from bot.domain.planning.patterns import Pattern, lost_cost, make_patterns, missed_cost
from bot.domain.planning.period_problem import PeriodCustomer, PeriodProblem
from bot.domain.planning.period_state import PeriodInstance, PeriodScratch, Plan
from bot.domain.planning.routes import DAY, DEMAND, LUNCH_S, NOWHERE, THERE, Ground, make_routes, refresh

_FULLEST_DAY = 1.25
"""No day holds more visits than this many times the mean, so that no day is empty either."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PeriodModel:
    """What a search of a period works on: the instance, and its patterns by number."""

    instance: PeriodInstance
    patterns: tuple[Pattern, ...]

    @property
    def size(self) -> int:
        return int(self.instance.missed.shape[0])

    def empty_plan(self) -> Plan:
        """Nobody is visited; lunch stands on every route that has one."""
        shift = self.instance.ground.shift
        routes = make_routes(self.size, self.instance.ground.span.shape[1], shift.shape[0])
        fill_in(routes, [[LUNCH] if lunch_s else [] for lunch_s in shift[:, LUNCH_S]], shift[:, DAY].tolist())
        for r in range(shift.shape[0]):
            if not refresh(self.instance.ground, routes, r):
                raise ValueError(f"route {r} cannot even be spent at home")
        return Plan(routes=routes, chosen=np.full(self.size, NOWHERE, dtype=np.int64))

    def make_scratch(self) -> PeriodScratch:
        days, routes = self.instance.ground.span.shape[1], self.instance.ground.shift.shape[0]
        return PeriodScratch(
            removed=np.zeros(2 * self.size, dtype=np.int64),
            keys=np.zeros(2 * self.size, dtype=np.float64),
            cost=np.zeros(days, dtype=np.float64),
            found=np.zeros((days, 2), dtype=np.int64),
            known=np.full((self.size, routes, 3), NOWHERE, dtype=np.int64),
            versions=np.zeros(1, dtype=np.int64),
            touched=np.zeros(routes, dtype=np.bool_),
            penalty=np.array(self.first_penalties(), dtype=np.float64),
        )

    def first_penalties(self) -> tuple[float, float]:
        """Of a unit of load, as much as a leg for a usual visit; of a unit of time, as much as travel costs.

        Never nothing, also where all customers are at one point: a penalty that is 0 cannot grow.
        """
        between = max(1.0, float(self.instance.ground.legs[THERE].mean()))
        return between / max(1.0, float(self.instance.ground.visit[:, DEMAND].mean())), 1.0


def build_period_model(problem: PeriodProblem) -> PeriodModel:
    """Asks for travel once. A customer that nobody can visit on any day has no patterns."""
    customers, size = problem.customers, len(problem.customers)
    places = [customer.pin for customer in customers]
    for today in problem.shifts:
        for shift in today:
            places += [shift.start, shift.end] if shift else [None, None]
    seconds, _ = travel_between(places, size, problem.travel)
    own = [make_patterns(customer, _open_days(problem, customer), problem.days) for customer in customers]
    last = np.cumsum([len(patterns) for patterns in own], dtype=np.int64)
    flat = tuple(pattern for patterns in own for pattern in patterns)
    span, window = pack_windows(
        [
            [sorted((each.opens_s, each.closes_s) for each in customer.windows_on(day)) for day in range(problem.days)]
            for customer in customers
        ]
    )
    table = _shift_table(problem, seconds)
    allowed = [[problem.may_visit(customer, rep) for rep in range(problem.reps)] for customer in customers]
    instance = PeriodInstance(
        ground=Ground(
            legs=both_ways(seconds),
            visit=np.array([(customer.service_s, 1) for customer in customers], dtype=np.int64).reshape(size, 2),
            span=span.reshape(size, problem.days, 2),
            window=window,
            shift=table,
        ),
        missed=np.array([missed_cost(customer) for customer in customers], dtype=np.float64),
        choices=np.stack((last - [len(patterns) for patterns in own], last), axis=1).astype(np.int64).reshape(size, 2),
        pattern=np.array([pattern.mask for pattern in flat] or [0], dtype=np.int64),
        extra=np.array([pattern.cost for pattern in flat] or [0.0], dtype=np.float64),
        lost=np.array(
            [[lost_cost(customer, day) for day in range(problem.days)] for customer in customers], dtype=np.float64
        ).reshape(size, problem.days),
        allowed=np.array(allowed, dtype=np.bool_).reshape(size, problem.reps),
        near=nearest_first(seconds[:size, :size]),
        alike=False,
    )
    return PeriodModel(instance=instance, patterns=flat)


def _open_days(problem: PeriodProblem, customer: PeriodCustomer) -> list[int]:
    """Days on which the customer sees people and somebody who may go works."""
    return [
        day
        for day, today in enumerate(problem.shifts)
        if customer.windows_on(day)
        and any(shift is not None and problem.may_visit(customer, rep) for rep, shift in enumerate(today))
    ]


def _shift_table(problem: PeriodProblem, seconds: NDArray[np.int32]) -> NDArray[np.int64]:
    """The rows of ``Ground.shift``: a day off can hold nothing, a day ends when home can be reached at the earliest."""
    size = len(problem.customers)
    rows: list[tuple[int, ...]] = []
    worked = sum(shift is not None for today in problem.shifts for shift in today)
    mean = sum(customer.visits for customer in problem.customers) / max(1, worked)
    most = problem.most_visits if problem.most_visits is not None else math.ceil(_FULLEST_DAY * mean) + 1
    for day, today in enumerate(problem.shifts):
        for shift in today:
            start = size + 2 * len(rows)
            if shift is None:
                rows.append((day, start, start + 1, UNLIMITED, UNLIMITED, 0, 0, 0, 0, UNLIMITED))
                continue
            home_s = int(seconds[start, start + 1])
            ends_s = max(shift.ends_s, shift.starts_s + home_s)
            lunch = (0, 0, 0)
            if shift.lunch is not None:
                opens_s, closes_s = shift.lunch.window.opens_s, shift.lunch.window.closes_s
                eaten_s = max(shift.starts_s, opens_s) + shift.lunch.duration_s
                if shift.starts_s <= closes_s and eaten_s + home_s <= ends_s:
                    lunch = (opens_s, closes_s, shift.lunch.duration_s)
            rows.append((day, start, start + 1, shift.starts_s, ends_s, *lunch, most, UNLIMITED))
    return np.array(rows, dtype=np.int64)
