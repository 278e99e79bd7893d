"""Spreads visits over days before their routes are planned: every day about as full, neighbours on the same day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.geo import Pin
from bot.domain.planning.problem import ASSUMED_TRAVEL_S
from bot.domain.planning.travel import TravelTimes

UNEVEN = 0.05
"""How far above its even share a day is filled before the others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadVisit:
    """A visit that takes ``cost_s`` with the way to it, and could be made on any of ``days``, at least one."""

    pin: Pin | None
    cost_s: int
    days: tuple[int, ...]


def spread_over_days(
    visits: Sequence[SpreadVisit], room_s: Sequence[int], home: Pin | None, travel: TravelTimes
) -> list[int]:
    """A day for each visit, in their order; ``room_s`` is what each day holds, and its share is in proportion to it.

    Visits with one day only come first, then the farthest from home: each joins the day whose visits are nearest
    and that has room under its share; where none has, the least filled of its days.
    """
    seconds = _ways(visits, home, travel)
    share = (1 + UNEVEN) * sum(visit.cost_s for visit in visits) / max(1, sum(room_s))
    load_s = [0] * len(room_s)
    members: list[list[int]] = [[len(visits)] for _ in room_s]  # everybody's way begins at home
    chosen = [visit.days[0] for visit in visits]
    order = sorted(range(len(visits)), key=lambda n: (len(visits[n].days) > 1, -seconds[n, -1], n))
    for number in order:
        visit = visits[number]
        under = [day for day in visit.days if load_s[day] + visit.cost_s <= share * room_s[day]]
        day = min(
            under or visit.days,
            key=lambda day: (
                int(seconds[number, members[day]].min()) if under else 0,
                (load_s[day] + visit.cost_s) / max(1, room_s[day]),
                day,
            ),
        )
        chosen[number] = day
        load_s[day] += visit.cost_s
        members[day].append(number)
    return chosen


def _ways(visits: Sequence[SpreadVisit], home: Pin | None, travel: TravelTimes) -> np.typing.NDArray[np.int64]:
    """Seconds between visits, home as the last row and column; assumed where a place is not known."""
    places = [*(visit.pin for visit in visits), home]
    known = [number for number, pin in enumerate(places) if pin is not None]
    seconds = np.full((len(places), len(places)), ASSUMED_TRAVEL_S, dtype=np.int64)
    seconds[np.ix_(known, known)] = travel.matrix([pin for pin in places if pin is not None]).seconds
    return seconds
