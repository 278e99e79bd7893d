"""A team's own numbers: kept in their order, read back as they were, and followed by every figure."""

import numpy as np
import pytest

from bot.domain.funnel import learn_win_rates, stall_limits
from bot.domain.platform import Candidate, Coverage, low_coverages, propose
from bot.domain.relationship import stage_of_share
from bot.domain.scoring.grading import grade_team
from bot.domain.scoring.lifecycle import LifecycleStage, measure_lifecycle
from bot.domain.scoring.reviewing import Proposal, Standing, review
from bot.domain.scoring.rfm import measure_rfm, segments_by_cuts
from bot.domain.scoring.rhythm import Silence, measure_rhythms, silence_of
from bot.domain.scoring.settings import RANGES, UNSCORED, Method, ScoringSettings, Threshold, Thresholds
from bot.domain.vocabulary import DealStage, Grade, GradeSource, RelationshipStage
from tests.domain.scoring_books import TODAY, book, every
from tests.domain.test_scoring_grading import CUTS

NAN = float("nan")


def test_the_defaults_are_those_of_the_method_and_in_order() -> None:
    thresholds = Thresholds()
    assert [thresholds[name] for name in (Threshold.AT_RISK, Threshold.DORMANT, Threshold.LOST)] == [1.5, 2, 4]
    assert [thresholds[name] for name in (Threshold.F5, Threshold.F4, Threshold.F3, Threshold.F2)] == [12, 4, 3, 2]
    assert all(one.low <= one.default <= one.high for one in RANGES.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (Threshold.DORMANT, 1.5),
        (Threshold.LOST, 2),
        (Threshold.F4, 12),
        (Threshold.R4, 1),
        (Threshold.B_SALES, 200),
        (Threshold.WORK_A, 12.5),
        (Threshold.PARTNER_SHARE, 50),
        (Threshold.WIN_LEAD, 20),
        (Threshold.COVER_A, 101),
    ],
)
def test_a_number_out_of_its_range_or_order_is_refused(name: Threshold, value: float) -> None:
    with pytest.raises(ValueError, match=r"larger|is \d|whole"):
        Thresholds().with_value(name, value)


def test_settings_are_read_back_as_they_were_and_a_default_is_not_kept() -> None:
    changed = ScoringSettings(thresholds=Thresholds().with_value(Threshold.LOST, 6))
    assert ScoringSettings.load(changed.dump()) == changed
    assert changed.thresholds.with_value(Threshold.LOST, 4) == Thresholds()


def test_every_figure_follows_the_teams_own_numbers() -> None:
    patient = Thresholds({Threshold.AT_RISK: 3, Threshold.DORMANT: 5, Threshold.LOST: 10})
    kept = book(every(20, 90, 8))
    rhythms = measure_rhythms(kept, TODAY)
    assert measure_lifecycle(kept, rhythms, TODAY).stage_of(0) is LifecycleStage.LOST
    life = measure_lifecycle(kept, rhythms, TODAY, thresholds=patient)
    assert (life.stage_of(0), bool(life.at_risk[0])) == (LifecycleStage.GROWING, True)
    assert (silence_of(4.5), silence_of(4.5, patient)) == (Silence.LOST, Silence.AT_RISK)
    often = Thresholds({Threshold.F5: 30, Threshold.F4: 20})
    assert [measure_rfm(kept, rhythms, TODAY, one).frequency[0] for one in (Thresholds(), often)] == [4, 3]
    sales = np.array([[amount, NAN, NAN, NAN, NAN] for amount in (50.0, 30.0, 10.0, 5.0, 5.0)])
    few = ScoringSettings(method=Method.SINGLE, thresholds=Thresholds({Threshold.A_SALES: 40}))
    assert "".join(one.value for one in grade_team(sales, few).grades if one) == "ABBBB"
    standing = Standing(grade=Grade.B, source=GradeSource.COMPUTED)
    proposal = Proposal(grade=Grade.A, score=CUTS.a + 2 if CUTS.a else None, knows_half=True)
    loose = Thresholds({Threshold.MARGIN: 1})
    assert [review(standing, proposal, CUTS, one).grade for one in (Thresholds(), loose)] == [Grade.B, Grade.A]


def test_plans_stages_and_deals_follow_the_teams_own_numbers_too() -> None:
    shops = [Candidate(customer_id=number, grade=Grade.A if number < 30 else Grade.B) for number in range(90)]
    small = Thresholds({Threshold.WORK_A: 5, Threshold.WORK_B: 10, Threshold.WORK_RESERVE: 0})
    assert [len(propose(shops, one).active) for one in (Thresholds(), small)] == [50, 15]
    assert propose(shops, small).reserve == ()
    plan = {Grade.A: Coverage(done=8, planned=10), Grade.B: Coverage(done=8, planned=10)}
    assert [low_coverages(plan, one) for one in (Thresholds(), Thresholds({Threshold.COVER_A: 80}))] == [(Grade.A,), ()]
    loose = Thresholds({Threshold.MAIN_SHARE: 30, Threshold.PARTNER_SHARE: 60})
    stages = [stage_of_share(35, 45, has_orders=True, thresholds=one) for one in (Thresholds(), loose)]
    assert stages == [RelationshipStage.INITIAL, RelationshipStage.STABLE]
    bold = Thresholds({Threshold.WIN_LEAD: 15, Threshold.DEAL_DAYS: 10})
    assert [learn_win_rates([], one)[DealStage.LEAD].rate for one in (Thresholds(), bold)] == [0.1, 0.15]
    assert stall_limits([], bold)[DealStage.LEAD] == 10


def test_a_number_that_no_score_comes_from_does_not_make_scores_differ() -> None:
    thresholds = Thresholds()
    assert all(thresholds.score_like(Thresholds({name: RANGES[name].default + RANGES[name].step})) for name in UNSCORED)
    assert not thresholds.score_like(Thresholds({Threshold.R2: 6}))


def test_segments_by_stored_figures_are_those_of_a_refresh() -> None:
    kept = book(every(20, 90, 8), [(40, 50_000)], every(60, 10, 5), [(5, 900_000), (200, 1_000)])
    rhythms = measure_rhythms(kept, TODAY)
    for thresholds in (Thresholds(), Thresholds({Threshold.M4: 2.5, Threshold.F4: 2.5 * 4, Threshold.R5: 0.5})):
        rfm = measure_rfm(kept, rhythms, TODAY, thresholds)
        assert segments_by_cuts(rhythms.ratio[rfm.who], rfm.orders, rfm.money, thresholds) == rfm.segments
