"""Where each customer stands between first awareness and the end of all business (METHOD.md section 4)."""

from dataclasses import dataclass
from enum import StrEnum
from statistics import median

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats, Ints
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.rhythm import (
    AT_RISK_ABOVE,
    DORMANT_ABOVE,
    LOST_ABOVE,
    ORDER_DAYS_FOR_OWN_RHYTHM,
    SHORTEST_GAP_DAYS,
    Rhythms,
    order_days_of,
)

NEW_DAYS = WON_BACK_DAYS = 90
HALF_YEAR_DAYS = 182
GROWING_ABOVE, DECLINING_BELOW = 1.10, 0.80


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


def measure_lifecycle(book: OrderBook, rhythms: Rhythms, on: int, *, ended: Flags | None = None) -> Lifecycle:
    """The stage of every customer on a day. A customer whose rhythm nobody can know is neither dormant nor lost."""
    book = book.until(on)
    ended = np.zeros(book.size, dtype=np.bool_) if ended is None else ended
    recent = np.maximum(0, book.sales(book.day > on - HALF_YEAR_DAYS))
    earlier = (book.day > on - 2 * HALF_YEAR_DAYS) & (book.day <= on - HALF_YEAR_DAYS)
    before = np.maximum(0, book.sales(earlier))
    known = rhythms.order_days > 0
    with np.errstate(invalid="ignore"):
        at_risk = ~ended & (rhythms.ratio > AT_RISK_ABOVE)
        fits = {
            LifecycleStage.ENDED: ended,
            LifecycleStage.PROSPECT: ~known,
            LifecycleStage.LOST: rhythms.ratio > LOST_ABOVE,
            LifecycleStage.DORMANT: rhythms.ratio > DORMANT_ABOVE,
            LifecycleStage.WON_BACK: _won_back(book, rhythms, on),
            LifecycleStage.NEW: known & (rhythms.first_day > on - NEW_DAYS),
            LifecycleStage.GROWING: recent > GROWING_ABOVE * before,
            LifecycleStage.DECLINING: recent < DECLINING_BELOW * before,
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


def stakes(book: OrderBook, rhythms: Rhythms) -> Floats:
    """Sales in the 12 months that end with each customer's last order day, in minor units; never below 0."""
    last = rhythms.last_day[book.who]
    sales: Floats = np.maximum(0, book.sales((book.day > last - YEAR_DAYS) & (book.day <= last)))
    return sales


def _won_back(book: OrderBook, rhythms: Rhythms, on: int) -> Flags:
    """Who ordered, within the last 90 days, after a silence that was dormant by the rhythm known at that time."""
    won = np.zeros(book.size, dtype=np.bool_)
    who, day = order_days_of(book)
    start = np.cumsum(rhythms.order_days) - rhythms.order_days
    candidate = np.zeros(len(who), dtype=np.bool_)
    candidate[1:] = (
        (who[1:] == who[:-1])
        & (day[1:] > on - WON_BACK_DAYS)
        & (day[1:] - day[:-1] > DORMANT_ABOVE * SHORTEST_GAP_DAYS)
    )
    for place in np.flatnonzero(candidate).tolist():
        customer = int(who[place])
        if not won[customer]:
            gaps = np.diff(day[int(start[customer]) : place]).tolist()
            own = len(gaps) + 1 >= ORDER_DAYS_FOR_OWN_RHYTHM
            usual = median(gaps) if own else rhythms.team_gap
            silence = int(day[place] - day[place - 1])
            won[customer] = usual is not None and silence > DORMANT_ABOVE * max(SHORTEST_GAP_DAYS, usual)
    return won
