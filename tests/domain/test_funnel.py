"""The funnel: figures per stage, rates that learn from a prior, velocity, stall, and how good forecasts were."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.funnel import (
    OPEN_STAGES,
    PRIORS,
    Advice,
    Deal,
    Entry,
    advise,
    is_stalled,
    learn_win_rates,
    measure_funnel,
    score_forecasts,
    stall_limits,
)
from bot.domain.vocabulary import DealStage

LEAD, CONTACT, NEED, PROPOSAL, NEGOTIATION = OPEN_STAGES
WON, LOST = DealStage.AFTER_SALES, DealStage.LOST
TODAY = date(2026, 11, 23)
BEGIN = date(2026, 1, 5)


def deal(*way: tuple[DealStage, int], deal_id: int = 1, **values: Any) -> Deal:
    """A deal by its stages and the days, counted from one Monday, on which it came into them."""
    entries = tuple(Entry(stage=stage, on=BEGIN + timedelta(days=day)) for stage, day in way)
    return Deal(deal_id=deal_id, way=entries, **values)


def won(days: int = 10, first: int = 0, amount: int = 1000) -> Deal:
    """Won through need and proposal, so many days in each."""
    return deal((NEED, first), (PROPOSAL, first + days), (WON, first + 2 * days), amount_minor=amount)


def lost(stage: DealStage = PROPOSAL, first: int = 0) -> Deal:
    return deal((stage, first), (LOST, first + 5))


def test_without_closed_deals_the_rates_are_the_prior_and_n_is_0() -> None:
    rates = learn_win_rates([deal((LEAD, 0))])
    assert [rates[stage].rate for stage in OPEN_STAGES] == pytest.approx([0.1, 0.2, 0.4, 0.6, 0.8])
    assert rates[LEAD].closed == 0


def test_a_rate_moves_from_the_prior_to_the_own_history() -> None:
    deals = [won(), won(), lost()]
    rate = learn_win_rates(deals)[PROPOSAL]
    assert (rate.won, rate.closed) == (2, 3)
    assert rate.rate == pytest.approx((2 + 10 * 0.6) / (3 + 10))
    many = learn_win_rates([lost() for _ in range(1000)])[PROPOSAL]
    assert many.rate == pytest.approx(0.006, abs=0.001)


def test_a_deal_lost_early_says_nothing_of_later_stages() -> None:
    rates = learn_win_rates([lost(CONTACT)])
    assert (rates[CONTACT].closed, rates[NEED].closed) == (1, 0)


def test_amounts_are_weighted_by_the_stage_or_by_the_reps_own_chance() -> None:
    deals = [
        deal((PROPOSAL, 300), amount_minor=1000),
        deal((PROPOSAL, 300), amount_minor=1000, percent=90),
        deal((PROPOSAL, 300)),
    ]
    stage = measure_funnel(deals, TODAY).stages[3]
    assert (stage.count, stage.without_amount, stage.amount_minor) == (3, 1, 2000)
    assert stage.weighted_minor == round(1000 * 0.6 + 1000 * 0.9)


def test_an_empty_funnel_has_no_deals_and_says_too_few_of_the_rest() -> None:
    found = measure_funnel([], TODAY)
    assert [stage.count for stage in found.stages] == [0] * 5
    assert found.velocity is None
    assert found.brier is None
    assert all(stage.conversion is None and stage.median_days is None for stage in found.stages)


def test_conversion_is_the_part_of_closed_deals_that_went_further() -> None:
    deals = [won(), lost(CONTACT), deal((NEED, 0), (PROPOSAL, 4), (LOST, 9)), deal((CONTACT, 0))]
    found = measure_funnel(deals, TODAY)
    by_stage = {stage.stage: stage.conversion for stage in found.stages}
    assert by_stage[CONTACT] == pytest.approx(2 / 3)
    assert by_stage[PROPOSAL] == pytest.approx(1 / 2)


def test_median_days_need_three_stays_that_ended() -> None:
    assert measure_funnel([won(4), won(8)], TODAY).stages[2].median_days is None
    assert measure_funnel([won(4), won(8), won(6)], TODAY).stages[2].median_days == 6


def test_velocity_is_expected_wins_times_mean_amount_by_cycle_days() -> None:
    deals = [*[won(10, amount=2000) for _ in range(5)], deal((PROPOSAL, 300), percent=50)]
    found = measure_funnel(deals, TODAY).velocity
    assert found is not None
    assert (found.median_cycle_days, found.won) == (20, 5)
    assert found.minor_a_day == pytest.approx(0.5 * 2000 / 20)
    assert measure_funnel(deals[1:], TODAY).velocity is None


def test_a_deal_stalls_after_thirty_days_until_twenty_won_deals_say_otherwise() -> None:
    limits = stall_limits([won(3) for _ in range(19)])
    assert limits[NEED] == 30
    old = Deal(deal_id=1, way=(Entry(stage=NEED, on=TODAY - timedelta(days=31)),))
    assert is_stalled(old, limits, TODAY)
    edge = Deal(deal_id=1, way=(Entry(stage=NEED, on=TODAY - timedelta(days=30)),))
    assert not is_stalled(edge, limits, TODAY)


def test_from_twenty_won_deals_the_75th_percentile_of_their_days_is_the_limit() -> None:
    limits = stall_limits([won(days) for days in range(1, 22)])
    assert limits[NEED] == pytest.approx(16.0)
    assert limits[NEGOTIATION] == 30


def test_a_closed_deal_never_stalls() -> None:
    assert not is_stalled(won(), stall_limits([]), TODAY)


def test_the_brier_score_uses_only_what_was_known_before_each_forecast() -> None:
    deals = [deal((PROPOSAL, 10 * number), (LOST, 10 * number + 5)) for number in range(10)]
    found = score_forecasts(deals)
    assert found is not None
    expected = [(10 * 0.6 / (10 + known)) ** 2 for known in range(10)]
    assert found.score == pytest.approx(sum(expected) / 10)
    assert found.prior == pytest.approx(0.36)
    assert (found.forecasts, found.deals) == (10, 10)


def test_fewer_than_ten_closed_deals_are_too_few_to_judge_forecasts() -> None:
    assert score_forecasts([lost() for _ in range(9)]) is None
    assert score_forecasts([deal((LOST, 0)) for _ in range(20)]) is None


@pytest.mark.parametrize(
    ("stage", "signs", "advice"),
    [
        (CONTACT, {"weak_interest": True}, Advice.OTHER_WAY),
        (NEGOTIATION, {"hesitates": True}, Advice.NAME_HESITATION),
        (PROPOSAL, {"stalled": True}, Advice.ASK_NEXT_STEP),
        (PROPOSAL, {"hesitates": True}, None),
        (WON, {"stalled": True}, None),
    ],
)
def test_advice_is_bound_to_the_stage(stage: DealStage, signs: dict[str, bool], advice: Advice | None) -> None:
    given = {"stalled": False, "weak_interest": False, "hesitates": False, **signs}
    assert advise(stage, **given) is advice


def test_a_deal_off_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one stage"):
        Deal(deal_id=1, way=())
    with pytest.raises(ValueError, match="order of its days"):
        deal((NEED, 5), (PROPOSAL, 3))
    with pytest.raises(ValueError, match="0 or more"):
        deal((NEED, 5), amount_minor=-1)
    with pytest.raises(ValueError, match="0 to 100"):
        deal((NEED, 5), percent=101)


def test_the_prior_covers_every_open_stage() -> None:
    assert tuple(PRIORS) == OPEN_STAGES
