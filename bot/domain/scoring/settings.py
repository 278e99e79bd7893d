"""What a team can set of its figures: weights, quotas, how it grades, and the cuts and borders of every number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any


class Indicator(StrEnum):
    """What a grade is made of (METHOD.md section 2)."""

    SALES = "sales"
    MARGIN = "margin"
    LOYALTY = "loyalty"
    INFLUENCE = "influence"
    GROWTH = "growth"


class Method(StrEnum):
    MULTI = "multi"
    SINGLE = "single"


class Threshold(StrEnum):
    """A number that divides customers or deals, or that work is held against. Values are stored: they stay."""

    D_BELOW = "d_below"  # a score under it is a D
    MARGIN = "margin"  # points by which a score crosses a cut to change a grade at once
    A_SALES = "a_sales"  # by sales alone: percent of the sales that A make
    B_SALES = "b_sales"
    AT_RISK = "at_risk"  # times the usual gap since the last order
    DORMANT = "dormant"
    LOST = "lost"
    GROWING = "growing"  # sales of six months in percent of the six before
    DECLINING = "declining"
    NEW_DAYS = "new_days"  # from the first order, and from one that won a customer back
    R5 = "r5"  # RFM by fixed cuts: recency in times the usual gap, up to which a score is given
    R4 = "r4"
    R3 = "r3"
    R2 = "r2"
    F5 = "f5"  # orders a year, from which a score is given
    F4 = "f4"
    F3 = "f3"
    F2 = "f2"
    M5 = "m5"  # times the median customer's money, from which a score is given
    M4 = "m4"
    M3 = "m3"
    M2 = "m2"
    WORK_A = "work_a"  # customers of a rep's work platform
    WORK_B = "work_b"
    WORK_RESERVE = "work_reserve"
    COVER_A = "cover_a"  # percent of the planned visits under which a grade is warned of
    COVER_B = "cover_b"
    MAIN_SHARE = "main_share"  # percent of a customer's purchases, from which a stage is reached
    PARTNER_SHARE = "partner_share"
    STALL_DAYS = "stall_days"  # without an advance
    WIN_LEAD = "win_lead"  # percent of the deals of a stage that are won, while own ones are few
    WIN_CONTACT = "win_contact"
    WIN_NEED = "win_need"
    WIN_PROPOSAL = "win_proposal"
    WIN_NEGOTIATION = "win_negotiation"
    DEAL_DAYS = "deal_days"  # in a stage, while won deals are few


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a number can be, and by what step it is moved; one that moves by whole steps is whole."""

    default: float
    step: float
    low: float
    high: float


INDICATORS = tuple(Indicator)
RANGES: Mapping[Threshold, Range] = MappingProxyType(
    {
        Threshold.D_BELOW: Range(default=15, step=5, low=0, high=50),
        Threshold.MARGIN: Range(default=3, step=1, low=0, high=20),
        Threshold.A_SALES: Range(default=80, step=5, low=10, high=95),
        Threshold.B_SALES: Range(default=95, step=1, low=20, high=100),
        Threshold.AT_RISK: Range(default=1.5, step=0.25, low=1, high=5),
        Threshold.DORMANT: Range(default=2, step=0.25, low=1, high=10),
        Threshold.LOST: Range(default=4, step=0.5, low=1, high=20),
        Threshold.GROWING: Range(default=110, step=5, low=100, high=200),
        Threshold.DECLINING: Range(default=80, step=5, low=20, high=100),
        Threshold.NEW_DAYS: Range(default=90, step=15, low=15, high=365),
        Threshold.R5: Range(default=1, step=0.25, low=0.25, high=10),
        Threshold.R4: Range(default=1.5, step=0.25, low=0.25, high=10),
        Threshold.R3: Range(default=2, step=0.25, low=0.25, high=10),
        Threshold.R2: Range(default=4, step=0.25, low=0.25, high=20),
        Threshold.F5: Range(default=12, step=1, low=1, high=200),
        Threshold.F4: Range(default=4, step=1, low=1, high=200),
        Threshold.F3: Range(default=3, step=1, low=1, high=200),
        Threshold.F2: Range(default=2, step=1, low=1, high=200),
        Threshold.M5: Range(default=3, step=0.25, low=0.25, high=20),
        Threshold.M4: Range(default=1.5, step=0.25, low=0.25, high=20),
        Threshold.M3: Range(default=0.75, step=0.25, low=0.25, high=20),
        Threshold.M2: Range(default=0.25, step=0.05, low=0.05, high=20),
        Threshold.WORK_A: Range(default=20, step=5, low=5, high=200),
        Threshold.WORK_B: Range(default=30, step=5, low=0, high=200),
        Threshold.WORK_RESERVE: Range(default=10, step=5, low=0, high=200),
        Threshold.COVER_A: Range(default=90, step=5, low=0, high=100),
        Threshold.COVER_B: Range(default=80, step=5, low=0, high=100),
        Threshold.MAIN_SHARE: Range(default=50, step=5, low=5, high=95),
        Threshold.PARTNER_SHARE: Range(default=80, step=5, low=10, high=100),
        Threshold.STALL_DAYS: Range(default=180, step=30, low=30, high=720),
        Threshold.WIN_LEAD: Range(default=10, step=5, low=1, high=95),
        Threshold.WIN_CONTACT: Range(default=20, step=5, low=2, high=96),
        Threshold.WIN_NEED: Range(default=40, step=5, low=3, high=97),
        Threshold.WIN_PROPOSAL: Range(default=60, step=5, low=4, high=98),
        Threshold.WIN_NEGOTIATION: Range(default=80, step=5, low=5, high=99),
        Threshold.DEAL_DAYS: Range(default=30, step=5, low=5, high=365),
    }
)
RISING_ROWS: tuple[tuple[Threshold, ...], ...] = (
    (Threshold.A_SALES, Threshold.B_SALES),
    (Threshold.AT_RISK, Threshold.DORMANT, Threshold.LOST),
    (Threshold.DECLINING, Threshold.GROWING),
    (Threshold.R5, Threshold.R4, Threshold.R3, Threshold.R2),
    (Threshold.F2, Threshold.F3, Threshold.F4, Threshold.F5),
    (Threshold.M2, Threshold.M3, Threshold.M4, Threshold.M5),
    (Threshold.MAIN_SHARE, Threshold.PARTNER_SHARE),
    (
        Threshold.WIN_LEAD,
        Threshold.WIN_CONTACT,
        Threshold.WIN_NEED,
        Threshold.WIN_PROPOSAL,
        Threshold.WIN_NEGOTIATION,
    ),
)
"""Each number of a row is larger than the one before."""
FIRST_UNSCORED = tuple(Threshold).index(Threshold.WORK_A)
SCORED, UNSCORED = tuple(Threshold)[:FIRST_UNSCORED], tuple(Threshold)[FIRST_UNSCORED:]
"""What the scores of a refresh come from, and what only plans, stages and deals are held against."""
DEFAULT_WEIGHTS: Mapping[Indicator, int] = MappingProxyType(
    {
        Indicator.SALES: 30,
        Indicator.MARGIN: 15,
        Indicator.LOYALTY: 15,
        Indicator.INFLUENCE: 20,
        Indicator.GROWTH: 20,
    }
)
DEFAULT_A_PERCENT, DEFAULT_B_PERCENT = 7, 13
WEIGHT_MAX, PERCENT_MAX = 100, 100


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers that a team changed; every other has its default."""

    changed: Mapping[Threshold, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for name, value in self.changed.items():
            allowed = RANGES[name]
            if not allowed.low <= value <= allowed.high:
                raise ValueError(f"{name.value} is {allowed.low} to {allowed.high}, got {value}")
            if allowed.step >= 1 and value != int(value):
                raise ValueError(f"{name.value} is whole, got {value}")
        for row in RISING_ROWS:
            if any(self[later] <= self[earlier] for earlier, later in pairwise(row)):
                raise ValueError(f"each of {[name.value for name in row]} is larger than the one before")

    def __getitem__(self, name: Threshold) -> float:
        return self.changed.get(name, RANGES[name].default)

    def score_like(self, other: "Thresholds") -> bool:
        """Whether a refresh by these numbers finds what one by the others does."""
        return all(self[name] == other[name] for name in SCORED)

    def with_value(self, name: Threshold, value: float) -> "Thresholds":
        """With one number changed. Raises ValueError where it does not fit the others."""
        changed = {**self.changed, name: value}
        return Thresholds({one: number for one, number in changed.items() if number != RANGES[one].default})


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringSettings:
    """``weights`` are whole numbers 0-100 whose sum may be any but 0; quotas are percent of the graded customers."""

    weights: Mapping[Indicator, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    a_percent: int = DEFAULT_A_PERCENT
    b_percent: int = DEFAULT_B_PERCENT
    method: Method = Method.MULTI
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def __post_init__(self) -> None:
        if set(self.weights) != set(INDICATORS):
            raise ValueError(f"every indicator has a weight, got {sorted(self.weights)}")
        if not all(0 <= weight <= WEIGHT_MAX for weight in self.weights.values()) or not sum(self.weights.values()):
            raise ValueError(f"weights are 0-{WEIGHT_MAX} and not all 0, got {dict(self.weights)}")
        if not (self.a_percent > 0 and self.b_percent >= 0 and self.a_percent + self.b_percent < PERCENT_MAX):
            raise ValueError(f"quotas leave room for C, got A {self.a_percent} and B {self.b_percent}")

    def dump(self) -> dict[str, Any]:
        """The settings as JSON."""
        return {
            "weights": {indicator.value: self.weights[indicator] for indicator in INDICATORS},
            "a_percent": self.a_percent,
            "b_percent": self.b_percent,
            "method": self.method.value,
            "thresholds": {name.value: value for name, value in self.thresholds.changed.items()},
        }

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "ScoringSettings":
        """From JSON; what is not there has its default. Raises ValueError for impossible values."""
        weights = {Indicator(name): int(weight) for name, weight in stored.get("weights", {}).items()}
        return cls(
            weights={**DEFAULT_WEIGHTS, **weights},
            a_percent=int(stored.get("a_percent", DEFAULT_A_PERCENT)),
            b_percent=int(stored.get("b_percent", DEFAULT_B_PERCENT)),
            method=Method(stored.get("method", Method.MULTI)),
            thresholds=Thresholds(
                {Threshold(name): float(value) for name, value in stored.get("thresholds", {}).items()}
            ),
        )
