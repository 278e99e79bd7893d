"""The times of one route: forward as early as possible, and backward as late as still holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.planning.model import LUNCH, Model, earliest_start


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A route's items with its start first and its end last. ``nodes`` are the travel nodes of the items.

    ``starts_s`` is the earliest start of each item; ``latest_s`` the latest arrival at each from which the rest still
    holds. Lunch stands at the node before it.
    """

    items: tuple[int, ...]
    nodes: tuple[int, ...]
    arrivals_s: tuple[int, ...]
    starts_s: tuple[int, ...]
    departures_s: tuple[int, ...]
    latest_s: tuple[float, ...]
    travel_s: int


def time_route(model: Model, route: int, items: Sequence[int]) -> Timeline | None:
    """The times of a route that visits ``items`` (candidate numbers and LUNCH) in order; None when it cannot be."""
    nodes = [model.start_node(route)]
    arrivals, starts, departures = [model.leaves_s[route]], [model.leaves_s[route]], [model.leaves_s[route]]
    seconds, travel_s = model.seconds, 0
    for item in (*items, model.end_node(route)):
        node = nodes[-1] if item == LUNCH else item
        leg_s = int(seconds[nodes[-1], node])
        arrival = departures[-1] + leg_s
        windows, duration_s = rules_of(model, route, item)
        start = earliest_start(windows, arrival)
        if math.isinf(start):
            return None
        travel_s += leg_s
        nodes.append(node)
        arrivals.append(arrival)
        starts.append(int(start))
        departures.append(int(start) + duration_s)
    return Timeline(
        items=(model.start_node(route), *items, model.end_node(route)),
        nodes=tuple(nodes),
        arrivals_s=tuple(arrivals),
        starts_s=tuple(starts),
        departures_s=tuple(departures),
        latest_s=_latest_arrivals(model, route, items, nodes),
        travel_s=travel_s,
    )


def rules_of(model: Model, route: int, item: int) -> tuple[Sequence[tuple[int, int]], int]:
    """Start windows and duration of an item of a route: a candidate, LUNCH, or the route's end."""
    if item == LUNCH:
        lunch = model.lunches[route]
        assert lunch is not None, "only a route with a lunch has LUNCH among its items"
        return ((lunch[0], lunch[1]),), lunch[2]
    if item >= model.size:
        return ((model.leaves_s[route], model.ends_s[route]),), 0
    return model.windows[item], model.service_s[item]


def _latest_arrivals(model: Model, route: int, items: Sequence[int], nodes: Sequence[int]) -> tuple[float, ...]:
    latest = [float(model.ends_s[route])]
    for place in range(len(items), 0, -1):
        windows, duration_s = rules_of(model, route, items[place - 1])
        bound = latest[-1] - int(model.seconds[nodes[place], nodes[place + 1]]) - duration_s
        latest.append(latest_start(windows, bound))
    latest.append(latest[-1])
    return tuple(reversed(latest))


def latest_start(windows: Sequence[tuple[int, int]], bound_s: float) -> float:
    """The latest allowed start not after ``bound_s``; minus infinity when there is none."""
    for opens_s, closes_s in reversed(windows):
        if opens_s <= bound_s:
            return min(bound_s, closes_s)
    return -math.inf
