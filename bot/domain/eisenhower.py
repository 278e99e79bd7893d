"""The order of work by importance and urgency (Eisenhower), METHOD.md section 1."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from bot.domain.vocabulary import Grade

URGENT_WITHIN = timedelta(days=3)


class Quadrant(IntEnum):
    """In the order in which they are worked on."""

    DO_NOW = 1
    PLAN = 2
    KEEP_SHORT = 3
    LATER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """Something to do at a customer. ``money_minor`` is what is at stake, in minor units of the team's currency."""

    key: str
    grade: Grade | None
    is_key_account: bool = False
    money_minor: int = 0
    due_on: date | None = None

    @property
    def is_important(self) -> bool:
        return self.grade is Grade.A or self.is_key_account or self.money_minor > 0

    def is_urgent(self, today: date) -> bool:
        """Whether its date is within 3 days or past."""
        return self.due_on is not None and self.due_on - today <= URGENT_WITHIN

    def quadrant(self, today: date) -> Quadrant:
        if self.is_important:
            return Quadrant.DO_NOW if self.is_urgent(today) else Quadrant.PLAN
        return Quadrant.KEEP_SHORT if self.is_urgent(today) else Quadrant.LATER


def order_work(items: Iterable[WorkItem], today: date) -> list[WorkItem]:
    """By quadrant; within one the earliest date first, then the most money."""
    return sorted(items, key=lambda one: (one.quadrant(today), one.due_on or date.max, -one.money_minor, one.key))
