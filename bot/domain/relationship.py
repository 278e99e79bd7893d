"""The relationship stage by share of wallet, METHOD.md section 5: step by step, at most one stage a review."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds
from bot.domain.vocabulary import RelationshipStage

ORDER = tuple(RelationshipStage)
WIDEST_KNOWN_RANGE = 50
REVIEW_EVERY = timedelta(days=30)
SHARE_FALL_POINTS = 5
"""A middle of the range that is lower by less says nothing: a rep rarely knows a share that exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Our part of a customer's purchases in our category on a day, as a range in percent."""

    low_percent: int
    high_percent: int
    on: date

    def __post_init__(self) -> None:
        check_share(self.low_percent, self.high_percent)

    @property
    def is_known(self) -> bool:
        return self.high_percent - self.low_percent <= WIDEST_KNOWN_RANGE

    @property
    def middle(self) -> float:
        return (self.low_percent + self.high_percent) / 2


class Movement(StrEnum):
    """What a measure did to a stage."""

    FIRST = "first"
    SAME = "same"
    ADVANCED = "advanced"
    WAITS = "waits"
    REGRESSED = "regressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The stage after a measure. ``pending`` is the stage that the share says and later reviews may reach."""

    stage: RelationshipStage
    movement: Movement
    pending: RelationshipStage | None = None


class Flag(StrEnum):
    """What is wrong with a relationship."""

    BROKEN = "broken"
    REGRESSED = "regressed"
    STALLED = "stalled"


def check_share(low_percent: int, high_percent: int) -> None:
    """Raises ValueError for what is no range within 0 to 100 percent."""
    if not 0 <= low_percent <= high_percent <= 100:
        raise ValueError(f"a share is 0 <= low <= high <= 100, got {low_percent}-{high_percent}")


def stage_of_share(
    low_percent: int, high_percent: int, *, has_orders: bool, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> RelationshipStage:
    """The stage that a share range says. A range wider than 50 points is unknown: then orders alone decide."""
    check_share(low_percent, high_percent)
    if high_percent - low_percent > WIDEST_KNOWN_RANGE:
        return stage_without_share(has_orders=has_orders)
    middle = (low_percent + high_percent) / 2
    if middle >= thresholds[Threshold.PARTNER_SHARE]:
        return RelationshipStage.STRATEGIC
    if middle >= thresholds[Threshold.MAIN_SHARE]:
        return RelationshipStage.STABLE
    return RelationshipStage.INITIAL if middle > 0 else RelationshipStage.DEVELOPMENT


def stage_without_share(*, has_orders: bool) -> RelationshipStage:
    """The stage of a customer whose share nobody knows."""
    return RelationshipStage.INITIAL if has_orders else RelationshipStage.DEVELOPMENT


def measure(
    current: RelationshipStage | None, measured: RelationshipStage, *, last_advance_on: date | None, today: date
) -> Step:
    """The stage after a share was measured: a fall counts at once, a rise is at most one step in 30 days.

    A first measure counts whole. What the share says beyond that step is pending: it waits for the next review.
    """
    if current is None:
        return Step(stage=measured, movement=Movement.FIRST)
    here, there = ORDER.index(current), ORDER.index(measured)
    if there <= here:
        return Step(stage=measured, movement=Movement.SAME if there == here else Movement.REGRESSED)
    if last_advance_on is not None and today < last_advance_on + REVIEW_EVERY:
        return Step(stage=current, movement=Movement.WAITS, pending=measured)
    return Step(stage=ORDER[here + 1], movement=Movement.ADVANCED, pending=measured if there > here + 1 else None)


def next_review_on(last_advance_on: date) -> date:
    """The first day on which a stage may advance again."""
    return last_advance_on + REVIEW_EVERY


def share_fell(before: Share, after: Share) -> bool:
    """Whether our share fell by so much that it means something. Ranges too wide to be known say nothing."""
    return before.is_known and after.is_known and before.middle - after.middle >= SHARE_FALL_POINTS


def find_flags(
    stage: RelationshipStage,
    *,
    stage_before: RelationshipStage | None,
    last_advance_on: date,
    has_open_goal: bool,
    overdue_ratio: float | None,
    today: date,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> tuple[Flag, ...]:
    """What is wrong, the worst first.

    ``stage_before`` is the stage before the last change, ``last_advance_on`` the day of the last advance or, without
    one, of the first knowledge of the customer; ``overdue_ratio`` is days since the last order against the usual gap:
    orders have stopped where the lifecycle calls it dormant.
    """
    flags, stalled_after = [], timedelta(days=thresholds[Threshold.STALL_DAYS])
    if overdue_ratio is not None and overdue_ratio > thresholds[Threshold.DORMANT]:
        flags.append(Flag.BROKEN)
    if stage_before is not None and ORDER.index(stage) < ORDER.index(stage_before):
        flags.append(Flag.REGRESSED)
    elif has_open_goal and stage is not RelationshipStage.STRATEGIC and today - last_advance_on > stalled_after:
        flags.append(Flag.STALLED)
    return tuple(flags)
