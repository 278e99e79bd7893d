"""How long it takes from one pin to another: the port that a road server or a formula stands behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.domain.geo import EARTH_RADIUS_M, Pin

DEFAULT_DETOUR = 1.3
"""Road metres to a metre as the crow flies (METHOD.md section 6, DESIGN.md section 5)."""

DEFAULT_SPEED_KMH = 25.0
"""Door to door through a city by day, parking included; a team calibrates it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TravelMatrix:
    """Whole seconds and metres from each pin (row) to each pin (column), in the order that was asked."""

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]

    def __post_init__(self) -> None:
        rows = self.seconds.shape[0]
        if self.seconds.shape != (rows, rows) or self.metres.shape != (rows, rows):
            raise ValueError(f"travel matrices are square and alike, not {self.seconds.shape} and {self.metres.shape}")
        if rows and (self.seconds.min() < 0 or self.metres.min() < 0):
            raise ValueError("travel takes 0 seconds and 0 metres or more")


class TravelTimes(Protocol):
    """Answers for any pins, at once. Implementations that ask a server do so before a plan is made."""

    def matrix(self, pins: Sequence[Pin]) -> TravelMatrix: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GreatCircleTravel:
    """Great-circle distance times a detour factor at one speed: what there is without a road server."""

    detour: float = DEFAULT_DETOUR
    speed_kmh: float = DEFAULT_SPEED_KMH

    def __post_init__(self) -> None:
        if self.detour < 1 or self.speed_kmh <= 0:
            raise ValueError(f"a detour is 1 or more and a speed above 0, not {self.detour} and {self.speed_kmh}")

    def matrix(self, pins: Sequence[Pin]) -> TravelMatrix:
        """Both matrices are symmetric; seconds are rounded up, so that a plan is never early by rounding."""
        lat = np.radians([pin.lat for pin in pins], dtype=np.float64)
        lng = np.radians([pin.lng for pin in pins], dtype=np.float64)
        half_lat = np.sin((lat[:, None] - lat[None, :]) / 2)
        half_lng = np.sin((lng[:, None] - lng[None, :]) / 2)
        chord = half_lat**2 + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lng**2
        road_m = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord))) * self.detour
        seconds = np.ceil(road_m * 3.6 / self.speed_kmh - 1e-9)
        return TravelMatrix(seconds=seconds.astype(np.int32), metres=np.rint(road_m).astype(np.int32))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KnownTravel:
    """A matrix that was fetched before: what a road server's adapter hands to the planner.

    Raises KeyError when asked for a pin that is not in it.
    """

    pins: tuple[Pin, ...]
    known: TravelMatrix

    def matrix(self, pins: Sequence[Pin]) -> TravelMatrix:
        place_of = {pin: place for place, pin in enumerate(self.pins)}
        chosen = np.array([place_of[pin] for pin in pins], dtype=np.intp)
        grid = np.ix_(chosen, chosen)
        return TravelMatrix(seconds=self.known.seconds[grid], metres=self.known.metres[grid])
