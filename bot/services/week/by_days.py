"""Plans a week as one day of several reps: each day is a route of the day's search.

The instant answer, until the compiled search of periods is ready: visits are spread evenly before it, and it moves only
what finds no place on its day.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

from bot.domain.capacity import WeekBalance
from bot.domain.planning.day import plan_team_day
from bot.domain.planning.problem import Candidate, DayProblem, TeamDayPlan, TeamDayProblem, Window
from bot.domain.planning.spreading import SpreadVisit, spread_over_days
from bot.domain.planning.walk import walk_plan
from bot.services.day.solving import UnsoundPlanError
from bot.services.week.survey import WeekCustomer
from bot.services.week.task import CHOSEN_PRIZE, SHAKE, Answer, WeekTask, customer_of

MOST_OPTIONAL = 250
"""Visits that a search looks at beside those that are agreed; a week holds about 60."""


HELD_PRIZE = 30.0
"""Points on top for a visit on the day of an accepted plan: it moves only where that day has no room for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One visit that could be made: on which of the days, at which time, and whether it must be.

    ``held`` is the day of an accepted plan, one of ``days``.
    """

    customer: WeekCustomer
    days: tuple[int, ...]
    required: bool
    chosen: bool
    at_s: int | None = None
    held: int | None = None


def plan_by_days(task: WeekTask, balance: WeekBalance, budget_s: float) -> Answer:
    """Search and walk. Raises UnsoundPlanError when the walk finds a mistake.

    Days are kept even; a visit counts for more than evenness, so who finds no place on a day may have any other. An
    empty day is as bad as a lost visit.
    """
    wanted = _wanted(task, balance)
    candidates = tuple(_candidate(task, number, each) for number, each in enumerate(wanted))
    anywhere = [each.days if each.held is None else (each.held,) for each in wanted]
    if not balance.fits:  # every day will be full
        return _answer(_search(task, candidates, [each.days for each in wanted], budget_s), wanted)
    places = _spread(task, wanted)
    best = _search(task, candidates, places, budget_s)
    if left := _left_out(best, wanted):
        loosened = [wanted[number].days if number in left else place for number, place in enumerate(places)]
        tries = (best, *(_search(task, candidates, each, budget_s) for each in (loosened, anywhere)))
        best = min(tries, key=lambda each: len(_left_out(each, wanted)) + sum(not day.visits for day in each.days))
    return _answer(best, wanted)


def _answer(best: TeamDayPlan, wanted: Sequence[_Wanted]) -> Answer:
    reasons = {
        customer_of(entry.key): entry.reason.value for entry in best.left_out if wanted[_number_of(entry.key)].chosen
    }
    return Answer(plans=tuple(best.days), reasons=reasons)


def _spread(task: WeekTask, wanted: Sequence[_Wanted]) -> list[tuple[int, ...]]:
    """One day for each visit that is wanted; whoever only fills what is left over may fill it anywhere."""
    survey = task.survey
    chosen = [number for number, each in enumerate(wanted) if each.chosen]
    visits = [
        SpreadVisit(
            pin=each.customer.pin,
            cost_s=each.customer.service_s + survey.typical.leg_s,
            days=each.days if each.held is None else (each.held,),
        )
        for each in (wanted[number] for number in chosen)
    ]
    places = [each.days for each in wanted]
    for number, day in zip(chosen, spread_over_days(visits, survey.room.days, survey.home, survey.travel), strict=True):
        places[number] = (day,)
    return places


def _left_out(answer: TeamDayPlan, wanted: Sequence[_Wanted]) -> set[int]:
    """The visits that are wanted and have no place, by number."""
    numbers = (_number_of(entry.key) for entry in answer.left_out)
    return {number for number in numbers if wanted[number].chosen}


def _search(
    task: WeekTask, candidates: Sequence[Candidate], places: Sequence[tuple[int, ...]], budget_s: float
) -> TeamDayPlan:
    shifts = tuple(task.shift(number) for number in range(len(task.survey.days)))
    problem = TeamDayProblem(
        shifts=shifts,
        candidates=tuple(candidates),
        only={candidate.key: frozenset(days) for candidate, days in zip(candidates, places, strict=True)},
        travel=task.survey.travel,
    )
    answer = plan_team_day(problem, budget_s=budget_s, seed=task.seed)
    for plan, shift in zip(answer.days, shifts, strict=True):
        visited = tuple(candidates[_number_of(stop.key)] for stop in plan.visits if stop.key is not None)
        violations = walk_plan(DayProblem(shift=shift, candidates=visited, travel=problem.travel), plan)
        if violations:
            raise UnsoundPlanError(str(violations))
    return answer


def _wanted(task: WeekTask, balance: WeekBalance) -> list[_Wanted]:
    """The visits of the week: agreed and wished ones, those that the balance has chosen, and the best of the rest."""
    required: list[_Wanted] = []
    optional: list[_Wanted] = []
    shifts = cycle((0, -1, 1))
    without = task.without
    for customer in task.survey.customers.values():
        if customer.customer_id not in without:
            planned = balance.planned.get(customer.customer_id, 0)
            fixed, rest = _visits_of(task, customer, planned, shift=next(shifts) if planned > 1 else 0)
            required += fixed
            optional += rest
    wanted = {each.customer.customer_id for each in required + optional}
    optional += [
        _Wanted(customer=customer, days=days, required=False, chosen=False)
        for customer in task.due_beside(wanted)
        if (days := _open_days(task, customer, range(len(task.survey.days))))
    ]
    optional.sort(key=lambda each: (not each.chosen, -each.customer.priority.points, each.customer.customer_id))
    return required + optional[:MOST_OPTIONAL]


def _visits_of(
    task: WeekTask, customer: WeekCustomer, planned: int, *, shift: int
) -> tuple[list[_Wanted], list[_Wanted]]:
    """What must take place of a customer's visits, and what the search may place, spread over the week.

    Visits of an accepted plan that nobody was promised are the search's too: it keeps them where there is room.
    """
    days = task.survey.days
    standing = sorted(on for on in task.wished_or_agreed(customer) if on in days)
    firm = task.firm_dates(customer)
    fixed = [
        _Wanted(
            customer=customer,
            days=(days.index(on),),
            required=True,
            chosen=True,
            at_s=task.time_of(customer, on),
        )
        for on in standing
        if on in firm
    ]
    if customer.customer_id in task.wishes.days:
        return fixed, []
    held = [days.index(on) for on in standing if on not in firm]
    taken = {each.days[0] for each in fixed}
    optional = [
        _Wanted(
            customer=customer,
            days=(*_open_days(task, customer, set(range(len(days))) - taken - set(held), like=day), day),
            required=False,
            chosen=True,
            held=day,
        )
        for day in held
    ]
    taken |= set(held)
    for block in _blocks(len(days), planned, shift=shift):
        if len(fixed) + len(optional) >= planned:
            break
        apart = [day for day in block if all(abs(day - other) > 1 for other in taken)]
        free = _open_days(task, customer, apart) or tuple(apart)
        if free:
            optional.append(_Wanted(customer=customer, days=free, required=False, chosen=True))
    return fixed, optional


def _open_days(
    task: WeekTask, customer: WeekCustomer, days: Iterable[int], *, like: int | None = None
) -> tuple[int, ...]:
    """Of these days those with the same hours, since a candidate of this search has one set of them: those of a day
    ``like`` which they are to be, else the most."""
    by_hours: defaultdict[tuple[Window, ...], list[int]] = defaultdict(list)
    for day in days:
        if windows := task.windows(customer, day):
            by_hours[windows].append(day)
    if like is not None:
        return tuple(by_hours.get(task.windows(customer, like), ()))
    alike = sorted(by_hours.values(), key=len, reverse=True)
    return tuple(alike[0]) if alike else ()


def _blocks(days: int, visits: int, *, shift: int) -> list[tuple[int, ...]]:
    """The days of each of several visits, so that no two of them fall on neighbouring days (METHOD.md section 6).

    Between two blocks a day is free. ``shift`` moves it by a day where that is possible, so that it is not everybody's.
    """
    if visits <= 1:
        return [tuple(range(days))] * visits
    edges = [number * (days + 1) // visits for number in range(visits + 1)]
    shifted = [0, *(edge + shift for edge in edges[1:-1]), days + 1]
    if all(end - begin > 1 for begin, end in pairwise(shifted)):
        edges = shifted
    return [tuple(range(begin, end - 1)) for begin, end in pairwise(edges)]


def _number_of(key: str) -> int:
    """Which of the wanted visits a stop of an answer is."""
    return int(key.partition(":")[2])


def _candidate(task: WeekTask, number: int, wanted: _Wanted) -> Candidate:
    customer = wanted.customer
    windows = task.windows(customer, wanted.days[0])
    if wanted.at_s is not None:
        windows = (Window(opens_s=wanted.at_s, closes_s=wanted.at_s),)
    elif wanted.required and not windows:
        windows = task.contact_windows(customer, wanted.days[0])
    prize = customer.priority.points + (CHOSEN_PRIZE if wanted.chosen else 0.0)
    prize += HELD_PRIZE if wanted.held is not None else 0.0
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
