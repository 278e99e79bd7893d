"""The compiled moves of the day planner: ruin and recreate under simulated annealing, and the splicing of routes.

Ruin takes strings of neighbouring stops out, recreate puts absent candidates back in mixed orders with random blinks
(Christiaens and Vanden Berghe, 2020: slack induction by string removals). Earliest departures and latest arrivals
make the check of an insertion constant time. Everything is in numbers: see ``model`` and ``instance``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled
from bot.domain.planning.instance import ABSENT, Instance, Routes
from bot.domain.planning.model import LUNCH
from bot.domain.planning.routes import NEVER, Dice, copy_routes, evaluate, insert, refresh, roll

_BUCKETS = 128
_JOINS_TRIED = 8


class Tuning(NamedTuple):
    """How the search behaves. Temperatures are in travel seconds, as the value of a plan is."""

    hottest: float
    coldest: float
    mean_removed: float
    longest_string: float
    blink: float  # chance that a better place is overlooked
    nearby: int  # absent candidates this near to the ruin are tried again …
    stray: float  # … and each other one with this chance


class Scratch(NamedTuple):
    """Memory that the moves reuse: n entries each."""

    order: NDArray[np.int64]
    keys: NDArray[np.float64]
    marked: NDArray[np.bool_]


@compiled
def _put_lunch_back(inst: Instance, routes: Routes, r: int, dice: Dice) -> bool:
    """Inserts a missing lunch at a feasible place, each as likely: wherever it is, it costs no travel."""
    for p in range(1, routes.size[r] + 1):
        if routes.item[r, p] == LUNCH:
            return True
    departs, latest, leg = routes.departs[r], routes.latest[r], routes.leg[r]
    chosen, seen = -1, 0
    for p in range(routes.size[r] + 1):
        if departs[p] > inst.lunch_closes[r]:
            break
        if max(departs[p], inst.lunch_opens[r]) + inst.lunch_s[r] + leg[p] <= latest[p + 1]:
            seen += 1
            if roll(dice) * seen < 1.0:
                chosen = p
    if chosen >= 0:
        insert(inst, routes, LUNCH, r, chosen)
    return chosen >= 0


@compiled
def _remove_string(routes: Routes, r: int, c: int, longest: float, removed: NDArray[np.bool_], dice: Dice) -> None:
    """Removes a run of items around ``c``, half the time sparing some in its middle; lunch goes half the time."""
    item, size = routes.item[r], routes.size[r]
    length = int(1 + roll(dice) * min(longest, float(size)))
    at = 1
    while item[at] != c:
        at += 1
    first = max(1, min(at - int(roll(dice) * length), size - length + 1))
    spared = 0
    if length > 1 and roll(dice) < 0.5:
        while first + length + spared <= size and roll(dice) < 0.5:
            spared += 1
    spared_from = first + int(roll(dice) * length)
    out, write = 0, first
    for p in range(first, size + 1):
        if out < length and not spared_from <= p < spared_from + spared:
            out += 1
            if item[p] != LUNCH:
                routes.route_of[item[p]] = ABSENT
                removed[item[p]] = True
                continue
            if roll(dice) < 0.5:
                continue
        item[write] = item[p]
        write += 1
    routes.size[r] = write - 1


@compiled
def _ruin(inst: Instance, routes: Routes, tuning: Tuning, seed: int, removed: NDArray[np.bool_], dice: Dice) -> bool:
    """Removes strings around candidate ``seed`` and marks them; False when a route cannot be driven any more."""
    removed[:] = False
    m = inst.leaves.shape[0]
    longest = min(tuning.longest_string, max(1.0, routes.size.sum() / m))
    strings = 1 + int(roll(dice) * max(1.0, 4.0 * tuning.mean_removed / (1.0 + longest) - 1.0))
    for k in range(inst.service.shape[0]):
        c = seed if k == 0 else inst.near[seed, k - 1]
        r = routes.route_of[c]
        if r != ABSENT:
            _remove_string(routes, r, c, longest, removed, dice)
            strings -= 1
            if strings == 0:
                break
    drivable = True
    for r in range(m):
        drivable = drivable and refresh(inst, routes, r)
    return drivable


@compiled
def _order_absent(inst: Instance, routes: Routes, tuning: Tuning, seed: int, scratch: Scratch, dice: Dice) -> int:
    """Writes candidates to put back into ``scratch.order``, required first, the rest in one of four shaken orders.

    Those are: any; most prize; most prize for its time; soonest closing.
    """
    order, keys = scratch.order, scratch.keys
    prize, service, closes, window_from = inst.prize, inst.service, inst.closes, inst.window_from
    manner = roll(dice)
    count, low, high = 0, np.inf, -np.inf
    for c in range(inst.service.shape[0]):
        if routes.route_of[c] != ABSENT or window_from[c] == window_from[c + 1]:
            continue
        if not scratch.marked[c] and inst.rank[seed, c] > tuning.nearby and roll(dice) > tuning.stray:
            continue
        shake = 0.5 + roll(dice)
        if manner < 0.3:
            key = shake
        elif manner < 0.55:
            key = -prize[c] * shake
        elif manner < 0.8:
            key = -prize[c] / (service[c] + 1.0) * shake
        else:
            key = closes[window_from[c + 1] - 1] * shake
        keys[c], order[count] = key, c
        low, high, count = min(low, key), max(high, key), count + 1
    _sort_coarsely(order, keys, count, low, high)
    front = 0
    for k in range(count):
        if inst.required[order[k]]:
            order[front], order[k] = order[k], order[front]
            front += 1
    return count


@compiled
def _sort_coarsely(order: NDArray[np.int64], keys: NDArray[np.float64], count: int, low: float, high: float) -> None:
    """Sorts by key into buckets: linear, and fine enough for keys that were shaken anyway."""
    if high <= low:
        return
    before = np.zeros(_BUCKETS + 1, dtype=np.int64)
    scale = (_BUCKETS - 0.001) / (high - low)
    for k in range(count):
        before[int((keys[order[k]] - low) * scale) + 1] += 1
    for bucket in range(_BUCKETS):
        before[bucket + 1] += before[bucket]
    unsorted = order[:count].copy()
    for c in unsorted:
        bucket = int((keys[c] - low) * scale)
        order[before[bucket]] = c
        before[bucket] += 1


@compiled
def _recreate(inst: Instance, routes: Routes, tuning: Tuning, seed: int, scratch: Scratch, dice: Dice) -> bool:
    """Puts back lunches, then required, then optional candidates; False when something required found no place."""
    for r in range(inst.leaves.shape[0]):
        if inst.lunch_s[r] > 0 and not _put_lunch_back(inst, routes, r, dice):
            return False
    count = _order_absent(inst, routes, tuning, seed, scratch, dice)
    return _insert_in_order(inst, routes, scratch.order[:count], tuning.blink, dice)


@compiled
def _insert_in_order(inst: Instance, routes: Routes, order: NDArray[np.int64], blink: float, dice: Dice) -> bool:
    """Inserts each candidate where it adds least travel, if it is worth that; False when a required one is not in.

    One loop without calls: passing the arrays to a function for every place would cost more than the place.
    """
    item, node, departs, latest = routes.item, routes.node, routes.departs, routes.latest
    leg, size = routes.leg, routes.size
    opens, closes, lunch_opens, lunch_closes = inst.opens, inst.closes, inst.lunch_opens, inst.lunch_closes
    for c in order:
        best_added, best_route, best_place = NEVER, -1, -1
        first, last = inst.window_from[c], inst.window_from[c + 1]
        opening, closing, duration = opens[first], closes[last - 1], inst.service[c]
        from_here, to_here = inst.travel[c], inst.back[c]
        for r in range(size.shape[0]):
            if not inst.allowed[c, r]:
                continue
            for p in range(size[r] + 1):
                if departs[r, p] > closing:
                    break
                following = p + 1
                if latest[r, following] < opening + duration and item[r, following] != LUNCH:
                    continue
                there = to_here[node[r, p]]
                arrival = departs[r, p] + there
                if arrival > closing:
                    continue
                start = max(arrival, opening)
                if last - first > 1:
                    for w in range(first, last):
                        if arrival <= closes[w]:
                            start = max(arrival, opens[w])
                            break
                leaves, saved = start + duration, leg[r, p]
                if item[r, following] == LUNCH:  # lunch moves to the new stop, and the leg after it changes
                    if leaves > lunch_closes[r]:
                        continue
                    leaves = max(leaves, lunch_opens[r]) + inst.lunch_s[r]
                    saved = leg[r, following]
                    following += 1
                onward = from_here[node[r, following]]
                if leaves + onward > latest[r, following]:
                    continue
                added = there + onward - saved
                if added < best_added and roll(dice) >= blink:
                    best_added, best_route, best_place = added, r, p
        if best_route >= 0 and (inst.required[c] or best_added < inst.worth[c]):
            insert(inst, routes, c, best_route, best_place)
        elif inst.required[c]:
            return False
    return True


@compiled
def anneal(
    inst: Instance, current: Routes, trial: Routes, best: Routes, tuning: Tuning, scratch: Scratch,
    iterations: int, progress: tuple[float, float], dice: Dice,
) -> float:  # fmt: skip
    """A stretch of annealing from ``current``, the temperature falling from one ``progress`` (0 to 1) to the other.

    Returns the worth of ``best``, which it improves in place. ``current`` must be drivable; ``trial`` is scratch.
    """
    value, best_worth = evaluate(inst, current, inst.prize), evaluate(inst, best, inst.worth)
    fall = tuning.coldest / tuning.hottest
    temperature = tuning.hottest * fall ** progress[0]
    cooling = fall ** ((progress[1] - progress[0]) / max(1, iterations))
    copy_routes(current, trial)
    for _ in range(iterations):
        temperature *= cooling
        seed = int(roll(dice) * inst.service.shape[0])
        kept = _ruin(inst, trial, tuning, seed, scratch.marked, dice)
        if kept and _recreate(inst, trial, tuning, seed, scratch, dice):
            found = evaluate(inst, trial, inst.prize)
            kept = found > value + temperature * np.log(roll(dice) + 1e-300)
        else:
            kept = False
        if not kept:
            copy_routes(current, trial)
            continue
        value = found
        copy_routes(trial, current)
        worth = evaluate(inst, trial, inst.worth)
        if worth > best_worth:
            best_worth = worth
            copy_routes(trial, best)
    return best_worth


@compiled
def _find_join(
    inst: Instance, first: Routes, second: Routes, r: int, other: int, held: NDArray[np.bool_], dice: Dice
) -> tuple[int, int]:
    """(i, j): the beginning of ``first`` up to i and the end of ``second`` from j on are worth most together.

    Only a few i are looked at, all j for each. (-1, -1) when nothing new can be driven.
    """
    item, size = second.item[other], second.size[other]
    best_value, best_i, best_j = -np.inf, -1, -1
    for _ in range(_JOINS_TRIED):
        i = int(roll(dice) * (first.size[r] + 1))
        value = 0.0
        for c in range(held.shape[0]):
            held[c] = first.route_of[c] != ABSENT and first.route_of[c] != r
        for p in range(1, i + 1):
            value -= first.leg[r, p - 1]
            if first.item[r, p] != LUNCH:
                held[first.item[r, p]] = True
                value += inst.prize[first.item[r, p]]
        for j in range(size + 1, 0, -1):
            node = second.node[other, j] if j <= size else inst.service.shape[0] + 2 * r + 1
            if j <= size:
                value -= second.leg[other, j]
                if item[j] == LUNCH or not inst.allowed[item[j], r]:
                    continue
                if not held[item[j]]:
                    value += inst.prize[item[j]]
            onward = inst.travel[first.node[r, i], node]
            if first.departs[r, i] + onward > second.latest[other, j]:
                break
            if value - onward > best_value and (i == first.size[r] or j > size or first.item[r, i + 1] != item[j]):
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
    m = inst.leaves.shape[0]
    r = int(roll(dice) * m)
    other = r if roll(dice) < 0.5 else int(roll(dice) * m)
    i, j = _find_join(inst, first, second, r, other, scratch.marked, dice)
    if i < 0:
        return False
    copy_routes(first, child)
    lunch_wanted = inst.lunch_s[r] > 0
    for p in range(1, child.size[r] + 1):
        c = child.item[r, p]
        if p <= i and c == LUNCH:
            lunch_wanted = False
        if p > i and c != LUNCH:
            child.route_of[c] = ABSENT
    size = i
    for p in range(j, second.size[other] + 1):
        c = second.item[other, p]
        if c == LUNCH:
            if not lunch_wanted:
                continue
        elif child.route_of[c] != ABSENT or not inst.allowed[c, r]:
            continue
        else:
            child.route_of[c] = r
        size += 1
        child.item[r, size] = c
    child.size[r] = size
    if not refresh(inst, child, r):
        return False
    scratch.marked[:] = True
    return _recreate(inst, child, tuning, 0, scratch, dice)
