"""What would change a grade: for each indicator alone, the value at which the next grade begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.grading import Part
from bot.domain.scoring.settings import Indicator

PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One indicator that would do it alone. ``value`` is where that percentile lies in the team."""

    indicator: Indicator
    percentile: float
    value: float
    is_missing: bool


def find_levers(
    parts: Sequence[Part], target: float, quantiles: Mapping[Indicator, Sequence[float]]
) -> tuple[Lever, ...]:
    """The indicators that could each lift a score to the target alone, the shortest way first; known ones come first.

    ``quantiles`` are the team's values at even steps from the lowest to the highest.
    """
    score = sum(part.contribution for part in parts)
    found = []
    for part in parts:
        values = quantiles.get(part.indicator)
        if not values or part.weight == 0 or score >= target:
            continue
        if part.percentile is None:
            # its weight would come on top of the known ones, which then share what is left
            needed = (target - score * (1 - part.weight)) / part.weight
        else:
            needed = part.percentile + (target - score) / part.weight
        if 0 <= needed <= PERCENT:
            value = float(np.interp(needed, np.linspace(0, PERCENT, len(values)), values))
            found.append(
                Lever(
                    indicator=part.indicator,
                    percentile=needed,
                    value=value,
                    is_missing=part.percentile is None,
                )
            )
    known = {part.indicator: part.percentile or 0.0 for part in parts}
    return tuple(sorted(found, key=lambda lever: (lever.is_missing, lever.percentile - known[lever.indicator])))
