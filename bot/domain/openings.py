"""Entry openings, METHOD.md section 5: what makes a customer ready to look at a new supplier, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FRESH_FOR = timedelta(days=90)
"""An opening older than this is history: a launch is over, a new head has chosen."""


class OpeningKind(StrEnum):
    """Values are stored, so they never change."""

    PRODUCT_LAUNCH = "product_launch"
    SUPPLIER_REVIEW = "supplier_review"
    PEOPLE_CHANGE = "people_change"
    RIVAL_TROUBLE = "rival_trouble"
    SOUR_RELATION = "sour_relation"
    COST_CUTTING = "cost_cutting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    kind: OpeningKind
    seen_on: date

    def is_fresh(self, today: date) -> bool:
        return self.seen_on <= today <= self.seen_on + FRESH_FOR


def newest_fresh(openings: Iterable[Opening], today: date) -> Opening | None:
    """The opening to act on: the newest of those that still are one."""
    fresh = [one for one in openings if one.is_fresh(today)]
    return max(fresh, key=lambda one: one.seen_on, default=None)
