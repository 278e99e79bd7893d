"""The plans of a night: `roundsman run` as it is, one process or several, each taking the next week from the database.

`python -m benchmarks.night [--reps 20] [--customers 60] [--processes 1] [--server postgresql://…] [--json]`.
Everybody's coming week is wanted at 02:30, as the nightly job wants it; then the bots are started, and the time runs
from the first week that is kept to the last. ``attempts`` says how often a week was claimed: as often as there are
weeks where no work was done twice. The minutes for 1,000 reps follow from the rate.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from benchmarks.running_bot import (
    add_reps,
    memory_mb,
    report,
    running_bot,
    serving_simulator,
)
from bot.services.week.making import want_all_weeks
from bot.store.tables import WeekPlan
from bot.store.unit import Store

NIGHT = datetime.fromisoformat("2026-11-23T02:30:00+08:00")
REPS_OF_A_NIGHT = 1_000
LOOK_EVERY_S = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    return report(_measure, _read(arguments))


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.night", description="The weeks of a night, by one bot or more.")
    parser.add_argument("--reps", type=int, default=20, help="weeks to plan, 2 or more (default 20)")
    parser.add_argument("--customers", type=int, default=60, help="customers of each rep (default 60)")
    parser.add_argument("--processes", type=int, default=1, help="bots on one database, PostgreSQL only (default 1)")
    parser.add_argument("--server", metavar="URL", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    options = parser.parse_args(arguments)
    if options.reps < 2 or min(options.customers, options.processes) < 1:
        parser.error("reps are 2 or more, other numbers 1 or more")
    if options.processes > 1 and options.server is None:
        parser.error("only PostgreSQL is shared by several bots")
    return options


async def _measure(url: str, log: Path, options: argparse.Namespace) -> dict[str, Any]:
    store = Store(url)
    await add_reps(store, range(1, options.reps + 1), options.customers)
    wanted = await want_all_weeks(store, NIGHT)
    load = os.getloadavg()[0]
    async with serving_simulator([1]) as (_, root):
        with contextlib.ExitStack() as bots:
            pids = [bots.enter_context(running_bot(url, root, log, clock=NIGHT)) for _ in range(options.processes)]
            began_with = await _wait_until_made(store, 1)
            began = time.perf_counter()
            await _wait_until_made(store, wanted)
            took_s = time.perf_counter() - began
            memory = sum(memory_mb(pid) for pid in pids)
    async with store.read() as session:
        attempts = (await session.exec(select(func.sum(col(WeekPlan.attempts))))).one()
    await store.close()
    a_week_s = took_s / max(1, wanted - began_with)
    return {
        "load average before": round(load, 1),
        "bots": options.processes,
        "weeks": wanted,
        "attempts": int(attempts or 0),
        "s from the first to the last": round(took_s, 1),
        "s a week": round(a_week_s, 2),
        f"minutes for {REPS_OF_A_NIGHT:,} reps": round(a_week_s * REPS_OF_A_NIGHT / 60, 1),
        "memory of all processes, MB": memory,
    }


async def _wait_until_made(store: Store, count: int) -> int:
    """Wait until so many weeks are kept; gives how many are."""
    while True:
        async with store.read() as session:
            query = select(func.count()).select_from(WeekPlan).where(col(WeekPlan.made_at).is_not(None))
            made = int((await session.exec(query)).one())
        if made >= count:
            return made
        await asyncio.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
