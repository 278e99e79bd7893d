"""The day plan: which customers today, in which order, at what time; and why the others are not in it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.domain.geo import distance_m
from bot.domain.planning.insertion import Sequences, fill_routes, order_by_density, search_plainly
from bot.domain.planning.model import Model, build_model, choose_promising
from bot.domain.planning.presenting import explain_left_out, present_route
from bot.domain.planning.problem import (
    Candidate,
    DayPlan,
    DayProblem,
    LeftOut,
    LeftOutReason,
    Note,
    NoteCode,
    Shift,
    TeamDayPlan,
    TeamDayProblem,
)
from bot.domain.planning.reach import is_out_of_reach, middle_of
from bot.domain.planning.settling import Settled, settle_required
from bot.domain.planning.travel import TravelTimes
from bot.domain.planning.warming import is_warm

DEFAULT_ITERATIONS = 40_000
"""Enough for the best known plan of a day of 60 candidates, in about 0.3 s."""

DEFAULT_BUDGET_S = 2.0
"""A guard for slow machines. While it does not end the search, the same day and seed give the same plan."""


def plan_day(
    problem: DayProblem, *, budget_s: float = DEFAULT_BUDGET_S, iterations: int = DEFAULT_ITERATIONS, seed: int = 0
) -> DayPlan:
    """The best day found. Always answers: what cannot be met is left out and explained.

    The compiled search works once ``warming.warm_up`` is through; until then a plain one, a few percent worse.
    """
    allowed = np.ones((len(problem.candidates), 1), dtype=np.bool_)
    days, left_out = _plan(
        [problem.shift], problem.candidates, allowed, problem.travel, problem.now_s, budget_s, iterations, seed
    )
    notes = days[0].notes
    if left_out and not days[0].visits:
        notes = (*notes, Note(code=NoteCode.NOTHING_FITS))
    return replace(days[0], left_out=left_out, notes=notes)


def plan_team_day(
    problem: TeamDayProblem, *, budget_s: float = DEFAULT_BUDGET_S, iterations: int = DEFAULT_ITERATIONS, seed: int = 0
) -> TeamDayPlan:
    """The same for reps who share customers: each candidate goes to whom it suits best."""
    allowed = np.array(
        [
            [problem.may_visit(candidate.key, shift) for shift in range(len(problem.shifts))]
            for candidate in problem.candidates
        ],
        dtype=np.bool_,
    ).reshape(len(problem.candidates), len(problem.shifts))
    days, left_out = _plan(
        problem.shifts, problem.candidates, allowed, problem.travel, problem.now_s, budget_s, iterations, seed
    )
    return TeamDayPlan(days=days, left_out=left_out)


def _plan(
    shifts: Sequence[Shift],
    candidates: Sequence[Candidate],
    allowed: np.typing.NDArray[np.bool_],
    travel: TravelTimes,
    now_s: int,
    budget_s: float,
    iterations: int,
    seed: int,
) -> tuple[tuple[DayPlan, ...], tuple[LeftOut, ...]]:
    too_far = _too_far(candidates, shifts)
    numbers = [number for number in choose_promising(candidates, shifts) if candidates[number].key not in too_far]
    chosen = [candidates[number] for number in numbers]
    leaves_s = [max(shift.starts_s, now_s) for shift in shifts]
    model = build_model(chosen, shifts, leaves_s=leaves_s, travel=travel, allowed=allowed[numbers])
    settled = settle_required(model)
    sequences = _search(settled, budget_s, iterations, seed)
    days = tuple(
        present_route(settled.model, route, sequences[route], shift=shift, candidates=chosen)
        for route, shift in enumerate(shifts)
    )
    explained = too_far | {entry.key: entry for entry in explain_left_out(settled, sequences, chosen)}
    visited = {stop.key for day in days for stop in day.visits}
    left_out = tuple(
        explained.get(candidate.key, LeftOut(key=candidate.key, reason=LeftOutReason.NO_ROOM))
        for candidate in candidates
        if candidate.key not in visited
    )
    return days, left_out


def _too_far(candidates: Sequence[Candidate], shifts: Sequence[Shift]) -> dict[str, LeftOut]:
    """Optional ones that no shift can reach, from its start or end, else from where most of the candidates are."""
    middle = middle_of([candidate.pin for candidate in candidates if candidate.pin is not None])
    homes = [
        (home, shift.ends_s - shift.starts_s)
        for shift in shifts
        for home in {shift.start, shift.end} - {None} or {middle}
        if home is not None
    ]
    found = {}
    for candidate in candidates:
        if candidate.required or candidate.pin is None:
            continue
        service_s = candidate.service_s
        if all(is_out_of_reach(candidate.pin, home, service_s=service_s, day_s=day_s) for home, day_s in homes):
            away_m = min(round(distance_m(home, candidate.pin)) for home, _ in homes)
            params: dict[str, str | int] = {"distance_m": away_m}
            found[candidate.key] = LeftOut(key=candidate.key, reason=LeftOutReason.TOO_FAR, params=params)
    return found


def _search(settled: Settled, budget_s: float, iterations: int, seed: int) -> Sequences:
    model = settled.model
    if not is_warm():
        return search_plainly(model, settled.sequences, budget_s=budget_s, seed=seed)
    from bot.domain.planning.annealing import Effort, search_compiled  # numba takes a second to import

    effort = Effort(iterations=_scaled(iterations, model), budget_s=budget_s)
    found = search_compiled(model, settled.sequences, effort=effort, seed=seed)
    absent = set(range(model.size)).difference(*found)
    return fill_routes(model, found, order_by_density(model, sorted(absent)))


def _scaled(iterations: int, model: Model) -> int:
    """Small days need less, and a rep waits: a day of 20 candidates is done after a third."""
    return max(1, round(iterations * min(1.0, max(0.1, model.size / 60))))
