"""Drains the outbox: lease, render, send, mark. Switches on Telegram's error types and keeps its rate limits."""

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
from jinja2 import TemplateError
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.domain.errors import Unavailable
from bot.domain.languages import language_of
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import Language, Role
from bot.rendering import Rendered, Renderer
from bot.services import audience
from bot.services.clock import Clock, real_now
from bot.store import outbox
from bot.store.tables import Outbox
from bot.store.unit import Store

log = logging.getLogger(__name__)

SetMenu = Callable[[int, Language, Role, bool], Awaitable[None]]
"""Registers the commands of a chat: its language, the member's role, whether the member records visits."""

IDLE_S = 1.0
OVERALL_A_SECOND = 30
CHAT_A_SECOND = 1.0
CHAT_BURST = 8
GROUP_A_MINUTE = 20
ATTEMPTS = 6
AMBIGUOUS_ATTEMPTS = 2
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
    "message_id_invalid",
)


class RateLimiter:
    """Telegram's limits: overall a second, a chat a second with short bursts, a group a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall: deque[float] = deque()
        self._tokens: dict[int, tuple[float, float]] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def wait_s(self, chat_id: int) -> float:
        """Take a place for one message to a chat. Gives 0 when it may go now, else the seconds to wait."""
        now = self._clock()
        wait = max(self._window(self._overall, now, OVERALL_A_SECOND, 1.0), self._bucket_wait(chat_id, now))
        if chat_id < 0:
            wait = max(wait, self._window(self._groups[chat_id], now, GROUP_A_MINUTE, 60.0))
        if wait > 0:
            return wait
        self._overall.append(now)
        tokens, at = self._tokens.get(chat_id, (float(CHAT_BURST), now))
        self._tokens[chat_id] = (min(CHAT_BURST, tokens + (now - at) * CHAT_A_SECOND) - 1, now)
        if chat_id < 0:
            self._groups[chat_id].append(now)
        return 0.0

    def _bucket_wait(self, chat_id: int, now: float) -> float:
        tokens, at = self._tokens.get(chat_id, (float(CHAT_BURST), now))
        return max(0.0, (1 - tokens) / CHAT_A_SECOND - (now - at))

    @staticmethod
    def _window(sent: deque[float], now: float, limit: int, span_s: float) -> float:
        while sent and now - sent[0] >= span_s:
            sent.popleft()
        return 0.0 if len(sent) < limit else span_s - (now - sent[0])


class Sender:
    """Sends what is due. At least once; at most one duplicate for a crash or an ambiguous timeout."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        renderer: Renderer,
        clock: Clock,
        wake: asyncio.Event,
        set_menu: SetMenu,
        *,
        count: int = 4,
        limiter: RateLimiter | None = None,
    ) -> None:
        self._store, self._bot, self._renderer, self._clock, self._wake = store, bot, renderer, clock, wake
        self._set_menu = set_menu
        self._count = count
        self._limiter = limiter or RateLimiter()
        self._paused: dict[int, float] = {}
        self.busy = 0

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._loop())

    async def _loop(self) -> None:
        while True:
            try:
                sent = await self.send_one()
            except Unavailable:
                log.warning("the database did not answer")
                sent = False
            if not sent:
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE_S)

    async def send_one(self) -> bool:
        """Claim and send one row. False: nothing is due."""
        now = time.monotonic()
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        async with self._store.begin() as session:
            row = await outbox.claim(
                session, now=self._clock.now(), real_now=real_now(), paused_chats=frozenset(self._paused)
            )
        if row is None:
            return False
        self._wake.set()
        self.busy += 1
        try:
            await self._send(row)
        finally:
            self.busy -= 1
        return True

    async def _send(self, row: Outbox) -> None:
        if row.not_after is not None and row.not_after < self._clock.now():
            return await self._settle(row, "expired")
        while (wait := self._limiter.wait_s(row.chat_id)) > 0:  # noqa: ASYNC110 - only time ends the wait
            await asyncio.sleep(wait)
        try:
            message_id = await self._call(row)
        except RetryAfter as error:
            delay = (
                error.retry_after if isinstance(error.retry_after, timedelta) else timedelta(seconds=error.retry_after)
            )
            self._paused[row.chat_id] = time.monotonic() + delay.total_seconds()
            await self._again(row, delay)
        except Forbidden as error:
            await self._unreachable(row, error)
        except ChatMigrated as error:
            await self._settle(row, "refused", error=error)
        except TimedOut as error:
            await self._timed_out(row, error)
        except BadRequest as error:
            log.error("Telegram refused %s: %s", row.living or row.action, error)
            await self._settle(row, "refused", error=error)
        except NetworkError as error:
            await self._retry(row, error)
        except (TemplateError, ValueError, LookupError) as error:
            log.exception("could not render %s", row.screen.get("template"))
            await self._settle(row, "refused", error=error)
        else:
            await self._settle(row, "sent", message_id=message_id)

    async def _call(self, row: Outbox) -> int | None:
        if row.action == "leave":
            await self._bot.leave_chat(row.chat_id)
            return None
        if row.action == "clear":
            await self._clear(row)
            return None
        if row.action == "menu":
            await self._register_menu(row)
            return None
        return await self._show(row)

    async def _clear(self, row: Outbox) -> None:
        assert row.living is not None
        async with self._store.begin() as session:
            message_id = await outbox.living_message(session, row.chat_id, row.living)
            await outbox.unbind_living(session, row.chat_id, row.living)
        if message_id is not None:
            await self._delete(row.chat_id, message_id)

    async def _register_menu(self, row: Outbox) -> None:
        async with self._store.read() as session:
            reader = await audience.reader_of(session, row.chat_id, row.member_id, self._clock.now())
        await self._set_menu(row.chat_id, reader.language, Role(row.screen["role"]), bool(row.screen["records"]))

    async def _show(self, row: Outbox) -> int:
        screen = outbox.to_screen(row)
        async with self._store.read() as session:
            code = screen.facts.get("language_code")
            reader = await audience.reader_of(
                session, row.chat_id, row.member_id, self._clock.now(), language_of(str(code)) if code else None
            )
            living = await outbox.living_message(session, row.chat_id, screen.living) if screen.living else None
            media = await audience.media_of(session, screen.picture or screen.document)
        rendered = self._renderer.render(screen, reader)
        target = row.message_id or living
        editable = screen.place is Place.EDIT and media is None and not rendered.replies
        if target is not None and editable and await self._edit(row.chat_id, target, rendered):
            await self._bind(row, screen, target, previous=living)
            return target
        message_id = await self._post(row.chat_id, screen, rendered, media)
        await self._bind(row, screen, message_id, previous=None)
        if living is not None and living != message_id:
            await self._delete(row.chat_id, living)
        return message_id

    async def _edit(self, chat_id: int, message_id: int, rendered: Rendered) -> bool:
        """False: that message can no longer be edited."""
        try:
            await self._bot.edit_message_text(
                rendered.text,
                chat_id=chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=_inline(rendered),
                disable_web_page_preview=True,
            )
        except BadRequest as error:
            reason = str(error).lower()
            if "message is not modified" in reason:
                return True
            if any(gone in reason for gone in _GONE):
                return False
            raise
        return True

    async def _post(self, chat_id: int, screen: Screen, rendered: Rendered, media: audience.Bytes | None) -> int:
        markup = _replies(rendered) if rendered.replies else _inline(rendered)
        common: dict[str, Any] = {
            "chat_id": chat_id,
            "parse_mode": ParseMode.HTML,
            "reply_markup": markup,
            "disable_notification": not screen.rings,
        }
        if media is not None and screen.picture:
            sent = await self._bot.send_photo(photo=media.content, caption=rendered.text, **common)
        elif media is not None:
            file = InputFile(media.content, filename=media.name)
            sent = await self._bot.send_document(document=file, caption=rendered.text, **common)
        else:
            sent = await self._bot.send_message(text=rendered.text, disable_web_page_preview=True, **common)
        return sent.message_id

    async def _bind(self, row: Outbox, screen: Screen, message_id: int, *, previous: int | None) -> None:
        if screen.living and previous != message_id:
            async with self._store.begin() as session:
                await outbox.bind_living(session, row.chat_id, screen.living, message_id, real_now())

    async def _delete(self, chat_id: int, message_id: int) -> None:
        with suppress(BadRequest):  # already gone, or too old to delete
            await self._bot.delete_message(chat_id, message_id)

    async def _timed_out(self, row: Outbox, error: TimedOut) -> None:
        """A connect or pool timeout is tried again; a read timeout may have arrived, so it is sent once more only."""
        safe = isinstance(error.__cause__, httpx.ConnectTimeout | httpx.PoolTimeout)
        if safe or row.attempts < AMBIGUOUS_ATTEMPTS:
            await self._retry(row, error)
        else:
            await self._settle(row, "refused", error=error)

    async def _retry(self, row: Outbox, error: TelegramError) -> None:
        if row.attempts >= ATTEMPTS:
            log.error("gave up sending %s after %s attempts: %s", row.living or row.action, row.attempts, error)
            await self._settle(row, "refused", error=error)
        else:
            await self._again(row, timedelta(seconds=min(60, 2**row.attempts)))

    async def _again(self, row: Outbox, delay: timedelta) -> None:
        async with self._store.begin() as session:
            await outbox.postpone(session, row, real_now() + delay)

    async def _unreachable(self, row: Outbox, error: Forbidden) -> None:
        async with self._store.begin() as session:
            await outbox.settle(session, row, fate="unreachable", now=real_now(), error=str(error))
            await audience.mark_unreachable(session, row.chat_id, self._clock.now())

    async def _settle(
        self, row: Outbox, fate: str, *, message_id: int | None = None, error: Exception | None = None
    ) -> None:
        async with self._store.begin() as session:
            await outbox.settle(
                session, row, fate=fate, now=real_now(), message_id=message_id, error=str(error) if error else None
            )

    async def drain(self) -> None:
        """Send until nothing is due: for a clock that is moved by hand."""
        while await self.send_one():
            pass


def _as_timedelta(seconds: int | timedelta) -> timedelta:
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)


def _inline(rendered: Rendered) -> InlineKeyboardMarkup | None:
    rows = [
        [
            InlineKeyboardButton(key.label, url=key.value)
            if key.kind == "url"
            else InlineKeyboardButton(key.label, callback_data=key.value)
            for key in row
        ]
        for row in rendered.inline
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _replies(rendered: Rendered) -> ReplyKeyboardMarkup:
    rows = [
        [
            KeyboardButton(key.label, request_location=key.kind == "location", request_contact=key.kind == "contact")
            for key in row
        ]
        for row in rendered.replies
    ]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
