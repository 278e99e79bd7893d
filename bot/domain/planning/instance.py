"""A model as the compiled search reads it: flat arrays, and the routes that it works on."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.domain.planning.model import LUNCH, Model

ABSENT = -1
"""In ``route_of``: the candidate is on no route."""

Ints = NDArray[np.int64]
Legs = NDArray[np.int32]


class Instance(NamedTuple):
    """n candidates, m routes, nodes numbered as in ``Model``. ``prize`` guides the search, ``worth`` decides.

    They are the same in a real day. A benchmark that counts prizes alone gives a ``worth`` beyond any travel.
    """

    travel: Legs
    back: Legs  # travel transposed: all ways to a candidate lie in one row
    service: Ints
    prize: NDArray[np.float64]
    worth: NDArray[np.float64]
    required: NDArray[np.bool_]
    window_from: Ints  # the windows of candidate c are numbers window_from[c] to window_from[c + 1] - 1
    opens: Ints
    closes: Ints
    leaves: Ints
    ends: Ints
    lunch_opens: Ints
    lunch_closes: Ints
    lunch_s: Ints  # 0: no lunch on this route
    allowed: NDArray[np.bool_]
    near: Legs  # for each candidate the others, nearest first
    rank: Legs  # rank[c, d]: place of d among the nearest of c


class Routes(NamedTuple):
    """Routes under construction. Row r holds its start at 0, ``size[r]`` items, and its end after them."""

    item: Ints
    node: Ints
    departs: Ints  # earliest
    latest: Ints  # latest arrival from which the rest still holds
    leg: Ints  # travel to the next item
    size: Ints
    route_of: Ints


def build_instance(model: Model, *, worth: Sequence[float] | None = None) -> Instance:
    """``worth`` replaces the model's prizes where another measure than the guiding one decides."""
    size = model.size
    between = model.seconds[:size, :size].astype(np.int64)
    apart = between + between.T
    np.fill_diagonal(apart, np.iinfo(np.int64).max)
    near = np.argsort(apart, axis=1, kind="stable")[:, : max(0, size - 1)]
    rank = np.zeros((size, size), dtype=np.int32)
    np.put_along_axis(rank, near, np.arange(1, size, dtype=np.int32)[None, :], axis=1)
    counts = [len(windows) for windows in model.windows]
    lunches = [lunch or (0, 0, 0) for lunch in model.lunches]
    return Instance(
        travel=np.ascontiguousarray(model.seconds, dtype=np.int32),
        back=np.ascontiguousarray(model.seconds.T, dtype=np.int32),
        service=np.array(model.service_s, dtype=np.int64),
        prize=np.array(model.prize, dtype=np.float64),
        worth=np.array(model.prize if worth is None else worth, dtype=np.float64),
        required=np.array(model.required, dtype=np.bool_),
        window_from=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        opens=np.array([opens for windows in model.windows for opens, _ in windows], dtype=np.int64),
        closes=np.array([closes for windows in model.windows for _, closes in windows], dtype=np.int64),
        leaves=np.array(model.leaves_s, dtype=np.int64),
        ends=np.array(model.ends_s, dtype=np.int64),
        lunch_opens=np.array([lunch[0] for lunch in lunches], dtype=np.int64),
        lunch_closes=np.array([lunch[1] for lunch in lunches], dtype=np.int64),
        lunch_s=np.array([lunch[2] for lunch in lunches], dtype=np.int64),
        allowed=np.ascontiguousarray(model.allowed, dtype=np.bool_),
        near=near.astype(np.int32),
        rank=rank,
    )


def build_routes(model: Model, sequences: Sequence[Sequence[int]]) -> Routes:
    """Room for every candidate on every route, holding ``sequences``; times are filled in by the search."""

    def numbers() -> Ints:
        return np.zeros((model.routes, model.size + 4), dtype=np.int64)  # start, end, lunch and one to spare

    routes = Routes(
        item=numbers(),
        node=numbers(),
        departs=numbers(),
        latest=numbers(),
        leg=numbers(),
        size=np.zeros(model.routes, dtype=np.int64),
        route_of=np.full(model.size, ABSENT, dtype=np.int64),
    )
    for route, items in enumerate(sequences):
        routes.item[route, 1 : len(items) + 1] = items
        routes.size[route] = len(items)
        routes.route_of[[item for item in items if item != LUNCH]] = route
    return routes


def read_routes(routes: Routes) -> list[list[int]]:
    """The items of each route in order."""
    return [[int(item) for item in row[1 : size + 1]] for row, size in zip(routes.item, routes.size, strict=True)]
