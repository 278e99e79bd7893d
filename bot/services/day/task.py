"""What a plan of a date is made from: the question to the planner, and what a rep has said of the day."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.planning.problem import DayProblem
from bot.services.day.candidates import Prospect
from bot.services.day.route import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a rep says of the day. ``here`` is only computed with, never kept.

    ``of_plan`` (and ``of_revision`` for what must not happen twice) is the plan that the button was under: of another
    one the change is void.
    """

    skip: int | None = None
    put: int | None = None
    put_first: int | None = None
    late: timedelta = timedelta(0)
    here: Pin | None = None
    again: bool = False
    of_plan: int | None = None
    of_revision: int | None = None

    @property
    def is_nothing(self) -> bool:
        return self == Change(of_plan=self.of_plan, of_revision=self.of_revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTask:
    """All that a plan is made from. ``history`` are the stops that are over or under way; they stay as they are."""

    acting: Acting
    on: date
    now: datetime
    plan_id: int | None
    revision: int
    is_started: bool
    is_current: bool
    history: tuple[Stop, ...]
    problem: DayProblem
    prospects: Mapping[int, Prospect]
    a_due: int
    skipped: frozenset[int]
    added: frozenset[int]
    not_before: datetime | None

    @property
    def fingerprint(self) -> str:
        """Names the candidates and the working hours, not the time of day."""
        shift, candidates = self.problem.shift, self.problem.candidates
        parts = [
            (each.key, round(each.prize), each.required, each.service_s, each.windows, each.pin) for each in candidates
        ]
        facts = (shift.starts_s, shift.ends_s, shift.end, sorted(parts, key=lambda part: part[0]))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def seed(self) -> int:
        """The same for a member's date, whoever plans it."""
        return self.acting.member_id * 1_000_003 + self.on.toordinal()
