"""Recency, frequency and money of a team's buying customers, scored 1-5 (METHOD.md section 3)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.domain.scoring.arrays import Floats, Ints
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.ranks import quintiles
from bot.domain.scoring.rhythm import Rhythms
from bot.domain.scoring.segments import Segment, segment_of
from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds

BUYERS_FOR_QUINTILES = 100
"""With fewer, fifths mean little and fixed cuts are taken."""
GAPS_IN_WINDOW, WINDOW_YEARS_MAX = 3, 3
BEST_SCORE = 5
_RECENCY = (Threshold.R5, Threshold.R4, Threshold.R3, Threshold.R2)
_FREQUENCY = (Threshold.F5, Threshold.F4, Threshold.F3, Threshold.F2)
_MONEY = (Threshold.M5, Threshold.M4, Threshold.M3, Threshold.M2)


class RfmMethod(StrEnum):
    """Values are stored, so they never change. A change of method raises no alert."""

    QUINTILES = "quintiles"
    FIXED_CUTS = "fixed_cuts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rfm:
    """``who`` are the places of the buying customers; every other array has an element for each of them.

    ``orders`` and ``money`` (minor units) are per 12 months. Scores are 1-5; a recency score is 0 where it cannot be
    said, which happens with fixed cuts in a team that has no rhythm at all.
    """

    method: RfmMethod
    who: Ints
    window_days: Ints
    days_since: Ints
    orders: Floats
    money: Floats
    recency: Ints
    frequency: Ints
    monetary: Ints
    median_money: float

    @property
    def segments(self) -> list[Segment | None]:
        """A segment a buyer; None where the recency score is missing."""
        return _segments(self.recency, self.frequency, self.monetary)


def measure_rfm(book: OrderBook, rhythms: Rhythms, on: int, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Rfm:
    """Score everybody who bought within the own window: 12 months, or 3 x the own median gap up to 36 if longer."""
    book = book.until(on)
    window = _windows(rhythms)
    inside = book.day > on - window[book.who]
    count = book.count(inside & book.is_purchase)
    who = np.flatnonzero(count)
    years = window[who] / YEAR_DAYS
    days_since = on - rhythms.last_day[who]
    orders, money = count[who] / years, book.sales(inside)[who] / years
    median_money = _median(money)
    if len(who) >= BUYERS_FOR_QUINTILES:
        method = RfmMethod.QUINTILES
        scores = quintiles(-days_since), quintiles(orders), quintiles(money)
    else:
        method = RfmMethod.FIXED_CUTS
        scores = _fixed_scores(rhythms.ratio[who], orders, money, median_money, thresholds)
    return Rfm(
        method=method,
        who=who,
        window_days=window[who],
        days_since=days_since,
        orders=orders,
        money=money,
        recency=scores[0],
        frequency=scores[1],
        monetary=scores[2],
        median_money=median_money,
    )


def segments_by_cuts(
    ratio: Floats, orders: Floats, money: Floats, thresholds: Thresholds = DEFAULT_THRESHOLDS
) -> list[Segment | None]:
    """The segments of all of a team's buyers by fixed cuts, from what ``measure_rfm`` found of them."""
    return _segments(*_fixed_scores(ratio, orders, money, _median(money), thresholds))


def _segments(*scores: Ints) -> list[Segment | None]:
    """None where the recency score is missing."""
    return [segment_of(*three) if three[0] else None for three in zip(*(one.tolist() for one in scores), strict=True)]


def _median(money: Floats) -> float:
    return float(np.median(money)) if len(money) else 0.0


def _windows(rhythms: Rhythms) -> Ints:
    own = np.where(rhythms.is_own, np.nan_to_num(rhythms.gap) * GAPS_IN_WINDOW, 0.0)
    windows: Ints = np.clip(np.ceil(own), YEAR_DAYS, WINDOW_YEARS_MAX * YEAR_DAYS).astype(np.int64)
    return windows


def _fixed_scores(
    ratio: Floats, orders: Floats, money: Floats, median_money: float, thresholds: Thresholds
) -> tuple[Ints, Ints, Ints]:
    overdue, often, much = ([thresholds[name] for name in names] for names in (_RECENCY, _FREQUENCY, _MONEY))
    recency = np.where(np.isnan(ratio), 0, BEST_SCORE - np.searchsorted(overdue, ratio, side="left"))
    # Where the median customer bought for nothing, whoever paid at all is far above it.
    cuts = [cut * max(median_money, 0.0) for cut in much]
    money_score = np.where(money > 0, _at_least(money, cuts), 1)
    return recency.astype(np.int64), _at_least(orders, often), money_score.astype(np.int64)


def _at_least(values: Floats, cuts: list[float]) -> Ints:
    """5 from the first cut on, 4 from the second, down to 1 under the last."""
    scores: Ints = 1 + np.searchsorted(sorted(cuts), values, side="right").astype(np.int64)
    return scores
