"""The nightly refresh of one large team, in a process of its own: time, processor and memory; on each engine there is.

On a shared machine the time on the clock says little of us: the processor's time of the process is beside it, without
what a database server uses.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg import sql
from sqlmodel import col, select

from bot.domain.vocabulary import Language
from bot.services.scoring.refreshing import refresh_team
from bot.store.bulk import insert_many
from bot.store.migrating import migrate
from bot.store.tables import Customer, CustomerJudgement, Order, Team
from bot.store.unit import Store

SEED, DAYS, CURRENCY = 11, 1000, "SGD"
NIGHT = datetime.fromisoformat("2026-11-23T02:00:00+08:00")
NIGHTS = 4
"""The first refresh writes a grade and a snapshot of everybody; those after it are what every night costs."""
MEGABYTE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """One night. ``cpu_s`` is of all threads of the process, ``peak_mb`` its largest memory so far."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def time_refresh(customers: int, orders: int, postgres: str | None = None) -> dict[str, Any]:
    """Make a team, and have another process refresh it some nights: on an SQLite file, and on a server where given.

    ``postgres`` is the URL of a database whose server may make another one, which is dropped at the end.
    """
    with tempfile.TemporaryDirectory() as folder:
        engines = {"SQLite": _time_nights(f"sqlite:///{Path(folder) / 'team.db'}", customers, orders)}
    if postgres is not None:
        with _database_on(postgres) as url:
            engines["PostgreSQL"] = _time_nights(url, customers, orders)
    return {"customers": customers, "orders": orders, "nights": engines}


def _time_nights(url: str, customers: int, orders: int) -> list[dict[str, float]]:
    migrate(url)
    asyncio.run(_fill(url, customers, orders))
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.refreshing", url], check=True, capture_output=True, text=True
    )
    nights: list[dict[str, float]] = json.loads(ran.stdout)
    return nights


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    name = f"roundsman_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _fill(url: str, customers: int, orders: int) -> None:
    """Customers who differ in how often they order; people have said their influence, growth and margin."""
    draw, store = np.random.default_rng(SEED), Store(url)
    async with store.begin() as session:
        team = Team(
            name="North",
            timezone="Asia/Singapore",
            language=Language.EN,
            currency=CURRENCY,
            country="SG",
            created_at=NIGHT,
        )
        session.add(team)
        await session.flush()
        team_id = team.id
        rows: list[dict[str, Any]] = [
            {"team_id": team_id, "name": f"Shop {number}", "name_key": f"shop{number}", "created_at": NIGHT,
             "tags": [], "extra": {}}
            for number in range(customers)
        ]  # fmt: skip
        await insert_many(session, Customer, rows)
        ids = (await session.exec(select(col(Customer.id)).order_by(col(Customer.id)))).all()
        rate = draw.gamma(0.8, 1.0, customers)
        who = draw.choice(customers, orders, p=rate / rate.sum()).tolist()
        day, amount = draw.integers(1, DAYS, orders).tolist(), draw.lognormal(9, 1, orders).astype(int).tolist()
        rows = [
            {
                "team_id": team_id,
                "customer_id": ids[place],
                "number": str(number),
                "ordered_on": NIGHT.date() - timedelta(days=ago),
                "amount_minor": minor,
                "currency": CURRENCY,
                "extra": {},
            }
            for number, (place, ago, minor) in enumerate(zip(who, day, amount, strict=True))
        ]
        await insert_many(session, Order, rows)
        said = draw.integers(1, 6, (customers, 2)).tolist()
        rows = [
            {"team_id": team_id, "customer_id": identity, "influence": influence, "growth": growth,
             "margin_percent": 5 * (influence + growth), "changed_at": NIGHT}
            for identity, (influence, growth) in zip(ids, said, strict=True)
        ]  # fmt: skip
        await insert_many(session, CustomerJudgement, rows)
    await store.close()


async def _refresh(url: str) -> list[Refresh]:
    store, nights = Store(url), []
    async with store.read() as session:
        team_id = (await session.exec(select(col(Team.id)))).one()
    assert team_id is not None
    for number in range(NIGHTS):
        wall, cpu = time.perf_counter(), time.process_time()
        await refresh_team(store, team_id, NIGHT + timedelta(days=number))
        nights.append(
            Refresh(
                wall_s=time.perf_counter() - wall,
                cpu_s=time.process_time() - cpu,
                peak_mb=_peak_kb() / MEGABYTE,
            )
        )
    await store.close()
    return nights


def _peak_kb() -> int:
    """The process's largest memory. What getrusage says is inherited from the process that started this one."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(night) for night in asyncio.run(_refresh(sys.argv[1]))]))
