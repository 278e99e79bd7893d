"""Figures of a team's buyers over time: who is kept, who buys again, who was won and lost (METHOD.md section 4)."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from bot.domain.scoring.arrays import Flags, Floats, Ints
from bot.domain.scoring.lifecycle import STAGES, LifecycleStage
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.rhythm import Rhythms, measure_rhythms, order_days_of
from bot.domain.scoring.settings import DEFAULT_THRESHOLDS, Threshold, Thresholds

TOO_FEW = 5
"""Of fewer customers no share or mean is given."""
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole; ``percent`` is None where the whole is too small to say."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole >= TOO_FEW else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a month did to the buyers. ``kept``: of who was neither dormant nor lost before it, how many were not after
    it. ``won`` ordered for the first time, ``lost`` became lost, ``won_back`` were dormant or lost and ordered again.
    """

    month: date
    kept: Share
    won: int
    lost: int
    won_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Customers whose first order fell into a month. ``kept[k]`` ordered in the k-th month after it."""

    month: date
    size: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigures:
    """The customers of a lifecycle stage; money of 12 months in minor units. The margin is of the ``known`` customers
    whose margin somebody has said."""

    stage: LifecycleStage
    customers: int
    sales_minor: int
    margin_minor: int
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """``repurchase``: of who ordered in the last 12 months, how many did on two days or more. ``retention``: of who
    ordered in the 12 months before those, how many did in them. ``lifetime_days``: mean days from first to last order
    of the lost, None where they are too few. ``months``: the oldest first, the current one so far last."""

    repurchase: Share
    retention: Share
    lifetime_days: float | None
    months: tuple[Month, ...]
    cohorts: tuple[Cohort, ...]


def measure_team(
    book: OrderBook, on: date, thresholds: Thresholds = DEFAULT_THRESHOLDS, *, months: int = MONTHS_A_YEAR
) -> TeamFigures:
    """The figures of a team on a day, looked at month by month."""
    today = on.toordinal()
    book = book.until(today)
    who, day = order_days_of(book)
    year = np.bincount(who[day > today - YEAR_DAYS], minlength=book.size)
    inside = (day > today - 2 * YEAR_DAYS) & (day <= today - YEAR_DAYS)
    year_before = np.bincount(who[inside], minlength=book.size)
    this_month = _month(on)
    ends = [_first_of(month + 1).toordinal() - 1 for month in range(this_month - months, this_month)]
    states = [measure_rhythms(book, end) for end in (*ends, today)]
    is_lost = _is_above(states[-1], thresholds[Threshold.LOST])
    lifetimes = (states[-1].last_day - states[-1].first_day)[is_lost]
    return TeamFigures(
        repurchase=Share(part=int((year > 1).sum()), whole=int((year > 0).sum())),
        retention=Share(part=int(((year_before > 0) & (year > 0)).sum()), whole=int((year_before > 0).sum())),
        lifetime_days=float(lifetimes.mean()) if len(lifetimes) >= TOO_FEW else None,
        months=tuple(
            _month_figures(end, before, after, thresholds)
            for end, (before, after) in zip(ends, pairwise(states), strict=True)
        ),
        cohorts=_cohorts(who, day, states[-1].first_day, on, months),
    )


def _month_figures(eve: int, before: Rhythms, after: Rhythms, thresholds: Thresholds) -> Month:
    """``eve`` is the day before the month."""
    was_gone, is_gone = (_is_above(state, thresholds[Threshold.DORMANT]) for state in (before, after))
    was_lost, is_lost = (_is_above(state, thresholds[Threshold.LOST]) for state in (before, after))
    was_active = (before.order_days > 0) & ~was_gone
    return Month(
        month=date.fromordinal(eve + 1),
        kept=Share(part=int((was_active & ~is_gone).sum()), whole=int(was_active.sum())),
        won=int((after.first_day > eve).sum()),
        lost=int((is_lost & ~was_lost).sum()),
        won_back=int((was_gone & ~is_gone & (after.last_day > eve)).sum()),
    )


def _is_above(rhythms: Rhythms, ratio: float) -> Flags:
    with np.errstate(invalid="ignore"):
        above: Flags = rhythms.ratio > ratio
    return above


def measure_stages(stage: Ints, sales: Floats, margin_percent: Floats) -> tuple[StageFigures, ...]:
    """Customers and margin by lifecycle stage; stages without anybody are left out. A net return is no sale."""
    sales = np.maximum(0.0, np.nan_to_num(sales))
    is_known = ~np.isnan(margin_percent)
    margin = sales * np.nan_to_num(margin_percent) / 100
    made = []
    for place, name in enumerate(STAGES):
        here = stage == place
        if here.any():
            made.append(
                StageFigures(
                    stage=name,
                    customers=int(here.sum()),
                    sales_minor=round(float(sales[here].sum())),
                    margin_minor=round(float(margin[here].sum())),
                    known=int((here & is_known).sum()),
                )
            )
    return tuple(made)


def _cohorts(who: Ints, day: Ints, first_day: Ints, on: date, count: int) -> tuple[Cohort, ...]:
    """The cohorts of the last months, the oldest first; those without anybody are left out."""
    this_month = _month(on)
    if not len(day):
        return ()
    distinct, place = np.unique(day, return_inverse=True)
    months = np.array([_month(date.fromordinal(one)) for one in distinct.tolist()])[place]
    begun = np.full(len(first_day), -1)
    begun[who[::-1]] = months[::-1]  # the first order of each customer is written last
    is_new = np.ones(len(who), dtype=np.bool_)
    is_new[1:] = (who[1:] != who[:-1]) | (months[1:] != months[:-1])
    active_who, active_month = who[is_new], months[is_new]
    first_of_active = begun[active_who]
    made = []
    for month in range(this_month - count + 1, this_month + 1):
        size = int((begun == month).sum())
        if size:
            ages = active_month[first_of_active == month] - month
            kept = np.bincount(ages, minlength=this_month - month + 1)
            made.append(Cohort(month=_first_of(month), size=size, kept=tuple(kept.tolist())))
    return tuple(made)


def _month(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _first_of(month: int) -> date:
    return date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
