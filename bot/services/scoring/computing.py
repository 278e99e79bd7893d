"""Computes a team's scores from what was gathered: no database, no clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.domain.scoring.arrays import Floats
from bot.domain.scoring.buying_model import WEEK_DAYS, BuyingModel, buying_history, fit_buying_model
from bot.domain.scoring.grading import HALF_THE_WEIGHT, TeamGrades, grade_team
from bot.domain.scoring.lifecycle import Lifecycle, LifecycleStage, measure_lifecycle
from bot.domain.scoring.replay import MODEL_AHEAD_DAYS, order_indicators
from bot.domain.scoring.reviewing import Ground, Proposal, Review, Standing, review
from bot.domain.scoring.rfm import Rfm, RfmMethod, measure_rfm
from bot.domain.scoring.rhythm import Rhythms, measure_rhythms
from bot.domain.scoring.segments import Segment
from bot.domain.scoring.settings import INDICATORS
from bot.domain.scoring.spend_model import SpendModel, fit_spend_model
from bot.domain.scoring.team_figures import StageFigures, TeamFigures, measure_stages, measure_team
from bot.domain.vocabulary import GradeSource
from bot.services.scoring.gathering import Inputs, Known
from bot.services.scoring.own_figures import RATIO_DIGITS, own_figures

QUANTILES = 21
_NAMES = tuple(indicator.value for indicator in INDICATORS)
SCORE_DIGITS, CHANCE_DIGITS = 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scores of one customer, ready to be stored; ``values`` are columns of CustomerScore but its keys."""

    known: Known
    review: Review
    values: dict[str, Any]

    @property
    def segment(self) -> Segment | None:
        segment: Segment | None = self.values["segment"]
        return segment

    @property
    def lifecycle(self) -> LifecycleStage:
        stage: LifecycleStage = self.values["lifecycle"]
        return stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """``facts`` are what TeamScoring keeps of the team."""

    scored: list[Scored]
    rfm_method: RfmMethod
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Models:
    """The buying models of a team, with an element a customer; nan where a model cannot say."""

    buying: BuyingModel | None
    spend: SpendModel | None
    alive: Floats
    orders: Floats
    amount: Floats


def compute(inputs: Inputs) -> Computed:
    """Score a team."""
    today = inputs.on.toordinal()
    ended = np.array([customer.is_ended for customer in inputs.customers], dtype=np.bool_)
    thresholds = inputs.settings.thresholds
    rhythms = measure_rhythms(inputs.book, today)
    life = measure_lifecycle(inputs.book, rhythms, today, ended=ended, thresholds=thresholds)
    rfm = measure_rfm(inputs.book, rhythms, today, thresholds)
    models = _fit_models(inputs, today)
    grades = _grade_active(inputs, ended)
    figures = measure_team(inputs.book, inputs.on, thresholds)
    stages = measure_stages(life.stage, inputs.book.sales_of_year(today), inputs.judgements[:, 0])
    scored = list(_scored(inputs, grades, rhythms, life, rfm, models))
    facts = {
        "settings": inputs.settings.dump(),
        "cuts": {"a": grades.cuts.a, "b": grades.cuts.b},
        "graded": grades.graded,
        "too_few": grades.is_too_few,
        "quantiles": _quantiles(grades),
        "buyers": len(rfm.who),
        "team_gap": rhythms.team_gap,
        "model": _model_facts(models.buying),
        "future": int(inputs.future.sum()),
        "foreign": int(inputs.foreign.sum()),
        "figures": _figure_facts(figures, stages),
    }
    return Computed(scored=scored, rfm_method=rfm.method, facts=facts)


def _grade_active(inputs: Inputs, ended: np.ndarray[Any, np.dtype[np.bool_]]) -> TeamGrades:
    """Who has ended is nobody's rank: its indicators are missing."""
    values = indicator_values(inputs)
    values[ended] = np.nan
    return grade_team(
        values, inputs.settings, no_need=inputs.no_need & ~ended, joint_project=inputs.joint_project & ~ended
    )


def indicator_values(inputs: Inputs) -> Floats:
    """A row a customer, a column an indicator, nan where missing."""
    sales, loyalty = order_indicators(inputs.book, inputs.on.toordinal())
    margin, influence, growth = inputs.judgements.T
    return np.column_stack([sales, margin, loyalty, influence, growth])


def _fit_models(inputs: Inputs, today: int) -> _Models:
    size = inputs.book.size
    alive, orders, amount = (np.full(size, np.nan) for _ in range(3))
    who, history = buying_history(inputs.book, today)
    buying = fit_buying_model(history)
    if buying is None:
        return _Models(buying=None, spend=None, alive=alive, orders=orders, amount=amount)
    alive[who] = buying.alive(history)
    orders[who] = buying.expected_orders(history, MODEL_AHEAD_DAYS / WEEK_DAYS)
    domestic = inputs.book.is_purchase & ~inputs.book.is_foreign
    count = inputs.book.count(domestic)
    mean = np.divide(inputs.book.sales(domestic), count, out=np.zeros(size), where=count > 0)
    spend = fit_spend_model(np.where(count > 1, count, 0), mean)
    if spend is not None:
        amount[who] = spend.expected_amount(count, mean)[who]
    return _Models(buying=buying, spend=spend, alive=alive, orders=orders, amount=amount)


def _scored(
    inputs: Inputs, grades: TeamGrades, rhythms: Rhythms, life: Lifecycle, rfm: Rfm, models: _Models
) -> Iterator[Scored]:
    segments = dict(zip(rfm.who.tolist(), rfm.segments, strict=True))
    rfm_parts = dict(zip(rfm.who.tolist(), _rfm_parts(rfm), strict=True))
    columns = zip(
        inputs.customers, grades.values.round(SCORE_DIGITS).tolist(), grades.percentiles.round(SCORE_DIGITS).tolist(),
        models.amount.tolist(),
        own_figures(inputs.book, inputs.on, rhythms, life, future=inputs.future, foreign=inputs.foreign), strict=True,
    )  # fmt: skip
    scores, known_weight = grades.scores.tolist(), grades.known_weight.tolist()
    rounded = grades.scores.round(SCORE_DIGITS).tolist()
    provisional, rising = grades.provisional.tolist(), grades.rising.tolist()
    alive, expected = models.alive.round(CHANCE_DIGITS).tolist(), models.orders.round(RATIO_DIGITS).tolist()
    no_need, is_review = inputs.no_need.tolist(), inputs.is_review
    for place, (known, values, percentiles, amount, (own, own_parts)) in enumerate(columns):
        score = _known(rounded[place])
        proposal = Proposal(
            grade=None if known.is_ended else grades.grades[place],
            score=None if score is None else scores[place],
            knows_half=known_weight[place] >= HALF_THE_WEIGHT,
            no_need=no_need[place],
        )
        decided = _review(inputs, known, proposal, grades, is_review=is_review)
        yield Scored(
            known=known,
            review=decided,
            values={
                **own,
                "on": inputs.on,
                "score": score,
                "known_weight": round(known_weight[place], SCORE_DIGITS),
                "proposed": proposal.grade,
                "provisional": provisional[place],
                "rising": rising[place],
                "segment": None if known.is_ended else segments.get(place),
                "p_alive": _known(alive[place]),
                "expected_orders": _known(expected[place]),
                "waiting": decided.waiting,
                "parts": own_parts | _team_parts(values, percentiles, amount, rfm_parts.get(place)),
            },
        )


def _review(inputs: Inputs, known: Known, proposal: Proposal, grades: TeamGrades, *, is_review: bool) -> Review:
    """The month's review; between reviews only who has no grade gets one, and overrides end."""
    before = inputs.before.get(known.customer_id)
    waiting = before.waiting if before else None
    until = inputs.ends.get(known.customer_id)
    if known.source is GradeSource.OVERRIDE and until is not None and until < inputs.on:
        if proposal.grade is not None:
            return Review(grade=proposal.grade, source=GradeSource.COMPUTED, waiting=None, ground=Ground.OVERRIDE_ENDED)
        return Review(grade=known.grade, source=GradeSource.COMPUTED, waiting=None, ground=Ground.OVERRIDE_ENDED)
    if known.grade is None or is_review or (proposal.no_need and proposal.grade is not None):
        standing = Standing(grade=known.grade, source=known.source, waiting=waiting)
        return review(standing, proposal, grades.cuts, inputs.settings.thresholds)
    return Review(grade=known.grade, source=known.source, waiting=waiting, ground=Ground.SAME)


def _team_parts(
    values: list[float], percentiles: list[float], amount: float, rfm: dict[str, Any] | None
) -> dict[str, Any]:
    """What made the score of a customer among the team's."""
    parts: dict[str, Any] = {
        "indicators": {
            name: [value, percentile]
            for name, value, percentile in zip(_NAMES, values, percentiles, strict=True)
            if value == value  # nan differs from itself
        },
    }
    if amount == amount:
        parts["expected_amount_minor"] = round(amount)
    if rfm is not None:
        parts["rfm"] = rfm
    return parts


def _rfm_parts(rfm: Rfm) -> list[dict[str, Any]]:
    columns = zip(
        rfm.window_days.tolist(), rfm.days_since.tolist(), rfm.orders.round(RATIO_DIGITS).tolist(),
        rfm.money.round().astype(np.int64).tolist(),
        rfm.recency.tolist(), rfm.frequency.tolist(), rfm.monetary.tolist(), strict=True,
    )  # fmt: skip
    return [
        {
            "window_days": window,
            "days": days,
            "orders": orders,
            "money_minor": money,
            "scores": [recency, frequency, monetary],
        }
        for window, days, orders, money, recency, frequency, monetary in columns
    ]


def _quantiles(grades: TeamGrades) -> dict[str, list[float]]:
    """The indicators' values at every 20th part of the team, so that a percentile can be said as a value."""
    made = {}
    for column, indicator in enumerate(INDICATORS):
        values = grades.values[:, column]
        values = values[~np.isnan(values)]
        if len(values):
            made[indicator.value] = np.quantile(values, np.linspace(0, 1, QUANTILES)).round(SCORE_DIGITS).tolist()
    return made


def _model_facts(model: BuyingModel | None) -> dict[str, Any] | None:
    if model is None:
        return None
    return {"r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b, "customers": model.customers}


def _figure_facts(figures: TeamFigures, stages: Sequence[StageFigures]) -> dict[str, Any]:
    return {
        "repurchase": [figures.repurchase.part, figures.repurchase.whole],
        "retention": [figures.retention.part, figures.retention.whole],
        "lifetime_days": figures.lifetime_days,
        "months": [
            {
                "month": month.month.isoformat(),
                "kept": [month.kept.part, month.kept.whole],
                "won": month.won,
                "lost": month.lost,
                "won_back": month.won_back,
            }
            for month in figures.months
        ],
        "stages": [
            {
                "stage": one.stage.value,
                "customers": one.customers,
                "sales_minor": one.sales_minor,
                "margin_minor": one.margin_minor,
                "known": one.known,
            }
            for one in stages
        ],
        "cohorts": [
            {"month": cohort.month.isoformat(), "size": cohort.size, "kept": list(cohort.kept)}
            for cohort in figures.cohorts
        ],
    }


def _known(value: float) -> float | None:
    return value if value == value else None
