"""Grades of a team's customers by several indicators, or by sales alone, each with the parts that made it.

Method: METHOD.md section 2. All arrays have one element a customer.
"""

from dataclasses import dataclass

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats
from bot.domain.scoring.ranks import mid_rank_percentiles
from bot.domain.scoring.settings import INDICATORS, RANGES, Indicator, Method, ScoringSettings, Threshold
from bot.domain.vocabulary import Grade

TOO_FEW_CUSTOMERS = 5
"""Among fewer a percentile says nothing."""
HALF_THE_WEIGHT = 0.5
RISING_GROWTH, RISING_INFLUENCE = 5, 4
QUARTERS = 4
PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """The scores that divide a team, halfway between the last inside and the first outside; None where nobody is."""

    a: float | None
    b: float | None
    d: float = RANGES[Threshold.D_BELOW].default

    def floor_of(self, grade: Grade) -> float | None:
        """Where a grade begins."""
        return {Grade.A: self.a, Grade.B: self.b, Grade.C: self.d, Grade.D: 0.0}[grade]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One indicator of one customer. ``weight`` is its share 0-1 of the known weights; contributions add up to the
    score. A missing indicator has no value, and its weight is that which it would have if it were known too."""

    indicator: Indicator
    value: float | None
    percentile: float | None
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamGrades:
    """The grades that today's figures propose. ``grades`` holds None for a customer that cannot be graded.

    ``values`` and ``percentiles`` have a column an indicator, nan where missing. ``known_weight`` is 0-1.
    """

    settings: ScoringSettings
    values: Floats
    percentiles: Floats
    scores: Floats
    known_weight: Floats
    grades: tuple[Grade | None, ...]
    provisional: Flags
    rising: Flags
    cuts: Cuts
    graded: int

    @property
    def is_too_few(self) -> bool:
        """Whether there are too few customers to compare."""
        return self.graded < TOO_FEW_CUSTOMERS

    def parts_of(self, place: int) -> tuple[Part, ...]:
        """What made the score of a customer."""
        return parts(self.settings, self.values[place].tolist(), self.percentiles[place].tolist())


def parts(settings: ScoringSettings, values: list[float | None], percentiles: list[float | None]) -> tuple[Part, ...]:
    """The parts of a score from values and percentiles in the order of the indicators; None or nan is missing."""
    known = [value is not None and not np.isnan(value) for value in values]
    weights = [settings.weights[indicator] for indicator in INDICATORS]
    total = sum(weight for weight, is_known in zip(weights, known, strict=True) if is_known)
    made = []
    for indicator, weight, is_known, value, percentile in zip(
        INDICATORS, weights, known, values, percentiles, strict=True
    ):
        share = weight / ((total if is_known else total + weight) or 1)
        made.append(
            Part(
                indicator=indicator,
                value=value if is_known else None,
                percentile=percentile if is_known else None,
                weight=share,
                contribution=share * (percentile or 0.0) if is_known else 0.0,
            )
        )
    return tuple(made)


def grade_team(
    values: Floats, settings: ScoringSettings, *, no_need: Flags | None = None, joint_project: Flags | None = None
) -> TeamGrades:
    """Grade a team. ``values`` has a row a customer and a column an indicator in their order, nan where missing."""
    size = len(values)
    if values.shape != (size, len(INDICATORS)):
        raise ValueError(f"values have {len(INDICATORS)} columns, got shape {values.shape}")
    without = np.zeros(size, dtype=np.bool_)
    no_need = without if no_need is None else no_need
    joint_project = without if joint_project is None else joint_project
    percentiles = np.column_stack([mid_rank_percentiles(values[:, column]) for column in range(len(INDICATORS))])
    scores, known_weight = score(percentiles, settings)
    growth, influence = values[:, INDICATORS.index(Indicator.GROWTH)], values[:, INDICATORS.index(Indicator.INFLUENCE)]
    with np.errstate(invalid="ignore"):
        rising = (growth >= RISING_GROWTH) & (influence >= RISING_INFLUENCE) & joint_project & ~no_need
    if settings.method is Method.SINGLE:
        proposed, provisional, cuts = _by_sales(values[:, 0], settings)
    else:
        provisional = (known_weight > 0) & (known_weight < HALF_THE_WEIGHT)
        proposed, cuts = _by_quota(scores, provisional, settings)
    graded = sum(grade is not None for grade in proposed)
    if graded < TOO_FEW_CUSTOMERS:
        proposed, cuts = [None] * size, Cuts(a=None, b=None)
    grades = tuple(Grade.D if unneeded else grade for grade, unneeded in zip(proposed, no_need, strict=True))
    return TeamGrades(
        settings=settings,
        values=values,
        percentiles=percentiles,
        scores=scores,
        known_weight=known_weight,
        grades=grades,
        provisional=provisional,
        rising=rising,
        cuts=cuts,
        graded=graded,
    )


def score(percentiles: Floats, settings: ScoringSettings) -> tuple[Floats, Floats]:
    """Scores 0-100 (nan where nothing is known), and the share 0-1 of the weight that is known."""
    weights = np.array([settings.weights[indicator] for indicator in INDICATORS], dtype=np.float64)
    known = ~np.isnan(percentiles)
    known_sum = (known * weights).sum(axis=1)
    summed = (np.where(known, percentiles, 0.0) * weights).sum(axis=1)
    scores = np.divide(summed, known_sum, out=np.full(len(percentiles), np.nan), where=known_sum > 0)
    return scores, known_sum / weights.sum()


def _by_quota(scores: Floats, provisional: Flags, settings: ScoringSettings) -> tuple[list[Grade | None], Cuts]:
    """A is the top 7 %, B the next 13 %. Equal scores stand together at their middle, so ties never swell a grade."""
    from_top = 100 - mid_rank_percentiles(scores)
    lowest = settings.thresholds[Threshold.D_BELOW]
    with np.errstate(invalid="ignore"):
        is_a = from_top <= settings.a_percent
        is_b = (from_top <= settings.a_percent + settings.b_percent) & ~is_a
        is_low = scores < lowest
    cuts = Cuts(a=_cut(scores, is_a), b=_cut(scores, is_a | is_b) if is_b.any() else None, d=lowest)
    grades: list[Grade | None] = []
    for known, a, b, low, unsure in zip(~np.isnan(scores), is_a, is_b, is_low, provisional, strict=True):
        if not known:
            grades.append(None)
        elif low:
            grades.append(Grade.D)
        elif a and not unsure:
            grades.append(Grade.A)
        else:
            grades.append(Grade.B if a or b else Grade.C)
    return grades, cuts


def _cut(scores: Floats, inside: Flags) -> float | None:
    if not inside.any():
        return None
    lowest = float(scores[inside].min())
    outside = scores[~inside & ~np.isnan(scores)]
    return (lowest + float(outside.max())) / 2 if len(outside) else lowest


def _by_sales(sales: Floats, settings: ScoringSettings) -> tuple[list[Grade | None], Flags, Cuts]:
    """A are the customers that make the first 80 % of sales, B those up to 95 %; who sold nothing is a C."""
    up_to_a, up_to_b = (settings.thresholds[name] / PERCENT for name in (Threshold.A_SALES, Threshold.B_SALES))
    provisional = np.zeros(len(sales), dtype=np.bool_)
    bought = np.where(np.isnan(sales), 0.0, np.maximum(sales, 0.0))
    total = float(bought.sum())
    grades: list[Grade | None] = [None if np.isnan(value) else Grade.C for value in sales]
    if total > 0:
        for place, before in enumerate(_sales_before(bought) / total):
            if bought[place] > 0 and before < up_to_b:
                grades[place] = Grade.A if before < up_to_a else Grade.B
    return grades, provisional, Cuts(a=None, b=None)


def _sales_before(bought: Floats) -> Floats:
    """The sales of all who sold more; equal sales have equal figures."""
    distinct, place, count = np.unique(bought, return_inverse=True, return_counts=True)
    descending = np.cumsum((distinct * count)[::-1])[::-1]
    before: Floats = (descending - distinct * count)[place]
    return before
