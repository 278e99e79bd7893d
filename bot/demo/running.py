"""Runs the demo: the Bot API simulator with its chat page, and the bot beside it, on one sample database."""

import asyncio
import contextlib
import shutil
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from pydantic import SecretStr
from rich.console import Console

from bot.app import App
from bot.demo.people import PEOPLE, hints_for
from bot.demo.sample import load_sample_teams
from bot.logs import set_up_logging
from bot.settings import Settings
from bot.simulator.server import create_simulator
from bot.store.migrating import migrate

TOKEN = "1000001:demo-token-of-the-local-simulator"
FIRST_MORNING = datetime.fromisoformat("2026-11-23T07:25:00+08:00")
CLOCK_FILE, DATABASE_FILE, CHAT_FILE = "clock.txt", "roundsman.db", "chats.db"
GRACE_S = 1  # the page's event streams stay open, so they are cut


def run_demo(*, host: str, port: int, folder: Path, reset: bool) -> None:
    """Serve the demo until Ctrl-C. Keeps its data in ``folder``; ``reset`` empties it first."""
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    set_up_logging("WARNING", TOKEN)
    asyncio.run(_Demo(host, port, folder).run())


class _Server(uvicorn.Server):
    """A web server that leaves Ctrl-C to the demo, which stops the bot first, and that tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


class _Demo:
    def __init__(self, host: str, port: int, folder: Path) -> None:
        self._host, self._port, self._folder = host, port, folder
        self._console = Console()
        self._stop = asyncio.Event()
        self._app: App | None = None

    async def run(self) -> None:
        url = f"sqlite:///{self._folder / DATABASE_FILE}"
        migrate(url)
        payloads = await self._sample(url)
        address = f"http://{self._host}:{self._port}"
        settings = Settings(
            bot_token=SecretStr(TOKEN),
            bot_api_url=address,
            database_url=url,
            clock=self._clock_start(),
            log_level="WARNING",
        )
        self._app = App(settings)
        simulator = create_simulator(
            token=TOKEN,
            people=PEOPLE,
            data_path=self._folder / CHAT_FILE,
            now=self._app.clock.now,
            move_clock=self._app.move_clock,
            hints=hints_for,
            start_payloads=payloads,
        )
        config = uvicorn.Config(
            simulator, host=self._host, port=self._port, log_level="warning", timeout_graceful_shutdown=GRACE_S
        )
        await self._serve(_Server(config), address)

    async def _serve(self, server: _Server, address: str) -> None:
        assert self._app is not None
        serving = asyncio.create_task(server.serve())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self._stop.set)
        await asyncio.wait({serving, asyncio.create_task(server.is_up.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            return
        bot = asyncio.create_task(self._app.run())
        self._console.print(f"Roundsman's demo is at [bold]{address}[/bold] (Ctrl-C stops it)")
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({bot, serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        now = self._app.clock.now()
        bot.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await bot
        (self._folder / CLOCK_FILE).write_text(now.isoformat())
        server.should_exit = True
        await serving
        stopping.cancel()
        self._console.print("Stopped. The next run goes on from here.")

    def _clock_start(self) -> datetime:
        path = self._folder / CLOCK_FILE
        return datetime.fromisoformat(path.read_text()) if path.exists() else FIRST_MORNING.astimezone(UTC)

    async def _sample(self, url: str) -> dict[int, str]:
        with self._console.status("Loading two sample teams…"):
            return await load_sample_teams(url, self._folder, FIRST_MORNING)
