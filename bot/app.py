"""The composition root: settings → store, renderer, Telegram application, workers, sender, scheduler."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, CallbackContext
from telegram.request import HTTPXRequest

from bot import draining
from bot.domain.errors import Unavailable
from bot.draining import Drain
from bot.feeding import calendar_route
from bot.handlers import all_handlers
from bot.handlers.commands import register_commands, register_for_chat
from bot.handlers.form_conversation import option_labels
from bot.handlers.imports import import_reasons
from bot.handlers.turn import Turn, current_turn, taking
from bot.pacing import RateLimiter
from bot.receiving import ALLOWED_UPDATES, Poller, Workers, webhook_app
from bot.rendering import Renderer
from bot.scheduling import build_scheduler
from bot.sending import APOLOGY, Sender
from bot.services import import_runs, media
from bot.services.care import filling as care
from bot.services.clock import Clock, real_now
from bot.services.computing import AT_ONCE, Compute, ComputeHere
from bot.services.forms import showing
from bot.services.forms.drafts import active_draft
from bot.services.notices import engine as notices
from bot.services.people import acting_by_telegram
from bot.services.scoring import refreshing as scoring
from bot.services.travel_times import calibrating
from bot.services.week import making as weeks
from bot.services.work import Work
from bot.serving import serving
from bot.settings import Settings, is_loopback
from bot.store import inbox, outbox
from bot.store.tables import Inbox, WeekPlan
from bot.store.unit import Store

log = logging.getLogger(__name__)

KEEP_DONE = timedelta(days=7)
CONNECTIONS = 16
LOOK_AGAIN_S = 0.01


class App:
    """The running bot. ``run`` serves until cancelled; ``settle`` works off what waits, for tests and moved clocks."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        limiter: RateLimiter | None = None,
        renderer: Renderer | None = None,
        compute: Compute | None = None,
    ) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock)
        self.store = Store(settings.database_url)
        self.renderer = renderer or Renderer()
        self._inbox_wake, self._outbox_wake = asyncio.Event(), asyncio.Event()
        token = settings.bot_token.get_secret_value()
        # A server on this machine is not behind the environment's proxy. The poller has a pool of its own, so that
        # its long poll never holds a sender's connection.
        options: dict[str, Any] = {"trust_env": not is_loopback(settings.bot_api_url)}
        if transport is not None:
            options["transport"] = transport
        self._http = httpx.AsyncClient(**options)
        self.telegram: Application[Any, Any, Any, Any, Any, Any] = (
            Application.builder()
            .token(token)
            .base_url(f"{settings.bot_api_url}/bot")
            .base_file_url(f"{settings.bot_api_url}/file/bot")
            .request(HTTPXRequest(connection_pool_size=CONNECTIONS, httpx_kwargs=dict(options)))
            .get_updates_request(HTTPXRequest(httpx_kwargs=dict(options)))
            .updater(None)
            .job_queue(None)
            .concurrent_updates(True)
            .build()
        )
        for handler in all_handlers():
            self.telegram.add_handler(handler)
        self.telegram.add_error_handler(_remember_error)
        root = f"{settings.bot_api_url}/bot{token}"
        self.poller = Poller(self._http, root, settings.bot_id, self.store, self._inbox_wake)
        self.workers = Workers(self.store, self._inbox_wake, self._handle, self._apologise)
        self.sender = Sender(
            self.store,
            self.telegram.bot,
            self.renderer,
            self.clock,
            self._outbox_wake,
            partial(register_for_chat, self.telegram.bot, self.renderer),
            limiter=limiter,
        )
        self._compute = compute or ComputeHere(self.store)
        self._weeks = Drain(self._take_week, asyncio.Event(), AT_ONCE)
        self._labels = option_labels(self.renderer)
        self._answering: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect to the Bot API and register the commands. Raises telegram's errors when it cannot be reached."""
        await self.telegram.initialize()
        if self.store.is_sqlite:
            async with self.store.begin() as session:
                await inbox.release_all(session)
                await outbox.release_all(session)
                await import_runs.release_all(session)
        await register_commands(self.telegram.bot, self.renderer)
        await notices.plan_all(self.store, self.clock.now())

    async def close(self) -> None:
        """Let go of everything."""
        for task in list(self._answering):
            await task
        await self.telegram.shutdown()
        await self._http.aclose()
        await self.store.close()

    async def run(self) -> None:
        """Serve until cancelled. Raises telegram's errors when the Bot API cannot be reached or knows no such token."""
        scheduler: AsyncIOScheduler = build_scheduler(
            tick=self.tick, sweep=self.sweep, resume=self.resume, nightly=self.nightly
        )
        try:
            async with self._compute:
                await self.open()
                scheduler.start()
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._receive())
                    group.create_task(self.workers.run())
                    group.create_task(self.sender.run())
                    group.create_task(self._weeks.run())
        except BaseExceptionGroup as group:
            raise _first_of(group) from group
        finally:
            if scheduler.running:
                scheduler.shutdown(wait=False)
            await self.close()

    async def _receive(self) -> None:
        bot, url, secret = self.telegram.bot, self.settings.webhook_url, self.settings.webhook_secret
        if url is None or secret is None:
            await bot.delete_webhook()
            await self.poller.run()
            return
        feed = calendar_route(self.store, self.clock)
        web = webhook_app(self.settings.bot_id, secret.get_secret_value(), self.store, self._inbox_wake, also=[feed])
        host, port = self.settings.listen_address
        async with serving(web, host=host, port=port) as served:
            await bot.set_webhook(url, secret_token=secret.get_secret_value(), allowed_updates=ALLOWED_UPDATES)
            await asyncio.shield(served)

    async def tick(self) -> None:
        """Turn what is due into messages."""
        with suppress(Unavailable):  # the next tick comes in seconds
            if await notices.tell_due(self.store, self.clock.now(), self._compute):
                self._outbox_wake.set()

    async def resume(self) -> None:
        """Take up the imports that a crash left half done."""
        with suppress(Unavailable):
            if await import_runs.resume_imports(self.store, self.clock.now(), import_reasons):
                self._outbox_wake.set()

    async def sweep(self) -> None:
        """Drop what is done and old; make sure that everybody's recurring notices stand."""
        with suppress(Unavailable):
            async with self.store.begin() as session:
                await inbox.purge(session, real_now() - KEEP_DONE)
                await outbox.purge(session, real_now() - KEEP_DONE)
                await media.drop_passing(session, self.clock.now() - KEEP_DONE)
            await notices.plan_all(self.store, self.clock.now())

    async def nightly(self) -> None:
        """Refresh scores where it is night or orders came in, then what is due of care; want the weeks of the night."""
        with suppress(Unavailable):
            await scoring.refresh_due(self.store, self.clock.now())
            await care.fill_due(self.store, self.clock.now())
        with suppress(Unavailable):
            await weeks.want_all_weeks(self.store, self.clock.now())
            await calibrating.learn_factors(self.store, self.clock.now())
            if self.settings.osrm_url is not None:
                await weeks.learn_ways(self.store, self._http, self.settings.osrm_url, self.clock.now())

    async def _take_week(self, *, of_night: bool = True) -> draining.Work | None:
        """A week that somebody waits for, else one ``of_night``; chats are answered while it is computed."""
        row = await weeks.take_week(self.store, shown=True)
        if row is None and of_night:
            row = await weeks.take_week(self.store, shown=False)
        return None if row is None else partial(self._make_week, row)

    async def _make_week(self, row: WeekPlan) -> None:
        assert row.id is not None
        try:
            shown = await weeks.make_week(self.store, row, self.clock.now(), self._compute)
        except Unavailable:
            raise
        except Exception:
            log.exception("a week could not be planned; it is tried again when its lease is over")
            shown = await weeks.tell_failure(self.store, row.id, self.clock.now())
        if shown:
            self._outbox_wake.set()

    async def settle(self) -> None:
        """Fetch, work and send until nothing waits."""
        await self.poller.fetch_once(wait_s=0)
        while True:
            while await self._step():
                pass
            for task in list(self._answering):
                await task
            if not await self.poller.fetch_once(wait_s=0):
                break

    async def move_clock(self, target: datetime) -> None:
        """Move the app's clock through every instant at which something is due, so that nothing is collapsed."""
        await self.nightly()
        while True:
            await self._quiet()
            async with self.store.read() as session:
                waiting = await notices.next_due(session, after=self.clock.now())
                night = await scoring.next_refresh(session, after=self.clock.now())
            due = min((instant for instant in (waiting, night) if instant is not None), default=target)
            if due >= target:
                break
            self.clock.move_to(due)
            if due == night:
                await self.nightly()
            await self.tick()
        self.clock.move_to(target)
        await self.nightly()
        await self.tick()
        await self._quiet()

    async def _quiet(self) -> None:
        """Work and send what waits, and let the loops of ``run`` finish what they have begun."""
        while await self._step() or self._is_busy():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(LOOK_AGAIN_S if self._is_busy() else 0)

    async def _step(self) -> bool:
        if await self.workers.work_one() or await self.sender.send_one():
            return True
        make = await self._take_week(of_night=False)
        if make is not None:
            await make()
        return make is not None

    def _is_busy(self) -> bool:
        return bool(self.workers.busy or self.sender.busy or self._weeks.busy)

    async def _handle(self, row: Inbox) -> BaseException | None:
        assert row.id is not None
        update = _parse(row.payload, self.telegram.bot)
        if update is None:
            return ValueError("an update of no known shape")
        if update.callback_query is not None:
            self._answer_at_once(update.callback_query.id)
        user = update.effective_user
        opened, takes_location = None, False
        async with self.store.read() as session:
            member = await acting_by_telegram(session, user.id) if user else None
            if member is not None and update.message is not None:
                opened = await active_draft(session, member.member_id)
                if opened is not None and update.message.location is not None:
                    work = Work(session=session, acting=member, now=self.clock.now())
                    takes_location = await showing.takes_location(work, opened)
        turn = Turn(
            update,
            inbox_id=row.id,
            store=self.store,
            clock=self.clock,
            member=member,
            labels=self._labels,
            open_form=opened,
            form_takes_location=takes_location,
            public_url=self.settings.webhook_url,
            step_aside=self.workers.stepping_aside,
            compute=self._compute,
            wake=self._outbox_wake.set,
        )
        async with taking(turn):
            await self.telegram.process_update(update)
        self._outbox_wake.set()
        if turn.is_done:
            row.done_at = real_now()
        return turn.error

    def _answer_at_once(self, query_id: str) -> None:
        async def answer() -> None:
            try:
                await self.telegram.bot.answer_callback_query(query_id)
            except BadRequest:
                pass  # too old, or answered before: its effect is done once all the same
            except TelegramError as error:
                log.warning("could not answer a tap: %s", error)

        task = asyncio.create_task(answer())
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _apologise(self, session: AsyncSession, row: Inbox) -> None:
        if row.chat_id > 0:
            now, key = self.clock.now(), f"sorry:update:{row.bot_id}:{row.update_id}"
            await outbox.show(session, row.chat_id, APOLOGY, due_at=now, key=key, interactive=True)
            self._outbox_wake.set()


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What really went wrong, out of groups within groups."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


async def _remember_error(_update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
    current_turn().error = context.error


def _parse(payload: dict[str, Any], bot: Any) -> Update | None:
    try:
        return Update.de_json(payload, bot)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
