"""Where each customer stands between first awareness and the end of all business (METHOD.md section 4)."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats, Ints
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.rhythm import ORDER_DAYS_FOR_OWN_RHYTHM, SHORTEST_GAP_DAYS, Rhythms, order_days_of
from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds

HALF_YEAR_DAYS = 182
PERCENT = 100.0


class LifecycleStage(StrEnum):
    """In the order in which they are asked: the first that fits is the stage. Values are stored."""

    ENDED = "ended"
    PROSPECT = "prospect"
    LOST = "lost"
    DORMANT = "dormant"
    WON_BACK = "won_back"
    NEW = "new"
    GROWING = "growing"
    DECLINING = "declining"
    MATURE = "mature"


STAGES = tuple(LifecycleStage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """One element a customer. ``stage`` is a place in STAGES. Sales and ``stake`` are in minor units.

    ``stake`` is the sales in the 12 months before the last order, for those at risk or further; 0 for the others.
    """

    stage: Ints
    at_risk: Flags
    stake: Floats
    half_year: Floats
    half_year_before: Floats

    def stage_of(self, place: int) -> LifecycleStage:
        return STAGES[int(self.stage[place])]


def measure_lifecycle(
    book: OrderBook,
    rhythms: Rhythms,
    on: int,
    *,
    ended: Flags | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Lifecycle:
    """The stage of every customer on a day. A customer whose rhythm nobody can know is neither dormant nor lost."""
    book = book.until(on)
    ended = np.zeros(book.size, dtype=np.bool_) if ended is None else ended
    recent = np.maximum(0, book.sales(book.day > on - HALF_YEAR_DAYS))
    earlier = (book.day > on - 2 * HALF_YEAR_DAYS) & (book.day <= on - HALF_YEAR_DAYS)
    before = np.maximum(0, book.sales(earlier))
    growing, declining = trends(recent, before, thresholds)
    known = rhythms.order_days > 0
    with np.errstate(invalid="ignore"):
        at_risk = ~ended & (rhythms.ratio > thresholds[Threshold.AT_RISK])
        fits = {
            LifecycleStage.ENDED: ended,
            LifecycleStage.PROSPECT: ~known,
            LifecycleStage.LOST: rhythms.ratio > thresholds[Threshold.LOST],
            LifecycleStage.DORMANT: rhythms.ratio > thresholds[Threshold.DORMANT],
            LifecycleStage.WON_BACK: _won_back(book, rhythms, on, thresholds),
            LifecycleStage.NEW: known & (rhythms.first_day > on - thresholds[Threshold.NEW_DAYS]),
            LifecycleStage.GROWING: growing,
            LifecycleStage.DECLINING: declining,
            LifecycleStage.MATURE: np.ones(book.size, dtype=np.bool_),
        }
    stage = np.select([fits[stage] for stage in STAGES], range(len(STAGES)))
    return Lifecycle(
        stage=stage.astype(np.int64),
        at_risk=at_risk,
        stake=np.where(at_risk, stakes(book, rhythms), 0.0),
        half_year=recent,
        half_year_before=before,
    )


def trends(recent: Floats, before: Floats, thresholds: Thresholds) -> tuple[Flags, Flags]:
    """Who sells clearly more, and who less, in the last half-year than in the one before."""
    growing: Flags = PERCENT * recent > thresholds[Threshold.GROWING] * before
    declining: Flags = PERCENT * recent < thresholds[Threshold.DECLINING] * before
    return growing, declining


def stakes(book: OrderBook, rhythms: Rhythms) -> Floats:
    """Sales in the 12 months that end with each customer's last order day, in minor units; never below 0."""
    last = rhythms.last_day[book.who]
    sales: Floats = np.maximum(0, book.sales((book.day > last - YEAR_DAYS) & (book.day <= last)))
    return sales


def _won_back(book: OrderBook, rhythms: Rhythms, on: int, thresholds: Thresholds) -> Flags:
    """Who ordered, within the last 90 days, after a silence that was dormant by the rhythm known at that time."""
    won, dormant = np.zeros(book.size, dtype=np.bool_), thresholds[Threshold.DORMANT]
    who, day = order_days_of(book)
    start = np.cumsum(rhythms.order_days) - rhythms.order_days
    candidate = np.zeros(len(who), dtype=np.bool_)
    candidate[1:] = (
        (who[1:] == who[:-1])
        & (day[1:] > on - thresholds[Threshold.NEW_DAYS])
        & (day[1:] - day[:-1] > dormant * SHORTEST_GAP_DAYS)
    )
    places = np.flatnonzero(candidate)
    since = np.diff(day, prepend=0).tolist()  # of each order day: the days since the one before
    for place, customer, first in zip(places.tolist(), who[places].tolist(), start[who[places]].tolist(), strict=True):
        if not won[customer]:
            gaps = since[first + 1 : place]
            own = len(gaps) + 1 >= ORDER_DAYS_FOR_OWN_RHYTHM
            usual = median(gaps) if own else rhythms.team_gap
            won[customer] = usual is not None and since[place] > dormant * max(SHORTEST_GAP_DAYS, usual)
    return won
