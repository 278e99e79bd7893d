"""The figures of each customer by itself, compared with nobody: sales, last order, silence, stage, stake."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from bot.domain.scoring.arrays import Ints
from bot.domain.scoring.lifecycle import STAGES, Lifecycle
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.rhythm import Rhythms

RATIO_DIGITS = 3
PARTS = ("order_days", "half_years", "gap", "future", "foreign")
"""The keys of CustomerScore.parts that belong to a customer alone."""


def own_figures(
    book: OrderBook, on: date, rhythms: Rhythms, life: Lifecycle, *, future: Ints, foreign: Ints
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each customer of a book the columns of CustomerScore, and its own parts.

    ``future`` and ``foreign`` count its orders dated later than ``on``, and in another currency.
    """
    columns = zip(
        np.nan_to_num(book.sales_of_year(on.toordinal())).tolist(), life.stake.tolist(), life.stage.tolist(),
        life.at_risk.tolist(), rhythms.ratio.round(RATIO_DIGITS).tolist(), rhythms.last_day.tolist(),
        rhythms.order_days.tolist(), rhythms.gap.tolist(), rhythms.is_own.tolist(),
        life.half_year.tolist(), life.half_year_before.tolist(), future.tolist(), foreign.tolist(), strict=True,
    )  # fmt: skip
    for sales, stake, stage, at_risk, ratio, last, days, gap, is_own, recent, before, later, other in columns:
        values = {
            "lifecycle": STAGES[stage],
            "at_risk": at_risk,
            "overdue_ratio": ratio if ratio == ratio else None,  # nan differs from itself
            "sales_minor": int(sales),
            "stake_minor": int(stake),
            "last_order_on": date.fromordinal(last) if last else None,
        }
        parts: dict[str, Any] = {"order_days": days}
        if days:
            parts["half_years"] = [int(recent), int(before)]
        if gap == gap:
            parts["gap"] = [gap, is_own]
        if later:
            parts["future"] = later
        if other:
            parts["foreign"] = other
        yield values, parts
