"""Order books for tests: customers by their orders, days counted back from one day."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bot.domain.scoring.order_book import OrderBook

ON = date(2026, 11, 22)
TODAY = ON.toordinal()
CDNOW = Path(__file__).parents[2] / "benchmarks" / "data" / "cdnow_sample.csv"
CALIBRATION_END = date(1997, 9, 30).toordinal()

Orders = Sequence[tuple[int, int]]


def book(*customers: Orders, foreign: Sequence[int] = ()) -> OrderBook:
    """A book of customers, each a list of (days ago, amount); all orders of ``foreign`` are in another currency."""
    rows = [(place, TODAY - ago, amount) for place, orders in enumerate(customers) for ago, amount in orders]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    who = columns[:, 0]
    return OrderBook.of(
        size=len(customers),
        who=who,
        day=columns[:, 1],
        amount=columns[:, 2],
        is_foreign=np.isin(who, list(foreign)),
    )


def every(gap: int, last: int, count: int, amount: int = 100) -> list[tuple[int, int]]:
    """Orders at an even rhythm, the last one so many days ago."""
    return [(last + gap * number, amount) for number in range(count)]


def cdnow_columns() -> list[tuple[int, int, int]]:
    """The published 1/10 sample of CDNOW: customer's place, day, amount in cents."""
    with CDNOW.open(encoding="ascii") as file:
        return [
            (
                int(row["sample_id"]) - 1,
                date.fromisoformat(row["date"]).toordinal(),
                round(float(row["amount_usd"]) * 100),
            )
            for row in csv.DictReader(file)
        ]
