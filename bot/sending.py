"""Drains the outbox: lease, render, send, mark. Switches on Telegram's error types and keeps its rate limits."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.domain.errors import Unavailable
from bot.domain.languages import language_of
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import Language, Role
from bot.draining import Drain, Work
from bot.pacing import RateLimiter
from bot.rendering import Rendered, Renderer
from bot.services import audience
from bot.services.clock import Clock, real_now
from bot.store import outbox
from bot.store.tables import Outbox
from bot.store.unit import Store

log = logging.getLogger(__name__)

SetMenu = Callable[[int, Language, Role, bool], Awaitable[None]]
"""Registers the commands of a chat: its language, the member's role, whether the member records visits."""

APOLOGY = Screen(template="replies/sorry", living="sorry", place=Place.BELOW)
ATTEMPTS = 60
LONGEST_PAUSE_S = 60
UNREACHED_PAUSE_S = 5
HELD_PAUSE_S = 1.0  # a longer wait gives the row back: other chats need the sender, and a lease is short
_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message",
    "message_id_invalid",
)


class _UnansweredError(TelegramError):
    """A message was sent, and no answer came: it may have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a call left in the chat: the message, the task that lives in it, and the message that it replaces."""

    message_id: int
    living: str | None = None
    replaced: int | None = None


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
        count: int = 8,
        limiter: RateLimiter | None = None,
    ) -> None:
        self._store, self._bot, self._renderer, self._clock = store, bot, renderer, clock
        self._set_menu = set_menu
        self._limiter = limiter or RateLimiter()
        self._drain = Drain(self._take, wake, count)

    async def run(self) -> None:
        """Send until cancelled."""
        await self._drain.run()

    @property
    def busy(self) -> int:
        return self._drain.busy

    async def send_one(self) -> bool:
        """Claim and send one row. False: nothing is due. Raises InvalidToken, which no waiting mends."""
        work = await self._take()
        if work is None:
            return False
        await work()
        return True

    async def _take(self) -> Work | None:
        async with self._store.read() as session:
            ids = await outbox.takeable(session, now=self._clock.now(), real_now=real_now())
        if not ids:
            return None
        async with self._store.begin(lasting=False) as session:
            row = await outbox.claim(session, ids, real_now())
        return None if row is None else partial(self._send, row)

    async def _send(self, row: Outbox) -> None:
        if row.not_after is not None and row.not_after < self._clock.now():
            return await self._settle(row, "expired")
        if row.action == "show" and (wait_s := await self._wait_for_place(row)) > 0:
            return await self._again(row, wait_s)
        try:
            shown = await self._call(row)
        except (InvalidToken, Unavailable):
            raise
        except TelegramError as error:
            await self._after_failure(row, error)
        except Exception as error:  # a bug in one message must not stop the others
            log.error("could not make %s of outbox row %s", _name(row), row.id, exc_info=error)
            await self._give_up(row, error)
        else:
            await self._settle(row, "sent", shown=shown)

    async def _wait_for_place(self, row: Outbox) -> float:
        """Wait out a short pause of the limits; give the seconds of a longer one."""
        while 0 < (wait_s := self._limiter.wait_s(row.chat_id, is_answer=row.interactive)) <= HELD_PAUSE_S:  # noqa: ASYNC110 - only time ends the wait
            await asyncio.sleep(wait_s)
        return wait_s

    async def _call(self, row: Outbox) -> _Shown | None:
        match row.action:
            case "show":
                return await self._show(row)
            case "delete":
                assert row.message_id is not None
                await self._delete(row.chat_id, row.message_id)
            case "clear":
                await self._clear(row)
            case "menu":
                await self._register_menu(row)
            case "leave":
                await self._bot.leave_chat(row.chat_id)
            case action:
                raise ValueError(f"the outbox knows no {action!r}")
        return None

    async def _clear(self, row: Outbox) -> None:
        assert row.living is not None
        async with self._store.read() as session:
            message_id = await outbox.living_message(session, row.chat_id, row.living)
        if message_id is not None:
            await self._delete(row.chat_id, message_id)
            async with self._store.begin() as session:
                await outbox.unbind_living(session, row.chat_id, row.living)

    async def _register_menu(self, row: Outbox) -> None:
        async with self._store.read() as session:
            reader = await audience.reader_of(session, row.chat_id, row.member_id, self._clock.now())
        await self._set_menu(row.chat_id, reader.language, Role(row.screen["role"]), bool(row.screen["records"]))

    async def _show(self, row: Outbox) -> _Shown:
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
            return _Shown(message_id=target, living=screen.living)
        message_id = await self._post(row.chat_id, screen, rendered, media)
        return _Shown(message_id=message_id, living=screen.living, replaced=living)

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
        """Send a new message. Raises _UnansweredError when it may have arrived all the same."""
        common: dict[str, Any] = {
            "chat_id": chat_id,
            "parse_mode": ParseMode.HTML,
            "reply_markup": _replies(rendered) if rendered.replies else _inline(rendered),
            "disable_notification": not screen.rings,
        }
        try:
            if media is not None and screen.picture:
                sent = await self._bot.send_photo(photo=media.content, caption=rendered.text, **common)
            elif media is not None:
                file = InputFile(media.content, filename=media.name)
                sent = await self._bot.send_document(document=file, caption=rendered.text, **common)
            else:
                sent = await self._bot.send_message(text=rendered.text, disable_web_page_preview=True, **common)
        except TimedOut as error:
            if isinstance(error.__cause__, _NEVER_ARRIVED):
                raise
            raise _UnansweredError(str(error)) from error
        return sent.message_id

    async def _delete(self, chat_id: int, message_id: int) -> None:
        with suppress(BadRequest):  # already gone, or too old to delete
            await self._bot.delete_message(chat_id, message_id)

    async def _after_failure(self, row: Outbox, error: TelegramError) -> None:
        match error:
            case RetryAfter():
                await self._again(row, _seconds(error.retry_after))
            case Forbidden():
                await self._unreachable(row, error)
            case ChatMigrated():
                async with self._store.begin() as session:
                    await audience.move_chat(session, row.chat_id, error.new_chat_id)
            case _UnansweredError():
                await self._once_more(row, error)
            case NetworkError() if not isinstance(error, BadRequest):
                await self._retry(row, error)
            case _:
                log.error("Telegram refused %s of outbox row %s: %s", _name(row), row.id, error)
                await self._give_up(row, error)

    async def _once_more(self, row: Outbox, error: TelegramError) -> None:
        """A message that may have arrived is sent once more only."""
        if row.in_doubt:
            log.error("%s of outbox row %s was sent twice and never answered", _name(row), row.id)
            await self._settle(row, "refused", error=error)
            return
        async with self._store.begin() as session:
            await outbox.postpone(session, row, real_now() + timedelta(seconds=1), in_doubt=True)

    async def _retry(self, row: Outbox, error: TelegramError) -> None:
        """What never arrived is tried for as long as it takes; what the server failed at, a limited number of times."""
        if isinstance(error.__cause__, _NEVER_ARRIVED):
            await self._again(row, UNREACHED_PAUSE_S)
        elif row.attempts + 1 >= ATTEMPTS:
            log.error("gave up %s of outbox row %s after %s attempts: %s", _name(row), row.id, ATTEMPTS, error)
            await self._settle(row, "refused", error=error)
        else:
            await self._again(row, min(LONGEST_PAUSE_S, 2 ** (row.attempts + 1)), counts=True)

    async def _again(self, row: Outbox, delay_s: float, *, counts: bool = False) -> None:
        async with self._store.begin() as session:
            await outbox.postpone(session, row, real_now() + timedelta(seconds=delay_s), counts=counts)

    async def _unreachable(self, row: Outbox, error: Forbidden) -> None:
        async with self._store.begin() as session:
            await outbox.settle(session, row, fate="unreachable", now=real_now(), error=str(error))
            await audience.mark_unreachable(session, row.chat_id, self._clock.now())

    async def _give_up(self, row: Outbox, error: Exception) -> None:
        """A bug of ours: whoever waits for the answer is told once."""
        async with self._store.begin() as session:
            await outbox.settle(session, row, fate="refused", now=real_now(), error=str(error))
            if row.interactive and row.action == "show" and row.living != APOLOGY.living:
                now, key = self._clock.now(), f"sorry:row:{row.id}"
                await outbox.show(session, row.chat_id, APOLOGY, due_at=now, key=key, interactive=True)

    async def _settle(
        self, row: Outbox, fate: str, *, shown: _Shown | None = None, error: Exception | None = None
    ) -> None:
        """Mark a row as finished, and with it what its message now is: a crash keeps both or neither."""
        now, reason = real_now(), str(error) if error else None
        async with self._store.begin() as session:
            message_id = shown.message_id if shown else None
            await outbox.settle(session, row, fate=fate, now=now, message_id=message_id, error=reason)
            if shown is None:
                return
            if shown.living:
                await outbox.bind_living(session, row.chat_id, outbox.to_screen(row), shown.message_id, now)
            if shown.replaced is not None:
                await outbox.delete_message(session, row.chat_id, shown.replaced, due_at=row.due_at)


def _name(row: Outbox) -> str:
    return str(row.screen.get("template") or row.living or row.action)


def _seconds(span: int | timedelta) -> float:
    return span.total_seconds() if isinstance(span, timedelta) else float(span)


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
