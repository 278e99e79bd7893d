"""What worked in a team: counts with an honest interval, the ranking by them, and when there is too little to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

TOO_FEW_BELOW = 5
Z_95 = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something was tried, and how often it worked."""

    tried: int = 0
    worked: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.worked <= self.tried:
            raise ValueError(f"what worked is part of what was tried: {self.worked} of {self.tried}")

    @property
    def says_something(self) -> bool:
        return self.tried >= TOO_FEW_BELOW

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(tried=self.tried + other.tried, worked=self.worked + other.worked)


def interval(tally: Tally) -> tuple[float, float]:
    """The 95 % interval of the rate behind a tally, each 0 to 1; (0, 1) for nothing tried.

    Wilson's score interval (1927): right also for few trials and for all or none, where the usual one has no width.
    """
    if tally.tried == 0:
        return 0.0, 1.0
    n, rate = tally.tried, tally.worked / tally.tried
    spread = Z_95**2 / n
    middle = (rate + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * sqrt(rate * (1 - rate) / n + spread / (4 * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def ranked(things: Sequence[T], tallies: Mapping[T, Tally]) -> list[T]:
    """The things by what worked: proven ones first, by the lower end of their interval.

    What was tried too seldom stays in the given order between the proven and the proven bad, which are those whose
    whole interval lies under the average of all: so new ones get their turn and a poor start does not lead.
    """
    known = {one: tallies.get(one, Tally()) for one in things}
    every = sum(known.values(), Tally())
    average = every.worked / every.tried if every.tried else 0.0

    def place(one: T) -> tuple[int, float]:
        tally = known[one]
        if not tally.says_something:
            return 1, 0.0
        low, high = interval(tally)
        return (2 if high < average else 0), -low

    return sorted(things, key=place)
