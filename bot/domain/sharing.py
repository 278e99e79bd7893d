"""Which of several reps serves a shared customer in a week: the one who comes by nearest and has room for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.geo import Pin
from bot.domain.planning.problem import ASSUMED_TRAVEL_S
from bot.domain.planning.travel import TravelTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedVisits:
    """What a shared customer asks of the week. ``reps`` may go, whom it is given to first comes first.

    ``standing`` are those who have agreed visits with it: whose turn it is then is no question.
    """

    customer_id: int
    pin: Pin | None
    visits: int
    service_s: int
    reps: tuple[int, ...]
    standing: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.reps:
            raise ValueError(f"somebody serves a customer ({self.customer_id})")
        if not set(self.standing) <= set(self.reps):
            raise ValueError(f"visits stand for those who serve a customer ({self.customer_id})")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepWeek:
    """A rep's week without what is undecided: where the rep comes by anyway, the start place first, and what room
    is left."""

    places: tuple[Pin, ...]
    room_s: int
    travel: TravelTimes


def choose_reps(shared: Sequence[SharedVisits], weeks: Mapping[int, RepWeek]) -> dict[int, int]:
    """A rep for each customer, in the order given: the least extra way among those with room for all its visits.

    Where nobody has room, who has most of it; among equals, who is named first.
    """
    ways = {rep: _ways(shared, week) for rep, week in weeks.items()}
    near = {rep: ways[rep][:, : len(week.places)].min(axis=1, initial=_FAR_S) for rep, week in weeks.items()}
    room_s = {rep: week.room_s for rep, week in weeks.items()}
    chosen: dict[int, int] = {}
    for number, each in enumerate(shared):
        cost_s = {rep: each.visits * (each.service_s + min(int(near[rep][number]), _FAR_S)) for rep in each.reps}
        roomy = [rep for rep in each.reps if cost_s[rep] <= room_s[rep]]
        if each.standing:
            rep = each.standing[0]
        elif roomy:
            rep = min(roomy, key=lambda rep: cost_s[rep])
        else:
            rep = max(each.reps, key=lambda rep: room_s[rep])
        chosen[each.customer_id] = rep
        room_s[rep] -= cost_s[rep]
        near[rep] = np.minimum(near[rep], ways[rep][:, len(weeks[rep].places) + number])
    return chosen


_FAR_S = 24 * 3600


def _ways(shared: Sequence[SharedVisits], week: RepWeek) -> np.typing.NDArray[np.int64]:
    """Seconds from the rep's places, and from the shared customers, to each shared customer, a row for each."""
    places = [*week.places, *(each.pin for each in shared)]
    known = [number for number, pin in enumerate(places) if pin is not None]
    seconds = np.full((len(places), len(places)), ASSUMED_TRAVEL_S, dtype=np.int64)
    seconds[np.ix_(known, known)] = week.travel.matrix([pin for pin in places if pin is not None]).seconds
    return seconds[len(week.places) :, :]
