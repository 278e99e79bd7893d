"""Days and months like a rep's: a city, grades A to C, opening hours, lunch, appointments. The same for every seed."""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from bot.domain.geo import Pin
from bot.domain.planning.day import plan_day
from bot.domain.planning.model import PRIZE_WORTH_S
from bot.domain.planning.period import plan_period
from bot.domain.planning.period_problem import PeriodCustomer, PeriodPlan, PeriodProblem
from bot.domain.planning.period_walk import walk_period
from bot.domain.planning.problem import Candidate, DayPlan, DayProblem, Lunch, Shift, Window
from bot.domain.planning.walk import walk_plan

HOUR_S = 3600
CITY = Pin(lat=30.27, lng=120.15)
KM_PER_DEGREE = 111.2
KINDS = (("A", 45 * 60, 55.0, 8, 2.5), ("B", 30 * 60, 35.0, 4, 5.0), ("C", 20 * 60, 18.0, 1, 20.0))
"""Grade, service, prize, visits in four weeks, interval."""

SHARES = (0.05, 0.20, 0.75)
OPENING = (
    (Window(opens_s=9 * HOUR_S, closes_s=17 * HOUR_S),),
    (Window(opens_s=9 * HOUR_S, closes_s=11 * HOUR_S), Window(opens_s=14 * HOUR_S, closes_s=17 * HOUR_S)),
)
SHIFT = Shift(
    starts_s=9 * HOUR_S,
    ends_s=18 * HOUR_S,
    start=CITY,
    end=CITY,
    lunch=Lunch(window=Window(opens_s=int(11.5 * HOUR_S), closes_s=14 * HOUR_S), duration_s=HOUR_S),
)
MONTH_SERVICE_S = 11 * 60
"""With it visits and ways fill 82 to 84 % of a month's working hours without lunch, and above 90 % of those before the
last customer closes. With 12 minutes a search of 2 s misses two or three of nearly 400 visits, with 15 over twenty."""

LONG_RUNS, LONG_FACTOR = 3, 5
REPS_A_NIGHT, CORES = 1_000, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RealResult:
    """One line of the report; ``gap_percent`` is to the best of some long runs.

    ``full_percent`` is the share of a month's working hours that visits and ways take; ``missed`` visits have no day.
    """

    what: str
    customers: int
    budget_s: float | None
    seconds: float
    stops: int
    travel_hours: float
    gap_percent: float | None
    legal: bool
    memory_mb: int
    full_percent: float | None = None
    missed: int = 0


def make_day(seed: int, customers: int = 60, appointments: int = 2) -> DayProblem:
    """``appointments`` of the candidates are fixed, in the morning and the afternoon."""
    dice = random.Random(seed)
    candidates = []
    for number in range(customers):
        (_, service_s, prize, _, _), opening = _kind(dice), dice.choice(OPENING)
        required = number < appointments
        at_s = (10 + 5 * number) * HOUR_S
        candidates.append(
            Candidate(
                key=f"c{number}",
                pin=_pin(dice),
                prize=prize * dice.uniform(0.6, 1.6),
                service_s=service_s,
                windows=(Window(opens_s=at_s, closes_s=at_s),) if required else opening,
                required=required,
            )
        )
    return DayProblem(shift=SHIFT, candidates=tuple(candidates))


def make_month(seed: int, customers: int = 200, days: int = 20) -> PeriodProblem:
    """About two visits a customer in four weeks, short ones: a rep can just make them all.

    Twenty visits of 20 to 45 minutes fit into no day; a workload is checked before it is planned.
    """
    dice = random.Random(seed)
    chosen = []
    for number in range(customers):
        _, _, prize, visits, interval_days = _kind(dice)
        chosen.append(
            PeriodCustomer(
                key=f"c{number}",
                pin=_pin(dice),
                prize=prize,
                service_s=MONTH_SERVICE_S,
                visits=visits,
                interval_days=interval_days,
                windows=(dice.choice(OPENING),),
            )
        )
    return PeriodProblem(shifts=tuple((SHIFT,) for _ in range(days)), customers=tuple(chosen))


def _kind(dice: random.Random) -> tuple[str, int, float, int, float]:
    return dice.choices(KINDS, SHARES)[0]


def _pin(dice: random.Random) -> Pin:
    north_km, east_km = dice.gauss(0, 5), dice.gauss(0, 7)
    return Pin(lat=CITY.lat + north_km / KM_PER_DEGREE, lng=CITY.lng + east_km / KM_PER_DEGREE)


def measure_days(*, seeds: int, customers: int = 60) -> list[RealResult]:
    """Plans of ordinary days as the bot makes them, against the best of some long runs."""
    results = []
    for seed in range(1, seeds + 1):
        problem = make_day(seed, customers)
        began = time.perf_counter()
        plan = plan_day(problem)
        seconds = time.perf_counter() - began
        best = max(
            _worth(plan_day(problem, seed=run, iterations=LONG_FACTOR * 40_000, budget_s=60))
            for run in range(1, LONG_RUNS + 1)
        )
        results.append(
            RealResult(
                what="day",
                customers=customers,
                budget_s=None,
                seconds=seconds,
                stops=len(plan.visits),
                travel_hours=plan.travel_s / HOUR_S,
                gap_percent=max(0.0, 100 * (best - _worth(plan)) / best),
                legal=walk_plan(problem, plan) == (),
                memory_mb=_memory_mb(),
            )
        )
    return results


def measure_growth(sizes: tuple[int, ...] = (50, 200, 1_000, 5_000)) -> list[RealResult]:
    """Time and memory of a day plan as customers grow."""
    results = []
    for size in sizes:
        problem = make_day(1, size)
        began = time.perf_counter()
        plan = plan_day(problem)
        results.append(
            RealResult(
                what="growth",
                customers=size,
                budget_s=None,
                seconds=time.perf_counter() - began,
                stops=len(plan.visits),
                travel_hours=plan.travel_s / HOUR_S,
                gap_percent=None,
                legal=walk_plan(problem, plan) == (),
                memory_mb=_memory_mb(),
            )
        )
    return results


def measure_first_start() -> RealResult:
    """The first plan of a fresh process that has nothing compiled: its imports and the plain search."""
    with tempfile.TemporaryDirectory() as empty:
        began = time.perf_counter()
        answer = subprocess.run(
            [sys.executable, "-c", _FIRST_START],
            env={**os.environ, "NUMBA_CACHE_DIR": empty},
            check=True,
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - began
    stops, travel_s, legal, memory_mb = answer.stdout.split()
    return RealResult(
        what="first",
        customers=60,
        budget_s=None,
        seconds=seconds,
        stops=int(stops),
        travel_hours=int(travel_s) / HOUR_S,
        gap_percent=None,
        legal=legal == "True",
        memory_mb=int(memory_mb),
    )


_FIRST_START = """
from benchmarks import real_days
problem = real_days.make_day(1)
plan = real_days.plan_day(problem)
print(len(plan.visits), plan.travel_s, real_days.walk_plan(problem, plan) == (), real_days._memory_mb())
"""


def measure_months(budgets_s: list[float]) -> list[RealResult]:
    """A month of 200 customers at each budget."""
    problem = make_month(1)
    results = []
    for budget_s in budgets_s:
        began = time.perf_counter()
        plan = plan_period(problem, budget_s=budget_s, iterations=10**9)
        results.append(
            RealResult(
                what="month",
                customers=len(problem.customers),
                budget_s=budget_s,
                seconds=time.perf_counter() - began,
                stops=sum(len(each.plan.visits) for each in plan.days),
                travel_hours=plan.travel_s / HOUR_S,
                gap_percent=None,
                legal=_is_complete(problem, plan),
                memory_mb=_memory_mb(),
                full_percent=100 * _busy_s(plan) / _working_s(problem),
                missed=sum(short.wanted - short.planned for short in plan.shortfalls),
            )
        )
    return results


def describe(results: list[RealResult]) -> str:
    """A table, and what a night of day plans takes."""
    lines = [
        f"{'':<8}{'customers':>10}{'budget':>8}{'seconds':>9}{'stops':>7}"
        f"{'travel h':>10}{'gap %':>8}{'full %':>8}{'missed':>8}{'MB':>6}  legal"
    ]
    for each in results:
        budget = "-" if each.budget_s is None else f"{each.budget_s:g}"
        gap = "-" if each.gap_percent is None else f"{each.gap_percent:.3f}"
        full = "-" if each.full_percent is None else f"{each.full_percent:.1f}"
        lines.append(
            f"{each.what:<8}{each.customers:>10}{budget:>8}{each.seconds:>9.2f}{each.stops:>7}"
            f"{each.travel_hours:>10.2f}{gap:>8}{full:>8}{each.missed:>8}{each.memory_mb:>6}  "
            f"{'yes' if each.legal else 'NO'}"
        )
    days = [each.seconds for each in results if each.what == "day"]
    if days:
        minutes = statistics.mean(days) * REPS_A_NIGHT / CORES / 60
        lines.append(f"Day plans of {REPS_A_NIGHT:,} reps on {CORES} cores: {minutes:.1f} minutes")
    return "\n".join(lines)


def _worth(plan: DayPlan) -> float:
    return plan.prize * PRIZE_WORTH_S - plan.travel_s


def _is_complete(problem: PeriodProblem, plan: PeriodPlan) -> bool:
    return walk_period(problem, plan) == () and not plan.shortfalls


def _busy_s(plan: PeriodPlan) -> int:
    visits = (stop for each in plan.days for stop in each.plan.visits)
    return plan.travel_s + sum(stop.departure_s - stop.start_s for stop in visits)


def _working_s(problem: PeriodProblem) -> int:
    """Working hours of a period without lunch."""
    shifts = (shift for today in problem.shifts for shift in today if shift is not None)
    return sum(
        shift.ends_s - shift.starts_s - (shift.lunch.duration_s if shift.lunch is not None else 0) for shift in shifts
    )


def _memory_mb() -> int:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
