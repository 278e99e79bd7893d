"""A rep's day with a bot that is killed a hundred times: no answer is lost, no effect is doubled.

A kill may double a message: it was sent, and the process died before it could note that. It doubles one at most.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel, col, select

from bot.domain.vocabulary import Grade, PromiseState, Role
from bot.services import joining
from bot.services.people import find_team
from bot.serving import serving
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator
from bot.store import inbox
from bot.store.migrating import migrate
from bot.store.tables import (
    AuditEntry,
    Draft,
    FollowUp,
    Inbox,
    Invitation,
    Notice,
    Outbox,
    Preparation,
    Promise,
    Report,
    Touch,
    Visit,
)
from bot.store.unit import Store
from tests.builders import add_customer, add_team
from tests.delivery.conftest import eventually, free_port

TOKEN = "31337:killed-again"
REP, MANAGER = 301, 302
PEOPLE = (
    Person(id=REP, first_name="Wei Ling", language_code="en"),
    Person(id=MANAGER, first_name="Mei", language_code="en"),
)
MORNING = datetime.fromisoformat("2026-11-23T08:00:00+08:00")
KILLS = 100
SEED = 20261123
SHOPS = 12
STEP_WITHIN_S = 30.0
KILL_WITHIN_S = 0.3


class Killed:
    """A bot that dies now and then, and is started again each time."""

    def __init__(self, process: asyncio.subprocess.Process, simulator: Simulator, chance: random.Random | None) -> None:
        self._process, self.simulator, self._chance = process, simulator, chance
        self._clock, self._clock_at = MORNING, time.monotonic()
        self._bot = 0
        self.kills = 0
        self.steps = 0

    async def start(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        clock = self._clock + timedelta(seconds=time.monotonic() - self._clock_at)
        self._process.stdin.write(f"{clock.isoformat()}\n".encode())
        self._bot = int(await self._process.stdout.readline())

    async def kill(self) -> None:
        os.kill(self._bot, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(self._bot, 0)
                await asyncio.sleep(0.002)

    async def restart_at(self, wall: str) -> None:
        """Let the day go on at an instant."""
        await self.kill()
        self._clock, self._clock_at = datetime.fromisoformat(wall), time.monotonic()
        await self.start()

    async def step(self, act: Callable[[], object], shown: Callable[[], bool]) -> None:
        """Do something and wait until the bot has done its part, dying once on the way when kills are left."""
        self.steps += 1
        act()
        if self._chance is not None and self.kills < KILLS:
            await asyncio.sleep(self._chance.uniform(0, KILL_WITHIN_S))
            self.kills += 1
            await self.kill()
            await self.start()
        try:
            async with asyncio.timeout(STEP_WITHIN_S):
                while not shown():  # noqa: ASYNC110 - the condition is what a phone shows
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"step {self.steps} is not answered:\n{self.screen(REP)}") from None

    def screen(self, person: int) -> str:
        newest = [message for message in self.simulator.chat(person) if message.from_bot][-3:]
        return "\n~~\n".join(f"{message.text}\n{message.labels}" for message in newest)

    def shows(self, *parts: str, person: int = REP) -> Callable[[], bool]:
        """Whether some message of the bot holds all parts, in its text or on its buttons."""

        def look() -> bool:
            return any(
                all(part in message.text or part in message.labels for part in parts)
                for message in self.simulator.chat(person)
                if message.from_bot
            )

        return look

    async def says(self, text: str, *parts: str, person: int = REP) -> None:
        await self.step(lambda: self.simulator.says(person, text), self.shows(*parts, person=person))

    async def taps(self, label: str, *parts: str, person: int = REP) -> None:
        await self.step(lambda: self.simulator.taps(person, label), self.shows(*parts, person=person))

    def labels(self, *parts: str) -> list[str]:
        """The buttons of the newest message that holds all parts."""
        for message in reversed(self.simulator.chat(REP)):
            if message.from_bot and all(part in message.text for part in parts):
                return list(message.labels)
        raise AssertionError(f"{parts} are not shown:\n{self.screen(REP)}")


async def live_a_day(bot: Killed, invitations: dict[int, str]) -> None:
    await bot.says(f"/start {invitations[REP]}", "Tan Wei Ling, you are in.")
    await bot.says(f"/start {invitations[MANAGER]}", "Mei Chen, you are in.", person=MANAGER)
    await bot.says("/today", "Mon 23 Nov", "Start")
    await bot.taps("Start", "Next: Big Bakery")
    for number in range(SHOPS):
        await report_quickly(bot, f"Shop {number:02}", undo=number % 5 == 4)
    await report_a_promise(bot, "Big Bakery")
    await bot.says("/promises", "quotation", "today 17:00")
    await bot.restart_at("2026-11-23T17:00:30+08:00")
    await bot.step(lambda: None, bot.shows("⏰ Promised to Big Bakery: quotation", "Done"))
    await bot.taps("Done", "✓ Kept: quotation · Big Bakery")
    await bot.restart_at("2026-11-23T18:30:30+08:00")
    await bot.step(lambda: None, bot.shows("Team North", "Visits", person=MANAGER))
    while bot.kills and bot.kills < KILLS:
        await bot.says("/help", "/today")


async def report_quickly(bot: Killed, name: str, *, undo: bool) -> None:
    await bot.says(name, name, "Report")
    await bot.taps("Report", f"{name} · report · 1/4")
    await bot.taps("Met", f"{name} · report · 2/4")
    await bot.taps("Partly", f"{name} · report · 3/4")
    await bot.taps("Trial", f"{name} · report · 4/4")
    await bot.taps(bot.labels(f"{name} · report · 4/4")[0], f"✓ {name}")
    if undo:
        await bot.taps("Undo", f"↩ {name}")


async def report_a_promise(bot: Killed, name: str) -> None:
    """A longer report, word by word where it matters and skipped elsewhere."""
    await bot.says(name, name, "Report")
    await bot.taps("Report", f"{name} · report · 1/")
    await bot.taps("Met", f"{name} · report · 2/")
    for place in ("3/", "4/", "5/", "6/", "7/"):
        await bot.taps("Skip", f"{name} · report · {place}")
    await bot.taps("Quotation", f"{name} · report · promise 1", "By when?")
    await bot.says("today 5pm", "Quotation · today 17:00", "Done (1)")
    await bot.taps("Done (1)", f"{name} · report · 8/")
    for place in ("9/", "10/", "11/"):
        await bot.taps("Skip", f"{name} · report · {place}")
    await bot.says("They plan a second shop", f"{name} · report · your answers")
    await bot.taps("Save", f"✓ {name}")


async def make_team(store: Store) -> dict[int, str]:
    """A team with shops, and its people's invitations."""
    await add_team(store)
    async with store.begin() as session:
        team = await find_team(session, "North")
        tokens = {
            REP: await joining.invite(session, team, Role.REP, name="Tan Wei Ling", now=MORNING),
            MANAGER: await joining.invite(session, team, Role.MANAGER, name="Mei Chen", now=MORNING),
        }
    for number in range(SHOPS):
        await add_customer(store, name=f"Shop {number:02}", grade=Grade.C)
    await add_customer(store, name="Big Bakery", grade=Grade.B)
    return tokens


@asynccontextmanager
async def forking(*args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.delivery.forking",
        *args,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def effects(store: Store) -> dict[str, Any]:
    """What the day left behind: counts, states, and every answer."""
    found: dict[str, Any] = {}
    async with store.read() as session:
        for table in (Preparation, Touch, FollowUp, Notice, AuditEntry, Invitation):
            rows: list[SQLModel] = list((await session.exec(select(table))).all())
            found[table.__name__] = len(rows)
        found["drafts"] = Counter((one.form, one.state) for one in (await session.exec(select(Draft))).all())
        found["visits"] = sorted((one.customer_id, one.on, one.state) for one in (await session.exec(select(Visit))))
        found["promises"] = Counter((one.side, one.kind, one.state) for one in (await session.exec(select(Promise))))
        reports = (await session.exec(select(Report).order_by(col(Report.id)))).all()
        found["answers"] = [one.answers["answers"] for one in reports]
        found["undone"] = sum(one.undone_at is not None for one in reports)
        updates = (await session.exec(select(Inbox))).all()
        found["put aside"] = [one.error for one in updates if one.error or one.done_at is None]
        messages = (await session.exec(select(Outbox))).all()
        found["unsent"] = [(one.fate, one.error) for one in messages if one.fate not in ("sent", "expired")]
    return found


async def is_quiet(store: Store) -> bool:
    """Whether everything that came was worked, and everything that is due was sent."""
    async with store.read() as session:
        waiting = await inbox.count_waiting(session)
        unsent = (await session.exec(select(Outbox).where(col(Outbox.settled_at).is_(None)))).all()
    return waiting == 0 and not unsent


async def live(folder: Path, chance: random.Random | None) -> tuple[dict[str, Any], int, Killed, float]:
    """Live the day; gives its effects, how many messages were sent, the bot, and the seconds that it took."""
    url = f"sqlite:///{folder / 'roundsman.db'}"
    migrate(url)
    store = Store(url)
    invitations = await make_team(store)
    web = create_simulator(token=TOKEN, people=PEOPLE)
    simulator: Simulator = web.state.simulator
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    async with (
        serving(web, host="127.0.0.1", port=port, before_stop=simulator.end_waiting),
        forking(url, root, TOKEN, str(folder / "bot.log")) as process,
    ):
        bot = Killed(process, simulator, chance)
        await bot.start()
        began = time.monotonic()
        try:
            await live_a_day(bot, invitations)
            await eventually(lambda: is_quiet(store))
        finally:
            await bot.kill()
        took_s = time.monotonic() - began
    found = await effects(store)
    await store.close()
    sent = sum(call.ok and call.method == "sendMessage" for call in simulator.calls)
    return found, sent, bot, took_s


async def test_a_hundred_kills_lose_no_answer_and_double_no_effect(tmp_path: Path) -> None:
    for name in ("calm", "killed"):
        (tmp_path / name).mkdir()
    calm, calm_sent, _, calm_s = await live(tmp_path / "calm", None)
    killed, killed_sent, bot, killed_s = await live(tmp_path / "killed", random.Random(SEED))
    doubled = killed_sent - calm_sent
    print(  # noqa: T201 - the figures of this test
        f"seed {SEED}: {bot.kills} kills in {bot.steps} steps, {doubled} messages doubled of {calm_sent}, "
        f"{killed_s:.0f} s (without kills {calm_s:.0f} s)"
    )
    assert bot.kills == KILLS, "raise SHOPS when the day became too short for so many"
    assert killed == calm
    assert calm["put aside"] == calm["unsent"] == []
    assert len(calm["answers"]) == SHOPS + 1
    assert sum(count for (_, _, state), count in calm["promises"].items() if state is PromiseState.KEPT) == 1
    assert 0 <= doubled <= KILLS
