"""Routes as compiled code keeps them: their times, changes to them, and what they are worth."""

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled
from bot.domain.planning.instance import Instance, Routes
from bot.domain.planning.model import LUNCH

Dice = NDArray[np.uint64]
NEVER = 1 << 60


@compiled
def roll(dice: Dice) -> float:
    """A float in [0, 1): xorshift64*, its state in ``dice``, so that threads share nothing."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def refresh(inst: Instance, routes: Routes, r: int) -> bool:
    """Recomputes the times of a route after a change; False when it cannot be driven."""
    end = inst.service.shape[0] + 2 * r + 1
    item, node, departs = routes.item[r], routes.node[r], routes.departs[r]
    latest, leg, size = routes.latest[r], routes.leg[r], routes.size[r]
    item[0], node[0], departs[0] = end - 1, end - 1, inst.leaves[r]
    item[size + 1], node[size + 1] = end, end
    for p in range(1, size + 1):
        c = item[p]
        start = NEVER
        if c == LUNCH:
            node[p], leg[p - 1] = node[p - 1], 0
            if departs[p - 1] <= inst.lunch_closes[r]:
                start = max(departs[p - 1], inst.lunch_opens[r])
                departs[p] = start + inst.lunch_s[r]
        else:
            node[p], leg[p - 1] = c, inst.travel[node[p - 1], c]
            arrival = departs[p - 1] + leg[p - 1]
            for w in range(inst.window_from[c], inst.window_from[c + 1]):
                if arrival <= inst.closes[w]:
                    start = max(arrival, inst.opens[w])
                    break
            departs[p] = start + inst.service[c]
        if start == NEVER:
            return False
    leg[size] = inst.travel[node[size], end]
    departs[size + 1] = departs[size] + leg[size]
    latest[size + 1] = inst.ends[r]
    for p in range(size, 0, -1):
        c, bound = item[p], latest[p + 1] - leg[p]
        if c == LUNCH:
            latest[p] = min(bound - inst.lunch_s[r], inst.lunch_closes[r])
            continue
        bound -= inst.service[c]
        latest[p] = -NEVER
        for w in range(inst.window_from[c + 1] - 1, inst.window_from[c] - 1, -1):
            if inst.opens[w] <= bound:
                latest[p] = min(bound, inst.closes[w])
                break
    return bool(departs[size + 1] <= inst.ends[r])


@compiled
def insert(inst: Instance, routes: Routes, c: int, r: int, p: int) -> None:
    """Puts ``c`` after position ``p`` of route ``r``; the caller knows that this can be driven."""
    item = routes.item[r]
    for q in range(routes.size[r], p, -1):
        item[q + 1] = item[q]
    item[p + 1] = c
    routes.size[r] += 1
    if c != LUNCH:
        routes.route_of[c] = r
    refresh(inst, routes, r)


@compiled
def evaluate(inst: Instance, routes: Routes, prize: NDArray[np.float64]) -> float:
    """Prizes won less travel."""
    value = 0.0
    for r in range(routes.size.shape[0]):
        value -= routes.leg[r, 0]
        for p in range(1, routes.size[r] + 1):
            value -= routes.leg[r, p]
            if routes.item[r, p] != LUNCH:
                value += prize[routes.item[r, p]]
    return value


@compiled
def copy_routes(source: Routes, target: Routes) -> None:
    for r in range(source.size.shape[0]):
        for p in range(source.size[r] + 2):
            target.item[r, p] = source.item[r, p]
            target.node[r, p] = source.node[r, p]
            target.departs[r, p] = source.departs[r, p]
            target.latest[r, p] = source.latest[r, p]
            target.leg[r, p] = source.leg[r, p]
    target.size[:] = source.size
    target.route_of[:] = source.route_of
