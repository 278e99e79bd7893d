"""Kilometres of a day from its visits: the way as planned where it is known, else the great circle with a detour."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.geo import Pin, distance_m
from bot.domain.planning.travel import DEFAULT_DETOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class DrivenStop:
    """A place where a rep was. ``planned_m`` is the way to it from the stop before, as the route had it."""

    pin: Pin | None
    planned_m: int | None = None


def ways_m(stops: Sequence[DrivenStop], home: Pin | None) -> tuple[list[int | None], int | None]:
    """Metres to each stop in order, None where nothing tells; and metres home, None without a start place."""
    ways: list[int | None] = []
    before = home
    for stop in stops:
        ways.append(stop.planned_m if stop.planned_m is not None else _estimate(before, stop.pin))
        before = stop.pin or before
    return ways, _estimate(before, home) if stops and home is not None else None


def _estimate(one: Pin | None, other: Pin | None) -> int | None:
    return None if one is None or other is None else round(distance_m(one, other) * DEFAULT_DETOUR)
