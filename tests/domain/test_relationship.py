"""The relationship stage: by the middle of the share, step by step."""

import pytest

from bot.domain.relationship import next_stage, stage_of_share
from bot.domain.vocabulary import RelationshipStage

DEVELOPMENT, INITIAL, STABLE, STRATEGIC = RelationshipStage


@pytest.mark.parametrize(
    ("low", "high", "stage"),
    [(0, 0, DEVELOPMENT), (1, 5, INITIAL), (40, 59, INITIAL), (50, 50, STABLE), (62, 95, STABLE), (80, 80, STRATEGIC)],
)
def test_the_middle_of_a_share_range_decides_the_stage(low: int, high: int, stage: RelationshipStage) -> None:
    assert stage_of_share(low, high, has_orders=True) is stage


def test_a_range_wider_than_fifty_points_says_nothing_but_that_there_are_orders() -> None:
    assert stage_of_share(10, 95, has_orders=True) is INITIAL
    assert stage_of_share(10, 95, has_orders=False) is DEVELOPMENT


def test_a_share_that_jumps_advances_one_stage_only() -> None:
    assert next_stage(DEVELOPMENT, STABLE) is INITIAL


def test_a_fall_counts_at_once() -> None:
    assert next_stage(STRATEGIC, INITIAL) is INITIAL


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (60, 50), (10, 101)])
def test_a_share_outside_zero_to_hundred_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="a share is"):
        stage_of_share(low, high, has_orders=True)
