"""Figures of a team's buyers over time: who is kept, who buys again, who was won and lost (METHOD.md section 4)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from bot.domain.scoring.arrays import Ints
from bot.domain.scoring.lifecycle import STAGES, LifecycleStage, measure_lifecycle
from bot.domain.scoring.order_book import YEAR_DAYS, OrderBook
from bot.domain.scoring.rhythm import measure_rhythms, order_days_of

TOO_FEW = 5
"""Of fewer customers no share or mean is given."""
MONTHS_A_YEAR = 12
GONE = frozenset({LifecycleStage.DORMANT, LifecycleStage.LOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole; ``percent`` is None where the whole is too small to say."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole >= TOO_FEW else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Customers whose first order fell into a month. ``kept[k]`` ordered in the k-th month after it."""

    month: date
    size: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """``repurchase``: of who ordered in the last 12 months, how many did on two days or more. ``retention``: of who
    ordered in the 12 months before those, how many did in them. ``lifetime_days``: mean days from first to last order
    of the lost, None where they are too few. ``won``, ``lost`` and ``won_back`` are of the current month."""

    repurchase: Share
    retention: Share
    lifetime_days: float | None
    won: int
    lost: int
    won_back: int
    cohorts: tuple[Cohort, ...]


def measure_team(book: OrderBook, on: date, *, cohorts: int = MONTHS_A_YEAR) -> TeamFigures:
    """The figures of a team on a day."""
    today = on.toordinal()
    book = book.until(today)
    who, day = order_days_of(book)
    year = np.bincount(who[day > today - YEAR_DAYS], minlength=book.size)
    inside = (day > today - 2 * YEAR_DAYS) & (day <= today - YEAR_DAYS)
    year_before = np.bincount(who[inside], minlength=book.size)
    rhythms = measure_rhythms(book, today)
    stage = measure_lifecycle(book, rhythms, today).stage
    eve = on.replace(day=1).toordinal() - 1
    before = measure_lifecycle(book.until(eve), measure_rhythms(book, eve), eve).stage
    is_lost = stage == STAGES.index(LifecycleStage.LOST)
    lifetimes = (rhythms.last_day - rhythms.first_day)[is_lost]
    return TeamFigures(
        repurchase=Share(part=int((year > 1).sum()), whole=int((year > 0).sum())),
        retention=Share(part=int(((year_before > 0) & (year > 0)).sum()), whole=int((year_before > 0).sum())),
        lifetime_days=float(lifetimes.mean()) if len(lifetimes) >= TOO_FEW else None,
        won=int((rhythms.first_day > eve).sum()),
        lost=int((is_lost & (before != STAGES.index(LifecycleStage.LOST))).sum()),
        won_back=int((_gone(before) & ~_gone(stage) & (rhythms.last_day > eve)).sum()),
        cohorts=_cohorts(who, day, rhythms.first_day, on, cohorts),
    )


def _gone(stage: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.isin(stage, [STAGES.index(one) for one in GONE])


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
