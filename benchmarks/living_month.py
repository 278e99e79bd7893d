"""A team's month lived by the bot itself: the whole app over the Bot API simulator in this process, on SQLite.

What rang is counted where it rings: in the simulator's chats. Ran by ``python -m benchmarks.courtesy --live``.
"""

import asyncio
import json
import logging
import random
import tempfile
import time as clock
from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from benchmarks.living import Month, works
from benchmarks.living_figures import faults_of, figures_of, read_notices
from benchmarks.living_team import BEGIN, MANAGERS, ZONE, fill
from bot.app import App
from bot.domain.planning.warming import warm_up
from bot.domain.wall_time import instant_of
from bot.pacing import RateLimiter
from bot.settings import Settings
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.store.migrating import migrate

log = logging.getLogger(__name__)

TOKEN = "424242:month"


class _NoLimit(RateLimiter):
    def wait_s(self, chat_id: int, *, is_answer: bool = True) -> float:
        del chat_id
        return 0.0


async def live_month(*, reps: int, customers: int, days: int, seed: int) -> dict[str, Any]:
    """Live it, and give the figures with what went against the rules; after each day those so far go to the log."""
    warm_up()
    end = BEGIN + timedelta(days=days - 1)
    numbers = range(1, reps + MANAGERS + 1)
    people = [Person(id=number, first_name=f"P{number}", language_code="en") for number in numbers]
    begun = clock.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'month.db'}"
        await asyncio.to_thread(migrate, url)
        start = instant_of(BEGIN, time(0, 5), ZONE)
        apps: list[App] = []
        server = create_simulator(token=TOKEN, people=people, now=lambda: apps[0].clock.now())  # noqa: PLW0108 # not yet
        settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:1", database_url=url, clock=start)
        app = App(settings, transport=httpx.ASGITransport(app=server), limiter=_NoLimit())
        apps.append(app)
        chats = await fill(app.store, reps=reps, customers=customers, days=days, seed=seed)
        await app.open()
        month = Month(app=app, simulator=server.state.simulator, chats=chats, luck=random.Random(seed), end=end)

        async def figures(on: date) -> dict[str, Any]:
            worked = [
                day for day in (BEGIN + timedelta(days=number) for number in range(days)) if day <= on and works(day)
            ]
            said = await _figures(month, set(chats[:reps]), worked)
            return {
                "reps": reps,
                "customers": customers,
                "days": (on - BEGIN).days + 1,
                **said,
                "seconds": _since(begun),
            }

        async def tell(on: date) -> None:
            if works(on):
                log.info("%s", json.dumps(await figures(on)))

        month.tell = tell
        for chat in chats:  # a bot may not write first
            month.says(chat, "/help")
        await app.settle()
        await month.live()
        found = await figures(end)
        await app.close()
    return found


def _since(begun: float) -> float:
    return round(clock.perf_counter() - begun, 1)


async def _figures(month: Month, reps: set[int], worked: Sequence[date]) -> dict[str, Any]:
    told, overdue = await read_notices(month.app.store, month.app.clock.now())
    answers = [taps for _, taps in month.answers]
    one_tap = sum(taps == 1 for taps in answers)
    return {
        **figures_of(told, worked, reps, ZONE),
        "answers": len(answers),
        "answered_with_one_tap": round(one_tap / max(1, len(answers)), 3),
        "rang_in_the_chats": sum(not one.silent for one in month.pushed),
        "rang_in_the_ledger": sum(one.rang for one in told),
        "silent_edits": month.edits,
        "faults": {"overdue_and_untold": overdue, **faults_of(told, worked, reps, ZONE)},
        "taps": sum(month.taps.values()),
    }
