"""The day plan: which customers today, in which order, at what time; and why the others are not in it."""

from dataclasses import replace

import numpy as np

from bot.domain.planning.insertion import search_plainly
from bot.domain.planning.model import build_model, choose_promising
from bot.domain.planning.presenting import explain_left_out, present_route
from bot.domain.planning.problem import DayPlan, DayProblem, LeftOut, LeftOutReason, Note, NoteCode
from bot.domain.planning.settling import settle_required

DEFAULT_BUDGET_S = 0.4


def plan_day(problem: DayProblem, *, budget_s: float = DEFAULT_BUDGET_S, seed: int = 0) -> DayPlan:
    """The best day found within about ``budget_s``. Always answers: what cannot be met is left out and explained.

    The same problem and seed give the same plan as long as the search ends by its rounds and not by the budget.
    """
    numbers = choose_promising(problem.candidates, [problem.shift])
    chosen = [problem.candidates[number] for number in numbers]
    model = build_model(
        chosen,
        [problem.shift],
        leaves_s=[problem.leaves_s],
        travel=problem.travel,
        allowed=np.ones((len(chosen), 1), dtype=np.bool_),
    )
    settled = settle_required(model)
    sequences = search_plainly(settled.model, settled.sequences, budget_s=budget_s, seed=seed)
    plan = present_route(settled, 0, sequences[0], shift=problem.shift, candidates=chosen)
    explained = {entry.key: entry for entry in explain_left_out(settled, sequences, chosen)}
    visited = {stop.key for stop in plan.visits}
    left_out = tuple(
        explained.get(candidate.key, LeftOut(key=candidate.key, reason=LeftOutReason.NO_ROOM))
        for candidate in problem.candidates
        if candidate.key not in visited
    )
    notes = plan.notes
    if left_out and not visited:
        notes = (*notes, Note(code=NoteCode.NOTHING_FITS))
    return replace(plan, left_out=left_out, notes=notes)
