"""What a rep has said of a week: stops put on a day or at a time, customers left out, suggestions asked anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self

from bot.domain.screen import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """``days`` are a customer's dates, all of them; ``times_s`` seconds of the local day of some of those.

    ``again`` counts the suggestions that were asked for: each has a seed of its own. ``weeks`` is how many to plan.
    """

    days: Mapping[int, frozenset[date]] = field(default_factory=dict)
    times_s: Mapping[tuple[int, date], int] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    again: int = 0
    weeks: int = 1

    def move(self, customer_id: int, planned: frozenset[date], begin: date, to: date) -> "Wishes":
        """One stop of a customer goes to another day; its other ones stay where they are."""
        times = {key: at for key, at in self.times_s.items() if key != (customer_id, begin)}
        days = {**self.days, customer_id: (planned - {begin}) | {to}}
        return replace(self, days=days, times_s=times, left_out=self.left_out - {customer_id})

    def lock(self, customer_id: int, planned: frozenset[date], on: date, at_s: int) -> "Wishes":
        """One stop gets a fixed time."""
        days = {**self.days, customer_id: planned | {on}}
        return replace(self, days=days, times_s={**self.times_s, (customer_id, on): at_s})

    def leave_out(self, customer_id: int) -> "Wishes":
        """Not this week."""
        days = {key: dates for key, dates in self.days.items() if key != customer_id}
        times = {key: at for key, at in self.times_s.items() if key[0] != customer_id}
        return replace(self, days=days, times_s=times, left_out=self.left_out | {customer_id})

    def take_back(self, customer_id: int, to: date) -> "Wishes":
        """Somebody who is not visited gets a day all the same."""
        return replace(self, days={**self.days, customer_id: frozenset({to})}, left_out=self.left_out - {customer_id})

    def over(self, weeks: int) -> "Wishes":
        """The same wishes for a plan of so many weeks."""
        return replace(self, weeks=weeks)

    def another(self) -> "Wishes":
        return replace(self, again=self.again + 1)

    def to_json(self) -> dict[str, Json]:
        return {
            "days": {str(key): [day.isoformat() for day in sorted(dates)] for key, dates in self.days.items()},
            "times": [[key, day.isoformat(), at_s] for (key, day), at_s in sorted(self.times_s.items())],
            "left_out": [*sorted(self.left_out)],
            "again": self.again,
            "weeks": self.weeks,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            days={int(key): frozenset(map(date.fromisoformat, dates)) for key, dates in data.get("days", {}).items()},
            times_s={(key, date.fromisoformat(day)): at_s for key, day, at_s in data.get("times", [])},
            left_out=frozenset(data.get("left_out", [])),
            again=data.get("again", 0),
            weeks=data.get("weeks", 1),
        )
