"""How much slower or faster a team really drives than the travel model says, from legs that were measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

USUAL = 1.0
LEAST, MOST = 0.5, 3.0
FEWEST_LEGS = 20
"""With fewer legs a factor is chance."""

SHORTEST_MODELLED_S = 3 * 60
LONGEST_MEASURED_S = 3 * 3600
"""Shorter ways are mostly parking, longer pauses are no ways: neither says how fast the roads are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLeg:
    """From leaving one customer to checking in at the next: what the model says, and what it took."""

    modelled_s: int
    measured_s: int

    @property
    def tells(self) -> bool:
        return self.modelled_s >= SHORTEST_MODELLED_S and 0 < self.measured_s <= LONGEST_MEASURED_S


def learn_factor(legs: Iterable[MeasuredLeg]) -> tuple[float, int]:
    """The median ratio within ``LEAST`` and ``MOST``, and from how many legs; ``USUAL`` while there are too few."""
    ratios = [leg.measured_s / leg.modelled_s for leg in legs if leg.tells]
    if len(ratios) < FEWEST_LEGS:
        return USUAL, len(ratios)
    return round(min(MOST, max(LEAST, median(ratios))), 2), len(ratios)
