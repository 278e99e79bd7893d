"""The period plan: on which days of one to four weeks each customer is visited, and in which order every day."""

from collections.abc import Sequence

import numpy as np

from bot.domain.planning.model import LUNCH, build_model
from bot.domain.planning.period_problem import (
    PeriodCustomer,
    PeriodPlan,
    PeriodProblem,
    RepDay,
    Shortfall,
    ShortfallReason,
)
from bot.domain.planning.presenting import present_route
from bot.domain.planning.problem import Candidate, DayPlan, Shift

DEFAULT_ITERATIONS = 150_000
"""For a month of 200 customers about 8 s; it is legal from the first second on."""

DEFAULT_BUDGET_S = 10.0


def plan_period(
    problem: PeriodProblem, *, budget_s: float = DEFAULT_BUDGET_S, iterations: int = DEFAULT_ITERATIONS, seed: int = 0
) -> PeriodPlan:
    """The least travel found for the wanted frequencies, with what they fall short of. Always answers.

    Capacity is checked before (``bot.domain.capacity``): here a customer that does not fit gets fewer visits.
    Imports the compiled search, and compiles it on the first call (``warming.warm_up_period``): for a thread.
    """
    from bot.domain.planning.annealing import Effort  # these import numba, which takes a second
    from bot.domain.planning.instance import read_routes
    from bot.domain.planning.period_annealing import search_period
    from bot.domain.planning.period_instance import build_period_model

    model = build_period_model(problem)
    plan, _ = search_period(model, effort=Effort(iterations=iterations, budget_s=budget_s), seed=seed)
    days = []
    for route, items in enumerate(read_routes(plan.routes)):
        day, rep = divmod(route, problem.reps)
        shift = problem.shifts[day][rep]
        if shift is not None:
            visited = [problem.customers[item] for item in items if item != LUNCH]
            days.append(RepDay(day=day, rep=rep, plan=_present(problem, day, shift, visited, items)))
    return PeriodPlan(days=tuple(days), shortfalls=_shortfalls(problem, plan.routes.on >= 0, model.instance.choices))


def _present(
    problem: PeriodProblem, day: int, shift: Shift, visited: Sequence[PeriodCustomer], items: Sequence[int]
) -> DayPlan:
    """The day plan of a route of the period."""
    candidates = [candidate_on(customer, day) for customer in visited]
    model = build_model(
        candidates,
        [shift],
        leaves_s=[shift.starts_s],
        travel=problem.travel,
        allowed=np.ones((len(candidates), 1), dtype=np.bool_),
    )
    order = iter(range(len(candidates)))
    sequence = [LUNCH if item == LUNCH else next(order) for item in items]
    return present_route(model, 0, sequence, shift=shift, candidates=candidates)


def candidate_on(customer: PeriodCustomer, day: int) -> Candidate:
    """A customer of the period as a candidate of one of its days; required where it has an appointment."""
    return Candidate(
        key=customer.key,
        pin=customer.pin,
        prize=customer.prize,
        service_s=customer.service_s,
        windows=customer.windows_on(day),
        required=day in customer.fixed,
    )


def _shortfalls(
    problem: PeriodProblem, visited: np.typing.NDArray[np.bool_], choices: np.typing.NDArray[np.int64]
) -> tuple[Shortfall, ...]:
    found = []
    for number, customer in enumerate(problem.customers):
        planned = int(visited[number].sum())
        lost = tuple(sorted(day for day in customer.fixed if not visited[number, day]))
        if planned >= customer.visits and not lost:
            continue
        reason = ShortfallReason.NO_ROOM
        if lost:
            reason = ShortfallReason.APPOINTMENT
        elif choices[number, 0] == choices[number, 1]:
            reason = ShortfallReason.NO_DAY
        found.append(
            Shortfall(key=customer.key, planned=planned, wanted=customer.visits, reason=reason, lost_days=lost)
        )
    return tuple(found)
