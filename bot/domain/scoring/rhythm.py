"""A customer's own rhythm of orders, and how far it is behind it (METHOD.md section 4).

The one place for it: what a refresh or an order finds here is stored, and plans, digests and alerts read that.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats, Ints
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds

ORDER_DAYS_FOR_OWN_RHYTHM = 3
"""Fewer say nothing of a rhythm of one's own."""
SHORTEST_GAP_DAYS = 1.0


class Silence(StrEnum):
    """How far a customer is behind its rhythm. Values are stored, so they never change."""

    AT_RISK = "at_risk"
    DORMANT = "dormant"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythms:
    """One element a customer. Days are ordinals, 0 where there is no purchase; gaps and ratios are nan where unknown.

    ``gap`` is the customer's own median gap with three order days or more, else the team's; at least a day.
    """

    order_days: Ints
    first_day: Ints
    last_day: Ints
    gap: Floats
    is_own: Flags
    ratio: Floats
    team_gap: float | None


def measure_rhythms(book: OrderBook, on: int, *, team_gap: float | None = None) -> Rhythms:
    """The rhythm of every customer of a book, and its overdue ratio on a day; later orders do not count.

    ``team_gap`` is the team's, where the book holds only some of its customers.
    """
    who, day = order_days_of(book.until(on))
    days = np.bincount(who, minlength=book.size)
    first, last = np.zeros(book.size, dtype=np.int64), np.zeros(book.size, dtype=np.int64)
    some, end = days > 0, np.cumsum(days)
    first[some], last[some] = day[(end - days)[some]], day[end[some] - 1]
    is_gap = who[1:] == who[:-1]
    gaps, owner = (day[1:] - day[:-1])[is_gap], who[1:][is_gap]
    if team_gap is None and len(gaps):
        team_gap = max(SHORTEST_GAP_DAYS, float(np.median(gaps)))
    own = _medians(owner, gaps, book.size)
    is_own = days >= ORDER_DAYS_FOR_OWN_RHYTHM
    gap = np.where(is_own, np.maximum(own, SHORTEST_GAP_DAYS), np.nan if team_gap is None else team_gap)
    gap[days == 0] = np.nan
    return Rhythms(
        order_days=days,
        first_day=first,
        last_day=last,
        gap=gap,
        is_own=is_own,
        ratio=np.where(days > 0, (on - last) / gap, np.nan),
        team_gap=team_gap,
    )


def order_days_of(book: OrderBook) -> tuple[Ints, Ints]:
    """Customer and day of each distinct day with a purchase, sorted."""
    who, day = book.who[book.is_purchase], book.day[book.is_purchase]
    is_new = np.ones(len(who), dtype=np.bool_)
    is_new[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    return who[is_new], day[is_new]


def _medians(owner: Ints, gaps: Ints, size: int) -> Floats:
    """The median of each owner's gaps; nan for who has none. ``owner`` is sorted."""
    medians = np.full(size, np.nan)
    if not len(gaps):
        return medians
    offset = owner * (int(gaps.max()) + 1)
    ordered = offset + gaps
    ordered.sort()  # each owner's gaps, in the owners' order
    ordered -= offset
    count = np.bincount(owner, minlength=size)
    start = np.cumsum(count) - count
    some = count > 0
    low, high = (start + (count - 1) // 2)[some], (start + count // 2)[some]
    medians[some] = (ordered[low] + ordered[high]) / 2
    return medians


def silence_of(ratio: float | None, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Silence | None:
    """What an overdue ratio says: above 1.5 at risk, above 2 dormant, above 4 lost, where the team set nothing else."""
    if ratio is None:
        return None
    if ratio > thresholds[Threshold.LOST]:
        return Silence.LOST
    if ratio > thresholds[Threshold.DORMANT]:
        return Silence.DORMANT
    return Silence.AT_RISK if ratio > thresholds[Threshold.AT_RISK] else None
