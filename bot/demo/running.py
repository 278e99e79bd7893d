"""Runs the demo: the Bot API simulator with its chat page, and the bot beside it, on one sample database."""

import asyncio
import contextlib
import shutil
import signal
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from rich.console import Console
from starlette.applications import Starlette

from bot.app import App
from bot.computing import ComputeBeside
from bot.demo.hints import next_hints
from bot.demo.people import PEOPLE
from bot.demo.sample import load_sample_teams
from bot.logs import set_up_logging
from bot.serving import EVERYWHERE, serving
from bot.settings import Settings
from bot.simulator.server import create_simulator
from bot.store.migrating import migrate

TOKEN = "1000001:demo-token-of-the-local-simulator"
ZONE = ZoneInfo("Asia/Singapore")  # both sample teams live by this offset
FIRST_MORNING = datetime(2026, 11, 23, 7, 25, tzinfo=ZONE)
CLOCK_FILE, DATABASE_FILE, CHAT_FILE = "clock.txt", "roundsman.db", "chats.db"


def run_demo(*, host: str, port: int, folder: Path, reset: bool) -> None:
    """Serve the demo until Ctrl-C. Keeps its data in ``folder``; ``reset`` empties it first.

    Raises OSError when the address is taken.
    """
    with socket.create_server((host, port)):
        pass  # a taken address is said at once, not after the sample was loaded
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    set_up_logging("WARNING", token=TOKEN)
    asyncio.run(_Demo(host, port, folder).run())


class _Demo:
    def __init__(self, host: str, port: int, folder: Path) -> None:
        self._host, self._port, self._folder = host, port, folder
        self._console = Console()

    async def run(self) -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        database = f"sqlite:///{self._folder / DATABASE_FILE}"
        migrate(database)
        payloads = await self._sample(database)
        own_host = "127.0.0.1" if self._host in EVERYWHERE else self._host
        address = f"http://{own_host}:{self._port}"
        settings = Settings(
            bot_token=SecretStr(TOKEN), bot_api_url=address, database_url=database, clock=self._clock_start()
        )
        app = App(settings, compute=ComputeBeside(settings))
        simulator = self._simulator(app, payloads)
        ends_streams = simulator.state.simulator.end_waiting
        async with serving(simulator, host=self._host, port=self._port, before_stop=ends_streams) as serves:
            bot = asyncio.create_task(app.run())
            self._console.print(f"Roundsman's demo is at [bold]{address}[/bold] (Ctrl-C stops it)")
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({bot, serves, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            self._keep_clock(app)
            bot.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await bot
        self._console.print("Stopped. The next run goes on from here.")

    def _simulator(self, app: App, payloads: dict[int, str]) -> Starlette:
        async def move_clock(to: datetime) -> None:
            await app.move_clock(to)
            self._keep_clock(app)

        def hints(person_id: int) -> Sequence[str]:
            messages = simulator.state.simulator.chat(person_id)
            said = {one.text for one in messages if not one.from_bot}
            newest = next((one for one in reversed(messages) if one.from_bot), None)
            labels = newest.labels if newest else ()
            return next_hints(person_id, now=app.clock.now().astimezone(ZONE), said=said, buttons=labels)

        simulator = create_simulator(
            token=TOKEN,
            people=PEOPLE,
            data_path=self._folder / CHAT_FILE,
            now=lambda: app.clock.now().astimezone(ZONE),
            move_clock=move_clock,
            hints=hints,
            start_payloads=payloads,
        )
        return simulator

    def _keep_clock(self, app: App) -> None:
        (self._folder / CLOCK_FILE).write_text(app.clock.now().isoformat())

    def _clock_start(self) -> datetime:
        path = self._folder / CLOCK_FILE
        return datetime.fromisoformat(path.read_text()) if path.exists() else FIRST_MORNING.astimezone(UTC)

    async def _sample(self, url: str) -> dict[int, str]:
        with self._console.status("Loading two sample teams…"):
            return await load_sample_teams(url, self._folder, FIRST_MORNING)
