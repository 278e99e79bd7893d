"""A simulator on a socket of its own, and the Bot API library's own bot that talks to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.serving import serving
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator

TOKEN = "777:delivery-test-letters"
BOT_ID = 777
ADA, BO, CLEO = 21, 22, 23
PEOPLE = tuple(
    Person(id=number, first_name=name, language_code="en")
    for number, name in ((ADA, "Ada"), (BO, "Bo"), (CLEO, "Cleo"))
)
READ_TIMEOUT_S = 0.4


async def eventually(happened: Callable[[], Awaitable[bool]], within_s: float = 15.0) -> None:
    """Wait until something is true. Raises TimeoutError when it takes too long."""
    async with asyncio.timeout(within_s):
        while not await happened():  # noqa: ASYNC110 - the condition is any state of the test
            await asyncio.sleep(0.02)


async def cancel(task: "asyncio.Task[None]") -> None:
    """Stop a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Api:
    """A Bot API on this machine; ``root`` is its address."""

    web: Starlette
    root: str

    @property
    def simulator(self) -> Simulator:
        found: Simulator = self.web.state.simulator
        return found

    @property
    def bot_root(self) -> str:
        return f"{self.root}/bot{TOKEN}"

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.simulator.calls)

    def texts(self, person_id: int) -> list[str]:
        """What the bot's messages in a chat say, oldest first."""
        return [message.text for message in self.simulator.chat(person_id) if message.from_bot]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A Bot API whose people have pressed START; those updates are gone."""
    web = create_simulator(token=TOKEN, people=PEOPLE)
    found = Api(web, f"http://127.0.0.1:{(port := free_port())}")
    async with serving(web, host="127.0.0.1", port=port, before_stop=found.simulator.end_waiting):
        for person in PEOPLE:
            found.simulator.starts(person.id)
        found.simulator.world.updates.drop_pending()
        yield found


@pytest.fixture
async def bot(api: Api) -> AsyncIterator[Bot]:
    """The library's bot, impatient."""
    request = HTTPXRequest(
        connection_pool_size=8, read_timeout=READ_TIMEOUT_S, media_write_timeout=5, httpx_kwargs={"trust_env": False}
    )
    async with Bot(TOKEN, base_url=f"{api.root}/bot", request=request) as made:
        yield made
