"""Plans a week, or up to four: weighs it, lets a search find days, order and times together, tells who is left out.

No database. The search of periods answers once it is compiled, until then the one of days.
"""

import logging
import math
import time
from collections.abc import Set

from bot.domain.capacity import WeekBalance, balance_week
from bot.domain.planning.problem import DayPlan, LeftOutReason
from bot.domain.planning.warming import is_period_warm
from bot.services.day.clock import instant_at
from bot.services.day.solving import UnsoundPlanError
from bot.services.week.by_days import plan_by_days
from bot.services.week.by_period import plan_by_period
from bot.services.week.plan import NotVisited, PlannedWeek, WeekDay, WeekStop
from bot.services.week.task import Answer, WeekTask, customer_of

log = logging.getLogger(__name__)

BUDGET_S = 2.0
"""A guard for slow machines, for each week: the number of iterations ends a search before."""

LEFT_OUT_WISH = "wished"
STRETCHED = "stretched"


def solve_week(task: WeekTask, *, budget_s: float = BUDGET_S) -> PlannedWeek:
    """Search and walk. Runs in a thread.

    A plan in which the walk finds a mistake is not shown: the other search answers in its place. Raises
    UnsoundPlanError when neither plan can be walked.
    """
    begun = time.monotonic()
    survey = task.survey
    balance = balance_week(survey.claims(), survey.room)
    answer = Answer(plans=(), reasons={})
    if survey.days:
        answer = _walked_answer(task, balance, budget_s * task.wishes.weeks)
    days = tuple(_present(task, number, plan) for number, plan in enumerate(answer.plans))
    visited = {stop.customer_id for day in days for stop in day.stops} - answer.lost
    return PlannedWeek(
        starts_on=survey.starts_on,
        days=days,
        not_visited=_not_visited(task, balance, answer, visited),
        due=balance.demand,
        fingerprint=task.fingerprint,
        seconds=round(time.monotonic() - begun, 2),
        weeks=task.wishes.weeks,
        off=survey.off,
    )


def _walked_answer(task: WeekTask, balance: WeekBalance, budget_s: float) -> Answer:
    if is_period_warm():
        try:
            return plan_by_period(task, balance, budget_s)
        except UnsoundPlanError:
            log.exception("a period's plan cannot be walked")
    return plan_by_days(task, balance, budget_s)


def _present(task: WeekTask, number: int, plan: DayPlan) -> WeekDay:
    on, zone = task.survey.days[number], task.survey.acting.zone
    stops = []
    for stop in plan.visits:
        assert stop.key is not None
        customer = task.survey.customers[customer_of(stop.key)]
        stops.append(
            WeekStop(
                customer_id=customer.customer_id,
                name=customer.name,
                grade=customer.grade.value if customer.grade else None,
                start=instant_at(on, stop.start_s, zone),
                departure=instant_at(on, stop.departure_s, zone),
                travel_m=stop.distance_m,
                priority=customer.priority.rounded,
                stake_minor=customer.stake_minor,
                pinned=task.time_of(customer, on) is not None,
                kept=any(visit.on == on for visit in customer.agreed),
                late_s=stop.late_s,
            )
        )
    return WeekDay(
        on=on,
        stops=tuple(stops),
        home_by=instant_at(on, plan.home_by_s, zone),
        distance_m=plan.distance_m,
        overtime_s=max(plan.overtime_s, plan.home_by_s - task.survey.work_until_s) if stops else 0,
        notes=tuple(note.code.value for note in plan.notes),
    )


def _not_visited(task: WeekTask, balance: WeekBalance, answer: Answer, visited: Set[int]) -> tuple[NotVisited, ...]:
    """Everybody who is due, agreed or wished and has no stop, those with most at stake first."""
    why: dict[int, str] = {each.claim.key: STRETCHED for each in balance.missed}
    why.update(answer.reasons)
    why.update(dict.fromkeys(task.too_far, LeftOutReason.TOO_FAR.value))
    why.update(dict.fromkeys(task.wishes.left_out, LEFT_OUT_WISH))
    entries = [
        NotVisited(
            customer_id=customer.customer_id,
            name=customer.name,
            grade=customer.grade.value if customer.grade else None,
            priority=customer.priority.rounded,
            stake_minor=customer.stake_minor,
            why={"code": why[customer.customer_id], "waited": math.floor(customer.waited_days)},
        )
        for customer in task.survey.customers.values()
        if customer.customer_id in why and customer.customer_id not in visited
    ]
    return tuple(sorted(entries, key=lambda entry: (-entry.stake_minor, -entry.priority, entry.customer_id)))
