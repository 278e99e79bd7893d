"""The sales funnel, METHOD.md section 7: figures per stage, win rates learned from own deals, and what stands still."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median, quantiles
from types import MappingProxyType

from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds
from bot.domain.vocabulary import DealStage

OPEN_STAGES = (
    DealStage.LEAD,
    DealStage.CONTACT,
    DealStage.NEED,
    DealStage.PROPOSAL,
    DealStage.NEGOTIATION,
)
WON = DealStage.AFTER_SALES
GIVEN_UP = (DealStage.LOST, DealStage.ABANDONED)
PRIORS: Mapping[DealStage, Threshold] = MappingProxyType(
    {
        DealStage.LEAD: Threshold.WIN_LEAD,
        DealStage.CONTACT: Threshold.WIN_CONTACT,
        DealStage.NEED: Threshold.WIN_NEED,
        DealStage.PROPOSAL: Threshold.WIN_PROPOSAL,
        DealStage.NEGOTIATION: Threshold.WIN_NEGOTIATION,
    }
)
"""The win rate of each stage that a team goes by before its own deals teach one."""
PRIOR_WEIGHT = 10.0
"""The prior counts like ten closed deals: with ten own ones, both weigh the same."""
LEAST_WON = 20
LEAST_DURATIONS = 3
STALL_PERCENTILE = 75
LEAST_CLOSED_FOR_BRIER = 10
LEAST_WON_FOR_VELOCITY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A deal came into a stage on a day."""

    stage: DealStage
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An opportunity with its way so far, oldest entry first. ``percent`` is the rep's own chance, 0-100.

    ``amount_minor`` is in the team's currency.
    """

    deal_id: int
    way: tuple[Entry, ...]
    amount_minor: int | None = None
    percent: int | None = None

    def __post_init__(self) -> None:
        if not self.way:
            raise ValueError("a deal has come into at least one stage")
        if any(later.on < earlier.on for earlier, later in zip(self.way, self.way[1:], strict=False)):
            raise ValueError("a deal's way is in the order of its days")
        if self.amount_minor is not None and self.amount_minor < 0:
            raise ValueError(f"a deal's amount is 0 or more, not {self.amount_minor}")
        if self.percent is not None and not 0 <= self.percent <= 100:
            raise ValueError(f"a chance is 0 to 100 percent, not {self.percent}")

    @property
    def stage(self) -> DealStage:
        return self.way[-1].stage

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_STAGES

    @property
    def is_won(self) -> bool:
        return self.stage is WON

    def days_in_stage(self, today: date) -> int:
        return (today - self.way[-1].on).days

    @property
    def reached(self) -> frozenset[DealStage]:
        """The open stages that it passed: up to the furthest one, as what is confirmed implies what comes before."""
        if self.is_won:
            return frozenset(OPEN_STAGES)
        places = [OPEN_STAGES.index(entry.stage) for entry in self.way if entry.stage in OPEN_STAGES]
        return frozenset(OPEN_STAGES[: max(places) + 1]) if places else frozenset(OPEN_STAGES[:1])


@dataclass(frozen=True, slots=True, kw_only=True)
class WinRate:
    """The chance to win from a stage, 0-1: ``won`` of ``closed`` own deals that reached it, mixed with the prior."""

    rate: float
    won: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """One open stage. ``weighted_minor`` uses the rep's own chance where given, else the learned rate.

    ``conversion`` is the part 0-1 of the closed deals that reached the stage and went further; None without any.
    ``median_days`` is of the stays that ended; None with fewer than three.
    """

    stage: DealStage
    count: int
    without_amount: int
    amount_minor: int
    weighted_minor: int
    stalled: int
    win: WinRate
    conversion: float | None
    median_days: float | None
    stays: int
    stall_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Velocity:
    """Money a day: open deals times win rate times mean won amount, over the median days from begin to won."""

    minor_a_day: float
    median_cycle_days: float
    won: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brier:
    """The mean squared error of past forecasts, 0 perfect; ``prior`` is what the prior alone would have had."""

    score: float
    prior: float
    forecasts: int
    deals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    stages: tuple[StageFigures, ...]
    won: int
    lost: int
    velocity: Velocity | None
    brier: Brier | None

    @property
    def weighted_minor(self) -> int:
        return sum(stage.weighted_minor for stage in self.stages)


class DealEvidence(StrEnum):
    """What shows that a stage is done. Values are stored, so they never change."""

    TALKED = "talked"
    MEETING_SET = "meeting_set"
    NEED_NAMED = "need_named"
    BUDGET_KNOWN = "budget_known"
    OFFER_ASKED = "offer_asked"
    CRITERIA_KNOWN = "criteria_known"
    OFFER_DISCUSSED = "offer_discussed"
    DECIDER_AGREES = "decider_agrees"
    ORDER_PLACED = "order_placed"
    CONTRACT_SIGNED = "contract_signed"
    NOTHING_YET = "nothing_yet"


EVIDENCE: Mapping[DealStage, tuple[DealEvidence, ...]] = MappingProxyType(
    {
        DealStage.LEAD: (DealEvidence.TALKED, DealEvidence.MEETING_SET),
        DealStage.CONTACT: (DealEvidence.NEED_NAMED, DealEvidence.BUDGET_KNOWN),
        DealStage.NEED: (DealEvidence.OFFER_ASKED, DealEvidence.CRITERIA_KNOWN),
        DealStage.PROPOSAL: (DealEvidence.OFFER_DISCUSSED, DealEvidence.DECIDER_AGREES),
        DealStage.NEGOTIATION: (DealEvidence.ORDER_PLACED, DealEvidence.CONTRACT_SIGNED),
    }
)
"""By the stage that is left."""
EVIDENCE_OF_ENTRY: Mapping[object, tuple[DealEvidence, ...]] = MappingProxyType(
    {
        after: (*EVIDENCE[before], DealEvidence.NOTHING_YET)
        for before, after in zip(OPEN_STAGES, (*OPEN_STAGES[1:], WON), strict=True)
    }
)
"""By the stage that is come into."""


class DealEnd(StrEnum):
    """Why a deal is lost or given up. Values are stored, so they never change."""

    PRICE = "price"
    RIVAL = "rival"
    NO_BUDGET = "no_budget"
    NO_NEED = "no_need"
    NO_DECISION = "no_decision"
    TERMS = "terms"
    NOT_WORTH_IT = "not_worth_it"
    OTHER = "other"


class Advice(StrEnum):
    """What a stage asks for when a deal does not move."""

    OTHER_WAY = "other_way"
    NAME_HESITATION = "name_hesitation"
    ASK_NEXT_STEP = "ask_next_step"


def learn_win_rates(deals: Sequence[Deal], thresholds: Thresholds = DEFAULT_THRESHOLDS) -> dict[DealStage, WinRate]:
    """Win rates of the open stages from closed deals, drawn to the prior while these are few."""
    closed = [deal for deal in deals if not deal.is_open]
    rates = {}
    for stage in OPEN_STAGES:
        reached = [deal for deal in closed if stage in deal.reached]
        won = sum(deal.is_won for deal in reached)
        rates[stage] = WinRate(rate=_mixed(_prior(stage, thresholds), won, len(reached)), won=won, closed=len(reached))
    return rates


def _prior(stage: DealStage, thresholds: Thresholds) -> float:
    return thresholds[PRIORS[stage]] / 100


def _mixed(prior: float, won: int, closed: int) -> float:
    """Own deals mixed with the prior."""
    return (won + PRIOR_WEIGHT * prior) / (closed + PRIOR_WEIGHT)


def stall_limits(deals: Sequence[Deal], thresholds: Thresholds = DEFAULT_THRESHOLDS) -> dict[DealStage, float]:
    """The days in a stage after which a deal stands still: the 75th percentile of won deals, 30 until there are 20."""
    won = [deal for deal in deals if deal.is_won]
    stays = {stage: [days for deal in won for days in _stays(deal, stage)] for stage in OPEN_STAGES}
    return {
        stage: float(quantiles(days, n=100, method="inclusive")[STALL_PERCENTILE - 1])
        if len(days) >= LEAST_WON
        else thresholds[Threshold.DEAL_DAYS]
        for stage, days in stays.items()
    }


def is_stalled(deal: Deal, limits: Mapping[DealStage, float], today: date) -> bool:
    """Whether an open deal is longer in its stage than won deals were."""
    return deal.is_open and deal.days_in_stage(today) > limits[deal.stage]


def measure_funnel(deals: Sequence[Deal], today: date, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Funnel:
    """The figures of some deals, open and closed ones. Closed deals teach, open ones are counted."""
    rates, limits = learn_win_rates(deals, thresholds), stall_limits(deals, thresholds)
    return Funnel(
        stages=tuple(_stage_figures(stage, deals, rates[stage], limits, today) for stage in OPEN_STAGES),
        won=sum(deal.is_won for deal in deals),
        lost=sum(deal.stage in GIVEN_UP for deal in deals),
        velocity=measure_velocity(deals, rates),
        brier=score_forecasts(deals, thresholds),
    )


def _stage_figures(
    stage: DealStage, deals: Sequence[Deal], win: WinRate, limits: Mapping[DealStage, float], today: date
) -> StageFigures:
    here = [deal for deal in deals if deal.stage is stage]
    stays = [days for deal in deals for days in _stays(deal, stage)]
    reached = [deal for deal in deals if not deal.is_open and stage in deal.reached]
    after = OPEN_STAGES[OPEN_STAGES.index(stage) + 1 :]
    further = sum(deal.is_won or bool(deal.reached.intersection(after)) for deal in reached)
    return StageFigures(
        stage=stage,
        count=len(here),
        without_amount=sum(deal.amount_minor is None for deal in here),
        amount_minor=sum(deal.amount_minor or 0 for deal in here),
        weighted_minor=round(sum((deal.amount_minor or 0) * chance_of(deal, win) for deal in here)),
        stalled=sum(is_stalled(deal, limits, today) for deal in here),
        win=win,
        conversion=further / len(reached) if reached else None,
        median_days=median(stays) if len(stays) >= LEAST_DURATIONS else None,
        stays=len(stays),
        stall_days=limits[stage],
    )


def chance_of(deal: Deal, win: WinRate) -> float:
    """A deal's chance 0-1: the rep's own word, else the stage's."""
    return win.rate if deal.percent is None else deal.percent / 100


def _stays(deal: Deal, stage: DealStage) -> list[int]:
    """The days of each stay in a stage that has ended."""
    pairs = zip(deal.way, deal.way[1:], strict=False)
    return [(later.on - entry.on).days for entry, later in pairs if entry.stage is stage]


def measure_velocity(deals: Sequence[Deal], rates: Mapping[DealStage, WinRate]) -> Velocity | None:
    """What the funnel brings a day; None with fewer than five won deals of known amount and way."""
    won = [deal for deal in deals if deal.is_won and deal.amount_minor is not None and len(deal.way) > 1]
    if len(won) < LEAST_WON_FOR_VELOCITY:
        return None
    cycle = max(1.0, median((deal.way[-1].on - deal.way[0].on).days for deal in won))
    mean = sum(deal.amount_minor or 0 for deal in won) / len(won)
    expected = sum(chance_of(deal, rates[deal.stage]) for deal in deals if deal.is_open)
    return Velocity(minor_a_day=expected * mean / cycle, median_cycle_days=cycle, won=len(won))


def score_forecasts(deals: Sequence[Deal], thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Brier | None:
    """How good the win rates were: each stage that a closed deal came into was forecast from deals closed before.

    The Brier score (1950). None with fewer than ten closed deals of known way.
    """
    closed = sorted((deal for deal in deals if not deal.is_open and len(deal.way) > 1), key=lambda one: one.way[-1].on)
    if len(closed) < LEAST_CLOSED_FOR_BRIER:
        return None
    forecasts = [(entry, deal.is_won) for deal in closed for entry in deal.way[:-1] if entry.stage in OPEN_STAGES]
    forecasts.sort(key=lambda one: one[0].on)
    seen, won, known = 0, Counter[DealStage](), Counter[DealStage]()
    learned, prior = [], []
    for entry, is_won in forecasts:
        while seen < len(closed) and closed[seen].way[-1].on < entry.on:
            known.update(closed[seen].reached)
            won.update(closed[seen].reached if closed[seen].is_won else ())
            seen += 1
        before = _prior(entry.stage, thresholds)
        learned.append((_mixed(before, won[entry.stage], known[entry.stage]) - is_won) ** 2)
        prior.append((before - is_won) ** 2)
    if not learned:
        return None
    count = len(learned)
    return Brier(score=sum(learned) / count, prior=sum(prior) / count, forecasts=count, deals=len(closed))


def advise(stage: DealStage, *, stalled: bool, weak_interest: bool, hesitates: bool) -> Advice | None:
    """What to do by stage: at weak interest at first contact, at hesitation in negotiation, at standing still."""
    if stage in (DealStage.LEAD, DealStage.CONTACT) and (weak_interest or stalled):
        return Advice.OTHER_WAY
    if stage is DealStage.NEGOTIATION and (hesitates or stalled):
        return Advice.NAME_HESITATION
    return Advice.ASK_NEXT_STEP if stalled and stage in OPEN_STAGES else None
