"""Visit priority: a number from 0 to 100 that says of every point where it comes from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bot.domain.urgency import DUE_FROM, OVERDUE_ABOVE, overdue_days
from bot.domain.vocabulary import Grade

URGENCY_POINTS = 30.0
URGENCY_CAP = 3.0
GRADE_POINTS: Mapping[Grade, float] = MappingProxyType({Grade.A: 20.0, Grade.B: 12.0, Grade.C: 5.0, Grade.D: 1.0})
STAKE_POINTS = 20.0
PROMISE_POINTS = 10.0
COMPLAINT_POINTS = 10.0
OPENING_POINTS = 5.0
LIFECYCLE_POINTS = 5.0

_STAKE_WORTH_SAYING = 0.8
"""Money at stake is a reason to show only in the top fifth: everybody has some."""


class ReasonCode(StrEnum):
    """Why a customer is worth a visit today; each has words in the catalogues, filled by its params."""

    PROMISE_DUE = "promise_due"
    FOLLOW_UP_DUE = "follow_up_due"
    COMPLAINT_OPEN = "complaint_open"
    LIFECYCLE = "lifecycle"
    OPENING_SEEN = "opening_seen"
    OVERDUE = "overdue"
    NEVER_VISITED = "never_visited"
    AT_STAKE = "at_stake"
    DUE = "due"
    GRADE = "grade"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityFacts:
    """What is known of a customer on the morning of a day.

    ``stake_percentile`` is 0-1 within the team. ``promise_due_days`` and ``follow_up_due_days`` are days until the
    due day (0 today, negative late) and None when nothing falls due today or earlier. ``lifecycle_flag`` names the
    flag ("at_risk", "dormant", …) and ``overdue_ratio`` is days since the last order against the usual gap.
    ``stake_minor`` is in the currency's minor units and only shown.
    """

    urgency: float
    interval_days: float
    grade: Grade | None
    never_visited: bool = False
    stake_percentile: float = 0.0
    stake_minor: int | None = None
    promise_due_days: int | None = None
    follow_up_due_days: int | None = None
    complaint_open_days: int | None = None
    opening: str | None = None
    lifecycle_flag: str | None = None
    overdue_ratio: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.stake_percentile <= 1:
            raise ValueError(f"a percentile of money at stake is 0 to 1, not {self.stake_percentile}")
        if self.urgency < 0 or math.isnan(self.urgency):
            raise ValueError(f"urgency is 0 or more, not {self.urgency}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One part of a priority: ``points`` went into the sum, ``params`` fill the words of ``code``."""

    code: ReasonCode
    points: float
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """0-100, with every part that made it. The parts add up to ``points``."""

    points: float
    parts: tuple[Reason, ...]
    shown: tuple[Reason, ...]

    @property
    def rounded(self) -> int:
        return round(self.points)


def visit_priority(facts: PriorityFacts, *, most_shown: int = 2) -> Priority:
    """The formula of METHOD.md section 6, explained. ``shown`` are the one or two reasons worth a rep's glance.

    Shown first is what makes the customer stand out: an event (promise, complaint, …) or being far overdue; the
    grade stands in the stop's own column and is never among them.
    """
    parts = tuple(part for part in (_urgency_part(facts), *_grade_and_stake(facts), *_events(facts)) if part.points > 0)
    ranked = sorted(parts, key=lambda part: -_salience(part, facts))
    shown = tuple(part for part in ranked if _salience(part, facts) > 0)[:most_shown]
    return Priority(points=min(100.0, sum(part.points for part in parts)), parts=parts, shown=shown)


def _urgency_part(facts: PriorityFacts) -> Reason:
    points = URGENCY_POINTS * min(facts.urgency, URGENCY_CAP) / URGENCY_CAP
    if facts.never_visited:
        return Reason(code=ReasonCode.NEVER_VISITED, points=points)
    if facts.urgency > OVERDUE_ABOVE:
        days = overdue_days(facts.urgency, facts.interval_days)
        return Reason(code=ReasonCode.OVERDUE, points=points, params={"days": days})
    code = ReasonCode.DUE if facts.urgency >= DUE_FROM else ReasonCode.WAITING
    return Reason(code=code, points=points)


def _grade_and_stake(facts: PriorityFacts) -> list[Reason]:
    parts = []
    if facts.grade is not None:
        parts.append(
            Reason(code=ReasonCode.GRADE, points=GRADE_POINTS[facts.grade], params={"grade": facts.grade.value})
        )
    stake: dict[str, str | int | float] = {"percentile": round(facts.stake_percentile, 4)}
    if facts.stake_minor is not None:
        stake["amount_minor"] = facts.stake_minor
    parts.append(Reason(code=ReasonCode.AT_STAKE, points=STAKE_POINTS * facts.stake_percentile, params=stake))
    return parts


def _events(facts: PriorityFacts) -> list[Reason]:
    events = []
    if facts.promise_due_days is not None:
        events.append(
            Reason(code=ReasonCode.PROMISE_DUE, points=PROMISE_POINTS, params={"days": facts.promise_due_days})
        )
    elif facts.follow_up_due_days is not None:
        events.append(
            Reason(code=ReasonCode.FOLLOW_UP_DUE, points=PROMISE_POINTS, params={"days": facts.follow_up_due_days})
        )
    if facts.complaint_open_days is not None:
        events.append(
            Reason(code=ReasonCode.COMPLAINT_OPEN, points=COMPLAINT_POINTS, params={"days": facts.complaint_open_days})
        )
    if facts.lifecycle_flag is not None:
        params: dict[str, str | int | float] = {"flag": facts.lifecycle_flag}
        if facts.overdue_ratio is not None:
            params["ratio"] = round(facts.overdue_ratio, 1)
        events.append(Reason(code=ReasonCode.LIFECYCLE, points=LIFECYCLE_POINTS, params=params))
    if facts.opening is not None:
        events.append(Reason(code=ReasonCode.OPENING_SEEN, points=OPENING_POINTS, params={"opening": facts.opening}))
    return events


def _salience(part: Reason, facts: PriorityFacts) -> float:
    """How much a reason tells a rep who sees the grade anyway: only waiting past the interval is news."""
    match part.code:
        case ReasonCode.GRADE | ReasonCode.WAITING:
            return 0.0
        case ReasonCode.AT_STAKE:
            return part.points / STAKE_POINTS if facts.stake_percentile >= _STAKE_WORTH_SAYING else 0.0
        case ReasonCode.OVERDUE:
            return URGENCY_POINTS * (min(facts.urgency, URGENCY_CAP) - 1) / URGENCY_CAP
        case ReasonCode.NEVER_VISITED:
            return 2.0
        case ReasonCode.DUE:
            return 0.5
        case _:
            return part.points
