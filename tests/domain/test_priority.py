"""Visit priority adds up to what its reasons say, and shows the reason that matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.priority import Priority, PriorityFacts, ReasonCode, visit_priority
from bot.domain.vocabulary import Grade


def facts(**changes: object) -> PriorityFacts:
    usual: dict[str, object] = {"urgency": 1.0, "interval_days": 5.0, "grade": Grade.B}
    return PriorityFacts(**(usual | changes))  # type: ignore[arg-type] # a test names the fields that it changes


def shown(priority: Priority) -> list[ReasonCode]:
    return [reason.code for reason in priority.shown]


def test_everything_at_once_is_a_hundred() -> None:
    everything = facts(
        urgency=3.0, grade=Grade.A, stake_percentile=1.0, promise_due_days=0, complaint_open_days=4,
        opening="annual_review", lifecycle_flag="at_risk",
    )  # fmt: skip
    assert visit_priority(everything).points == 100


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({}, 22),
        ({"grade": None}, 10),
        ({"grade": Grade.D}, 11),
        ({"urgency": 9.0}, 42),
        ({"stake_percentile": 0.5}, 32),
        ({"promise_due_days": 0, "follow_up_due_days": -2}, 32),
        ({"follow_up_due_days": -2}, 32),
        ({"complaint_open_days": 0}, 32),
        ({"opening": "launch"}, 27),
        ({"lifecycle_flag": "dormant"}, 27),
    ],
)
def test_each_part_counts_as_the_method_says(changes: dict[str, object], points: float) -> None:
    assert visit_priority(facts(**changes)).points == pytest.approx(points)


@given(st.floats(0, 10), st.sampled_from([*Grade, None]), st.floats(0, 1), st.booleans(), st.booleans(), st.booleans())
def test_the_parts_add_up(
    urgency: float, grade: Grade | None, stake: float, promised: bool, complained: bool, flagged: bool
) -> None:
    priority = visit_priority(
        facts(
            urgency=urgency,
            grade=grade,
            stake_percentile=stake,
            promise_due_days=0 if promised else None,
            complaint_open_days=1 if complained else None,
            lifecycle_flag="at_risk" if flagged else None,
        )
    )
    assert sum(part.points for part in priority.parts) == pytest.approx(priority.points)
    assert 0 <= priority.points <= 100
    assert len(priority.shown) <= 2
    assert set(shown(priority)) <= {part.code for part in priority.parts}


def test_an_event_is_shown_before_the_clock() -> None:
    priority = visit_priority(facts(urgency=1.5, promise_due_days=-1))
    assert shown(priority) == [ReasonCode.PROMISE_DUE, ReasonCode.OVERDUE]
    assert priority.shown[0].params == {"days": -1}


def test_being_far_overdue_is_shown_before_small_events() -> None:
    priority = visit_priority(facts(urgency=3.4, lifecycle_flag="at_risk", overdue_ratio=2.34))
    assert shown(priority) == [ReasonCode.OVERDUE, ReasonCode.LIFECYCLE]
    assert [reason.params for reason in priority.shown] == [{"days": 12}, {"flag": "at_risk", "ratio": 2.3}]


def test_the_grade_is_counted_but_never_shown_as_a_reason() -> None:
    priority = visit_priority(facts(urgency=0.2, grade=Grade.A))
    assert shown(priority) == []
    assert ReasonCode.GRADE in {part.code for part in priority.parts}


def test_money_at_stake_is_shown_only_in_the_top_fifth() -> None:
    assert shown(visit_priority(facts(stake_percentile=0.79))) == [ReasonCode.DUE]
    top = visit_priority(facts(stake_percentile=0.9, stake_minor=482_000))
    assert shown(top) == [ReasonCode.AT_STAKE, ReasonCode.DUE]
    assert top.shown[0].params == {"percentile": 0.9, "amount_minor": 482_000}


def test_a_first_visit_is_called_one() -> None:
    assert shown(visit_priority(facts(urgency=0.4, never_visited=True))) == [ReasonCode.NEVER_VISITED]


def test_impossible_facts_are_refused() -> None:
    with pytest.raises(ValueError, match="percentile"):
        facts(stake_percentile=1.2)
    with pytest.raises(ValueError, match="urgency"):
        facts(urgency=-0.1)
