"""An independent walk of a period plan: every day as ``walk`` does it, and the rules between the days."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.planning.period_problem import PeriodPlan, PeriodProblem
from bot.domain.planning.problem import Candidate, DayProblem
from bot.domain.planning.walk import Violation, walk_plan


class PeriodViolationCode(StrEnum):
    DAY = "day"  # the plan of a day cannot be executed
    DAY_OFF = "day_off"  # visits on a day that is not worked, or a worked day without a plan
    NOT_ALLOWED = "not_allowed"  # a rep visits who may not
    TWICE_A_DAY = "twice_a_day"
    TOO_MANY = "too_many"  # more visits than wanted
    UNTOLD = "untold"  # fewer visits than wanted, or a lost appointment, and the plan does not say so
    TOO_CLOSE = "too_close"  # visits on neighbouring days of who is to be seen every second day or less
    TOO_FULL = "too_full"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodViolation:
    code: PeriodViolationCode
    key: str | None = None
    day: int | None = None
    within: tuple[Violation, ...] = ()


def walk_period(problem: PeriodProblem, plan: PeriodPlan) -> tuple[PeriodViolation, ...]:
    """What is wrong with ``plan`` as an answer to ``problem``."""
    return (*_check_days(problem, plan), *_check_customers(problem, plan))


def _check_days(problem: PeriodProblem, plan: PeriodPlan) -> Iterator[PeriodViolation]:
    by_key = {customer.key: customer for customer in problem.customers}
    worked = {
        (day, rep) for day, today in enumerate(problem.shifts) for rep, shift in enumerate(today) if shift is not None
    }
    if worked != {(each.day, each.rep) for each in plan.days} or len(plan.days) != len(worked):
        yield PeriodViolation(code=PeriodViolationCode.DAY_OFF)
    for each in plan.days:
        shift = problem.shifts[each.day][each.rep]
        if shift is None:
            continue
        keys = [stop.key for stop in each.plan.visits if stop.key is not None]
        candidates = tuple(
            Candidate(
                key=key,
                pin=by_key[key].pin,
                prize=by_key[key].prize,
                service_s=by_key[key].service_s,
                windows=by_key[key].windows_on(each.day),
            )
            for key in keys
        )
        within = walk_plan(DayProblem(shift=shift, candidates=candidates, travel=problem.travel), each.plan)
        if within:
            yield PeriodViolation(code=PeriodViolationCode.DAY, day=each.day, within=within)
        if problem.most_visits is not None and len(keys) > problem.most_visits:
            yield PeriodViolation(code=PeriodViolationCode.TOO_FULL, day=each.day)
        for key in keys:
            if not problem.may_visit(by_key[key], each.rep):
                yield PeriodViolation(code=PeriodViolationCode.NOT_ALLOWED, key=key, day=each.day)


def _check_customers(problem: PeriodProblem, plan: PeriodPlan) -> Iterator[PeriodViolation]:
    days_of: dict[str, list[int]] = {customer.key: [] for customer in problem.customers}
    for each in plan.days:
        for stop in each.plan.visits:
            if stop.key is not None:
                days_of[stop.key].append(each.day)
    told = {shortfall.key: shortfall for shortfall in plan.shortfalls}
    for customer in problem.customers:
        days, shortfall = sorted(days_of[customer.key]), told.get(customer.key)
        if max(Counter(days).values(), default=0) > 1:
            yield PeriodViolation(code=PeriodViolationCode.TWICE_A_DAY, key=customer.key)
        if len(days) > customer.visits:
            yield PeriodViolation(code=PeriodViolationCode.TOO_MANY, key=customer.key)
        lost = tuple(sorted(set(customer.fixed) - set(days)))
        if (len(days) < customer.visits or lost) and (
            shortfall is None or (shortfall.planned, shortfall.lost_days) != (len(days), lost)
        ):
            yield PeriodViolation(code=PeriodViolationCode.UNTOLD, key=customer.key)
        apart = 2 if math.floor(customer.interval_days) >= 2 else 1
        for one, two in itertools.pairwise(days):
            if two - one < apart and two not in customer.fixed and one not in customer.fixed:
                yield PeriodViolation(code=PeriodViolationCode.TOO_CLOSE, key=customer.key, day=two)
