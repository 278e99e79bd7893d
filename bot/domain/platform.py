"""The three sales platforms, METHOD.md section 1: who could buy, whom to work, who buys; does work fit value?"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds
from bot.domain.vocabulary import Grade

KEY_ACCOUNTS = 10
TOP_PART = 0.2
MOSTLY_C_ABOVE = 0.5
LEAST_VISITS = 5
"""With fewer planned visits a coverage is chance."""
SWAPS_SHOWN = 5
_RANK: Mapping[Grade | None, int] = {Grade.A: 0, Grade.B: 1, Grade.C: 2, None: 3, Grade.D: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer that could be worked. ``value_minor`` is its sales of 12 months; a net return counts as nothing."""

    customer_id: int
    grade: Grade | None
    score: float | None = None
    value_minor: int = 0
    is_kept: bool = False
    """Whether the rep has said that it stays."""

    @property
    def order(self) -> tuple[int, float, int, int]:
        """The best first: grade, then score, then sales."""
        return _RANK[self.grade], -(self.score or 0.0), -self.value_minor, self.customer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Whom to work: by customer id, the best first."""

    active: tuple[int, ...]
    reserve: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """One out, a better one in."""

    out_id: int
    in_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imbalance:
    """``low`` of ``total`` customers of the work platform are C or D."""

    low: int
    total: int

    @property
    def is_mostly_c(self) -> bool:
        return self.total > 0 and self.low / self.total > MOSTLY_C_ABOVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Sales by customer, most first, summed up: ``points`` are parts 0-1 of the sales after each buyer.

    ``top_part`` is what the first 20 % of buyers make; None with fewer than five buyers, where 20 % is nobody.
    """

    points: tuple[float, ...]
    top_part: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Visits made of those planned."""

    done: int
    planned: int

    def __post_init__(self) -> None:
        if not 0 <= self.done <= self.planned:
            raise ValueError(f"visits made are 0 to the planned {self.planned}, not {self.done}")

    @property
    def part(self) -> float | None:
        """0-1; None with fewer than five planned."""
        return self.done / self.planned if self.planned >= LEAST_VISITS else None


def propose(candidates: Iterable[Candidate], thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Proposal:
    """The work platform: up to 20 A and 30 B, best first; B fill what A leave free; the next 10 B are the reserve."""
    targets = (Threshold.WORK_A, Threshold.WORK_B, Threshold.WORK_RESERVE)
    most_a, most_b, most_reserve = (int(thresholds[name]) for name in targets)
    ordered = sorted(candidates, key=lambda one: one.order)
    best = [one.customer_id for one in ordered if one.grade is Grade.A][:most_a]
    second = [one.customer_id for one in ordered if one.grade is Grade.B]
    room = most_a + most_b - len(best)
    return Proposal(active=(*best, *second[:room]), reserve=tuple(second[room : room + most_reserve]))


def measure_imbalance(grades: Iterable[Grade | None]) -> Imbalance:
    """How much of a work platform is C or D. Who is not graded yet counts as neither."""
    counted = Counter(grades)
    return Imbalance(low=counted[Grade.C] + counted[Grade.D], total=counted.total())


def propose_swaps(working: Iterable[Candidate], others: Iterable[Candidate]) -> list[Swap]:
    """C and D of the work platform against A and B outside it: the worst out first, the best in first."""
    out = sorted(
        (one for one in working if one.grade in (Grade.C, Grade.D) and not one.is_kept),
        key=lambda one: one.order,
        reverse=True,
    )
    better = sorted((one for one in others if one.grade in (Grade.A, Grade.B)), key=lambda one: one.order)
    return [Swap(out_id=old.customer_id, in_id=new.customer_id) for old, new in zip(out, better, strict=False)]


def draw_curve(sales_minor: Iterable[int]) -> Curve:
    """The 80/20 curve of the customers that bought; net returns count as nothing."""
    positive = sorted((amount for amount in sales_minor if amount > 0), reverse=True)
    total = sum(positive)
    points, running = [], 0
    for amount in positive:
        running += amount
        points.append(running / total)
    top = math.floor(len(points) * TOP_PART)
    return Curve(points=tuple(points), top_part=points[top - 1] if top else None)


def part_of_potential(chosen: Iterable[int], values: Mapping[int, int]) -> float | None:
    """The part 0-1 of the territory's sales that some customers make; None where nobody has bought."""
    total = sum(max(0, value) for value in values.values())
    return sum(max(0, values.get(one, 0)) for one in chosen) / total if total else None


def find_key_accounts(
    last_year: Mapping[int, int], year_before: Mapping[int, int], marked: Iterable[int] = ()
) -> frozenset[int]:
    """Key accounts: among the team's ten largest by sales in each of the last two years, or marked by a manager."""
    return (_largest(last_year) & _largest(year_before)) | frozenset(marked)


def _largest(sales: Mapping[int, int]) -> frozenset[int]:
    """The ten largest; who sold as much as the tenth is in too."""
    bought = sorted((amount for amount in sales.values() if amount > 0), reverse=True)
    if not bought:
        return frozenset()
    least = bought[:KEY_ACCOUNTS][-1]
    return frozenset(customer for customer, amount in sales.items() if amount >= least)


def low_coverages(by_grade: Mapping[Grade, Coverage], thresholds: Thresholds = DEFAULT_THRESHOLDS) -> tuple[Grade, ...]:
    """The grades that are visited less than they should be: A under 90 %, B under 80 % of the plan."""
    least = {Grade.A: thresholds[Threshold.COVER_A] / 100, Grade.B: thresholds[Threshold.COVER_B] / 100}
    parts = {grade: by_grade[grade].part for grade in least if grade in by_grade}
    return tuple(grade for grade, part in parts.items() if part is not None and part < least[grade])


def completeness(known: Sequence[bool]) -> float:
    """The part 0-1 of a profile's fields that are known."""
    return sum(known) / len(known) if known else 0.0
