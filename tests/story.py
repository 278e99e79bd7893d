"""Stories: tests talk to the bot as people would, through the strict Bot API simulator, and see what a phone shows."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bot.app import App
from bot.domain.vocabulary import Role
from bot.pacing import RateLimiter
from bot.rendering import Renderer
from bot.services import joining
from bot.settings import Settings
from bot.simulator.people import Person
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator

TOKEN = "424242:story"
MORNING = datetime.fromisoformat("2026-11-23T07:25:00+08:00")
PEOPLE = (
    Person(id=101, first_name="Wei Ling", language_code="en"),
    Person(id=102, first_name="Arjun", language_code="en"),
    Person(id=103, first_name="Mei", language_code="en"),
    Person(id=104, first_name="张伟", language_code="zh-hans"),
    Person(id=105, first_name="怡君", language_code="zh-hant"),
    Person(id=199, first_name="Stranger", language_code="en"),
)


class Phone:
    """A person's phone. Every action is followed by all that the bot does about it."""

    def __init__(self, story: "Story", person_id: int) -> None:
        self._story, self.id = story, person_id

    async def says(self, text: str) -> None:
        self._story.simulator.says(self.id, text)
        await self._story.settle()

    async def taps(self, label: str, *, message_id: int | None = None) -> None:
        self._story.simulator.taps(self.id, label, message_id)
        await self._story.settle()

    async def taps_data(self, data: str) -> None:
        """Send callback data that no button of this chat needs to have, as an old or a forged button would."""
        newest = next(message for message in reversed(self.messages) if message.from_bot)
        self._story.simulator.taps_data(self.id, newest.message_id, data)
        await self._story.settle()

    def data_of(self, label: str) -> str:
        """What the newest button with a label carries."""
        for message in reversed(self.messages):
            for row in message.buttons:
                for button in row:
                    if button.label == label:
                        return str(button.data)
        raise AssertionError(f"no button {label!r}")

    async def shares_location(self, lat: float, lng: float, **options: Any) -> None:
        self._story.simulator.shares_location(self.id, lat, lng, **options)
        await self._story.settle()

    async def does(self, action: str, *args: Any, **options: Any) -> None:
        """Any other action of the simulator, by name."""
        getattr(self._story.simulator, action)(self.id, *args, **options)
        await self._story.settle()

    @property
    def messages(self) -> list[Any]:
        """What the chat shows, oldest first."""
        return list(self._story.simulator.chat(self.id))

    @property
    def screen(self) -> str:
        """The newest message of the bot, as plain text."""
        return str(next(message.text for message in reversed(self.messages) if message.from_bot))

    @property
    def buttons(self) -> list[str]:
        """The labels under the newest message of the bot that has any."""
        for message in reversed(self.messages):
            if message.buttons:
                return list(message.labels)
        return []

    def sees(self, *parts: str) -> None:
        """Assert that every part is somewhere in what the chat shows of the bot."""
        shown = "\n".join(message.text for message in self.messages if message.from_bot)
        for part in parts:
            assert part in shown, f"{part!r} is not shown:\n{shown}"

    def sees_now(self, *parts: str) -> None:
        """Assert that every part is in the newest message of the bot."""
        for part in parts:
            assert part in self.screen, f"{part!r} is not in:\n{self.screen}"


class Story:
    """A bot, its Bot API, and the people of a team."""

    def __init__(self, app: App, simulator: Simulator, transport: httpx.ASGITransport) -> None:
        self.app, self.simulator, self._transport = app, simulator, transport
        self.rep, self.other_rep, self.manager = Phone(self, 101), Phone(self, 102), Phone(self, 103)
        self.stranger = Phone(self, 199)
        self.team_id = 0

    @classmethod
    @asynccontextmanager
    async def begun(cls, database_url: str, *, phones: Path | None = None) -> AsyncIterator["Story"]:
        """A story on a migrated database. ``phones``: the simulator's file, for a story that goes on or is copied."""
        server = create_simulator(token=TOKEN, people=PEOPLE, data_path=phones)
        transport = httpx.ASGITransport(app=server)
        app = open_app(database_url, transport)
        await app.open()
        story = cls(app, server.state.simulator, transport)
        try:
            yield story
        finally:
            await story.app.close()
            story.simulator.close()

    def phone(self, person_id: int) -> Phone:
        return Phone(self, person_id)

    async def join_everybody(self) -> None:
        async with self.app.store.begin() as session:
            team = await joining.create_team(
                session,
                name="North",
                timezone="Asia/Singapore",
                language="en",
                currency="SGD",
                country="SG",
                now=self.app.clock.now(),
            )
            assert team.id is not None
            self.team_id = team.id
            tokens = [
                (phone, await joining.invite(session, team, role, name=name, now=self.app.clock.now()))
                for phone, role, name in (
                    (self.rep, Role.REP, "Tan Wei Ling"),
                    (self.other_rep, Role.REP, "Arjun Nair"),
                    (self.manager, Role.MANAGER, "Mei Chen"),
                )
            ]
        for phone, token in tokens:
            await phone.says(f"/start {token}")

    async def settle(self) -> None:
        await self.app.settle()

    def simulator_calls(self) -> Counter[str]:
        """How often each Bot API method was called so far, polling left out."""
        return Counter(call.method for call in self.simulator.calls if call.method != "getUpdates")

    async def pass_time(self, **parts: float) -> None:
        """Let the app's clock run, telling what falls due on the way."""
        await self.app.move_clock(self.app.clock.now() + timedelta(**parts))
        await self.settle()

    async def until(self, wall: str) -> None:
        """Let the clock run to an ISO instant."""
        await self.app.move_clock(datetime.fromisoformat(wall))
        await self.settle()

    async def sleep_until(self, wall: str) -> None:
        """Jump to an ISO instant as if the bot had been off until then: weeks pass in no time."""
        self.app.clock.move_to(datetime.fromisoformat(wall))
        await self.app.nightly()
        await self.app.tick()
        await self.settle()

    async def restart(self) -> None:
        """Close the bot and open a new one on the same database, at the same time of day."""
        url, now = self.app.settings.database_url, self.app.clock.now()
        await self.app.close()
        self.app = open_app(url, self._transport, now)
        await self.app.open()


def open_app(database_url: str, transport: httpx.ASGITransport, now: datetime = MORNING) -> App:
    """A bot against the simulator in this process, without rate limits, which are tested on their own."""
    settings = Settings(
        bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:1", database_url=database_url, clock=now
    )
    return App(settings, transport=transport, limiter=NoLimit(), renderer=shared_renderer())


@cache
def shared_renderer() -> Renderer:
    """One renderer for all tests: it holds no state but the compiled templates."""
    return Renderer()


class NoLimit(RateLimiter):
    """Lets everything pass."""

    def wait_s(self, chat_id: int, *, is_answer: bool = True) -> float:
        return 0.0
