"""The capacity-true week: what is due against what fits, whose intervals stretch, and who will not be visited.

The rule is METHOD.md section 6: all but grade A stretch by one common ratio until the week fits; A stretches only when
A alone is too much, and by 1.5 at most.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.vocabulary import Grade

MOST_STRETCH_OF_A = 1.5
"""METHOD.md section 6: beyond this, too many customers of grade A is a fact to be told and not to be hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one customer asks of a week.

    ``waited_days`` are working days since the last touch on the evening before the week, ``interval_days`` what it
    should be. ``cost_s`` is a visit with the way to it. ``fixed`` visits are agreed: they take place whatever the rest.
    ``stake_minor`` is what the customer bought in a year, ``worth`` the visit priority (0-100).
    """

    key: int
    grade: Grade | None
    interval_days: float
    waited_days: float
    cost_s: int
    stake_minor: int = 0
    worth: float = 0.0
    fixed: int = 0

    def __post_init__(self) -> None:
        if self.interval_days <= 0 or self.waited_days < 0:
            raise ValueError(
                f"an interval is more than 0 and waiting 0 days or more, not {self.interval_days}, {self.waited_days}"
            )
        if self.cost_s < 0 or self.fixed < 0:
            raise ValueError(
                f"a visit costs 0 s or more and fixed visits are 0 or more, not {self.cost_s}, {self.fixed}"
            )

    def visits_due(self, working_days: int, stretch: float = 1.0) -> int:
        """Visits that fall due in a week of so many days when the interval is stretched; never fewer than fixed."""
        interval = self.interval_days * stretch
        first = max(1.0, interval - self.waited_days)
        due = 1 + math.floor((working_days - first) / interval + 1e-9) if first <= working_days else 0
        return max(self.fixed, due)

    def drops_at(self, working_days: int) -> list[float]:
        """The stretches, rising, above which one visit less is due."""
        reach = self.waited_days + working_days
        if working_days < 1:
            return []
        own = [reach / (self.interval_days * count) for count in range(1, self.visits_due(working_days) + 1)]
        late = [(working_days - 1) / (self.interval_days * count) for count in range(1, self.visits_due(working_days))]
        return sorted({value for value in (*own, *late) if value >= 1.0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a week can hold: ``day_s`` is one day's field time less lunch, midday rest, and the way out and home."""

    days: tuple[int, ...]

    @property
    def working_days(self) -> int:
        return len(self.days)

    @property
    def seconds(self) -> int:
        return sum(self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A customer with fewer visits than are due: ``due`` at its own interval, ``planned`` now."""

    claim: Claim
    due: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBalance:
    """A week's demand against its room, and what the elastic intervals make of it.

    ``stretch`` is what lets B, C and D live with the room that A leaves, week after week (infinity: there is none);
    1 where only what has piled up is too much. ``stretch_of_a`` is of A, which ``a_fits`` where that is enough.
    ``planned`` are visits by key.
    """

    room: Room
    demand: int
    demand_s: int
    a_demand: int
    a_demand_s: int
    stretch: float
    stretch_of_a: float
    a_fits: bool
    planned: Mapping[int, int]
    planned_s: int
    missed: tuple[Missed, ...]

    @property
    def fits(self) -> bool:
        return self.demand_s <= self.room.seconds

    @property
    def visits(self) -> int:
        return sum(self.planned.values())

    @property
    def not_visited(self) -> tuple[Missed, ...]:
        """Customers that are due and get no visit at all, those with most at stake first."""
        gone = [each for each in self.missed if each.planned == 0]
        return tuple(sorted(gone, key=lambda each: (-each.claim.stake_minor, -each.claim.worth, each.claim.key)))

    @property
    def risked_minor(self) -> int:
        """A year's sales with the customers that are not visited."""
        return sum(each.claim.stake_minor for each in self.not_visited)

    @property
    def capacity(self) -> int:
        """How many visits of this week's mix the room holds."""
        return round(self.demand * self.room.seconds / self.demand_s) if self.demand_s else 0


def balance_week(claims: Iterable[Claim], room: Room) -> WeekBalance:
    """Weigh a week. Always answers: what no stretch can mend is filled by priority, and the rest is named."""
    everybody = sorted(claims, key=lambda claim: claim.key)
    days = room.working_days
    first = [claim for claim in everybody if claim.grade is Grade.A]
    others = [claim for claim in everybody if claim.grade is not Grade.A]
    fixed_s = sum(claim.fixed * claim.cost_s for claim in others)
    a_s = _cost(first, days, 1.0)
    stretch_of_a = _smallest_stretch(first, days, room.seconds - fixed_s)
    capped = min(stretch_of_a, MOST_STRETCH_OF_A)
    planned = {claim.key: claim.visits_due(days, capped) for claim in first}
    left_s = room.seconds - sum(planned[claim.key] * claim.cost_s for claim in first)
    if stretch_of_a > MOST_STRETCH_OF_A:
        planned = _fill(first, planned, room.seconds - fixed_s)
        left_s = fixed_s
    cut = _smallest_stretch(others, days, left_s)
    planned.update({claim.key: claim.visits_due(days, cut) for claim in others})
    planned = _use_what_is_left(others, days, planned, room.seconds, everybody)
    missed = tuple(
        Missed(claim=claim, due=claim.visits_due(days), planned=planned[claim.key])
        for claim in everybody
        if planned[claim.key] < claim.visits_due(days)
    )
    return WeekBalance(
        room=room,
        demand=sum(claim.visits_due(days) for claim in everybody),
        demand_s=a_s + _cost(others, days, 1.0),
        a_demand=sum(claim.visits_due(days) for claim in first),
        a_demand_s=a_s,
        stretch=1.0 if cut == 1.0 else _lasting_stretch(others, days, left_s),
        stretch_of_a=capped,
        a_fits=stretch_of_a <= MOST_STRETCH_OF_A,
        planned=planned,
        planned_s=sum(planned[claim.key] * claim.cost_s for claim in everybody),
        missed=missed,
    )


def _cost(claims: Iterable[Claim], days: int, stretch: float) -> int:
    return sum(claim.visits_due(days, stretch) * claim.cost_s for claim in claims)


def _smallest_stretch(claims: Sequence[Claim], days: int, room_s: int) -> float:
    """The least common stretch at which the claims fit; infinity when even their fixed visits do not."""
    if _cost(claims, days, 1.0) <= room_s:
        return 1.0
    steps = sorted({step for claim in claims for step in claim.drops_at(days)})
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if _cost(claims, days, _just_above(steps[middle])) <= room_s:
            high = middle
        else:
            low = middle + 1
    return _just_above(steps[low]) if low < len(steps) else math.inf


def _lasting_stretch(claims: Sequence[Claim], days: int, room_s: int) -> float:
    """What a common ratio makes of frequencies that ask for more than the room, every week."""
    wanted_s = sum(days / claim.interval_days * claim.cost_s for claim in claims)
    return max(1.0, wanted_s / room_s) if room_s > 0 else math.inf


def _just_above(step: float) -> float:
    return step * (1 + 1e-6)


def _by_worth(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda claim: (-claim.worth, -claim.stake_minor, claim.key))


def _fill(claims: Sequence[Claim], wanted: dict[int, int], room_s: int) -> dict[int, int]:
    """As many of the wanted visits as fit: the fixed ones, then one for each by priority, then the second ones."""
    given = {claim.key: claim.fixed for claim in claims}
    used_s = sum(claim.fixed * claim.cost_s for claim in claims)
    for turn in range(1, max(wanted.values(), default=0) + 1):
        for claim in _by_worth(claims):
            if given[claim.key] < min(turn, wanted[claim.key]) and used_s + claim.cost_s <= room_s:
                given[claim.key] += 1
                used_s += claim.cost_s
    return given


def _use_what_is_left(
    others: Sequence[Claim], days: int, planned: dict[int, int], room_s: int, everybody: Sequence[Claim]
) -> dict[int, int]:
    """Equal waiting makes the stretch drop many at once; what room that leaves goes to the best of them."""
    used_s = sum(planned[claim.key] * claim.cost_s for claim in everybody)
    given = dict(planned)
    for claim in _by_worth(others):
        if given[claim.key] == 0 and claim.visits_due(days) > 0 and used_s + claim.cost_s <= room_s:
            given[claim.key] = 1
            used_s += claim.cost_s
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class AnotherDay:
    """What one more working day would buy: visits, and a year's sales that would no longer go unvisited."""

    visits: int
    saved_minor: int


def weigh_another_day(claims: Sequence[Claim], balance: WeekBalance) -> AnotherDay:
    """The same claims in the same week, with room for one day more."""
    *rest, last = balance.room.days or (0,)
    wider = Room(days=(*rest, last + max(balance.room.days, default=0)))
    better = balance_week(claims, wider)
    return AnotherDay(
        visits=better.visits - balance.visits, saved_minor=max(0, balance.risked_minor - better.risked_minor)
    )
