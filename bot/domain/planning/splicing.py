"""Breeding plans: the beginning of one route joined to the end of another, which annealing alone hardly reaches."""

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled
from bot.domain.planning.instance import GUIDING, Instance
from bot.domain.planning.model import LUNCH
from bot.domain.planning.routes import (
    DEPARTS,
    FINISHES,
    ITEM,
    LATEST,
    LEG,
    LUNCH_S,
    NODE,
    NOWHERE,
    SIZE,
    THERE,
    Dice,
    Routes,
    copy_routes,
    refresh,
    roll,
)
from bot.domain.planning.search import Scratch, Tuning, recreate

_JOINS_TRIED = 8


@compiled
def _find_join(
    inst: Instance, first: Routes, second: Routes, r: int, other: int, held: NDArray[np.bool_], dice: Dice
) -> tuple[int, int]:
    """(i, j): the beginning of ``first`` up to i and the end of ``second`` from j on are worth most together.

    Only a few i are looked at, all j for each. (-1, -1) when nothing new can be driven.
    """
    head, tail, size, rest = first.stop, second.stop, first.total[r, SIZE], second.total[other, SIZE]
    prize, legs, allowed, end = inst.prize, inst.ground.legs, inst.allowed, inst.ground.shift[r, FINISHES]
    best_value, best_i, best_j = -np.inf, -1, -1
    for _ in range(_JOINS_TRIED):
        i = int(roll(dice) * (size + 1))
        value = 0.0
        for c in range(held.shape[0]):
            held[c] = first.on[c, 0] != NOWHERE and first.on[c, 0] != r
        for p in range(1, i + 1):
            value -= head[r, p - 1, LEG]
            if head[r, p, ITEM] != LUNCH:
                held[head[r, p, ITEM]] = True
                value += prize[GUIDING, head[r, p, ITEM]]
        for j in range(rest + 1, 0, -1):
            item, node = tail[other, j, ITEM], end
            if j <= rest:
                value -= tail[other, j, LEG]
                if item == LUNCH or not allowed[item, r]:
                    continue
                node = item
                if not held[item]:
                    value += prize[GUIDING, item]
            onward = legs[THERE, head[r, i, NODE], node]
            if head[r, i, DEPARTS] + onward > tail[other, j, LATEST]:
                break
            if value - onward > best_value and (i == size or j > rest or head[r, i + 1, ITEM] != item):
                best_value, best_i, best_j = value - onward, i, j
    return best_i, best_j


@compiled
def splice(
    inst: Instance, first: Routes, second: Routes, child: Routes, tuning: Tuning, scratch: Scratch, dice: Dice
) -> bool:
    """Makes ``child`` of one plan's beginning and another's end, then fills it; False when that cannot be driven.

    Under time windows a route is nearly independent before and after a moment, so that the best morning of one plan
    may meet the best afternoon of another, which a single annealing run hardly reaches.
    """
    m = first.total.shape[0]
    r = int(roll(dice) * m)
    other = r if roll(dice) < 0.5 else int(roll(dice) * m)
    i, j = _find_join(inst, first, second, r, other, scratch.marked, dice)
    if i < 0:
        return False
    copy_routes(first, child)
    lunch_wanted = inst.ground.shift[r, LUNCH_S] > 0
    for p in range(1, child.total[r, SIZE] + 1):
        c = child.stop[r, p, ITEM]
        if p <= i and c == LUNCH:
            lunch_wanted = False
        if p > i and c != LUNCH:
            child.on[c, 0] = NOWHERE
    size = i
    for p in range(j, second.total[other, SIZE] + 1):
        c = second.stop[other, p, ITEM]
        if c == LUNCH:
            if not lunch_wanted:
                continue
        elif child.on[c, 0] != NOWHERE or not inst.allowed[c, r]:
            continue
        else:
            child.on[c, 0] = r
        size += 1
        child.stop[r, size, ITEM] = c
    child.total[r, SIZE] = size
    if not refresh(inst.ground, child, r):
        return False
    scratch.marked[:] = True
    return recreate(inst, child, tuning, 0, scratch, dice)
