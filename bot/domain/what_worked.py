"""What worked in a team: counts with an honest interval, the ranking by them, and when there is too little to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.proportions import Interval, wilson

T = TypeVar("T")

TOO_FEW_BELOW = 5


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

    @property
    def interval(self) -> Interval:
        """Where the true rate lies, in percent: anywhere, when nothing was tried."""
        return wilson(self.worked, self.tried) or Interval(low=0, high=100)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(tried=self.tried + other.tried, worked=self.worked + other.worked)


def ranked(things: Sequence[T], tallies: Mapping[T, Tally]) -> list[T]:
    """The things by what worked: proven ones first, by the lower end of their interval.

    What was tried too seldom stays in the given order between the proven and the proven bad, which are those whose
    whole interval lies under the average of all: so new ones get their turn and a poor start does not lead.
    """
    known = {one: tallies.get(one, Tally()) for one in things}
    every = sum(known.values(), Tally())
    average = 100 * every.worked / every.tried if every.tried else 0.0

    def place(one: T) -> tuple[int, float]:
        tally = known[one]
        if not tally.says_something:
            return 1, 0.0
        return (2 if tally.interval.high < average else 0), -tally.interval.low

    return sorted(things, key=place)
