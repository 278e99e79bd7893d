"""How long chats wait while plans are computed: the real app, SQLite, and the Bot API simulator in this process.

`python -m benchmarks.bot [--plans 50] [--others 10] [--customers 60] [--asks 30] [--json]`. ``--plans`` reps ask for
/today in one burst; meanwhile ``--others`` ask for their commands, one question after another. Telegram's own limits of
messages a second are left out: what is measured is the bot.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import httpx
from pydantic import SecretStr

from bot.app import App
from bot.domain.names import name_key
from bot.domain.planning.warming import warm_up
from bot.domain.vocabulary import Grade, GradeSource, Language, Role
from bot.pacing import RateLimiter
from bot.services.search_text import search_text
from bot.settings import Settings
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator
from bot.store.migrating import migrate
from bot.store.tables import Customer, Member, Team
from bot.store.unit import Store

TOKEN = "424242:benchmark"
MORNING = datetime.fromisoformat("2026-11-23T07:25:00+08:00")
LONG_AGO = datetime.fromisoformat("2026-01-05T09:00:00+08:00")
CITY = (1.3000, 103.8500)
SPREAD_DEGREES = 0.05
ASKED = ("/help", "/settings", "/promises")
PROGRESS = "\N{HOURGLASS WITH FLOWING SAND}"
LOOK_S = 0.002
PATIENCE_S = 120.0


class _NoLimit(RateLimiter):
    def wait_s(self, chat_id: int) -> float:
        del chat_id
        return 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bot", description="Chat answers while plans are computed.")
    parser.add_argument("--plans", type=int, default=50, help="reps who ask for their day at once (default 50)")
    parser.add_argument("--others", type=int, default=10, help="reps who go on chatting meanwhile (default 10)")
    parser.add_argument("--customers", type=int, default=60, help="customers of each rep (default 60)")
    parser.add_argument("--asks", type=int, default=30, help="questions of each other rep at least (default 30)")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    options = parser.parse_args(arguments)
    if min(options.plans, options.others, options.customers, options.asks) < 1:
        parser.error("every number is 1 or more")
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        migrate(url)
        report = asyncio.run(_measure(url, options))
    if options.json:
        print(json.dumps(report, indent=1))  # noqa: T201 # a command line's answer
    else:
        for name, value in report.items():
            print(f"{name:<34}{value:>10}")  # noqa: T201 # a command line's answer
    return 0


async def _measure(url: str, options: argparse.Namespace) -> dict[str, float]:
    planners = list(range(1, options.plans + 1))
    others = list(range(options.plans + 1, options.plans + options.others + 1))
    people = [Person(id=number, first_name=f"Rep {number}", language_code="en") for number in [*planners, *others]]
    server = create_simulator(token=TOKEN, people=people)
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:1", database_url=url, clock=MORNING)
    app = App(settings, transport=httpx.ASGITransport(app=server), limiter=_NoLimit())
    await _fill(app.store, [*planners, *others], options.customers)
    simulator: Simulator = server.state.simulator
    running = asyncio.create_task(app.run())
    try:
        await _ask(simulator, others[0], ASKED[0])  # the first answer waits for the start of the app
        idle = [took for chat in others for took in await _chat(simulator, chat, len(ASKED), None)]
        burst = asyncio.create_task(_burst(simulator, planners))
        chats = await asyncio.gather(*(_chat(simulator, chat, options.asks, burst) for chat in others))
        plans = await burst
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    busy = [took for chat in chats for took in chat]
    return {
        "plans": len(plans),
        "seconds until the last plan": round(max(plans), 2),
        "answers meanwhile": len(busy),
        "median ms, nothing else running": _milliseconds(idle, 0.5),
        "median ms": _milliseconds(busy, 0.5),
        "p99 ms": _milliseconds(busy, 0.99),
        "slowest ms": _milliseconds(busy, 1.0),
    }


def _milliseconds(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


async def _burst(simulator: Simulator, chats: Sequence[int]) -> list[float]:
    return list(await asyncio.gather(*(_ask(simulator, chat, "/today") for chat in chats)))


async def _chat(simulator: Simulator, chat: int, asks: int, until: asyncio.Task[list[float]] | None) -> list[float]:
    """Seconds of each answer: at least ``asks`` questions, and as long as ``until`` goes on."""
    took: list[float] = []
    while len(took) < asks or (until is not None and not until.done()):
        took.append(await _ask(simulator, chat, ASKED[len(took) % len(ASKED)]))
    return took


async def _ask(simulator: Simulator, chat: int, text: str) -> float:
    """Seconds until the chat shows a message of the bot after ``text``, other than a line of progress."""
    shown = _bot_messages(simulator, chat)
    began = time.perf_counter()
    simulator.says(chat, text)
    while (now := _bot_messages(simulator, chat)) == shown or PROGRESS in now[-1][1]:
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError(f"no answer to {text}")
        await asyncio.sleep(LOOK_S)
    return time.perf_counter() - began


def _bot_messages(simulator: Simulator, chat: int) -> list[tuple[int, str]]:
    return [(message.message_id, message.text) for message in simulator.chat(chat)[-4:] if message.from_bot]


async def _fill(store: Store, chats: Sequence[int], customers: int) -> None:
    """A team whose members have joined, each with customers around the city that have waited for long."""
    dice = random.Random(1)
    async with store.begin() as session:
        team = Team(
            name="North",
            timezone="Asia/Singapore",
            language=Language.EN,
            currency="SGD",
            country="SG",
            created_at=LONG_AGO,
        )
        session.add(team)
        await session.flush()
        assert team.id is not None
        members = [
            Member(
                team_id=team.id, name=f"Rep {chat}", role=Role.REP, sells=True,
                telegram_id=chat, chat_id=chat, joined_at=LONG_AGO,
            )
            for chat in chats
        ]  # fmt: skip
        session.add_all(members)
        await session.flush()
        for member in members:
            for number in range(customers):
                name = f"Shop {member.id}-{number}"
                session.add(
                    Customer(
                        team_id=team.id,
                        owner_id=member.id,
                        name=name,
                        name_key=name_key(name),
                        search_text=search_text(name),
                        lat=dice.gauss(CITY[0], SPREAD_DEGREES),
                        lng=dice.gauss(CITY[1], SPREAD_DEGREES),
                        grade=dice.choices((Grade.A, Grade.B, Grade.C), (5, 20, 75))[0],
                        grade_source=GradeSource.IMPORTED,
                        created_at=LONG_AGO,
                    )
                )


if __name__ == "__main__":
    sys.exit(main())
