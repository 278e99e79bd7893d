"""Scoring against published values and rivals, side by side in one run: `python -m benchmarks.scoring [--json]`.

The rivals (lifetimes, DuckDB, Polars) are in the `bench` extra; what is not installed is left out and said so. The
plain SQL oracle runs on the standard library's SQLite, so agreement is checked always.
"""

import argparse
import csv
import importlib.util
import json
import os
import sqlite3
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.refreshing import time_refresh
from bot.domain.scoring.arrays import Floats, Ints
from bot.domain.scoring.buying_model import BuyingHistory, BuyingModel, buying_history, fit_buying_model
from bot.domain.scoring.order_book import OrderBook
from bot.domain.scoring.rfm import Rfm, RfmMethod, measure_rfm
from bot.domain.scoring.rhythm import measure_rhythms
from bot.domain.scoring.spend_model import fit_spend_model

SAMPLE = Path(__file__).parent / "data" / "cdnow_sample.csv"
CALIBRATION_END = date(1997, 9, 30).toordinal()
SAMPLE_CUSTOMERS = 2357
PUBLISHED = {
    "r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "log-likelihood": -9582.4, "p": 6.25, "q": 3.74, "v": 15.44,
}  # fmt: skip
POSTGRES_URL = "ROUNDSMAN_TEST_POSTGRES_URL"
SEED, ROUNDS = 11, 5
TODAY, YEARS_DAYS = date(2026, 11, 22).toordinal(), 1000
WEEK_DAYS = 7

# Recency, frequency and money with each customer's own window, scored by quintiles of mid-ranks: in plain SQL.
ORACLE = """
WITH days AS (SELECT DISTINCT who, day FROM orders WHERE amount > 0 AND day <= :today),
gaps AS (SELECT who, day, day - LAG(day) OVER (PARTITION BY who ORDER BY day) AS gap FROM days),
placed AS (
  SELECT who, gap, ROW_NUMBER() OVER (PARTITION BY who ORDER BY gap) AS place, COUNT(*) OVER (PARTITION BY who) AS n
  FROM gaps WHERE gap IS NOT NULL),
windows AS (
  SELECT who, MIN(MAX(CEIL(3 * MAX(AVG(gap * 1.0), 1)), 365), 1095) AS span
  FROM placed WHERE n >= 2 AND place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY who),
inside AS (
  SELECT orders.who, day, amount, COALESCE(span, 365) AS span FROM orders LEFT JOIN windows USING (who)
  WHERE day <= :today AND day > :today - COALESCE(span, 365)),
figures AS (
  SELECT who, :today - MAX(CASE WHEN amount > 0 THEN day END) AS days,
    SUM(amount > 0) / (MAX(span) / 365.0) AS orders, SUM(amount) / (MAX(span) / 365.0) AS money
  FROM inside GROUP BY who HAVING SUM(amount > 0) > 0),
ranked AS (
  SELECT who, COUNT(*) OVER () AS n,
    2 * (RANK() OVER (ORDER BY -days) - 1) + COUNT(*) OVER (PARTITION BY days) AS r,
    2 * (RANK() OVER (ORDER BY orders) - 1) + COUNT(*) OVER (PARTITION BY orders) AS f,
    2 * (RANK() OVER (ORDER BY money) - 1) + COUNT(*) OVER (PARTITION BY money) AS m
  FROM figures)
SELECT who, MIN(5, 1 + 5 * r / (2 * n)), MIN(5, 1 + 5 * f / (2 * n)), MIN(5, 1 + 5 * m / (2 * n))
FROM ranked ORDER BY who
"""
# The rivals' plain group-and-rank: one window of 12 months for all, so less work than ours.
DUCKDB_PLAIN = """
WITH figures AS (
  SELECT who, $today - MAX(day) AS days, COUNT(*) AS orders, SUM(amount) AS money
  FROM orders WHERE day <= $today AND day > $today - 365 AND amount > 0 GROUP BY who),
ranked AS (
  SELECT who, COUNT(*) OVER () AS n,
    2 * (RANK() OVER (ORDER BY -days) - 1) + COUNT(*) OVER (PARTITION BY days) AS r,
    2 * (RANK() OVER (ORDER BY orders) - 1) + COUNT(*) OVER (PARTITION BY orders) AS f,
    2 * (RANK() OVER (ORDER BY money) - 1) + COUNT(*) OVER (PARTITION BY money) AS m
  FROM figures)
SELECT who, LEAST(5, 1 + 5 * r // (2 * n)), LEAST(5, 1 + 5 * f // (2 * n)), LEAST(5, 1 + 5 * m // (2 * n))
FROM ranked
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The best of some runs, on the clock and by the processor's time of all threads.

    ``ratio`` is our time on the clock divided by the rival's, None for ourselves.
    """

    name: str
    best_s: float
    cpu_s: float
    ratio: float | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000, help="customers of the RFM run")
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders of the RFM run")
    parser.add_argument("--fit-customers", type=int, default=1_000_000, help="simulated customers of the model's fit")
    parser.add_argument("--refresh-customers", type=int, default=10_000, help="customers of the team that is refreshed")
    parser.add_argument("--refresh-orders", type=int, default=100_000, help="orders of that team")
    parser.add_argument(
        "--postgres", default=os.environ.get(POSTGRES_URL), help=f"a server to refresh on too [{POSTGRES_URL}]"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report: dict[str, Any] = {
        "cdnow": compare_with_published(),
        "fit": time_fits(options.fit_customers),
        "rfm": time_rfm(options.customers, options.orders),
        "refresh": time_refresh(options.refresh_customers, options.refresh_orders, options.postgres),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n" if options.json else describe(report))
    return 0 if report["rfm"]["agrees_with_oracle"] else 1


def compare_with_published() -> dict[str, Any]:
    """Our fit of CDNOW's 1/10 sample, and that of lifetimes, beside the published values."""
    history, mean = cdnow_history()
    model, spend = fit_buying_model(history), fit_spend_model(history.repeats, mean)
    if model is None or spend is None:
        raise ValueError("the sample could not be fitted")
    rows: dict[str, Any] = {
        "published": PUBLISHED,
        "ours": _model_row(model) | {"p": spend.p, "q": spend.q, "v": spend.v},
    }
    if _has("lifetimes"):
        from lifetimes import BetaGeoFitter, GammaGammaFitter

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            buying = BetaGeoFitter(penalizer_coef=0.0).fit(history.repeats, history.last, history.age)
            some = history.repeats > 0
            value = GammaGammaFitter(penalizer_coef=0.0).fit(history.repeats[some], mean[some])
        # its likelihood is of rescaled times, so it says nothing here
        rows["lifetimes"] = {**buying.params_.to_dict(), **value.params_.to_dict()}
    return {name: {key: round(float(row[key]), 4) for key in PUBLISHED if key in row} for name, row in rows.items()}


def _model_row(model: BuyingModel) -> dict[str, float]:
    return {
        "r": model.r, "alpha": model.alpha, "a": model.a, "b": model.b, "log-likelihood": model.log_likelihood,
    }  # fmt: skip


def cdnow_history() -> tuple[BuyingHistory, Floats]:
    """Calibration histories in weeks, and the mean amount in dollars of a repeat order day."""
    with SAMPLE.open(encoding="ascii") as file:
        rows = np.array(
            [
                (int(row["sample_id"]) - 1, date.fromisoformat(row["date"]).toordinal(), float(row["amount_usd"]))
                for row in csv.DictReader(file)
            ]
        )
    rows = rows[rows[:, 1] <= CALIBRATION_END]
    who, day, dollars = rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), rows[:, 2]
    # those who published counted the few orders of amount 0 as orders
    book = OrderBook.of(size=SAMPLE_CUSTOMERS, who=who, day=day, amount=np.ones(len(who), dtype=np.int64))
    _, history = buying_history(book, CALIBRATION_END)
    first = np.full(SAMPLE_CUSTOMERS, CALIBRATION_END)
    np.minimum.at(first, who, day)
    repeat = day > first[who]
    spent = np.bincount(who[repeat], weights=dollars[repeat], minlength=SAMPLE_CUSTOMERS)
    return history, spent / np.maximum(1, history.repeats)


def time_fits(customers: int) -> dict[str, Any]:
    """The time of one fit to simulated customers whose days are whole, as the days of orders are."""
    history = simulate_buyers(customers)
    timings = _in_turns({"ours": lambda: fit_buying_model(history)})
    if _has("lifetimes"):
        from lifetimes import BetaGeoFitter

        def fit() -> None:
            BetaGeoFitter(penalizer_coef=0.0).fit(history.repeats, history.last, history.age)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            (theirs,) = _in_turns({"lifetimes": fit}, rounds=1)
        timings.append(replace(theirs, ratio=timings[0].best_s / theirs.best_s))
    return {"customers": customers, "timings": [asdict(timing) for timing in timings]}


def simulate_buyers(customers: int) -> BuyingHistory:
    """Customers who buy as CDNOW's did, in weeks of whole days."""
    draw = np.random.default_rng(SEED)
    rate = draw.gamma(PUBLISHED["r"], 1 / PUBLISHED["alpha"], customers)
    leaves = draw.beta(PUBLISHED["a"], PUBLISHED["b"], customers)
    age = draw.integers(27 * WEEK_DAYS, 39 * WEEK_DAYS, customers) / WEEK_DAYS
    repeats, last = np.zeros(customers, dtype=np.int64), np.zeros(customers)
    clock, active = draw.exponential(1 / rate), np.ones(customers, dtype=np.bool_)
    while (active := active & (clock <= age)).any():
        repeats[active] += 1
        last[active] = clock[active]
        active &= draw.random(customers) > leaves
        clock = clock + draw.exponential(1 / rate)
    whole = np.minimum(np.ceil(last * WEEK_DAYS) / WEEK_DAYS, age)
    return BuyingHistory(repeats=repeats, last=np.where(repeats > 0, whole, 0.0), age=age)


def time_rfm(customers: int, orders: int) -> dict[str, Any]:
    """The time of RFM from unsorted columns, and whether every score is the oracle's."""
    who, day, amount = simulate_orders(customers, orders)

    def measure() -> Rfm:
        book = OrderBook.of(size=customers, who=who, day=day, amount=amount)
        return measure_rfm(book, measure_rhythms(book, TODAY), TODAY)

    rfm = measure()
    runs: dict[str, Callable[[], object]] = {"ours, own windows": measure}
    for name, run in (("duckdb", _duckdb), ("polars", _polars)):
        if _has(name):
            runs[f"{name}, 12 months for all"] = run(who, day, amount)
    timings = _in_turns(runs)
    scores = np.column_stack([rfm.who, rfm.recency, rfm.frequency, rfm.monetary])
    begun, cpu = time.perf_counter(), time.process_time()
    expected = ask_oracle(who, day, amount)
    took_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    timings.append(Timing(name="sqlite, own windows (the oracle)", best_s=took_s, cpu_s=cpu_s))
    ties = customers - len(np.unique(rfm.orders))
    return {
        "customers": customers,
        "orders": orders,
        "agrees_with_oracle": rfm.method is RfmMethod.QUINTILES and bool(np.array_equal(scores, expected)),
        "buyers": len(rfm.who),
        "tied_in_orders": ties,
        "timings": [asdict(timing) for timing in timings],
    }


def simulate_orders(customers: int, orders: int) -> tuple[Ints, Ints, Ints]:
    """Customer, day and amount of orders in no order; few distinct amounts, so that ties are many; some returns."""
    draw = np.random.default_rng(SEED)
    rate = draw.gamma(0.8, 1.0, customers)
    who = draw.choice(customers, orders, p=rate / rate.sum()).astype(np.int64)
    day = (TODAY - draw.integers(0, YEARS_DAYS, orders)).astype(np.int64)
    amount = (draw.lognormal(3, 1, orders).astype(np.int64) + 1) * 100
    return who, day, np.where(draw.random(orders) < 0.02, -amount, amount)


def ask_oracle(who: Ints, day: Ints, amount: Ints) -> Ints:
    """Customer, recency, frequency and money scores by plain SQL on SQLite."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE orders (who INTEGER, day INTEGER, amount INTEGER)")
    rows = zip(who.tolist(), day.tolist(), amount.tolist(), strict=True)
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    found = connection.execute(ORACLE, {"today": TODAY}).fetchall()
    connection.close()
    return np.array(found, dtype=np.int64).reshape(-1, 4)


def _duckdb(who: Ints, day: Ints, amount: Ints) -> Callable[[], object]:
    import duckdb

    connection = duckdb.connect()
    connection.execute("CREATE TABLE orders (who BIGINT, day BIGINT, amount BIGINT)")
    connection.register("columns", {"who": who, "day": day, "amount": amount})
    connection.execute("INSERT INTO orders SELECT * FROM columns")
    return lambda: connection.execute(DUCKDB_PLAIN, {"today": TODAY}).fetchnumpy()


def _polars(who: Ints, day: Ints, amount: Ints) -> Callable[[], object]:
    import polars

    frame = polars.DataFrame({"who": who, "day": day, "amount": amount})
    column = polars.col

    def score(name: str, sign: int) -> Any:
        doubled = 2 * (sign * column(name)).rank("average") - 1
        return (1 + (5 * doubled / (2 * polars.len())).floor()).clip(1, 5).alias(f"{name}_score")

    def run() -> object:
        inside = frame.lazy().filter((column("day") > TODAY - 365) & (column("day") <= TODAY) & (column("amount") > 0))
        figures = inside.group_by("who").agg(
            (TODAY - column("day").max()).alias("days"), polars.len().alias("orders"), column("amount").sum()
        )
        return figures.with_columns(score("days", -1), score("orders", 1), score("amount", 1)).collect()

    return run


def _in_turns(runs: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> list[Timing]:
    """The best of some rounds in which everybody runs once, so that a busy machine is as busy for all; ours first."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            begun, cpu = time.perf_counter(), time.process_time()
            run()
            times[name].append((time.perf_counter() - begun, time.process_time() - cpu))
    best = {name: (min(wall for wall, _ in taken), min(cpu for _, cpu in taken)) for name, taken in times.items()}
    (ours, _), *_ = best.values()
    return [
        Timing(name=name, best_s=wall, cpu_s=cpu, ratio=ours / wall if place else None)
        for place, (name, (wall, cpu)) in enumerate(best.items())
    ]


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def describe(report: dict[str, Any]) -> str:
    """The report as tables for a terminal."""
    lines = ["CDNOW, 1/10 sample", "             " + "".join(f"{key:>16}" for key in PUBLISHED)]
    lines += [
        f"{name:<13}" + "".join(f"{row[key]:>16.4f}" if key in row else f"{'-':>16}" for key in PUBLISHED)
        for name, row in report["cdnow"].items()
    ]
    fit, rfm = report["fit"], report["rfm"]
    lines += ["", f"Fit of {fit['customers']:,} simulated customers", *_timing_lines(fit["timings"])]
    lines += ["", f"RFM of {rfm['customers']:,} customers, {rfm['orders']:,} orders", *_timing_lines(rfm["timings"])]
    agrees = "agrees with" if rfm["agrees_with_oracle"] else "DIFFERS FROM"
    lines.append(f"  every score {agrees} the SQL oracle ({rfm['buyers']:,} buyers, {rfm['tied_in_orders']:,} tied)")
    refresh = report["refresh"]
    lines += ["", f"Refresh of {refresh['customers']:,} customers, {refresh['orders']:,} orders, in its own process"]
    lines += [
        f"  {f'{engine}, night {number}':<34}{night['wall_s']:>9.3f} s{night['cpu_s']:>9.3f} s of processor,"
        f" {night['peak_mb']:.0f} MB"
        for engine, nights in refresh["nights"].items()
        for number, night in enumerate(nights, start=1)
    ]
    missing = [name for name in ("lifetimes", "duckdb", "polars") if not _has(name)]
    if missing:
        lines.append(f"Not installed, so not compared: {', '.join(missing)} (pip install -e '.[bench]')")
    return "\n".join(lines) + "\n"


def _timing_lines(timings: list[dict[str, Any]]) -> list[str]:
    return [
        f"  {timing['name']:<34}{timing['best_s']:>9.3f} s{timing['cpu_s']:>9.3f} s of processor"
        + (f"   ours takes {timing['ratio']:.3f} of it" if timing["ratio"] is not None else "")
        for timing in timings
    ]


if __name__ == "__main__":
    sys.exit(main())
