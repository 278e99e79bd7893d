"""The compiled moves of the day planner: ruin and recreate under simulated annealing.

Ruin takes strings of neighbouring stops out, recreate puts absent candidates back in mixed orders with random blinks
(Christiaens and Vanden Berghe, 2020: slack induction by string removals). Earliest departures and latest arrivals
make the check of an insertion constant time. Everything is in numbers: see ``model``, ``routes`` and ``instance``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled, uncounted
from bot.domain.planning.instance import DECISIVE, GUIDING, Instance
from bot.domain.planning.model import LUNCH
from bot.domain.planning.routes import (
    BACK,
    CLOSES,
    DEPARTS,
    FIRST,
    ITEM,
    LAST,
    LATEST,
    LEG,
    LUNCH_CLOSES,
    LUNCH_OPENS,
    LUNCH_S,
    NEVER,
    NODE,
    NOWHERE,
    OPENS,
    SERVICE,
    SIZE,
    THERE,
    TRAVEL,
    Dice,
    Routes,
    borrow_ground,
    borrow_routes,
    copy_routes,
    insert,
    put_lunch_back,
    refresh,
    roll,
)

_BUCKETS = 128


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
def _remove_string(routes: Routes, r: int, c: int, longest: float, removed: NDArray[np.bool_], dice: Dice) -> None:
    """Removes a run of items around ``c``, half the time sparing some in its middle; lunch goes half the time."""
    stop, on, size = routes.stop, routes.on, routes.total[r, SIZE]
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
    out, write = 0, first
    for p in range(first, size + 1):
        item = stop[r, p, ITEM]
        if out < length and not spared_from <= p < spared_from + spared:
            out += 1
            if item != LUNCH:
                on[item, 0] = NOWHERE
                removed[item] = True
                continue
            if roll(dice) < 0.5:
                continue
        stop[r, write, ITEM] = item
        write += 1
    routes.total[r, SIZE] = write - 1


@compiled
def _ruin(inst: Instance, routes: Routes, tuning: Tuning, seed: int, removed: NDArray[np.bool_], dice: Dice) -> bool:
    """Removes strings around candidate ``seed`` and marks them; False when a route cannot be driven any more."""
    removed[:] = False
    m, on, near = routes.total.shape[0], routes.on, inst.near
    stops = 0
    for r in range(m):
        stops += routes.total[r, SIZE]
    longest = min(tuning.longest_string, max(1.0, stops / m))
    strings = 1 + int(roll(dice) * max(1.0, 4.0 * tuning.mean_removed / (1.0 + longest) - 1.0))
    for k in range(removed.shape[0]):
        c = seed if k == 0 else near[seed, k - 1]
        if on[c, 0] != NOWHERE:
            _remove_string(routes, on[c, 0], c, longest, removed, dice)
            strings -= 1
            if strings == 0:
                break
    drivable = True
    for r in range(m):
        drivable = drivable and refresh(inst.ground, routes, r)
    return drivable


@compiled
def _order_absent(inst: Instance, routes: Routes, tuning: Tuning, seed: int, scratch: Scratch, dice: Dice) -> int:
    """Writes candidates to put back into ``scratch.order``, required first, the rest in one of four shaken orders.

    Those are: any; most prize; most prize for its time; soonest closing.
    """
    order, keys, marked = scratch.order, scratch.keys, scratch.marked
    prize, required, rank, on = inst.prize, inst.required, inst.rank, routes.on
    visit, span, window = inst.ground.visit, inst.ground.span, inst.ground.window
    manner = roll(dice)
    count, low, high = 0, np.inf, -np.inf
    for c in range(order.shape[0]):
        if on[c, 0] != NOWHERE or span[c, 0, FIRST] == span[c, 0, LAST]:
            continue
        if not marked[c] and rank[seed, c] > tuning.nearby and roll(dice) > tuning.stray:
            continue
        shake = 0.5 + roll(dice)
        if manner < 0.3:
            key = shake
        elif manner < 0.55:
            key = -prize[GUIDING, c] * shake
        elif manner < 0.8:
            key = -prize[GUIDING, c] / (visit[c, SERVICE] + 1.0) * shake
        else:
            key = window[span[c, 0, LAST] - 1, CLOSES] * shake
        keys[c], order[count] = key, c
        low, high, count = min(low, key), max(high, key), count + 1
    _sort_coarsely(order, keys, count, low, high)
    front = 0
    for k in range(count):
        if required[order[k]]:
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
def recreate(inst: Instance, routes: Routes, tuning: Tuning, seed: int, scratch: Scratch, dice: Dice) -> bool:
    """Puts back lunches, then required, then optional candidates; False when something required found no place."""
    for r in range(routes.total.shape[0]):
        if not put_lunch_back(inst.ground, routes, r, dice):
            return False
    count = _order_absent(inst, routes, tuning, seed, scratch, dice)
    return _insert_in_order(inst, routes, scratch.order, count, tuning.blink, dice)


@compiled
def _insert_in_order(
    inst: Instance, routes: Routes, order: NDArray[np.int64], count: int, blink: float, dice: Dice
) -> bool:
    """Inserts each candidate where it adds least travel, if it is worth that; False when a required one is not in.

    One loop without calls: passing the arrays to a function for every place would cost more than the place.
    """
    ground, stop, total = inst.ground, routes.stop, routes.total
    legs, visit, span, window, shift = ground.legs, ground.visit, ground.span, ground.window, ground.shift
    allowed, required, prize = inst.allowed, inst.required, inst.prize
    for k in range(count):
        c = order[k]
        best_added, best_route, best_place = NEVER, -1, -1
        first, last, duration = span[c, 0, FIRST], span[c, 0, LAST], visit[c, SERVICE]
        opening, closing = window[first, OPENS], window[last - 1, CLOSES]
        for r in range(total.shape[0]):
            if not allowed[c, r]:
                continue
            for p in range(total[r, SIZE] + 1):
                departs = stop[r, p, DEPARTS]
                if departs > closing:
                    break
                following = p + 1
                if stop[r, following, LATEST] < opening + duration and stop[r, following, ITEM] != LUNCH:
                    continue
                there = np.int64(legs[BACK, c, stop[r, p, NODE]])
                arrival = departs + there
                if arrival > closing:
                    continue
                start = max(arrival, opening)
                if last - first > 1:
                    for w in range(first, last):
                        if arrival <= window[w, CLOSES]:
                            start = max(arrival, window[w, OPENS])
                            break
                leaves, saved = start + duration, stop[r, p, LEG]
                if stop[r, following, ITEM] == LUNCH:  # lunch moves to the new stop, and the leg after it changes
                    if leaves > shift[r, LUNCH_CLOSES]:
                        continue
                    leaves = max(leaves, shift[r, LUNCH_OPENS]) + shift[r, LUNCH_S]
                    saved = stop[r, following, LEG]
                    following += 1
                onward = np.int64(legs[THERE, c, stop[r, following, NODE]])
                if leaves + onward > stop[r, following, LATEST]:
                    continue
                added = there + onward - saved
                if added < best_added and roll(dice) >= blink:
                    best_added, best_route, best_place = added, r, p
        if best_route >= 0 and (required[c] or best_added < prize[DECISIVE, c]):
            insert(ground, routes, c, best_route, best_place)
        elif required[c]:
            return False
    return True


@compiled
def evaluate(prize: NDArray[np.float64], row: int, routes: Routes) -> float:
    """Prizes won, of one row of ``prize``, less travel."""
    value = 0.0
    for r in range(routes.total.shape[0]):
        value -= routes.total[r, TRAVEL]
    for c in range(prize.shape[1]):
        if routes.on[c, 0] != NOWHERE:
            value += prize[row, c]
    return value


@compiled
def _borrow_instance(inst: Instance) -> Instance:
    """The same arrays, ``uncounted``."""
    return Instance(
        borrow_ground(inst.ground),
        uncounted(inst.prize),
        uncounted(inst.required),
        uncounted(inst.allowed),
        uncounted(inst.near),
        uncounted(inst.rank),
    )


@compiled
def anneal(
    given: Instance, given_current: Routes, given_trial: Routes, given_best: Routes, tuning: Tuning,
    given_scratch: Scratch, iterations: int, progress: tuple[float, float], given_dice: Dice,
) -> float:  # fmt: skip
    """A stretch of annealing from ``given_current``, which must be drivable; ``given_trial`` is scratch.

    The temperature falls from one ``progress`` (0 to 1) to the other. Returns the worth of ``given_best``, which it
    improves in place.
    """
    inst, dice = _borrow_instance(given), uncounted(given_dice)
    current, trial, best = borrow_routes(given_current), borrow_routes(given_trial), borrow_routes(given_best)
    scratch = Scratch(
        uncounted(given_scratch.order), uncounted(given_scratch.keys), uncounted(given_scratch.marked)
    )  # fmt: skip
    value, best_worth = evaluate(inst.prize, GUIDING, current), evaluate(inst.prize, DECISIVE, best)
    fall = tuning.coldest / tuning.hottest
    temperature = tuning.hottest * fall ** progress[0]
    cooling = fall ** ((progress[1] - progress[0]) / max(1, iterations))
    copy_routes(current, trial)
    for _ in range(iterations):
        temperature *= cooling
        seed = int(roll(dice) * scratch.marked.shape[0])
        kept = _ruin(inst, trial, tuning, seed, scratch.marked, dice)
        if kept and recreate(inst, trial, tuning, seed, scratch, dice):
            found = evaluate(inst.prize, GUIDING, trial)
            kept = found > value + temperature * np.log(roll(dice) + 1e-300)
        else:
            kept = False
        if not kept:
            copy_routes(current, trial)
            continue
        value = found
        copy_routes(trial, current)
        worth = evaluate(inst.prize, DECISIVE, trial)
        if worth > best_worth:
            best_worth = worth
            copy_routes(trial, best)
    return best_worth
