"""Plans a week: each day is a route of one search, so that days, order and times are found together. No database."""

import hashlib
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bot.domain.capacity import WeekBalance, balance_week
from bot.domain.contact_hours import visit_windows
from bot.domain.geo import distance_m
from bot.domain.planning.day import plan_team_day
from bot.domain.planning.problem import (
    Candidate,
    DayPlan,
    DayProblem,
    LeftOutReason,
    Lunch,
    Shift,
    TeamDayProblem,
    Window,
)
from bot.domain.planning.walk import walk_plan
from bot.services.day.clock import instant_at, seconds_of
from bot.services.day.gathering import LUNCH_S, LUNCH_WINDOW
from bot.services.day.solving import UnsoundPlanError
from bot.services.week.plan import NotVisited, PlannedWeek, WeekDay, WeekStop
from bot.services.week.survey import Agreed, WeekCustomer, WeekSurvey
from bot.services.week.wishes import Wishes
from bot.services.work_calendar import is_public_working_day

BUDGET_S = 2.0
WEEKDAYS = "12345"
MOST_OPTIONAL = 250
"""Visits that a search looks at beside those that are agreed; a week holds about 60."""

CHOSEN_PRIZE = 30.0
"""Points on top for whom the capacity-true week has chosen: a near customer must not push out one whose turn it is."""

SHAKE = 0.25
"""How far prizes are shaken for another suggestion, so that it really is another one."""

FASTEST_M_S = 25.0
"""No road brings a rep faster to a customer: 90 km/h as the crow flies."""

LEFT_OUT_WISH = "wished"
STRETCHED = "stretched"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTask:
    """All that a week is made from."""

    survey: WeekSurvey
    wishes: Wishes

    @property
    def fingerprint(self) -> str:
        """Names days, customers, agreed visits and wishes, not the time of day."""
        survey = self.survey
        parts = sorted(
            (each.customer_id, each.grade or "", each.service_s, each.pin and (each.pin.lat, each.pin.lng), each.agreed)
            for each in survey.customers.values()
        )
        facts = (survey.days, survey.work_from_s, survey.work_until_s, survey.home, parts, self.wishes.to_json())
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def too_far(self) -> frozenset[int]:
        """Customers out of a day's reach, there and back: whoever must see them travels, and does not drive round.

        Said here since the way over a customer without a pin is assumed, and would be a bridge to another continent.
        """
        survey = self.survey
        if survey.home is None:
            return frozenset()
        day_s = survey.work_until_s - survey.work_from_s
        return frozenset(
            customer.customer_id
            for customer in survey.customers.values()
            if customer.pin is not None
            and customer.customer_id not in self.wishes.days
            and not customer.agreed
            and 2 * distance_m(survey.home, customer.pin) / FASTEST_M_S + customer.service_s > day_s
        )

    @property
    def seed(self) -> int:
        """The same for a member's week and suggestion, whoever plans it."""
        return (self.survey.acting.member_id * 1_000_003 + self.survey.starts_on.toordinal()) * 101 + self.wishes.again


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One visit that could be made: on which of the days, at which time, and whether it must be."""

    customer: WeekCustomer
    days: tuple[int, ...]
    required: bool
    chosen: bool
    at_s: int | None = None
    agreed: Agreed | None = None


def solve_week(task: WeekTask, *, budget_s: float = BUDGET_S) -> PlannedWeek:
    """Search and walk. Always answers. Raises UnsoundPlanError when the walk finds a mistake. Runs in a thread."""
    begun = time.monotonic()
    survey = task.survey
    balance = balance_week(survey.claims(), survey.room)
    wanted = _wanted(task, balance)
    shifts = [_shift(survey) for _ in survey.days]
    candidates = [_candidate(task, number, each) for number, each in enumerate(wanted)]
    plans: Sequence[DayPlan] = ()
    reasons: Mapping[str, str] = {}
    if shifts:
        plans, reasons = _search(task, candidates, shifts, wanted, budget_s)
    days = tuple(_present(task, wanted, number, plan) for number, plan in enumerate(plans))
    visited = {stop.customer_id for day in days for stop in day.stops}
    return PlannedWeek(
        starts_on=survey.starts_on,
        days=days,
        not_visited=_not_visited(task, balance, wanted, visited, reasons),
        due=balance.demand,
        fingerprint=task.fingerprint,
        seconds=round(time.monotonic() - begun, 2),
    )


def _wanted(task: WeekTask, balance: WeekBalance) -> list[_Wanted]:
    """The visits of the week: agreed and wished ones, those that the balance has chosen, and the best of the rest."""
    required: list[_Wanted] = []
    optional: list[_Wanted] = []
    without = task.wishes.left_out | task.too_far
    for customer in task.survey.customers.values():
        if customer.customer_id in without:
            continue
        fixed, rest = _visits_of(task, customer, balance.planned.get(customer.customer_id, 0))
        required += fixed
        optional += rest
    due = {claim.key for claim in task.survey.claims() if claim.visits_due(len(task.survey.days)) > 0}
    planned = {each.customer.customer_id for each in required + optional}
    others = due - planned - without
    every_day = tuple(range(len(task.survey.days)))
    optional += [
        _Wanted(customer=customer, days=every_day, required=False, chosen=False)
        for customer in task.survey.customers.values()
        if customer.customer_id in others
    ]
    optional.sort(key=lambda each: (not each.chosen, -each.customer.priority.points, each.customer.customer_id))
    return required + optional[:MOST_OPTIONAL]


def _visits_of(task: WeekTask, customer: WeekCustomer, planned: int) -> tuple[list[_Wanted], list[_Wanted]]:
    """What must take place of a customer's visits, and what the search may place, spread over the week."""
    days, wishes = task.survey.days, task.wishes
    wished = wishes.days.get(customer.customer_id)
    agreed = {visit.on: visit for visit in customer.agreed}
    dates = sorted(set(agreed) if wished is None else wished | {on for on in agreed if agreed[on].appointment_at})
    fixed = [
        _Wanted(
            customer=customer,
            days=(days.index(on),),
            required=True,
            chosen=True,
            at_s=_time_of(task, customer, on, agreed.get(on)),
            agreed=agreed.get(on),
        )
        for on in dates
        if on in days
    ]
    if wished is not None:
        return fixed, []
    taken = {each.days[0] for each in fixed}
    optional: list[_Wanted] = []
    for block in _blocks(len(days), planned):
        if len(fixed) + len(optional) >= planned:
            break
        free = tuple(day for day in block if all(abs(day - other) > 1 for other in taken))
        if free:
            optional.append(_Wanted(customer=customer, days=free, required=False, chosen=True))
    return fixed, optional


def _blocks(days: int, visits: int) -> list[tuple[int, ...]]:
    """The days of each of several visits, so that no two of them fall on neighbouring days (METHOD.md section 6)."""
    if visits <= 1:
        return [tuple(range(days))] * visits
    edges = [number * (days + 1) // visits for number in range(visits + 1)]
    return [tuple(range(begin, end - 1)) for begin, end in pairwise(edges)]


def _time_of(task: WeekTask, customer: WeekCustomer, on: date, agreed: Agreed | None) -> int | None:
    locked = task.wishes.times_s.get((customer.customer_id, on))
    if locked is not None:
        return locked
    if agreed is not None and agreed.appointment_at is not None:
        return seconds_of(agreed.appointment_at, on, task.survey.acting.zone)
    return None


def _shift(survey: WeekSurvey) -> Shift:
    return Shift(
        starts_s=survey.work_from_s,
        ends_s=survey.work_until_s,
        start=survey.home,
        end=survey.home,
        lunch=Lunch(window=LUNCH_WINDOW, duration_s=LUNCH_S),
    )


def _candidate(task: WeekTask, number: int, wanted: _Wanted) -> Candidate:
    customer, acting = wanted.customer, task.survey.acting
    if wanted.at_s is not None:
        windows: tuple[Window, ...] = (Window(opens_s=wanted.at_s, closes_s=wanted.at_s),)
    else:
        on = task.survey.days[wanted.days[0]]
        windows = visit_windows(
            on,
            is_public_working_day=is_public_working_day(acting.country, WEEKDAYS, on),
            country=acting.country,
            lat=customer.lat,
            service_s=customer.service_s,
            opening=customer.opening,
        )
    prize = customer.priority.points + (CHOSEN_PRIZE if wanted.chosen else 0.0)
    if task.wishes.again:
        prize *= 1 + random.Random(task.seed * 100_003 + number).uniform(-SHAKE, SHAKE)
    return Candidate(
        key=str(number),
        pin=customer.pin,
        prize=prize,
        service_s=customer.service_s,
        windows=windows,
        required=wanted.required,
    )


def _search(
    task: WeekTask, candidates: Sequence[Candidate], shifts: Sequence[Shift], wanted: Sequence[_Wanted], budget_s: float
) -> tuple[Sequence[DayPlan], Mapping[str, str]]:
    """A walked plan of each day, and the reason for each candidate that is in none.

    The days of one rep are to the search what the reps of a team are on one day.
    """
    problem = TeamDayProblem(
        shifts=tuple(shifts),
        candidates=tuple(candidates),
        only={str(number): frozenset(each.days) for number, each in enumerate(wanted)},
        travel=task.survey.travel,
    )
    answer = plan_team_day(problem, budget_s=budget_s, seed=task.seed)
    by_key = {candidate.key: candidate for candidate in candidates}
    for plan, shift in zip(answer.days, shifts, strict=True):
        visited = tuple(by_key[stop.key] for stop in plan.visits if stop.key is not None)
        violations = walk_plan(DayProblem(shift=shift, candidates=visited, travel=task.survey.travel), plan)
        if violations:
            raise UnsoundPlanError(str(violations))
    return answer.days, {entry.key: entry.reason.value for entry in answer.left_out}


def _present(task: WeekTask, wanted: Sequence[_Wanted], number: int, plan: DayPlan) -> WeekDay:
    on, zone = task.survey.days[number], task.survey.acting.zone
    stops = []
    for stop in plan.visits:
        assert stop.key is not None
        each = wanted[int(stop.key)]
        customer = each.customer
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
                pinned=each.at_s is not None,
                kept=each.agreed is not None,
                late_s=stop.late_s,
            )
        )
    return WeekDay(
        on=on,
        stops=tuple(stops),
        home_by=instant_at(on, plan.home_by_s, zone),
        distance_m=plan.distance_m,
        overtime_s=plan.overtime_s,
        notes=tuple(note.code.value for note in plan.notes),
    )


def _not_visited(
    task: WeekTask,
    balance: WeekBalance,
    wanted: Sequence[_Wanted],
    visited: set[int],
    reasons: Mapping[str, str],
) -> tuple[NotVisited, ...]:
    """Everybody who is due, agreed or wished and has no stop, those with most at stake first."""
    why: dict[int, str] = {each.claim.key: STRETCHED for each in balance.missed}
    for number, each in enumerate(wanted):
        if str(number) in reasons and (each.chosen or each.customer.customer_id not in why):
            why[each.customer.customer_id] = reasons[str(number)]
    why.update(dict.fromkeys(task.too_far, LeftOutReason.TOO_FAR.value))
    for customer_id in task.wishes.left_out:
        why[customer_id] = LEFT_OUT_WISH
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
