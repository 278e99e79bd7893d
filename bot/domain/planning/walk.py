"""An independent walk of a finished plan: it shares no code with the planner and believes nothing that it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.geo import Pin
from bot.domain.planning.problem import (
    ASSUMED_TRAVEL_S,
    Candidate,
    DayPlan,
    DayProblem,
    NoteCode,
    PlannedStop,
    StopKind,
    TeamDayPlan,
    TeamDayProblem,
)


class ViolationCode(StrEnum):
    UNKNOWN_KEY = "unknown_key"
    VISITED_TWICE = "visited_twice"
    NOT_ALLOWED = "not_allowed"  # visited by a rep who may not
    UNACCOUNTED = "unaccounted"  # neither visited nor left out, or both
    WRONG_TRAVEL = "wrong_travel"
    WRONG_ARRIVAL = "wrong_arrival"
    STARTS_BEFORE_ARRIVAL = "starts_before_arrival"
    WRONG_DURATION = "wrong_duration"
    OUTSIDE_WINDOW = "outside_window"
    LEAVES_TOO_EARLY = "leaves_too_early"
    LUNCH_MISSING = "lunch_missing"
    LUNCH_OUTSIDE_WINDOW = "lunch_outside_window"
    LUNCH_UNASKED = "lunch_unasked"
    HOME_LATE = "home_late"
    WRONG_TOTAL = "wrong_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    code: ViolationCode
    key: str | None = None
    params: Mapping[str, int] = field(default_factory=dict)


def walk_plan(problem: DayProblem, plan: DayPlan) -> tuple[Violation, ...]:
    """What is wrong with ``plan`` as an answer to ``problem``; nothing, for a plan that a rep can execute.

    Lateness and overtime that the plan itself declares, of required stops, are not violations.
    """
    return (
        *_check_account(problem, plan),
        *_check_stops(problem, plan),
        *_check_lunch(problem, plan),
        *_check_end(problem, plan),
    )


def walk_team_plan(problem: TeamDayProblem, plan: TeamDayPlan) -> tuple[Violation, ...]:
    """The same for a team: every day is walked, and each candidate is visited by one who may, or left out once."""
    found: list[Violation] = []
    seen: list[str] = [entry.key for entry in plan.left_out]
    for number, (shift, day) in enumerate(zip(problem.shifts, plan.days, strict=True)):
        keys = [stop.key for stop in day.visits if stop.key is not None]
        seen += keys
        found += [
            Violation(code=ViolationCode.NOT_ALLOWED, key=key) for key in keys if not problem.may_visit(key, number)
        ]
        visited = tuple(candidate for candidate in problem.candidates if candidate.key in keys)
        own = DayProblem(shift=shift, candidates=visited, travel=problem.travel, now_s=problem.now_s)
        found += walk_plan(own, day)
    for candidate in problem.candidates:
        if seen.count(candidate.key) != 1:
            found.append(Violation(code=ViolationCode.UNACCOUNTED, key=candidate.key))
    return tuple(found)


def _check_account(problem: DayProblem, plan: DayPlan) -> Iterator[Violation]:
    asked = {candidate.key for candidate in problem.candidates}
    visited = [stop.key or "" for stop in plan.stops if stop.kind is StopKind.VISIT]
    left_out = [entry.key for entry in plan.left_out]
    for key in (*visited, *left_out):
        if key not in asked:
            yield Violation(code=ViolationCode.UNKNOWN_KEY, key=key)
    for key in set(visited):
        if visited.count(key) > 1:
            yield Violation(code=ViolationCode.VISITED_TWICE, key=key)
    seen, missing = set(visited), set(left_out)
    for key in sorted((asked - seen - missing) | (seen & missing)):
        yield Violation(code=ViolationCode.UNACCOUNTED, key=key)


def _check_stops(problem: DayProblem, plan: DayPlan) -> Iterator[Violation]:
    by_key = {candidate.key: candidate for candidate in problem.candidates}
    if plan.departs_s < max(problem.shift.starts_s, problem.now_s):
        yield Violation(code=ViolationCode.LEAVES_TOO_EARLY, params={"departs_s": plan.departs_s})
    clock_s, place, at_start = plan.departs_s, problem.shift.start, True
    for stop in plan.stops:
        candidate = by_key.get(stop.key) if stop.key is not None else None
        if stop.kind is StopKind.VISIT and candidate is None:
            continue
        leg_s, leg_m = (0, 0)
        if candidate is not None:
            leg_s, leg_m = (0, 0) if at_start and place is None else _leg(problem, place, candidate.pin)
            yield from _check_visit(candidate, stop, plan)
            place, at_start = candidate.pin, False
        yield from _check_times(stop, clock_s, leg_s, leg_m)
        clock_s = stop.departure_s
    if problem.shift.end is None or (at_start and place is None):
        home_s, home_m = 0, 0
    else:
        home_s, home_m = _leg(problem, place, problem.shift.end)
    if (plan.home_travel_s, plan.home_distance_m) != (home_s, home_m):
        yield Violation(code=ViolationCode.WRONG_TRAVEL, params={"travel_s": home_s, "distance_m": home_m})
    if plan.home_by_s != clock_s + home_s:
        yield Violation(code=ViolationCode.WRONG_ARRIVAL, params={"home_by_s": clock_s + home_s})


def _leg(problem: DayProblem, place: Pin | None, towards: Pin | None) -> tuple[int, int]:
    if place is None or towards is None:
        return ASSUMED_TRAVEL_S, 0
    matrix = problem.travel.matrix([place, towards])
    return int(matrix.seconds[0, 1]), int(matrix.metres[0, 1])


def _check_visit(candidate: Candidate, stop: PlannedStop, plan: DayPlan) -> Iterator[Violation]:
    if stop.departure_s - stop.start_s != candidate.service_s:
        yield Violation(code=ViolationCode.WRONG_DURATION, key=stop.key)
    if any(window.opens_s <= stop.start_s <= window.closes_s for window in candidate.windows):
        late_s = 0
    else:
        late_s = stop.start_s - max((window.closes_s for window in candidate.windows), default=0)
    noted = any(note.code is NoteCode.LATE and note.params.get("key") == stop.key for note in plan.notes)
    declared = candidate.required and noted and late_s == stop.late_s
    if (late_s != 0 or stop.late_s != 0) and not (late_s > 0 and declared):
        yield Violation(code=ViolationCode.OUTSIDE_WINDOW, key=stop.key, params={"late_s": late_s})


def _check_times(stop: PlannedStop, clock_s: int, leg_s: int, leg_m: int) -> Iterator[Violation]:
    if (stop.travel_s, stop.distance_m) != (leg_s, leg_m):
        yield Violation(code=ViolationCode.WRONG_TRAVEL, key=stop.key, params={"travel_s": leg_s, "distance_m": leg_m})
    if stop.arrival_s != clock_s + leg_s:
        yield Violation(code=ViolationCode.WRONG_ARRIVAL, key=stop.key, params={"arrival_s": clock_s + leg_s})
    if stop.start_s < stop.arrival_s:
        yield Violation(code=ViolationCode.STARTS_BEFORE_ARRIVAL, key=stop.key)


def _check_lunch(problem: DayProblem, plan: DayPlan) -> Iterator[Violation]:
    lunch = problem.shift.lunch
    eaten = [stop for stop in plan.stops if stop.kind is StopKind.LUNCH]
    if lunch is None or len(eaten) > 1:
        if eaten:
            yield Violation(code=ViolationCode.LUNCH_UNASKED)
        return
    for stop in eaten:
        if not lunch.window.opens_s <= stop.start_s <= lunch.window.closes_s:
            yield Violation(code=ViolationCode.LUNCH_OUTSIDE_WINDOW, params={"start_s": stop.start_s})
        if stop.departure_s - stop.start_s != lunch.duration_s:
            yield Violation(code=ViolationCode.WRONG_DURATION)
    told = any(note.code is NoteCode.NO_LUNCH for note in plan.notes)
    if not eaten and not told and lunch.is_needed(departs_s=plan.departs_s, home_by_s=plan.home_by_s):
        yield Violation(code=ViolationCode.LUNCH_MISSING)


def _check_end(problem: DayProblem, plan: DayPlan) -> Iterator[Violation]:
    overtime_s = max(0, plan.home_by_s - problem.shift.ends_s)
    noted = any(note.code is NoteCode.OVERTIME for note in plan.notes)
    if overtime_s != plan.overtime_s or (overtime_s and not noted):
        yield Violation(code=ViolationCode.HOME_LATE, params={"overtime_s": overtime_s})
    by_key = {candidate.key: candidate for candidate in problem.candidates}
    prize = sum(by_key[stop.key].prize for stop in plan.stops if stop.key in by_key)
    totals = (
        plan.travel_s == sum(stop.travel_s for stop in plan.stops) + plan.home_travel_s
        and plan.distance_m == sum(stop.distance_m for stop in plan.stops) + plan.home_distance_m
        and abs(plan.prize - prize) < 1e-6
    )
    if not totals:
        yield Violation(code=ViolationCode.WRONG_TOTAL)
