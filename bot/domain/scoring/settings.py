"""What a team can set of its scoring: weights, quotas, and how it grades."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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


INDICATORS = tuple(Indicator)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringSettings:
    """``weights`` are whole numbers 0-100 whose sum may be any but 0; quotas are percent of the graded customers."""

    weights: Mapping[Indicator, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    a_percent: int = DEFAULT_A_PERCENT
    b_percent: int = DEFAULT_B_PERCENT
    method: Method = Method.MULTI

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
        )
