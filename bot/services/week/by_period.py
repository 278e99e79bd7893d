"""Plans one to four weeks of one or several reps by the period search: even spacing, balanced days, least travel."""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.domain.capacity import WeekBalance
from bot.domain.planning.period import plan_period
from bot.domain.planning.period_problem import PeriodCustomer, PeriodPlan, PeriodProblem, Shortfall, ShortfallReason
from bot.domain.planning.period_walk import walk_period
from bot.domain.planning.problem import DayPlan, LeftOutReason, Shift, Window
from bot.services.day.solving import UnsoundPlanError
from bot.services.week.survey import WeekCustomer
from bot.services.week.task import CHOSEN_PRIZE, SHAKE, Answer, WeekTask, customer_of

ITERATIONS_A_DAY = 8_000
"""About half a second a week; a month is legal long before it ends."""

MOST_FILLING_A_DAY = 12
"""Customers that are due beside those that were chosen, of whom the search may fill what room is left."""

UNEVEN = 0.05
"""How far above its even share a day may be filled."""

WAY_ALLOWED_S = 45 * 60
"""An appointment outside working hours lengthens its day by the visit and about such a way."""


def plan_by_period(task: WeekTask, balance: WeekBalance, budget_s: float) -> Answer:
    """Search and walk. Raises UnsoundPlanError when the walk finds a mistake.

    Where everything fits, days are kept even; if that leaves somebody out, a visit counts for more than evenness.
    """
    customers = period_customers(task, balance)
    days = len(task.survey.days)
    even = _search(task, customers, _most_visits(customers, balance, days) if balance.fits else None, budget_s)
    plan = even
    if balance.fits and _missed(even):
        plan = min(even, _search(task, customers, None, budget_s), key=_missed)
    chosen = {customer.key for customer in customers if balance.planned.get(customer_of(customer.key))}
    chosen |= {customer.key for customer in customers if customer.fixed}
    by_day: Mapping[int, DayPlan] = {each.day: each.plan for each in plan.days}
    return Answer(
        plans=tuple(by_day[number] for number in range(days)),
        reasons={
            customer_of(short.key): _reason(task, short)
            for short in plan.shortfalls
            if short.key in chosen and (short.planned == 0 or short.lost_days)
        },
        lost=frozenset(customer_of(short.key) for short in plan.shortfalls if short.lost_days),
    )


def _search(
    task: WeekTask, customers: Sequence[PeriodCustomer], most_visits: int | None, budget_s: float
) -> PeriodPlan:
    days = len(task.survey.days)
    problem = PeriodProblem(
        shifts=tuple((_shift(task, number),) for number in range(days)),
        customers=tuple(customers),
        travel=task.survey.travel,
        most_visits=most_visits,
    )
    plan = plan_period(problem, budget_s=budget_s, iterations=ITERATIONS_A_DAY * days, seed=task.seed)
    violations = walk_period(problem, plan)
    if violations:
        raise UnsoundPlanError(str(violations))
    return plan


def _missed(plan: PeriodPlan) -> int:
    return sum(short.wanted - short.planned for short in plan.shortfalls)


def period_customers(task: WeekTask, balance: WeekBalance) -> list[PeriodCustomer]:
    """Everybody who is to be visited, and the best of those who are due beside."""
    without = task.without
    chosen = [
        _period_customer(task, customer, visits, is_chosen=True)
        for customer in task.survey.customers.values()
        if customer.customer_id not in without and (visits := _visits(task, customer, balance))
    ]
    planned = {customer_of(customer.key) for customer in chosen}
    others = sorted(task.due_beside(planned), key=lambda customer: (-customer.priority.points, customer.customer_id))
    filling = others[: MOST_FILLING_A_DAY * len(task.survey.days)]
    return chosen + [_period_customer(task, customer, 1, is_chosen=False) for customer in filling]


def _most_visits(customers: Sequence[PeriodCustomer], balance: WeekBalance, days: int) -> int:
    """How many visits a day may have, so that the least travel does not pile them up: hardly above an even share.

    What stands on a day already is never too much.
    """
    wanted = sum(customer.visits for customer in customers if balance.planned.get(customer_of(customer.key)))
    standing = Counter(day for customer in customers for day in (*customer.fixed, *customer.held))
    return max(math.ceil(wanted / days * (1 + UNEVEN)), *standing.values(), 1)


def _visits(task: WeekTask, customer: WeekCustomer, balance: WeekBalance) -> int:
    standing = sum(on in task.survey.days for on in task.wished_or_agreed(customer))
    if customer.customer_id in task.wishes.days:
        return standing
    return max(standing, balance.planned.get(customer.customer_id, 0))


def _period_customer(task: WeekTask, customer: WeekCustomer, visits: int, *, is_chosen: bool) -> PeriodCustomer:
    days = task.survey.days
    fixed, held = _standing(task, customer)
    prize = customer.priority.points + (CHOSEN_PRIZE if is_chosen else 0.0)
    if task.wishes.again:
        prize *= 1 + random.Random(task.seed * 100_003 + customer.customer_id).uniform(-SHAKE, SHAKE)
    # Long overdue is due today, not due a hundred days ago: the prize tells who has waited longest.
    waited = None if fixed or held else min(customer.waited_days, customer.interval_days)
    return PeriodCustomer(
        key=str(customer.customer_id),
        pin=customer.pin,
        prize=prize,
        service_s=customer.service_s,
        visits=visits,
        interval_days=min(customer.interval_days, max(1.0, len(days) / visits)) if fixed else customer.interval_days,
        waited_days=waited,
        windows=tuple(task.windows(customer, number) for number in range(len(days))),
        fixed=fixed,
        held=held,
    )


def _standing(task: WeekTask, customer: WeekCustomer) -> tuple[dict[int, Window], frozenset[int]]:
    """The days on which a visit must be, with when it may begin; and those of an accepted plan, kept where it can."""
    days = task.survey.days
    firm = task.firm_dates(customer)
    fixed: dict[int, Window] = {}
    held: set[int] = set()
    for on in task.wished_or_agreed(customer):
        if on not in days:
            continue
        number = days.index(on)
        at_s = task.time_of(customer, on)
        if at_s is not None:
            fixed[number] = Window(opens_s=at_s, closes_s=at_s)
        elif on in firm:
            fixed[number] = _longest(task.windows(customer, number) or task.contact_windows(customer, number))
        else:
            held.add(number)
    return fixed, frozenset(held)


def _longest(windows: Sequence[Window]) -> Window:
    return max(windows, key=lambda window: (window.closes_s - window.opens_s, -window.opens_s))


def _shift(task: WeekTask, number: int) -> Shift:
    """A working day, longer where an appointment lies outside of it."""
    shift = task.shift(number)
    on = task.survey.days[number]
    starts_s, ends_s = shift.starts_s, shift.ends_s
    for customer in task.survey.customers.values():
        at_s = task.time_of(customer, on) if on in task.wished_or_agreed(customer) else None
        if at_s is None:
            continue
        if at_s < shift.starts_s and number > 0:
            starts_s = min(starts_s, max(0, at_s - WAY_ALLOWED_S))
        if at_s + customer.service_s > shift.ends_s:
            ends_s = max(ends_s, at_s + customer.service_s + WAY_ALLOWED_S)
    return Shift(starts_s=starts_s, ends_s=ends_s, start=shift.start, end=shift.end, lunch=shift.lunch)


def _reason(task: WeekTask, short: Shortfall) -> str:
    if short.reason is ShortfallReason.NO_DAY:
        return LeftOutReason.CLOSED.value
    if short.lost_days:
        customer = task.survey.customers[customer_of(short.key)]
        first_s = task.time_of(customer, task.survey.days[short.lost_days[0]])
        is_past = short.lost_days[0] == 0 and first_s is not None and first_s < task.survey.first_from_s
        return LeftOutReason.PASSED.value if is_past else LeftOutReason.UNREACHABLE.value
    return LeftOutReason.NO_ROOM.value
