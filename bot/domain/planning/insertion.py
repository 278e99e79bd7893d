"""The plain planner: cheapest insertion with a little ruin and recreate. It answers at once, without compiling."""

import random
import time
from collections.abc import Sequence

from bot.domain.planning.model import LUNCH, Model, earliest_start
from bot.domain.planning.timeline import Timeline, rules_of, time_route

Sequences = list[list[int]]

_ROUNDS = 150
"""Ruins after the first answer: a day of 60 candidates takes a tenth of a second."""

_LONGEST_RUIN = 4


def best_place(model: Model, route: int, timeline: Timeline, item: int) -> tuple[float, int] | None:
    """(added travel seconds, index among the items) of the cheapest feasible place for a candidate or LUNCH.

    Constant time a place: the earliest departure before it and the latest arrival after it say all.
    """
    windows, duration_s = rules_of(model, route, item)
    seconds = model.seconds
    best: tuple[float, int] | None = None
    for place in range(len(timeline.items) - 1):
        before, after = timeline.nodes[place], timeline.nodes[place + 1]
        node = before if item == LUNCH else item
        start = earliest_start(windows, timeline.departures_s[place] + int(seconds[before, node]))
        leaves = start + duration_s
        following = place + 1
        if timeline.items[following] == LUNCH:  # lunch moves to the new stop, so the leg after it changes
            lunch_windows, lunch_s = rules_of(model, route, LUNCH)
            leaves = earliest_start(lunch_windows, leaves) + lunch_s
            following += 1
            after = timeline.nodes[following]
        if leaves + int(seconds[node, after]) > timeline.latest_s[following]:
            continue
        added_s = float(seconds[before, node]) + float(seconds[node, after]) - float(seconds[before, after])
        if best is None or added_s < best[0]:
            best = (added_s, place)
    return best


def fill_routes(model: Model, sequences: Sequences, order: Sequence[int]) -> Sequences:
    """Inserts the candidates of ``order`` one after another where each costs least, and leaves out what does not fit.

    An optional one that costs more travel than its prize is worth stays out.
    """
    filled = [list(items) for items in sequences]
    timelines = [time_route(model, route, items) for route, items in enumerate(filled)]
    for item in order:
        best: tuple[float, int, int] | None = None
        for route, timeline in enumerate(timelines):
            if timeline is None or not model.allowed[item, route]:
                continue
            place = best_place(model, route, timeline, item)
            if place is not None and (best is None or place[0] < best[0]):
                best = (place[0], place[1], route)
        if best is None or (not model.required[item] and best[0] >= model.prize[item]):
            continue
        filled[best[2]].insert(best[1], item)
        timelines[best[2]] = time_route(model, best[2], filled[best[2]])
    return filled


def order_by_density(model: Model, items: Sequence[int], dice: random.Random | None = None) -> list[int]:
    """Most prize for an hour first; with ``dice`` in an order that is shaken."""

    def density(item: int) -> float:
        shake = dice.uniform(0.6, 1.4) if dice else 1.0
        return shake * model.prize[item] / (model.service_s[item] + 600.0)

    return sorted(items, key=density, reverse=True)


def value_of(model: Model, sequences: Sequences) -> float:
    """Prizes won minus travel, in seconds of travel; minus infinity when a route cannot be driven."""
    value = 0.0
    for route, items in enumerate(sequences):
        timeline = time_route(model, route, items)
        if timeline is None:
            return float("-inf")
        value += sum(model.prize[item] for item in items if item != LUNCH) - timeline.travel_s
    return value


def search_plainly(model: Model, first: Sequences, *, budget_s: float, seed: int, rounds: int = _ROUNDS) -> Sequences:
    """Improves ``first``, which must hold every required candidate. The same seed gives the same answer while the
    rounds, not ``budget_s``, end the search.
    """
    stop_at = time.perf_counter() + budget_s
    dice = random.Random(seed)
    best = fill_routes(model, first, order_by_density(model, _absent(model, first)))
    best_value = value_of(model, best)
    for _ in range(rounds):
        if time.perf_counter() > stop_at:
            break
        ruined = [_ruin(model, items, dice) for items in best]
        absent = _absent(model, ruined)
        noisy = order_by_density(model, absent, dice)
        trial = fill_routes(model, ruined, [item for item in noisy if model.required[item]])
        trial = fill_routes(model, trial, [item for item in noisy if not model.required[item]])
        value = value_of(model, trial)
        if value > best_value and not any(model.required[item] for item in _absent(model, trial)):
            best, best_value = trial, value
    return best


def _ruin(model: Model, items: list[int], dice: random.Random) -> list[int]:
    """Takes a run of stops out; lunch stays, so that the route remains one that can be driven."""
    if not items:
        return []
    length = min(len(items), dice.randint(1, _LONGEST_RUIN))
    at = dice.randrange(len(items) - length + 1)
    return [item for index, item in enumerate(items) if item == LUNCH or not at <= index < at + length]


def _absent(model: Model, sequences: Sequences) -> list[int]:
    present = {item for items in sequences for item in items}
    return [item for item in range(model.size) if item not in present]
