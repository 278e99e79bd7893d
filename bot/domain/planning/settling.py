"""Required stops first: which can be kept, which will be late, which cannot be met at all, and why."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.planning.insertion import Sequences, best_place
from bot.domain.planning.model import LUNCH, Model
from bot.domain.planning.problem import LeftOutReason
from bot.domain.planning.timeline import Timeline, time_route

MOST_LATE_S = 30 * 60
"""A rep still goes to an appointment when this late; beyond it the customer must be asked for another time."""

MOST_OVERTIME_S = 2 * 3600
"""Required stops may keep a rep out this much longer."""

_LATE_STEP_S = 5 * 60
_MOST_REORDERED = 7
"""Up to this many required stops every order is tried; beyond it a new one is only inserted."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Settled:
    """The model with windows and ends widened to what was accepted, and routes that already hold what is required.

    ``refused`` gives the reason for each required candidate that cannot be met (no route is open to it any more).
    A lunch that finds no place is gone from the model.
    """

    model: Model
    sequences: Sequences
    refused: Mapping[int, tuple[LeftOutReason, Mapping[str, int]]]


def settle_required(model: Model) -> Settled:
    """Accepts required candidates in order of prize: on time if possible, else with the least lateness.

    Overtime is taken only as far as it is needed. Lunch gives way to required stops, never the other way round.
    """
    stretched = replace(model, ends_s=tuple(end + MOST_OVERTIME_S for end in model.ends_s))
    sequences: Sequences = [[] for _ in range(model.routes)]
    refused: dict[int, tuple[LeftOutReason, Mapping[str, int]]] = {}
    required = [item for item in range(model.size) if model.required[item]]
    for item in sorted(required, key=lambda item: (-model.prize[item], item)):
        placed = _place_on_time_or_late(model, stretched, sequences, item)
        if placed is None:
            refused[item] = _why_refused(stretched, sequences, item)
            continue
        windows, sequences = placed
        model, stretched = replace(model, windows=windows), replace(stretched, windows=windows)
    model = replace(model, ends_s=_ends_needed(model, stretched, sequences))
    return _insert_lunches(model, sequences, refused)


def _place_on_time_or_late(
    model: Model, stretched: Model, sequences: Sequences, item: int
) -> tuple[tuple[tuple[tuple[int, int], ...], ...], Sequences] | None:
    if not model.windows[item]:
        return None
    for late_s in range(0, MOST_LATE_S + 1, _LATE_STEP_S):
        for attempt in (model, stretched):
            widened = replace(attempt, windows=_widen(attempt.windows, item, late_s))
            placed = _place(widened, sequences, item)
            if placed is None:
                continue
            if not late_s:
                return widened.windows, placed
            return _widen(attempt.windows, item, _lateness(widened, placed, item, late_s)), placed
    return None


def _place(model: Model, sequences: Sequences, item: int) -> Sequences | None:
    """The routes with ``item`` in them, at the least extra travel; orders are changed only where that is needed."""
    best: tuple[float, int, list[int]] | None = None
    for route in range(model.routes):
        if not model.allowed[item, route]:
            continue
        found = _place_in_route(model, route, sequences[route], item)
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], route, found[1])
    if best is None:
        return None
    placed = [list(items) for items in sequences]
    placed[best[1]] = best[2]
    return placed


def _place_in_route(model: Model, route: int, items: list[int], item: int) -> tuple[float, list[int]] | None:
    timeline = time_route(model, route, items)
    if timeline is not None:
        place = best_place(model, route, timeline, item)
        if place is not None:
            return place[0], [*items[: place[1]], item, *items[place[1] :]]
    if len(items) >= _MOST_REORDERED:
        return None
    best: Timeline | None = None
    for order in itertools.permutations([*items, item]):
        tried = time_route(model, route, order)
        if tried is not None and (best is None or tried.travel_s < best.travel_s):
            best = tried
    if best is None:
        return None
    return float(best.travel_s - (timeline.travel_s if timeline else 0)), list(best.items[1:-1])


def _widen(
    windows: tuple[tuple[tuple[int, int], ...], ...], item: int, late_s: int
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The same windows, the last one of ``item`` closing ``late_s`` later."""
    *earlier, (opens_s, closes_s) = windows[item]
    return (*windows[:item], (*earlier, (opens_s, closes_s + late_s)), *windows[item + 1 :])


def _lateness(widened: Model, sequences: Sequences, item: int, late_s: int) -> int:
    """How much of ``late_s`` is really used, so that nothing optional makes it later still."""
    route = next(route for route, items in enumerate(sequences) if item in items)
    timeline = time_route(widened, route, sequences[route])
    assert timeline is not None, "a placed item stands in a route that can be driven"
    start_s = timeline.starts_s[timeline.items.index(item)]
    return max(0, start_s - (widened.windows[item][-1][1] - late_s))


def _why_refused(stretched: Model, sequences: Sequences, item: int) -> tuple[LeftOutReason, Mapping[str, int]]:
    """Over, out of reach even alone, excluded by one other required stop, or simply too much for the day."""
    if not stretched.windows[item]:
        return LeftOutReason.CLOSED, {}
    late = replace(stretched, windows=_widen(stretched.windows, item, MOST_LATE_S))
    closes_s = stretched.windows[item][-1][1]
    leaves_s = min(leaves for route, leaves in enumerate(late.leaves_s) if late.allowed[item, route])
    if leaves_s > closes_s + MOST_LATE_S:
        return LeftOutReason.PASSED, {"late_s": leaves_s - closes_s}
    if _place(late, [[] for _ in sequences], item) is None:
        return LeftOutReason.UNREACHABLE, {"late_s": max(0, _earliest_arrival(late, item) - closes_s)}
    for route, items in enumerate(sequences):
        for other in items:
            pair: Sequences = [[other] if number == route else [] for number in range(late.routes)]
            if _place(late, pair, item) is None:
                return LeftOutReason.CLASHES, {"with": other}
    return LeftOutReason.NO_ROOM, {}


def _earliest_arrival(model: Model, item: int) -> int:
    return min(
        leaves + int(model.seconds[model.start_node(route), item])
        for route, leaves in enumerate(model.leaves_s)
        if model.allowed[item, route]
    )


def _ends_needed(model: Model, stretched: Model, sequences: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The end of each route: as asked, or when the required stops alone let the rep be back."""
    ends = []
    for route, items in enumerate(sequences):
        timeline = time_route(stretched, route, items)
        assert timeline is not None, "required stops were placed only where the route can be driven"
        ends.append(max(model.ends_s[route], timeline.arrivals_s[-1]) if items else model.ends_s[route])
    return tuple(ends)


def _insert_lunches(
    model: Model, sequences: Sequences, refused: Mapping[int, tuple[LeftOutReason, Mapping[str, int]]]
) -> Settled:
    lunches = list(model.lunches)
    for route, lunch in enumerate(model.lunches):
        if lunch is None:
            continue
        timeline = time_route(model, route, sequences[route])
        place = best_place(model, route, timeline, LUNCH) if timeline is not None else None
        if place is not None:
            sequences[route].insert(place[1], LUNCH)
            continue
        lunches[route] = None
    allowed = model.allowed.copy()
    allowed[list(refused), :] = False
    kept = tuple(required and item not in refused for item, required in enumerate(model.required))
    return Settled(
        model=replace(model, lunches=tuple(lunches), required=kept, allowed=allowed),
        sequences=sequences,
        refused=refused,
    )
