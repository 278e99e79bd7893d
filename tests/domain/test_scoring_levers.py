"""What would change a grade: the value at which one indicator alone would do it."""

import pytest

from bot.domain.scoring.grading import parts
from bot.domain.scoring.levers import find_levers
from bot.domain.scoring.settings import INDICATORS, Indicator, ScoringSettings

EVEN = {indicator: [0.0, 50.0, 100.0] for indicator in INDICATORS}


def levers(percentiles: list[float | None], target: float) -> dict[Indicator, float]:
    made = parts(ScoringSettings(), percentiles, percentiles)
    return {lever.indicator: lever.value for lever in find_levers(made, target, EVEN)}


def test_the_value_of_a_lever_brings_the_score_to_the_target() -> None:
    before: list[float | None] = [40.0, 50.0, 50.0, 50.0, 50.0]
    value = levers(before, 55.0)[Indicator.SALES]
    after = parts(ScoringSettings(), [value, *before[1:]], [value, *before[1:]])
    assert sum(part.contribution for part in after) == pytest.approx(55)


def test_a_missing_indicator_can_lift_a_score_when_it_becomes_known() -> None:
    before: list[float | None] = [60.0, None, 60.0, 60.0, None]
    value = levers(before, 65.0)[Indicator.GROWTH]
    after: list[float | None] = [60.0, None, 60.0, 60.0, value]
    assert sum(part.contribution for part in parts(ScoringSettings(), after, after)) == pytest.approx(65)


def test_what_cannot_do_it_alone_is_no_lever_and_known_ones_come_first() -> None:
    found = levers([90.0, None, 10.0, 20.0, 20.0], 60.0)
    assert Indicator.SALES not in found
    assert next(iter(found)) in (Indicator.INFLUENCE, Indicator.GROWTH)
    assert list(levers([50.0, None, 50.0, 50.0, 50.0], 55.0))[-1] is Indicator.MARGIN
    assert levers([20.0] * 5, 99.0) == {}
    assert levers([70.0] * 5, 60.0) == {}
    assert levers([None] * 5, 60.0) == dict.fromkeys(INDICATORS, 60.0)
