"""The compiled moves of the period planner: strings of visits leave their days and return with the cheapest pattern.

The method of ``search`` for periodic routing: a removed customer leaves all its days and comes back with the visit
pattern of least total insertion cost, or leaves one day only and comes back to it. Capacity and duration are soft,
their penalties adapt; windows, lunch and the end of a day are hard.
"""

import numpy as np

from bot.domain.planning.compiling import compiled, inlined, uncounted
from bot.domain.planning.model import LUNCH
from bot.domain.planning.period_ruin import ruin
from bot.domain.planning.period_state import (
    PeriodInstance,
    PeriodScratch,
    PeriodTuning,
    Plan,
    borrow_instance,
    borrow_plan,
    borrow_scratch,
    compare,
    copy_plan,
    evaluate,
    renew,
    restore,
)
from bot.domain.planning.routes import (
    BACK,
    BEGINS,
    CAPACITY,
    CLOSES,
    DEMAND,
    DEPARTS,
    FIRST,
    ITEM,
    LAST,
    LATEST,
    LEG,
    LOAD,
    LONGEST,
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
    VERSION,
    Dice,
    Ints,
    Routes,
    insert,
    put_lunch_back,
    refresh,
    roll,
)


@compiled
def _find_places(
    inst: PeriodInstance, routes: Routes, c: int, wanted: int, scratch: PeriodScratch, blink: float, dice: Dice
) -> None:
    """The cheapest feasible insertion of ``c`` on each ``wanted`` day (a bit mask) into ``scratch``; infinite if none.

    A route that is as it was when ``c`` last looked is not searched again. One loop without calls: passing the arrays
    to a function for every route would cost more than the route.
    """
    ground, stop, total, allowed, alike = inst.ground, routes.stop, routes.total, inst.allowed, inst.alike
    legs, span, window, shift = ground.legs, ground.span, ground.window, ground.shift
    costs, found, known = scratch.cost, scratch.found, scratch.known
    load_penalty, time_penalty = scratch.penalty[0], scratch.penalty[1]
    duration, demand, per_day = ground.visit[c, SERVICE], ground.visit[c, DEMAND], allowed.shape[1]
    for day in range(span.shape[1]):
        if not wanted >> day & 1:
            continue
        best, best_route, best_place, empty_seen = np.inf, NOWHERE, NOWHERE, False
        first, last = span[c, day, FIRST], span[c, day, LAST]
        for v in range(per_day if last > first else 0):
            r = day * per_day + v
            size, load = total[r, SIZE], total[r, LOAD]
            if not allowed[c, v] or (alike and empty_seen and size == 0):
                continue
            empty_seen |= size == 0
            toll = load_penalty * (max(0, load + demand - shift[r, CAPACITY]) - max(0, load - shift[r, CAPACITY]))
            if toll >= best:
                continue
            if known[c, r, 0] != total[r, VERSION]:
                least, place = NEVER, NOWHERE
                for p in range(size + 1):
                    following = p + 1
                    there, saved = np.int64(legs[BACK, c, stop[r, p, NODE]]), stop[r, p, LEG]
                    if stop[r, following, ITEM] == LUNCH:
                        saved = stop[r, following, LEG]
                        following += 1
                    onward = np.int64(legs[THERE, c, stop[r, following, NODE]])
                    added = there + onward - saved
                    if added >= least:
                        continue
                    arrival, start = stop[r, p, DEPARTS] + there, NEVER
                    for w in range(first, last):
                        if arrival <= window[w, CLOSES]:
                            start = max(arrival, window[w, OPENS])
                            break
                    leaves = start + duration
                    if following > p + 1:
                        if leaves > shift[r, LUNCH_CLOSES]:
                            continue
                        leaves = max(leaves, shift[r, LUNCH_OPENS]) + shift[r, LUNCH_S]
                    if leaves + onward <= stop[r, following, LATEST]:
                        least, place = added, p
                known[c, r, 0], known[c, r, 1], known[c, r, 2] = total[r, VERSION], least, place
            added = known[c, r, 1]
            if known[c, r, 2] == NOWHERE or toll + added >= best or roll(dice) < blink:
                continue
            over = stop[r, size + 1, DEPARTS] - stop[r, 0, DEPARTS] - shift[r, LONGEST]
            cost = toll + added + time_penalty * (max(0, over + added + duration) - max(0, over))
            if cost < best:
                best, best_route, best_place = cost, r, known[c, r, 2]
        costs[day], found[day, 0], found[day, 1] = best, best_route, best_place


@inlined
def _place_customer(inst: PeriodInstance, plan: Plan, c: int, scratch: PeriodScratch, blink: float, dice: Dice) -> None:
    """Inserts ``c`` with its cheapest pattern; it stays out where every pattern costs more than missing it."""
    pattern, extra, costs, found = inst.pattern, inst.extra, scratch.cost, scratch.found
    first, last = inst.choices[c, FIRST], inst.choices[c, LAST]
    days, wanted = plan.routes.on.shape[1], 0
    for k in range(first, last):
        wanted |= pattern[k]
    _find_places(inst, plan.routes, c, wanted, scratch, blink, dice)
    best, chosen = inst.missed[c], NOWHERE
    for k in range(first, last):
        cost, mask = extra[k], pattern[k]
        for day in range(days):
            if mask >> day & 1:
                cost += min(costs[day], inst.lost[c, day])
        if cost < best:
            best, chosen = cost, k
    plan.chosen[c] = chosen
    for day in range(days if chosen != NOWHERE else 0):
        if pattern[chosen] >> day & 1 and costs[day] < inst.lost[c, day]:
            insert(inst.ground, plan.routes, c, found[day, 0], found[day, 1])
            renew(plan.routes, found[day, 0], scratch)


@compiled
def _shuffle(inst: PeriodInstance, count: int, scratch: PeriodScratch, dice: Dice) -> None:
    """Orders what left: at random, most to lose, farthest, nearest, or fewest choices first.

    An empty plan is begun with those who have most to lose: many visits hardly find room among others later.
    """
    removed, keys, legs, visit, choices = (
        scratch.removed,
        scratch.keys,
        inst.ground.legs,
        inst.ground.visit,
        inst.choices,
    )
    manner, depot = roll(dice), inst.ground.shift[0, BEGINS]
    if count == visit.shape[0]:
        manner = 0.5
    for k in range(count):
        c = removed[k]
        key = roll(dice)
        if 0.35 <= manner < 0.6:
            key = -visit[c, DEMAND] * inst.missed[c]
        elif 0.6 <= manner < 0.75:
            key = -float(legs[THERE, depot, c])
        elif 0.75 <= manner < 0.85:
            key = float(legs[THERE, depot, c])
        elif manner >= 0.85:
            key += choices[c, LAST] - choices[c, FIRST]
        q = k - 1
        while q >= 0 and keys[q] > key:
            keys[q + 1], removed[q + 1] = keys[q], removed[q]
            q -= 1
        keys[q + 1], removed[q + 1] = key, c


@compiled
def _call_absent(inst: PeriodInstance, plan: Plan, day: int, count: int, removed: Ints) -> int:
    """Adds those who were out before, of all days or of one, to the ``count`` who just left; returns their number."""
    left = count
    for c in range(plan.chosen.shape[0]):
        k = plan.chosen[c]
        absent = k == NOWHERE
        if day >= 0:
            absent = not absent and inst.pattern[k] >> day & 1 and plan.routes.on[c, day] == NOWHERE
        if absent:
            known = False
            for k in range(left):
                known |= removed[k] == c
            if not known:
                removed[count] = c
                count += 1
    return count


@compiled
def _recreate(
    inst: PeriodInstance, plan: Plan, tuning: PeriodTuning, day: int, count: int, scratch: PeriodScratch, dice: Dice
) -> bool:
    """Puts back what left; False when a visit of one day that must be made finds no place."""
    ground, routes, removed, touched = inst.ground, plan.routes, scratch.removed, scratch.touched
    for r in range(touched.shape[0]):
        if touched[r]:
            if not (refresh(ground, routes, r) and put_lunch_back(ground, routes, r, dice)):
                return False
            renew(routes, r, scratch)
    _shuffle(inst, count, scratch, dice)
    for k in range(count):
        c = removed[k]
        if day < 0:
            _place_customer(inst, plan, c, scratch, tuning.blink, dice)
            continue
        _find_places(inst, routes, c, 1 << day, scratch, tuning.blink, dice)
        r, place = scratch.found[day]
        if scratch.cost[day] < inst.lost[c, day]:
            insert(ground, routes, c, r, place)
            renew(routes, r, scratch)
        elif inst.lost[c, day] == np.inf:
            return False
        elif routes.on[c].max() == NOWHERE:
            plan.chosen[c] = NOWHERE
    return True


@compiled
def anneal(
    given: PeriodInstance, given_current: Plan, given_trial: Plan, given_best: Plan, tuning: PeriodTuning,
    given_scratch: PeriodScratch, iterations: int, progress: tuple[float, float], best_cost: float, given_dice: Dice,
) -> float:  # fmt: skip
    """A stretch of annealing; returns the cost of ``best``, the cheapest plan without penalties, improved in place."""
    inst, scratch, dice = borrow_instance(given), borrow_scratch(given_scratch), uncounted(given_dice)
    current, trial, best = borrow_plan(given_current), borrow_plan(given_trial), borrow_plan(given_best)
    penalty = scratch.penalty
    cost, load, time = evaluate(inst, current)
    fall = tuning.coldest / tuning.hottest
    temperature = tuning.hottest * fall ** progress[0]
    cooling = fall ** ((progress[1] - progress[0]) / max(1, iterations))
    copy_plan(current, trial)
    legal = 0
    for turn in range(1, iterations + 1):
        temperature *= cooling
        day = int(roll(dice) * trial.routes.on.shape[1]) if roll(dice) < tuning.one_day else -1
        count = ruin(inst, trial, tuning, day, scratch, dice)
        count = _call_absent(inst, trial, day, count, scratch.removed)
        kept = _recreate(inst, trial, tuning, day, count, scratch, dice)
        if kept:
            more, more_load, more_time = compare(inst, current, trial, scratch, count)
            fine = penalty[0] * more_load + penalty[1] * more_time
            legal += load + more_load == 0 and time + more_time == 0
            kept = more + fine < -temperature * np.log(roll(dice) + 1e-300)
        if kept:
            cost, load, time = cost + more, load + more_load, time + more_time
            restore(trial, current, scratch, count)
            if load == 0 and time == 0 and cost < best_cost - 1e-6:
                best_cost = cost
                copy_plan(trial, best)
        else:
            restore(current, trial, scratch, count)
        if turn % tuning.review == 0:
            penalty[:] = penalty * (1.15 if legal < tuning.wanted * tuning.review else 0.87)
            legal = 0
    return best_cost
