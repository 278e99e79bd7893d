"""What travel a day takes before it is planned: the way out and home, and the usual leg between two customers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.geo import Pin
from bot.domain.planning.problem import ASSUMED_TRAVEL_S
from bot.domain.planning.travel import TravelTimes

SAMPLED_MOST = 200
"""Pins looked at; enough for a mean, and a matrix of thousands would take gigabytes."""

NEIGHBOUR = 2
"""The usual next stop of a planned day is the second nearest customer: the nearest is often not due the same day."""

LONGEST_LEG_S = 3600
LONGEST_COMMUTE_S = 2 * 3600
"""A pin in another country says nothing about the daily way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalTravel:
    """``leg_s`` between two visits, ``commute_s`` from the start place out and back again, both of one day."""

    leg_s: int
    commute_s: int


def typical_travel(home: Pin | None, pins: Sequence[Pin], travel: TravelTimes) -> TypicalTravel:
    """Medians over the pins, so that a few far ones change nothing. Without pins, travel is assumed."""
    step = max(1, -(-len(pins) // SAMPLED_MOST))
    chosen = list(pins[::step])
    if not chosen:
        return TypicalTravel(leg_s=ASSUMED_TRAVEL_S, commute_s=0 if home is None else 2 * ASSUMED_TRAVEL_S)
    seconds = travel.matrix([*chosen, home] if home else chosen).seconds
    count = len(chosen)
    between = np.sort(seconds[:count, :count], axis=1)
    leg_s = int(np.median(between[:, min(NEIGHBOUR, count - 1)]))
    commute_s = 0
    if home is not None:
        commute_s = int(np.median(seconds[count, :count]) + np.median(seconds[:count, count]))
    return TypicalTravel(leg_s=min(LONGEST_LEG_S, leg_s), commute_s=min(LONGEST_COMMUTE_S, commute_s))
