"""Solves a task: search, walk, and the answer as a route that a rep can read. No database, so it runs in a thread."""

import logging
from dataclasses import replace

from bot.domain.planning.day import plan_day
from bot.domain.planning.problem import DayPlan as Answer
from bot.domain.planning.problem import DayProblem, LeftOut, LeftOutReason, PlannedStop
from bot.domain.planning.walk import walk_plan
from bot.domain.priority import Reason, ReasonCode
from bot.services.day.candidates import Prospect
from bot.services.day.clock import instant_at
from bot.services.day.route import LeftOutStop, Route, Stop, Words
from bot.services.day.task import DayTask

log = logging.getLogger(__name__)


class UnsoundPlanError(Exception):
    """The walk found a planner's mistake. A bug: no rep is sent out on such a plan."""


def solve(task: DayTask) -> Route:
    """Search and walk. Takes up to a second of one core.

    A plan in which the walk finds a mistake is not shown but made again, by another search and then of fewer stops.
    Raises UnsoundPlanError when none of them can be walked.
    """
    answer = _walked_plan(task.problem, task.seed)
    stops = [*task.history, *(_stop(task, planned) for planned in answer.stops)]
    return Route(
        stops=tuple(sorted(stops, key=lambda stop: stop.arrival)),
        left_out=_left_out(task, answer),
        departs=instant_at(task.on, answer.departs_s, task.acting.zone),
        home_by=instant_at(task.on, answer.home_by_s, task.acting.zone),
        home_travel_m=answer.home_distance_m,
        a_due=task.a_due,
        fingerprint=task.fingerprint,
        ends_at_home=task.problem.shift.end is not None,
        overtime_s=answer.overtime_s,
        not_before=task.not_before,
        notes=tuple(note.code.value for note in answer.notes),
        skipped=task.skipped,
        added=task.added,
    )


def _walked_plan(problem: DayProblem, seed: int) -> Answer:
    found: list[str] = []
    required = tuple(candidate for candidate in problem.candidates if candidate.required)
    for tried, number in ((problem, 0), (problem, 1), (replace(problem, candidates=required), 0)):
        answer = plan_day(tried, seed=seed + number)
        violations = walk_plan(tried, answer)
        if not violations:
            return replace(answer, left_out=(*answer.left_out, *_without_trial(problem, tried)))
        found.append(str(violations))
        log.error("a day's plan cannot be walked: %s", violations)
    raise UnsoundPlanError("; ".join(found))


def _without_trial(problem: DayProblem, tried: DayProblem) -> list[LeftOut]:
    """Those that the last try does not look at, so that nobody is left out silently."""
    looked_at = {candidate.key for candidate in tried.candidates}
    keys = [candidate.key for candidate in problem.candidates if candidate.key not in looked_at]
    return [LeftOut(key=key, reason=LeftOutReason.NO_ROOM) for key in keys]


def _stop(task: DayTask, planned: PlannedStop) -> Stop:
    zone = task.acting.zone
    pause = Stop(
        customer_id=None,
        arrival=instant_at(task.on, planned.arrival_s, zone),
        start=instant_at(task.on, planned.start_s, zone),
        departure=instant_at(task.on, planned.departure_s, zone),
    )
    if planned.key is None:
        return pause
    prospect = task.prospects[int(planned.key)]
    return replace(
        pause,
        customer_id=prospect.customer_id,
        travel_m=planned.distance_m,
        travel_s=planned.travel_s,
        grade=prospect.grade.value if prospect.grade else None,
        priority=prospect.priority.rounded,
        reasons=reasons_of(prospect),
        parts=tuple(_words(part) for part in prospect.priority.parts),
        stake_minor=prospect.stake_minor,
        pinned=prospect.appointment_at is not None,
        late_s=planned.late_s,
        place_known=planned.place_known,
    )


def reasons_of(prospect: Prospect) -> tuple[Words, ...]:
    """Why a customer is worth a visit, as a rep would say it; what was agreed comes first."""
    shown = [_words(reason) for reason in prospect.priority.shown]
    if prospect.appointment_at is not None:
        shown.insert(0, {"code": "appointment"})
    elif prospect.is_wanted:
        shown.insert(0, {"code": "added"})
    elif prospect.is_agreed:
        shown = [words for words in shown if words["code"] != ReasonCode.FOLLOW_UP_DUE]
        shown.insert(0, {"code": "agreed"})
    return tuple(shown) or ({"code": "early"},)


def _words(reason: Reason) -> Words:
    return {"code": reason.code.value, "points": round(reason.points, 1), **reason.params}


def _left_out(task: DayTask, answer: Answer) -> tuple[LeftOutStop, ...]:
    entries = []
    for entry in answer.left_out:
        prospect = task.prospects[int(entry.key)]
        entries.append(
            LeftOutStop(
                customer_id=prospect.customer_id,
                grade=prospect.grade.value if prospect.grade else None,
                priority=prospect.priority.rounded,
                pinned=prospect.appointment_at is not None,
                why={"code": entry.reason.value, **entry.params},
            )
        )
    return tuple(sorted(entries, key=lambda each: (not each.pinned, -each.priority, each.customer_id)))
