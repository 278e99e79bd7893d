"""The durable inbox: updates are stored before Telegram forgets them, then worked once, in order within a chat."""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Unavailable
from bot.services.clock import real_now
from bot.store import inbox
from bot.store.tables import Inbox
from bot.store.unit import Store

log = logging.getLogger(__name__)

LONG_POLL_S = 25
IDLE_S = 1.0
ATTEMPTS = 5
BACK_OFF_S = (1, 3, 10, 30)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Handle = Callable[[Inbox], Awaitable[BaseException | None]]


class Poller:
    """Fetches updates with raw HTTP. The offset moves only after the commit that stored them."""

    def __init__(self, client: httpx.AsyncClient, root: str, bot_id: int, store: Store, wake: asyncio.Event) -> None:
        self._client, self._root, self._bot_id, self._store, self._wake = client, root, bot_id, store, wake
        self._offset = 0

    async def run(self) -> None:
        """Poll until cancelled. An unreachable server is asked again, backing off."""
        failures = 0
        while True:
            try:
                await self.fetch_once(wait_s=LONG_POLL_S)
                failures = 0
            except (httpx.HTTPError, Unavailable, json.JSONDecodeError) as error:
                failures += 1
                log.warning("could not fetch updates: %s", type(error).__name__)
                await asyncio.sleep(min(30.0, 0.5 * 2**failures))

    async def fetch_once(self, *, wait_s: int) -> int:
        """Ask once, waiting up to ``wait_s`` for updates, and store them. Gives how many came."""
        updates = await self._fetch(wait_s)
        usable = [update for update in updates if isinstance(update.get("update_id"), int)]
        if usable:
            async with self._store.begin() as session:
                await inbox.keep(session, self._bot_id, usable, real_now())
            self._offset = max(int(update["update_id"]) for update in usable) + 1
            self._wake.set()
        return len(usable)

    async def _fetch(self, wait_s: int) -> list[dict[str, Any]]:
        response = await self._client.post(
            f"{self._root}/getUpdates",
            json={"offset": self._offset, "timeout": wait_s, "allowed_updates": list(ALLOWED_UPDATES)},
            timeout=wait_s + 10,
        )
        answer = response.json()
        if not answer.get("ok"):
            raise httpx.HTTPStatusError(str(answer.get("description")), request=response.request, response=response)
        result = answer["result"]
        return [update for update in result if isinstance(update, dict)]


def webhook_app(bot_id: int, secret: str, store: Store, wake: asyncio.Event) -> Starlette:
    """A web app that takes Telegram's updates at ``/``: stored first, answered after. A wrong secret gets 403."""

    async def take(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("wrong secret", status_code=403)
        try:
            update = await request.json()
        except ValueError:
            return PlainTextResponse("not JSON", status_code=400)
        if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
            return PlainTextResponse("not an update", status_code=400)
        async with store.begin() as session:
            await inbox.keep(session, bot_id, [update], real_now())
        wake.set()
        return PlainTextResponse("")

    return Starlette(routes=[Route("/", take, methods=["POST"])])


class Workers:
    """Work the inbox side by side. ``handle`` gives the error of an update that failed, or None."""

    def __init__(
        self,
        store: Store,
        wake: asyncio.Event,
        handle: Handle,
        apologise: Callable[[Inbox], Awaitable[None]],
        count: int = 4,
    ) -> None:
        self._store, self._wake, self._handle, self._apologise, self._count = store, wake, handle, apologise, count
        self.busy = 0

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._loop())

    async def _loop(self) -> None:
        while True:
            try:
                worked = await self.work_one()
            except Unavailable:
                log.warning("the database did not answer")
                worked = False
            if not worked:
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE_S)

    async def work_one(self) -> bool:
        """Claim and work one update. False: nothing is waiting."""
        async with self._store.begin() as session:
            row = await inbox.claim(session, real_now())
        if row is None:
            return False
        self._wake.set()  # the next chat's update may wait as well
        self.busy += 1
        try:
            error = await self._handle(row)
            await self._conclude(row, error)
        finally:
            self.busy -= 1
        return True

    async def _conclude(self, row: Inbox, error: BaseException | None) -> None:
        assert row.id is not None
        now = real_now()
        async with self._store.begin() as session:
            if error is None:
                await inbox.finish(session, row.id, now)
            elif isinstance(error, Unavailable) and row.attempts + 1 < ATTEMPTS:
                await inbox.retry_later(session, row.id, _next_try(now, row.attempts))
            else:
                log.error("update %s put aside", row.update_id, exc_info=error)
                if not await inbox.put_aside(session, row.id, repr(error), now):
                    return
        if error is not None and not (isinstance(error, Unavailable) and row.attempts + 1 < ATTEMPTS):
            await self._apologise(row)


def _next_try(now: datetime, attempts: int) -> datetime:
    return now + timedelta(seconds=BACK_OFF_S[min(attempts, len(BACK_OFF_S) - 1)])
