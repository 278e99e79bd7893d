"""Routes as compiled code keeps them: one rep's day each, of one day or of many; their times, and changes to them.

Numbers are packed into few arrays with named columns: compiled code counts references of every array that it passes
on, which with one array a quantity costs more than the search itself.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.compiling import compiled, inlined, uncounted
from bot.domain.planning.model import LUNCH

Ints = NDArray[np.int64]
Legs = NDArray[np.int32]
Dice = NDArray[np.uint64]

NEVER = 1 << 60
NOWHERE = -1

THERE, BACK = 0, 1  # legs[THERE, a, b] and legs[BACK, b, a]: from a to b
SERVICE, DEMAND = 0, 1
FIRST, LAST = 0, 1
OPENS, CLOSES = 0, 1
ITEM, NODE, DEPARTS, LATEST, LEG = 0, 1, 2, 3, 4
SIZE, TRAVEL, LOAD, VERSION = 0, 1, 2, 3
DAY, BEGINS, FINISHES, LEAVES, ENDS, LUNCH_OPENS, LUNCH_CLOSES, LUNCH_S, CAPACITY, LONGEST = range(10)
SHIFT_COLUMNS = 10


class Ground(NamedTuple):
    """What does not change: n candidates, t days, routes with a shift each."""

    legs: Legs  # (2, nodes, nodes): travel, and travel transposed: all ways to a place in one row
    visit: Ints  # (n, 2): SERVICE, DEMAND
    span: Ints  # (n, t, 2): the windows of a candidate on a day are numbers FIRST to LAST - 1
    window: Ints  # (windows, 2): OPENS, CLOSES
    shift: Ints  # (routes, 10): DAY; nodes where it BEGINS and FINISHES; LEAVES, ENDS; lunch (LUNCH_S 0: none);
    # the load (CAPACITY) and duration (LONGEST) that are free of penalty


class Routes(NamedTuple):
    """Row r of ``stop``: its start at 0, ``total[r, SIZE]`` items, its end. LUNCH is an item at the node before it."""

    stop: Ints  # (routes, room, 5): ITEM, NODE, earliest time it DEPARTS, LATEST arrival that holds, LEG to the next
    total: Ints  # (routes, 4): SIZE, TRAVEL, LOAD; VERSION, for searches that remember what they found in a route
    on: Ints  # (n, t): the route that visits a candidate on a day, or NOWHERE


def make_routes(candidates: int, days: int, routes: int) -> Routes:
    """Empty routes with room for every candidate on each; ``refresh`` fills in their times."""
    return Routes(
        stop=np.zeros((routes, candidates + 4, 5), dtype=np.int64),  # start, end, lunch and one to spare
        total=np.zeros((routes, 4), dtype=np.int64),
        on=np.full((candidates, days), NOWHERE, dtype=np.int64),
    )


@compiled
def borrow_ground(ground: Ground) -> Ground:
    """The same arrays, ``uncounted``."""
    return Ground(
        uncounted(ground.legs),
        uncounted(ground.visit),
        uncounted(ground.span),
        uncounted(ground.window),
        uncounted(ground.shift),
    )


@compiled
def borrow_routes(routes: Routes) -> Routes:
    return Routes(uncounted(routes.stop), uncounted(routes.total), uncounted(routes.on))


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
def refresh(ground: Ground, routes: Routes, r: int) -> bool:
    """Recomputes the times of a route after a change; False when it cannot be driven."""
    shift, stop, size = ground.shift, routes.stop, routes.total[r, SIZE]
    start, end, load = shift[r, BEGINS], shift[r, FINISHES], np.int64(0)
    stop[r, 0, ITEM], stop[r, 0, NODE], stop[r, 0, DEPARTS] = start, start, shift[r, LEAVES]
    stop[r, size + 1, ITEM], stop[r, size + 1, NODE], stop[r, size + 1, LATEST] = end, end, shift[r, ENDS]
    for p in range(1, size + 1):
        if stop[r, p, ITEM] != LUNCH:
            load += ground.visit[stop[r, p, ITEM], DEMAND]
    routes.total[r, LOAD] = load
    if not _look_ahead(ground, routes, r, 1, size + 2):
        return False
    _look_back(ground, routes, r, size, 0)
    return bool(stop[r, size + 1, DEPARTS] <= shift[r, ENDS])


@inlined
def _look_ahead(ground: Ground, routes: Routes, r: int, first: int, settled: int) -> bool:
    """Legs, departures and travel of a route from ``first`` on; False when a visit comes too late.

    From ``settled`` on legs are as they were: where a departure is, too, so is all that follows.
    """
    legs, visit, span, window, shift = ground.legs, ground.visit, ground.span, ground.window, ground.shift
    stop, size, day = routes.stop, routes.total[r, SIZE], shift[r, DAY]
    here, clock = stop[r, first - 1, NODE], stop[r, first - 1, DEPARTS]
    unchanged = False
    for p in range(first, size + 1):
        c, onward, start = stop[r, p, ITEM], np.int64(0), NEVER
        if c == LUNCH:
            if clock <= shift[r, LUNCH_CLOSES]:
                start = max(clock, shift[r, LUNCH_OPENS])
                clock = start + shift[r, LUNCH_S]
        else:
            onward = np.int64(legs[THERE, here, c])
            for w in range(span[c, day, FIRST], span[c, day, LAST]):
                if clock + onward <= window[w, CLOSES]:
                    start = max(clock + onward, window[w, OPENS])
                    break
            here, clock = c, start + visit[c, SERVICE]
        stop[r, p - 1, LEG], stop[r, p, NODE] = onward, here
        if start == NEVER:
            return False
        unchanged = p >= settled and stop[r, p, DEPARTS] == clock
        stop[r, p, DEPARTS] = clock
        if unchanged:
            break
    if not unchanged:
        stop[r, size, LEG] = legs[THERE, here, shift[r, FINISHES]]
        stop[r, size + 1, DEPARTS] = clock + stop[r, size, LEG]
    travel = np.int64(0)
    for p in range(size + 1):
        travel += stop[r, p, LEG]
    routes.total[r, TRAVEL] = travel
    return True


@inlined
def _look_back(ground: Ground, routes: Routes, r: int, last: int, settled: int) -> None:
    """The latest arrivals that hold, from ``last`` back; up to ``settled`` one that is as it was ends it."""
    visit, span, window, shift = ground.visit, ground.span, ground.window, ground.shift
    stop, day = routes.stop, shift[r, DAY]
    bound = stop[r, last + 1, LATEST]
    for p in range(last, 0, -1):
        c = stop[r, p, ITEM]
        bound -= stop[r, p, LEG]
        if c == LUNCH:
            bound = min(bound - shift[r, LUNCH_S], shift[r, LUNCH_CLOSES])
        else:
            bound -= visit[c, SERVICE]
            by = -NEVER
            for w in range(span[c, day, LAST] - 1, span[c, day, FIRST] - 1, -1):
                if window[w, OPENS] <= bound:
                    by = min(bound, window[w, CLOSES])
                    break
            bound = by
        if p <= settled and stop[r, p, LATEST] == bound:
            return
        stop[r, p, LATEST] = bound


@compiled
def insert(ground: Ground, routes: Routes, c: int, r: int, p: int) -> None:
    """Puts ``c`` after position ``p`` of a route whose times are right; the caller knows that it can be driven."""
    stop, size = routes.stop, routes.total[r, SIZE]
    for q in range(size + 1, p, -1):
        for column in range(5):
            stop[r, q + 1, column] = stop[r, q, column]
    stop[r, p + 1, ITEM] = c
    routes.total[r, SIZE] = size + 1
    if c != LUNCH:
        routes.on[c, ground.shift[r, DAY]] = r
        routes.total[r, LOAD] += ground.visit[c, DEMAND]
    _look_ahead(ground, routes, r, p + 1, p + 3)
    _look_back(ground, routes, r, p + 2 if stop[r, p + 2, ITEM] == LUNCH else p + 1, p)


@inlined
def remove(routes: Routes, c: int, day: int) -> int:
    """Takes the visit of ``c`` out of ``day`` and returns its route, whose times the caller refreshes."""
    r = routes.on[c, day]
    stop, size = routes.stop, routes.total[r, SIZE]
    p = 1
    while stop[r, p, ITEM] != c:
        p += 1
    for q in range(p, size):
        stop[r, q, ITEM] = stop[r, q + 1, ITEM]
    routes.total[r, SIZE] = size - 1
    routes.on[c, day] = NOWHERE
    return int(r)


@compiled
def put_lunch_back(ground: Ground, routes: Routes, r: int, dice: Dice) -> bool:
    """Inserts a missing lunch at a feasible place, each as likely: wherever it is, it costs no travel."""
    stop, size = routes.stop, routes.total[r, SIZE]
    opens, closes, lunch_s = (
        ground.shift[r, LUNCH_OPENS], ground.shift[r, LUNCH_CLOSES], ground.shift[r, LUNCH_S],
    )  # fmt: skip
    if lunch_s == 0:
        return True
    chosen, seen = -1, 0
    for p in range(size + 1):
        if stop[r, p + 1, ITEM] == LUNCH and p < size:
            return True
        if stop[r, p, DEPARTS] > closes:
            continue
        if max(stop[r, p, DEPARTS], opens) + lunch_s + stop[r, p, LEG] <= stop[r, p + 1, LATEST]:
            seen += 1
            if roll(dice) * seen < 1.0:
                chosen = p
    if chosen >= 0:
        insert(ground, routes, LUNCH, r, chosen)
    return chosen >= 0


@inlined
def copy_route(source: Routes, target: Routes, r: int) -> None:
    """Copies the stops and totals of one route; who is visited by it is not touched."""
    for p in range(source.total[r, SIZE] + 2):
        for column in range(5):
            target.stop[r, p, column] = source.stop[r, p, column]
    for column in range(4):
        target.total[r, column] = source.total[r, column]


@compiled
def copy_routes(source: Routes, target: Routes) -> None:
    for r in range(source.total.shape[0]):
        copy_route(source, target, r)
    target.on[:] = source.on
