"""The durable inbox: updates are stored before Telegram forgets them, then worked once, in order within a chat."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import httpx
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Unavailable
from bot.draining import Drain, Work
from bot.services.clock import real_now
from bot.store import inbox
from bot.store.tables import Inbox
from bot.store.unit import Store

log = logging.getLogger(__name__)

LONG_POLL_S = 25
STAND_BY_S = 20.0
LONGEST_PAUSE_S = 30.0
ATTEMPTS = 5
BACK_OFF_S = (1, 3, 10, 30)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

Handle = Callable[[Inbox], Awaitable[BaseException | None]]
Apologise = Callable[[AsyncSession, Inbox], Awaitable[None]]


class FetchRefusedError(Exception):
    """The Bot API answered, but gave no updates."""


class AnotherPollsError(FetchRefusedError):
    """Somebody else fetches this bot's updates: another process on the same database, or a webhook."""


class Poller:
    """Fetches updates with raw HTTP. The offset moves only after the commit that stored them."""

    def __init__(self, client: httpx.AsyncClient, root: str, bot_id: int, store: Store, wake: asyncio.Event) -> None:
        self._client, self._root, self._bot_id, self._store, self._wake = client, root, bot_id, store, wake
        self._offset = 0

    async def run(self) -> None:
        """Poll until cancelled. A server that does not answer is asked again, backing off."""
        failures = 0
        while True:
            try:
                await self.fetch_once(wait_s=LONG_POLL_S)
                failures = 0
            except AnotherPollsError as conflict:
                # Telegram lets the newest poller win, so that the one which stands by takes over by asking again.
                log.info("standing by: %s", conflict)
                await asyncio.sleep(STAND_BY_S)
            except (httpx.HTTPError, FetchRefusedError, Unavailable) as error:
                failures += 1
                log.warning("could not fetch updates: %s %s", type(error).__name__, error)
                await asyncio.sleep(min(LONGEST_PAUSE_S, 0.5 * 2**failures))

    async def fetch_once(self, *, wait_s: int) -> int:
        """Ask once, waiting up to ``wait_s`` for updates, and store them. Gives how many came.

        Raises httpx's errors, FetchRefusedError, or Unavailable when they could not be stored.
        """
        updates = await self._fetch(wait_s)
        usable = [update for update in updates if inbox.is_update(update)]
        if not usable:
            if updates:  # without an id they cannot be confirmed, and would come again at once
                raise FetchRefusedError("only updates without an id came")
            return 0
        async with self._store.begin() as session:
            await inbox.keep(session, self._bot_id, usable, real_now())
        self._offset = max(int(update["update_id"]) for update in usable) + 1
        self._wake.set()
        return len(usable)

    async def _fetch(self, wait_s: int) -> list[Any]:
        response = await self._client.post(
            f"{self._root}/getUpdates",
            json={"offset": self._offset, "timeout": wait_s, "allowed_updates": list(ALLOWED_UPDATES)},
            timeout=wait_s + 10,
        )
        try:
            answer = response.json()
        except ValueError as error:
            raise FetchRefusedError(f"status {response.status_code}, not JSON") from error
        if isinstance(answer, dict) and answer.get("ok") and isinstance(answer.get("result"), list):
            return list(answer["result"])
        said = str(answer.get("description")) if isinstance(answer, dict) else "no envelope"
        if response.status_code == HTTPStatus.CONFLICT:
            raise AnotherPollsError(said)
        raise FetchRefusedError(f"status {response.status_code}, {said}")


def webhook_app(
    bot_id: int, secret: str, store: Store, wake: asyncio.Event, *, also: Sequence[Route] = ()
) -> Starlette:
    """A web app that takes Telegram's updates at any path: stored first, answered after. A wrong secret gets 403.

    ``also`` are routes of other things at the same address, asked first.
    """

    async def take(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse("wrong secret", status_code=HTTPStatus.FORBIDDEN)
        try:
            update = await request.json()
        except ValueError:
            return PlainTextResponse("not JSON", status_code=HTTPStatus.BAD_REQUEST)
        if not inbox.is_update(update):
            return PlainTextResponse("not an update", status_code=HTTPStatus.BAD_REQUEST)
        try:
            async with store.begin() as session:
                await inbox.keep(session, bot_id, [update], real_now())
        except Unavailable:
            return PlainTextResponse("not stored, come again", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        wake.set()
        return PlainTextResponse("")

    return Starlette(routes=[*also, Route("/{path:path}", take, methods=["POST"])])


class Workers:
    """Work the inbox side by side. ``handle`` gives the error of an update that failed, or None; it may mark it done.

    An outage is tried again, backing off; anything else puts the update aside, and ``apologise`` says so once.
    """

    def __init__(self, store: Store, wake: asyncio.Event, handle: Handle, apologise: Apologise, count: int = 4) -> None:
        self._store, self._handle, self._apologise = store, handle, apologise
        self._drain = Drain(self._take, wake, count)

    async def run(self) -> None:
        """Work until cancelled."""
        await self._drain.run()

    @property
    def busy(self) -> int:
        return self._drain.busy

    def stepping_aside(self) -> AbstractContextManager[None]:
        """While an update only waits for a computation, the next chat's is worked."""
        return self._drain.stepping_aside()

    async def work_one(self) -> bool:
        """Claim and work one update. False: nothing is waiting."""
        work = await self._take()
        if work is None:
            return False
        await work()
        return True

    async def _take(self) -> Work | None:
        async with self._store.read() as session:
            ids = await inbox.takeable(session, real_now())
        if not ids:
            return None
        async with self._store.begin(lasting=False) as session:
            row = await inbox.claim(session, ids, real_now())
        return None if row is None else partial(self._work, row)

    async def _work(self, row: Inbox) -> None:
        await self._conclude(row, await self._try(row))

    async def _try(self, row: Inbox) -> BaseException | None:
        try:
            return await self._handle(row)
        except Exception as error:  # noqa: BLE001 - a bug that one update meets must not stop the others
            return error

    async def _conclude(self, row: Inbox, error: BaseException | None) -> None:
        assert row.id is not None
        if error is None and row.done_at is not None:
            return
        now = real_now()
        async with self._store.begin() as session:
            if error is None:
                await inbox.finish(session, row.id, now)
            elif isinstance(error, Unavailable) and row.attempts + 1 < ATTEMPTS:
                await inbox.retry_later(session, row.id, _next_try(now, row.attempts))
            elif await inbox.put_aside(session, row.id, repr(error), now):
                log.error("update %s put aside", row.update_id, exc_info=error)
                await self._apologise(session, row)


def _next_try(now: datetime, attempts: int) -> datetime:
    return now + timedelta(seconds=BACK_OFF_S[min(attempts, len(BACK_OFF_S) - 1)])
