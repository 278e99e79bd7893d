"""The review of grades: when a proposed grade becomes the customer's grade, so that grades do not flap."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.scoring.grading import Cuts
from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds
from bot.domain.vocabulary import Grade, GradeSource

FROM_BEST = tuple(Grade)


class Ground(StrEnum):
    """Why a review ended as it did. Values are stored, so they never change."""

    FIRST = "first"
    CROSSED = "crossed"
    STAYED = "stayed"
    WAITING = "waiting"
    SAME = "same"
    NO_NEED = "no_need"
    IMPORTED_HOLDS = "imported_holds"
    OVERRIDE_HOLDS = "override_holds"
    NOT_GRADED = "not_graded"
    OVERRIDE_ENDED = "override_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a customer stands before a review. ``waiting`` is the grade that its last review proposed in vain."""

    grade: Grade | None
    source: GradeSource | None
    waiting: Grade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What today's figures propose. ``knows_half``: at least half the weight is known."""

    grade: Grade | None
    score: float | None
    knows_half: bool
    no_need: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review decided; ``waiting`` is what the next one will grant when it proposes the same side again."""

    grade: Grade | None
    source: GradeSource | None
    waiting: Grade | None
    ground: Ground


def review(standing: Standing, proposal: Proposal, cuts: Cuts, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Review:
    """Review a grade: it changes when the score crossed a cut by 3 points, or stayed across for two reviews.

    An override holds while it runs; an imported grade holds until half the weight is known.
    """
    if standing.source is GradeSource.OVERRIDE:
        return _keep(standing, Ground.OVERRIDE_HOLDS)
    if proposal.grade is None:
        return _keep(standing, Ground.NOT_GRADED)
    if proposal.no_need:
        return _change(proposal.grade, Ground.SAME if standing.grade is proposal.grade else Ground.NO_NEED)
    if standing.grade is None:
        return _change(proposal.grade, Ground.FIRST)
    if standing.source is GradeSource.IMPORTED and not proposal.knows_half:
        return _keep(standing, Ground.IMPORTED_HOLDS)
    if proposal.grade is standing.grade:
        return _change(proposal.grade, Ground.SAME)
    if standing.waiting is not None and _same_side(standing.grade, standing.waiting, proposal.grade):
        return _change(proposal.grade, Ground.STAYED)
    reached = _reached(standing.grade, proposal, cuts, thresholds[Threshold.MARGIN])
    if reached is standing.grade:
        return Review(grade=standing.grade, source=standing.source, waiting=proposal.grade, ground=Ground.WAITING)
    waiting = None if reached is proposal.grade else proposal.grade
    return Review(grade=reached, source=GradeSource.COMPUTED, waiting=waiting, ground=Ground.CROSSED)


def _keep(standing: Standing, ground: Ground) -> Review:
    return Review(grade=standing.grade, source=standing.source, waiting=None, ground=ground)


def _change(grade: Grade, ground: Ground) -> Review:
    return Review(grade=grade, source=GradeSource.COMPUTED, waiting=None, ground=ground)


def _same_side(current: Grade, earlier: Grade, later: Grade) -> bool:
    place = FROM_BEST.index(current)
    return (FROM_BEST.index(earlier) < place) == (FROM_BEST.index(later) < place)


def _reached(current: Grade, proposal: Proposal, cuts: Cuts, margin: float) -> Grade:
    """The farthest grade on the way to the proposed one whose cut the score has crossed by a margin."""
    assert proposal.grade is not None
    reached, score = current, proposal.score
    if score is None:
        return reached
    start, end = FROM_BEST.index(current), FROM_BEST.index(proposal.grade)
    if end < start:
        for grade in reversed(FROM_BEST[end:start]):
            cut = cuts.floor_of(grade)
            if cut is None or score < cut + margin:
                break
            reached = grade
        return reached
    for left in FROM_BEST[start:end]:
        cut = cuts.floor_of(left)
        if cut is None or score > cut - margin:
            break
        reached = FROM_BEST[FROM_BEST.index(left) + 1]
    return reached
