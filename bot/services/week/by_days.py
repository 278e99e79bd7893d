"""Plans a week as one day of several reps: each day is a route of the day's search.

The instant answer, until the compiled search of periods is ready: it knows neither balance nor even spacing.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.capacity import WeekBalance
from bot.domain.planning.day import plan_team_day
from bot.domain.planning.problem import Candidate, DayProblem, TeamDayProblem, Window
from bot.domain.planning.walk import walk_plan
from bot.services.day.solving import UnsoundPlanError
from bot.services.week.survey import WeekCustomer
from bot.services.week.task import CHOSEN_PRIZE, SHAKE, Answer, WeekTask, customer_of

MOST_OPTIONAL = 250
"""Visits that a search looks at beside those that are agreed; a week holds about 60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One visit that could be made: on which of the days, at which time, and whether it must be."""

    customer: WeekCustomer
    days: tuple[int, ...]
    required: bool
    chosen: bool
    at_s: int | None = None


def plan_by_days(task: WeekTask, balance: WeekBalance, budget_s: float) -> Answer:
    """Search and walk. Raises UnsoundPlanError when the walk finds a mistake."""
    wanted = _wanted(task, balance)
    shifts = tuple(task.shift(number) for number in range(len(task.survey.days)))
    candidates = tuple(_candidate(task, number, each) for number, each in enumerate(wanted))
    by_key = {candidate.key: (candidate, each) for candidate, each in zip(candidates, wanted, strict=True)}
    problem = TeamDayProblem(
        shifts=shifts,
        candidates=candidates,
        only={key: frozenset(each.days) for key, (_, each) in by_key.items()},
        travel=task.survey.travel,
    )
    answer = plan_team_day(problem, budget_s=budget_s, seed=task.seed)
    for plan, shift in zip(answer.days, shifts, strict=True):
        visited = tuple(by_key[stop.key][0] for stop in plan.visits if stop.key is not None)
        violations = walk_plan(DayProblem(shift=shift, candidates=visited, travel=problem.travel), plan)
        if violations:
            raise UnsoundPlanError(str(violations))
    reasons = {customer_of(entry.key): entry.reason.value for entry in answer.left_out if by_key[entry.key][1].chosen}
    return Answer(plans=tuple(answer.days), reasons=reasons)


def _wanted(task: WeekTask, balance: WeekBalance) -> list[_Wanted]:
    """The visits of the week: agreed and wished ones, those that the balance has chosen, and the best of the rest."""
    required: list[_Wanted] = []
    optional: list[_Wanted] = []
    for customer in task.survey.customers.values():
        if customer.customer_id not in task.without:
            fixed, rest = _visits_of(task, customer, balance.planned.get(customer.customer_id, 0))
            required += fixed
            optional += rest
    planned = {each.customer.customer_id for each in required + optional}
    optional += [
        _Wanted(customer=customer, days=days, required=False, chosen=False)
        for customer in task.due_beside(planned)
        if (days := _open_days(task, customer, range(len(task.survey.days))))
    ]
    optional.sort(key=lambda each: (not each.chosen, -each.customer.priority.points, each.customer.customer_id))
    return required + optional[:MOST_OPTIONAL]


def _visits_of(task: WeekTask, customer: WeekCustomer, planned: int) -> tuple[list[_Wanted], list[_Wanted]]:
    """What must take place of a customer's visits, and what the search may place, spread over the week."""
    days = task.survey.days
    fixed = [
        _Wanted(
            customer=customer,
            days=(days.index(on),),
            required=True,
            chosen=True,
            at_s=task.time_of(customer, on),
        )
        for on in sorted(task.wished_or_agreed(customer))
        if on in days
    ]
    if customer.customer_id in task.wishes.days:
        return fixed, []
    taken = {each.days[0] for each in fixed}
    optional: list[_Wanted] = []
    for block in _blocks(len(days), planned):
        if len(fixed) + len(optional) >= planned:
            break
        apart = [day for day in block if all(abs(day - other) > 1 for other in taken)]
        free = _open_days(task, customer, apart) or tuple(apart)
        if free:
            optional.append(_Wanted(customer=customer, days=free, required=False, chosen=True))
    return fixed, optional


def _open_days(task: WeekTask, customer: WeekCustomer, days: Iterable[int]) -> tuple[int, ...]:
    return tuple(day for day in days if customer.opening.opens_on(task.survey.days[day]))


def _blocks(days: int, visits: int) -> list[tuple[int, ...]]:
    """The days of each of several visits, so that no two of them fall on neighbouring days (METHOD.md section 6)."""
    if visits <= 1:
        return [tuple(range(days))] * visits
    edges = [number * (days + 1) // visits for number in range(visits + 1)]
    return [tuple(range(begin, end - 1)) for begin, end in pairwise(edges)]


def _candidate(task: WeekTask, number: int, wanted: _Wanted) -> Candidate:
    customer = wanted.customer
    windows = task.windows(customer, wanted.days[0])
    if wanted.at_s is not None:
        windows = (Window(opens_s=wanted.at_s, closes_s=wanted.at_s),)
    elif wanted.required and not windows:
        windows = task.contact_windows(customer, wanted.days[0])
    prize = customer.priority.points + (CHOSEN_PRIZE if wanted.chosen else 0.0)
    if task.wishes.again:
        prize *= 1 + random.Random(task.seed * 100_003 + number).uniform(-SHAKE, SHAKE)
    return Candidate(
        key=f"{customer.customer_id}:{number}",
        pin=customer.pin,
        prize=prize,
        service_s=customer.service_s,
        windows=windows,
        required=wanted.required,
    )
