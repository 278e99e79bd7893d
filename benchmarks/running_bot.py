"""The bot as it runs, for benchmarks: its own processes, a database of its own, and the Bot API simulator over HTTP."""

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bot.domain.names import name_key
from bot.domain.vocabulary import Grade, GradeSource, Language, Role
from bot.services.search_text import search_text
from bot.serving import serving
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator
from bot.store.migrating import migrate
from bot.store.tables import Customer, Member, Team
from bot.store.unit import Store

TOKEN = "424242:benchmark"
MORNING = datetime.fromisoformat("2026-11-23T07:35:00+08:00")
LONG_AGO = datetime.fromisoformat("2026-01-05T09:00:00+08:00")
CITY = (1.3000, 103.8500)
SPREAD_DEGREES = 0.05
HOST = "127.0.0.1"
ROOT = Path(__file__).parent.parent
STOP_WITHIN_S = 10
WARM_UP = "from bot.domain.planning.warming import warm_up, warm_up_period as period; warm_up(); period()"


def report(
    measure: Callable[[str, Path, argparse.Namespace], Coroutine[Any, Any, dict[str, Any]]], options: argparse.Namespace
) -> int:
    """Measure on a database of its own, with the searches compiled, and print what was found; gives the exit code."""
    compile_searches()
    with tempfile.TemporaryDirectory() as name, new_database(options.server, Path(name)) as url:
        found = asyncio.run(measure(url, Path(name) / "bot.log", options))
    if options.json:
        print(json.dumps(found, indent=1))  # noqa: T201 # a command line's answer
        return 0
    for what, value in found.items():
        print(f"{what:<40}{value!s:>12}")  # noqa: T201 # a command line's answer
    return 0


@contextlib.contextmanager
def new_database(server: str | None, folder: Path) -> Iterator[str]:
    """The URL of a migrated database: an SQLite file in the folder, or one on a PostgreSQL server, dropped after."""
    if server is None:
        url = f"sqlite:///{folder / 'bot.db'}"
        migrate(url)
        yield url
        return
    name = f"roundsman_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = f"{server.rpartition('/')[0]}/{name}"
            migrate(url)
            yield url
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def add_reps(store: Store, chats: Sequence[int], customers: int, *, team: str = "North") -> None:
    """A team whose reps have joined, each with customers around the city that have waited for long."""
    dice = random.Random(len(chats))
    async with store.begin() as session:
        north = Team(
            name=team, timezone="Asia/Singapore", language=Language.EN, currency="SGD", country="SG",
            created_at=LONG_AGO,
        )  # fmt: skip
        session.add(north)
        await session.flush()
        assert north.id is not None
        members = [
            Member(
                team_id=north.id, name=f"Rep {chat}", role=Role.REP, sells=True,
                telegram_id=chat, chat_id=chat, joined_at=LONG_AGO,
                start_lat=CITY[0], start_lng=CITY[1],
            )
            for chat in chats
        ]  # fmt: skip
        session.add_all(members)
        await session.flush()
        for member in members:
            session.add_all(_customer(north.id, member, number, dice) for number in range(customers))


def shop_of(chat: int, number: int) -> str:
    """The name of a rep's customer; those from number 5 on, up to 20, are of grade C."""
    return f"Shop {chat}x{number:03}"


def _customer(team_id: int, member: Member, number: int, dice: random.Random) -> Customer:
    assert member.chat_id is not None
    name = shop_of(member.chat_id, number)
    return Customer(
        team_id=team_id,
        owner_id=member.id,
        name=name,
        name_key=name_key(name),
        search_text=search_text(name),
        lat=dice.gauss(CITY[0], SPREAD_DEGREES),
        lng=dice.gauss(CITY[1], SPREAD_DEGREES),
        grade=Grade.A if number % 20 == 0 else Grade.B if number % 20 < 5 else Grade.C,
        grade_source=GradeSource.IMPORTED,
        created_at=LONG_AGO,
    )


@contextlib.asynccontextmanager
async def serving_simulator(chats: Sequence[int]) -> AsyncIterator[tuple[Simulator, str]]:
    """A Bot API with a phone for every chat; gives it and its address."""
    people = [Person(id=number, first_name=f"Rep {number}", language_code="en") for number in chats]
    web = create_simulator(token=TOKEN, people=people)
    simulator: Simulator = web.state.simulator
    port = _free_port()
    async with serving(web, host=HOST, port=port, before_stop=simulator.end_waiting):
        yield simulator, f"http://{HOST}:{port}"


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def compile_searches() -> None:
    """Compile the planner into numba's cache, where a bot finds it: the first start of all takes a minute for that."""
    subprocess.run([sys.executable, "-c", WARM_UP], env=_environment(), check=True)


@contextlib.contextmanager
def running_bot(database_url: str, root: str, log: Path, *, clock: datetime = MORNING) -> Iterator[int]:
    """`roundsman run` as a process; gives its id. Stops it as a service manager would."""
    environment = {
        **_environment(),
        "ROUNDSMAN_BOT_TOKEN": TOKEN,
        "ROUNDSMAN_BOT_API_URL": root,
        "ROUNDSMAN_DATABASE_URL": database_url,
        "ROUNDSMAN_CLOCK": clock.isoformat(),
        "ROUNDSMAN_LOG_LEVEL": "WARNING",
    }
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environment, cwd=log.parent, stdout=written, stderr=written
        )
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment() -> dict[str, str]:
    from bot.settings import data_folder

    cache = os.environ.get("NUMBA_CACHE_DIR", str(data_folder() / "numba"))
    return {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": cache}


def memory_mb(pid: int) -> int:
    """What a process and its children hold now, shared pages counted once for each; 0 where the system does not say."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    own = int(lines.get("VmRSS", "0 kB").split()[0]) // 1024
    return own + sum(memory_mb(int(child)) for child in (children.read_text().split() if children.exists() else []))


def cpu_s(pid: int) -> float:
    """Seconds of the processor that a process has had, without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
