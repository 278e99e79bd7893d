"""A day in numbers: what the searches work on. Routes are reps' days; a day plan has one, a team day several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain.geo import Pin, distance_m
from bot.domain.planning.problem import ASSUMED_TRAVEL_S, Candidate, Shift
from bot.domain.planning.travel import DEFAULT_DETOUR, DEFAULT_SPEED_KMH, TravelTimes

LUNCH = -1
"""Stands for lunch in a sequence of candidate numbers."""

MOST_SEARCHED = 400
"""Optional candidates that a search looks at; a day holds about 20, so the rest could hardly win a place."""

PRIZE_WORTH_S = 120
"""Travel seconds that a point of visit priority is worth: a visit of 30 points justifies an hour on the road."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Model:
    """n candidates and m routes. Travel nodes are the candidates, then per route its start and its end place.

    ``windows`` are sorted starts, ``lunches`` (opens, closes, duration) or None for each route, ``allowed`` is
    shaped (n, m). ``prize`` is already worth travel seconds. Start of route r is node n + 2r, its end n + 2r + 1.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    service_s: tuple[int, ...]
    prize: tuple[float, ...]
    required: tuple[bool, ...]
    windows: tuple[tuple[tuple[int, int], ...], ...]
    leaves_s: tuple[int, ...]
    ends_s: tuple[int, ...]
    lunches: tuple[tuple[int, int, int] | None, ...]
    allowed: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return len(self.service_s)

    @property
    def routes(self) -> int:
        return len(self.leaves_s)

    def start_node(self, route: int) -> int:
        return self.size + 2 * route

    def end_node(self, route: int) -> int:
        return self.size + 2 * route + 1


def build_model(
    candidates: Sequence[Candidate],
    shifts: Sequence[Shift],
    *,
    leaves_s: Sequence[int],
    travel: TravelTimes,
    allowed: NDArray[np.bool_],
) -> Model:
    """The numbers of some candidates and shifts. Asks ``travel`` once, for the distinct pins."""
    places: list[Pin | None] = [candidate.pin for candidate in candidates]
    for shift in shifts:
        places += [shift.start, shift.end]
    seconds, metres = travel_between(places, len(candidates), travel)
    return Model(
        seconds=seconds,
        metres=metres,
        service_s=tuple(candidate.service_s for candidate in candidates),
        prize=tuple(candidate.prize * PRIZE_WORTH_S for candidate in candidates),
        required=tuple(candidate.required for candidate in candidates),
        windows=tuple(
            tuple(sorted((window.opens_s, window.closes_s) for window in candidate.windows)) for candidate in candidates
        ),
        leaves_s=tuple(leaves_s),
        ends_s=_ends_within_reach(seconds, len(candidates), shifts, leaves_s),
        lunches=tuple(
            (shift.lunch.window.opens_s, shift.lunch.window.closes_s, shift.lunch.duration_s) if shift.lunch else None
            for shift in shifts
        ),
        allowed=allowed,
    )


def _ends_within_reach(
    seconds: NDArray[np.int32], candidates: int, shifts: Sequence[Shift], leaves_s: Sequence[int]
) -> tuple[int, ...]:
    """The end of each shift, or when a rep who sets out for home at once is there, so that an empty day is legal."""
    return tuple(
        max(shift.ends_s, leaves + int(seconds[candidates + 2 * route, candidates + 2 * route + 1]))
        for route, (shift, leaves) in enumerate(zip(shifts, leaves_s, strict=True))
    )


def travel_between(
    places: Sequence[Pin | None], candidates: int, travel: TravelTimes
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Travel with what is unknown filled in: assumed for a customer without a pin, none for a start or end."""
    pins = list(dict.fromkeys(place for place in places if place is not None))
    number_of = {pin: number for number, pin in enumerate(pins)}
    known = np.array([place is not None for place in places], dtype=bool)
    numbers = np.array([number_of[place] if place is not None else 0 for place in places], dtype=np.intp)
    shape = (len(places), len(places))
    seconds = np.full(shape, ASSUMED_TRAVEL_S, dtype=np.int32)
    metres = np.zeros(shape, dtype=np.int32)
    if pins:
        matrix = travel.matrix(pins)
        both = known[:, None] & known[None, :]
        grid = np.ix_(numbers, numbers)
        seconds = np.where(both, matrix.seconds[grid], seconds).astype(np.int32)
        metres = np.where(both, matrix.metres[grid], metres).astype(np.int32)
    no_depot = ~known & (np.arange(len(places)) >= candidates)
    seconds[no_depot, :] = 0
    seconds[:, no_depot] = 0
    np.fill_diagonal(seconds, 0)
    return seconds, metres


def choose_promising(candidates: Sequence[Candidate], shifts: Sequence[Shift], most: int = MOST_SEARCHED) -> list[int]:
    """Numbers of the candidates worth searching, in order: all required, then the best by points per hour.

    Keeps the travel matrix small when a territory of thousands is due at once.
    """
    if len(candidates) <= most:
        return list(range(len(candidates)))
    anchors = [place for shift in shifts for place in (shift.start, shift.end) if place is not None]
    anchors += [candidate.pin for candidate in candidates if candidate.required and candidate.pin is not None]
    seconds_per_m = DEFAULT_DETOUR * 3.6 / DEFAULT_SPEED_KMH

    def points_per_s(number: int) -> float:
        candidate = candidates[number]
        away_s = float(ASSUMED_TRAVEL_S)
        if candidate.pin is not None:
            nearest_m = min((distance_m(anchor, candidate.pin) for anchor in anchors), default=0.0)
            away_s = nearest_m * seconds_per_m
        return candidate.prize / (candidate.service_s + away_s + 1.0)

    required = [number for number, candidate in enumerate(candidates) if candidate.required]
    optional = [number for number, candidate in enumerate(candidates) if not candidate.required]
    optional.sort(key=lambda number: (-points_per_s(number), number))
    return sorted(required + optional[:most])


def earliest_start(windows: Sequence[tuple[int, int]], arrival_s: float) -> float:
    """When a visit can start for who arrives at ``arrival_s``; infinity when nothing opens any more."""
    for opens_s, closes_s in windows:
        if arrival_s <= closes_s:
            return max(arrival_s, opens_s)
    return math.inf
