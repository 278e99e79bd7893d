"""A model of a day as the compiled search reads it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.model import LUNCH, Model
from bot.domain.planning.routes import ITEM, SHIFT_COLUMNS, SIZE, Ground, Ints, Legs, Routes, make_routes

GUIDING, DECISIVE = 0, 1

UNLIMITED = 1 << 50


class Instance(NamedTuple):
    """``prize`` (2, n) guides the search by its first row and decides by its second; in a real day they are the same.

    A benchmark that counts prizes alone gives a deciding prize beyond any travel.
    """

    ground: Ground
    prize: NDArray[np.float64]
    required: NDArray[np.bool_]
    allowed: NDArray[np.bool_]  # (n, routes)
    near: Legs  # (n, n - 1): for each candidate the others, nearest first
    rank: Legs  # (n, n): rank[c, d] is the place of d among the nearest of c


def build_instance(model: Model, *, worth: Sequence[float] | None = None) -> Instance:
    """``worth`` replaces the model's prizes where another measure than the guiding one decides."""
    size = model.size
    near = nearest_first(model.seconds[:size, :size])
    rank = np.zeros((size, size), dtype=np.int32)
    np.put_along_axis(rank, near.astype(np.int64), np.arange(1, size, dtype=np.int32)[None, :], axis=1)
    shift = np.zeros((model.routes, SHIFT_COLUMNS), dtype=np.int64)
    for route, lunch in enumerate(model.lunches):
        opens, closes, lunch_s = lunch or (0, 0, 0)
        start, end = model.start_node(route), model.end_node(route)
        leaves, ends = model.leaves_s[route], model.ends_s[route]
        shift[route] = (0, start, end, leaves, ends, opens, closes, lunch_s, UNLIMITED, UNLIMITED)
    visit = np.zeros((size, 2), dtype=np.int64)
    visit[:, 0] = model.service_s
    span, window = pack_windows([[windows] for windows in model.windows])
    return Instance(
        ground=Ground(legs=both_ways(model.seconds), visit=visit, span=span, window=window, shift=shift),
        prize=np.array([model.prize, model.prize if worth is None else worth], dtype=np.float64).reshape(2, size),
        required=np.array(model.required, dtype=np.bool_),
        allowed=np.ascontiguousarray(model.allowed, dtype=np.bool_),
        near=near,
        rank=rank,
    )


def nearest_first(seconds: NDArray[np.int32]) -> Legs:
    """(n, n - 1): the others of each candidate by travel there and back."""
    size = seconds.shape[0]
    apart = seconds.astype(np.int64) + seconds.T
    np.fill_diagonal(apart, np.iinfo(np.int64).max)
    return np.argsort(apart, axis=1, kind="stable")[:, : max(0, size - 1)].astype(np.int32)


def both_ways(seconds: NDArray[np.int32]) -> Legs:
    return np.ascontiguousarray(np.stack((seconds, seconds.T)), dtype=np.int32)


def pack_windows(windows: Sequence[Sequence[Sequence[tuple[int, int]]]]) -> tuple[Ints, Ints]:
    """(span, window) of ``Ground`` from the windows of each candidate on each day."""
    counts = np.array([[len(today) for today in days] for days in windows], dtype=np.int64)
    if not counts.size:
        return np.zeros((0, 1, 2), dtype=np.int64), np.zeros((1, 2), dtype=np.int64)
    last = np.cumsum(counts).reshape(counts.shape)
    flat = [window for days in windows for today in days for window in today]
    return np.stack((last - counts, last), axis=2), np.array(flat or [(0, -1)], dtype=np.int64)


def fill_in(routes: Routes, sequences: Sequence[Sequence[int]], days: Sequence[int]) -> None:
    """Writes sequences of items into empty routes; ``days`` are the routes' days."""
    for route, items in enumerate(sequences):
        routes.stop[route, 1 : len(items) + 1, ITEM] = items
        routes.total[route, SIZE] = len(items)
        routes.on[[item for item in items if item != LUNCH], days[route]] = route


def build_routes(model: Model, sequences: Sequence[Sequence[int]]) -> Routes:
    routes = make_routes(model.size, 1, model.routes)
    fill_in(routes, sequences, [0] * model.routes)
    return routes


def read_routes(routes: Routes) -> list[list[int]]:
    """The items of each route in order."""
    return [
        [int(item) for item in stops[1 : total[SIZE] + 1, ITEM]]
        for stops, total in zip(routes.stop, routes.total, strict=True)
    ]
