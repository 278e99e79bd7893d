"""The relationship stage: by the middle of the share, step by step; stalls, falls and breaks; openings; pillars."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.openings import FRESH_FOR, Opening, OpeningKind, newest_fresh
from bot.domain.pillars import Pillar, weigh_pillars
from bot.domain.relationship import (
    ORDER,
    Flag,
    Movement,
    Share,
    Step,
    find_flags,
    measure,
    next_review_on,
    share_fell,
    stage_of_share,
)
from bot.domain.vocabulary import RelationshipStage

DEVELOPMENT, INITIAL, STABLE, STRATEGIC = RelationshipStage
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("low", "high", "stage"),
    [(0, 0, DEVELOPMENT), (1, 5, INITIAL), (40, 59, INITIAL), (50, 50, STABLE), (62, 95, STABLE), (80, 80, STRATEGIC)],
)
def test_the_middle_of_a_share_range_decides_the_stage(low: int, high: int, stage: RelationshipStage) -> None:
    assert stage_of_share(low, high, has_orders=True) is stage


def test_a_range_wider_than_fifty_points_says_nothing_but_that_there_are_orders() -> None:
    assert stage_of_share(10, 95, has_orders=True) is INITIAL
    assert stage_of_share(10, 95, has_orders=False) is DEVELOPMENT


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (60, 50), (10, 101)])
def test_a_share_outside_zero_to_hundred_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="a share is"):
        stage_of_share(low, high, has_orders=True)
    with pytest.raises(ValueError, match="a share is"):
        Share(low_percent=low, high_percent=high, on=TODAY)


def test_a_share_that_jumps_from_0_to_60_percent_advances_one_stage_and_leaves_the_rest_pending() -> None:
    measured = stage_of_share(60, 60, has_orders=True)
    step = measure(DEVELOPMENT, measured, last_advance_on=None, today=TODAY)
    assert step == Step(stage=INITIAL, movement=Movement.ADVANCED, pending=STABLE)


def test_a_rise_of_one_stage_leaves_nothing_pending() -> None:
    step = measure(INITIAL, STABLE, last_advance_on=None, today=TODAY)
    assert step == Step(stage=STABLE, movement=Movement.ADVANCED)


def test_a_second_rise_waits_for_thirty_days() -> None:
    advanced = TODAY - timedelta(days=29)
    assert measure(INITIAL, STABLE, last_advance_on=advanced, today=TODAY) == Step(
        stage=INITIAL, movement=Movement.WAITS, pending=STABLE
    )
    assert next_review_on(advanced) == TODAY + timedelta(days=1)
    later = measure(INITIAL, STABLE, last_advance_on=advanced, today=TODAY + timedelta(days=1))
    assert later.movement is Movement.ADVANCED


def test_a_fall_counts_at_once_and_whole() -> None:
    step = measure(STRATEGIC, INITIAL, last_advance_on=TODAY, today=TODAY)
    assert step == Step(stage=INITIAL, movement=Movement.REGRESSED)


def test_a_first_measure_counts_whole() -> None:
    assert measure(None, STABLE, last_advance_on=None, today=TODAY) == Step(stage=STABLE, movement=Movement.FIRST)


@given(
    current=st.sampled_from(ORDER),
    measured=st.sampled_from(ORDER),
    days=st.none() | st.integers(min_value=0, max_value=400),
)
def test_no_measure_ever_lifts_a_customer_by_more_than_one_stage(
    current: RelationshipStage, measured: RelationshipStage, days: int | None
) -> None:
    last = None if days is None else TODAY - timedelta(days=days)
    step = measure(current, measured, last_advance_on=last, today=TODAY)
    assert ORDER.index(step.stage) <= ORDER.index(current) + 1
    assert ORDER.index(step.stage) <= max(ORDER.index(measured), ORDER.index(current))
    assert step.pending in (None, measured)


def flags(stage: RelationshipStage = INITIAL, **changed: object) -> tuple[Flag, ...]:
    facts: dict[str, object] = {
        "stage_before": None,
        "last_advance_on": TODAY - timedelta(days=181),
        "has_open_goal": True,
        "overdue_ratio": None,
        "today": TODAY,
    }
    return find_flags(stage, **{**facts, **changed})  # type: ignore[arg-type] # the values fit by name


def test_a_relationship_with_an_open_goal_stalls_after_180_days_without_an_advance() -> None:
    assert flags() == (Flag.STALLED,)
    assert flags(last_advance_on=TODAY - timedelta(days=180)) == ()
    assert flags(has_open_goal=False) == ()
    assert flags(STRATEGIC) == ()


def test_a_fallen_stage_has_regressed_and_stopped_orders_break_it() -> None:
    assert flags(INITIAL, stage_before=STABLE) == (Flag.REGRESSED,)
    assert flags(has_open_goal=False, overdue_ratio=2.1) == (Flag.BROKEN,)
    assert flags(has_open_goal=False, overdue_ratio=2.0) == ()
    assert flags(STABLE, stage_before=STRATEGIC, overdue_ratio=5.0) == (Flag.BROKEN, Flag.REGRESSED)


def test_a_share_falls_when_its_middle_is_five_points_lower_and_both_are_known() -> None:
    seventy = Share(low_percent=60, high_percent=80, on=TODAY)
    assert share_fell(seventy, Share(low_percent=50, high_percent=74, on=TODAY))
    assert not share_fell(seventy, Share(low_percent=62, high_percent=70, on=TODAY))
    assert not share_fell(seventy, Share(low_percent=0, high_percent=60, on=TODAY))


def test_the_newest_opening_of_the_last_90_days_is_the_one_to_act_on() -> None:
    old = Opening(kind=OpeningKind.COST_CUTTING, seen_on=TODAY - FRESH_FOR - timedelta(days=1))
    launch = Opening(kind=OpeningKind.PRODUCT_LAUNCH, seen_on=TODAY - FRESH_FOR)
    change = Opening(kind=OpeningKind.PEOPLE_CHANGE, seen_on=TODAY)
    assert newest_fresh([old, change, launch], TODAY) == change
    assert newest_fresh([old, launch], TODAY) == launch
    assert newest_fresh([old], TODAY) is None
    assert not Opening(kind=OpeningKind.COST_CUTTING, seen_on=TODAY + timedelta(days=1)).is_fresh(TODAY)


def test_the_weakest_known_pillar_is_named_and_what_nobody_has_said_is_missing() -> None:
    found = weigh_pillars({Pillar.ORGANISATION: 3, Pillar.PERSONAL: None, Pillar.PERSON_TRUST: 1})
    assert found.weakest is Pillar.PERSON_TRUST
    assert (found.known, found.missing) == (2, (Pillar.PERSONAL, Pillar.FIRM_TRUST))


def test_one_known_pillar_is_too_few_and_full_ones_have_no_weakest() -> None:
    assert weigh_pillars({Pillar.PERSON_TRUST: 0}).weakest is None
    assert weigh_pillars(dict.fromkeys(Pillar, 4)).weakest is None
    with pytest.raises(ValueError, match="0 to 4"):
        weigh_pillars({Pillar.PERSON_TRUST: 5})
