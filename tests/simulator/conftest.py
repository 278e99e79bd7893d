"""A simulator with two people, the calls of a bot to it, and a running server for what needs real sockets."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.simulator.server import Person, create_simulator
from bot.simulator.simulator import Simulator

LOOK_EVERY_S = 0.02
TOKEN = "4200:simulated"
MEI = 11
JIAN = 12
MANAGER = 13
PEOPLE = [
    Person(id=MEI, first_name="Mei", last_name="Lim", language_code="en", caption="Rep, Singapore"),
    Person(id=JIAN, first_name="建国", language_code="zh-hans", caption="业务员，杭州"),
    Person(id=MANAGER, first_name="怡君", language_code="zh-TW", caption="經理，台北"),
]


def new_app(data_path: Path | None = None, **options: Any) -> Starlette:
    return create_simulator(token=TOKEN, people=PEOPLE, data_path=data_path, **options)


@dataclass(slots=True)
class Bot:
    """Calls the Bot API as a bot does; ``refusal`` is what it gets when Telegram says no."""

    client: httpx.AsyncClient
    token: str = TOKEN

    async def answer(self, method: str, **params: Any) -> httpx.Response:
        return await self.client.post(f"/bot{self.token}/{method}", json=params)

    async def call(self, method: str, **params: Any) -> Any:
        body = (await self.answer(method, **params)).json()
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        response = await self.answer(method, **params)
        body = response.json()
        assert not body["ok"], body
        assert body["error_code"] == response.status_code
        return body["error_code"], body["description"]

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.call("getUpdates", **params)
        return found


@pytest.fixture
def app() -> Starlette:
    return new_app()


@pytest.fixture
def simulator(app: Starlette) -> Simulator:
    found: Simulator = app.state.simulator
    return found


@pytest.fixture
async def bot(app: Starlette) -> AsyncIterator[Bot]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simulator") as client:
        yield Bot(client)


@pytest.fixture
def met(simulator: Simulator) -> Simulator:
    """The simulator after both reps pressed START."""
    simulator.starts(MEI)
    simulator.starts(JIAN)
    return simulator


@contextlib.contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Run the app on a free loopback port in another thread; yields its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        threading.Event().wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        app.state.simulator.end_waiting()
        server.should_exit = True
        thread.join(timeout=10)


async def until(happened: Callable[[], object], within_s: float = 5.0) -> None:
    """Wait until something is true, and fail when it takes too long."""
    for _ in range(int(within_s / LOOK_EVERY_S)):
        if happened():
            return
        await asyncio.sleep(LOOK_EVERY_S)
    pytest.fail(f"it did not happen within {within_s} s")
