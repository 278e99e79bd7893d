"""Ruin of a period: strings of visits leave one day, or customers near each other leave all theirs."""

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled, inlined
from bot.domain.planning.model import LUNCH
from bot.domain.planning.period_state import PeriodInstance, PeriodScratch, PeriodTuning, Plan
from bot.domain.planning.routes import (
    ITEM,
    NOWHERE,
    SIZE,
    Dice,
    remove,
    roll,
)


@inlined
def _leave(plan: Plan, c: int, day: int, touched: NDArray[np.bool_]) -> None:
    """Takes ``c`` out of ``day``, or of all its days when ``day`` is negative."""
    on = plan.routes.on
    for d in range(on.shape[1]):
        if on[c, d] != NOWHERE and (day < 0 or d == day):
            touched[remove(plan.routes, c, d)] = True
    if day < 0:
        plan.chosen[c] = NOWHERE


@compiled
def _ruin_route(
    plan: Plan, r: int, c: int, day: int, longest: float, count: int, scratch: PeriodScratch, dice: Dice
) -> int:
    """Removes a string of route ``r`` around ``c``, half the time sparing some in its middle."""
    stop, size = plan.routes.stop, plan.routes.total[r, SIZE]
    length = int(1 + roll(dice) * min(longest, float(size)))
    at = 1
    while stop[r, at, ITEM] != c:
        at += 1
    first = max(1, min(at - int(roll(dice) * length), size - length + 1))
    spared = 0
    if length > 1 and roll(dice) < 0.5:
        while first + length + spared <= size and roll(dice) < 0.5:
            spared += 1
    spared_from = first + int(roll(dice) * length)
    begin = count
    for p in range(first, first + length + spared):
        if not spared_from <= p < spared_from + spared and stop[r, p, ITEM] != LUNCH:
            scratch.removed[count] = stop[r, p, ITEM]
            count += 1
    for k in range(begin, count):
        _leave(plan, scratch.removed[k], day, scratch.touched)
    scratch.touched[r] = True
    return count


@compiled
def ruin(inst: PeriodInstance, plan: Plan, tuning: PeriodTuning, day: int, scratch: PeriodScratch, dice: Dice) -> int:
    """Removes strings near a random customer, on ``day`` or (negative) on any; returns how many customers left."""
    on, total, near, touched = plan.routes.on, plan.routes.total, inst.near, scratch.touched
    n, days = on.shape
    stops, driven, count = 0, 0, 0
    for r in range(total.shape[0]):
        touched[r] = False
        stops += total[r, SIZE]
        driven += total[r, SIZE] > 0
    longest = min(tuning.longest_string, max(1.0, stops / max(1, driven)))
    strings = 1 + int(roll(dice) * max(1.0, 4.0 * tuning.mean_removed / (1.0 + longest) - 1.0))
    seed = int(roll(dice) * n)
    for k in range(n):
        c = seed if k == 0 else near[seed, k - 1]
        d = day
        if day < 0:
            d = int(roll(dice) * days)
            for _ in range(days):
                if on[c, d] != NOWHERE:
                    break
                d = (d + 1) % days
        r = on[c, d]
        if r != NOWHERE and not touched[r]:
            count = _ruin_route(plan, r, c, day, longest, count, scratch, dice)
            strings -= 1
            if strings == 0:
                break
    return count
