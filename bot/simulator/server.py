"""Puts the simulator together: the Bot API, the chat page and the people behind it, as one web application.

``create_simulator`` returns an ASGI application for uvicorn or for ``httpx.ASGITransport``; what people do in
process is ``app.state.simulator`` (see ``bot.simulator.simulator.Simulator``).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from bot.simulator.bot_api.endpoint import BotApi
from bot.simulator.page_routes import PageRoutes
from bot.simulator.page_view import PageView
from bot.simulator.people import Person
from bot.simulator.simulator import Simulator
from bot.simulator.webhook import WebhookDelivery
from bot.simulator.world import World

__all__ = ["Person", "create_simulator"]


def read_real_clock() -> datetime:
    return datetime.now(UTC)


def create_simulator(
    *,
    token: str,
    people: Sequence[Person],
    bot_username: str = "roundsman_bot",
    data_path: Path | None = None,
    now: Callable[[], datetime] = read_real_clock,
    move_clock: Callable[[datetime], Awaitable[None]] | None = None,
    hints: Callable[[int], Sequence[str]] | None = None,
    start_payloads: Mapping[int, str] | None = None,
) -> Starlette:
    """The simulator as an ASGI application.

    :param token: the only bot token that the Bot API accepts.
    :param people: who has a phone. The page lists them in this order.
    :param data_path: the SQLite file that keeps messages, updates and files for the next run; None keeps nothing.
    :param now: dates messages. The page shows times in the zone of its answer, which is aware.
    :param move_clock: moves the application's clock to an instant and returns when everything due was done. The
        page shows its clock buttons only when this is given.
    :param hints: what a person may try next: words to send, labels to tap, or "🕢 07:30" to move the clock there.
    :param start_payloads: the invitation that the page's START button sends, by person.
    """
    world = World(token=token, people=people, bot_username=bot_username, data_path=data_path, now=now)
    webhook = WebhookDelivery(world)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await webhook.follow_settings()
        yield
        await webhook.stop()
        world.end_waiting()

    simulator = Simulator(world, start_payloads or {})
    view = PageView(world=world, hints=hints, clock_moves=move_clock is not None)
    page = PageRoutes(simulator, view, move_clock)
    app = Starlette(routes=[*BotApi(world, webhook).routes(), *page.routes()], lifespan=lifespan)
    app.state.simulator = simulator
    return app
