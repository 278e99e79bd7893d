"""A team's month lived by the bot itself: people who tap what their phones show, by a seeded model, on a moved clock.

The whole app over the Bot API simulator in this process, on SQLite. What rang is counted where it rings: in the
simulator's chats. Ran by ``python -m benchmarks.courtesy --live``.
"""

import asyncio
import heapq
import json
import logging
import random
import tempfile
import time as clock
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlmodel import col, select

from benchmarks.living_figures import faults_of, figures_of, read_notices
from benchmarks.living_team import BEGIN, MANAGERS, ZONE, fill
from bot.app import App
from bot.domain.planning.warming import warm_up
from bot.domain.vocabulary import VisitState
from bot.domain.wall_time import instant_of
from bot.pacing import RateLimiter
from bot.services.work_calendar import is_public_working_day
from bot.settings import Settings
from bot.simulator.messages import Message
from bot.simulator.people import Person
from bot.simulator.picking import NotOnScreen
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator
from bot.store.migrating import migrate
from bot.store.tables import Customer, Visit

log = logging.getLogger(__name__)

TOKEN = "424242:month"
LOOK_BACK = 60
"""Messages of a chat in which a person looks for a button."""

STARTS = time(7, 45)
PLANS_AT, LAST_LOOK, LAST_THING = time(8, 0), time(19, 30), time(23, 30)
REPORTED, SHORT_FORM = 0.8, ("Met", "Yes", "Nothing")
PROMISED, COMMITTED, KEPT_EARLY = 0.30, 0.15, 0.35
ANSWERED, WRITES_WHOLE = 0.7, 0.25
ASKED_A_WEEK, COMPLAINTS_A_WEEK = 1.0, 0.3
WAITS_MINUTES, ROUND_MINUTES = (1, 20), 10
WHATS = ("price list", "samples", "a quote for the large pack", "a delivery date", "the certificate")

ANSWERS = {
    "pr.done": "promise", "pr.tick": "promise", "mr": "missing", "ap.yes": "approval", "ap.no": "approval",
    "care.tick": "care", "care.done": "care", "ap.again": "expired", "cp.solved": "complaint", "pb.yes": "playbook",
}  # fmt: skip
"""Buttons that settle something with one tap, and what."""

Steps = Iterator[None]
"""What a person does, a tap at a time: the bot answers in between."""


class _NoLimit(RateLimiter):
    def wait_s(self, chat_id: int) -> float:
        del chat_id
        return 0.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A message that came unasked."""

    chat_id: int
    at: datetime
    silent: bool
    text: str


@dataclass(slots=True)
class Month:
    """The people, their phones and what they mean to do when."""

    app: App
    simulator: Simulator
    chats: Sequence[int]
    luck: random.Random
    end: date
    tell: Callable[[date], Awaitable[None]] | None = None
    agenda: list[tuple[datetime, int, Callable[[], Steps]]] = field(default_factory=list)
    pushed: list[Ring] = field(default_factory=list)
    taps: dict[int, int] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    edits: int = 0
    _seen: dict[int, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def plan(self, at: datetime, act: Callable[[], Steps]) -> None:
        """Have something done, at a round minute: what many do at once costs the clock one step."""
        late = timedelta(minutes=ROUND_MINUTES) - timedelta(seconds=at.timestamp() % (60 * ROUND_MINUTES))
        heapq.heappush(self.agenda, (at + late, next(self._numbers), act))

    async def live(self) -> None:
        """Until the end, a day at a time: in the morning reps accept their routes and know what they will do."""
        self._look(asked=True)
        days = (self.end - BEGIN).days + 1
        for on in (BEGIN + timedelta(days=number) for number in range(days)):
            if works(on):
                for chat in self.chats:
                    self.plan(instant_of(on, STARTS, ZONE), partial(self.begin_day, chat))
                await self._until(instant_of(on, PLANS_AT, ZONE))
                await self.plan_day(on)
            await self._until(instant_of(on, LAST_THING, ZONE))
            if self.tell is not None:
                await self.tell(on)

    async def _until(self, until: datetime) -> None:
        """The clock moves to what somebody does next, and tells what falls due on the way."""
        while self.agenda and self.agenda[0][0] <= until:
            at = self.agenda[0][0]
            await self.app.move_clock(at)
            self._look(asked=False)
            acting: list[Steps] = []
            while self.agenda and self.agenda[0][0] <= at:
                acting.append(heapq.heappop(self.agenda)[2]())
            while acting:
                acting = [one for one in acting if _goes_on(one)]
                await self.app.settle()
                self._look(asked=True)
            await self.app.tick()
            await self.app.settle()
            self._look(asked=False)
        await self.app.move_clock(until)
        self._look(asked=False)

    def _look(self, *, asked: bool) -> None:
        """What is new in the chats; what was not asked for is a push, and its reader may answer it."""
        world = self.simulator.world
        with world.lock:
            self.edits += sum(call.ok and call.method.startswith("edit") for call in world.calls if not asked)
            world.calls.clear()
            for chat in self.chats:
                seen = self._seen.get(chat, 0)
                fresh = []
                for message in reversed(world.chat_messages(chat)):
                    if message.message_id <= seen:
                        break
                    fresh.append(message)
                if fresh:
                    self._seen[chat] = fresh[0].message_id
                for message in reversed(fresh):
                    if message.from_bot and not asked:
                        self._pushed(message)

    def _pushed(self, message: Message) -> None:
        at = datetime.fromtimestamp(message.date, UTC)
        self.pushed.append(Ring(message.chat_id, at, message.silent, message.text))
        subjects: dict[tuple[str, str], str] = {}
        for row in message.inline or []:
            for button in row:
                verb, _, rest = str(button.get("callback_data", "")).partition(":")
                if verb in ANSWERS:
                    subjects.setdefault((ANSWERS[verb], rest.split(":")[0]), str(button["callback_data"]))
        for (kind, _), data in subjects.items():
            if self.luck.random() < ANSWERED:
                wait = timedelta(minutes=self.luck.randint(*WAITS_MINUTES))
                self.plan(at + wait, partial(self._answer, message.chat_id, kind, data))

    def _answer(self, chat: int, kind: str, data: str) -> Steps:
        """With a tap where the thumb can; some write the whole report that is missing."""
        if kind == "missing" and self.luck.random() < WRITES_WHOLE:
            ending = f":{data.split(':')[1]}"
            forms = (each for each in self._datas(chat) if each.startswith("report:") and each.endswith(ending))
            if self.tap(chat, next(forms, "")):
                taps = 1
                yield
                for _ in self.fill_form(chat):
                    taps += 1
                    yield
                self.answers.append((kind, taps))
        elif self.tap(chat, data):
            yield
            self.answers.append((kind, 1))

    # -- a rep's day ---------------------------------------------------------------------------------------------

    def begin_day(self, chat: int) -> Steps:
        """The route of the morning is accepted."""
        if self.tap(chat, "day.start:"):
            yield

    def report(self, chat: int, customer: int, name: str) -> Steps:
        """A visit is over: its report, perhaps a promise, a commitment, a wish that exceeds what one may give."""
        self.says(chat, "/today")
        yield
        if self.tap(chat, f"day.stop:{customer}") or (
            self.tap(chat, "day.all") and self.tap(chat, f"day.stop:{customer}")
        ):
            yield
        if not self.tap(chat, f"report:{customer}"):
            return
        yield
        yield from self.fill_form(chat)
        now = self.app.clock.now().astimezone(ZONE)
        if self.luck.random() < PROMISED:
            yield from self.promise(chat, name, now, "promise")
        if self.luck.random() < COMMITTED:
            yield from self.promise(chat, name, now, "commitment")
        if self.luck.random() < ASKED_A_WEEK / 30:
            yield from self.ask_manager(chat, customer)
        if self.luck.random() < COMPLAINTS_A_WEEK / 30:
            yield from self.complain(chat, customer)

    def fill_form(self, chat: int) -> Steps:
        """The first questions are answered; of a longer form the rest is left out, and it is saved."""
        for _ in range(12):
            labels = self._labels(chat)
            label = next((one for one in ("Save", "See answers", *SHORT_FORM, "⋯") if one in labels), None)
            if label == "⋯" and self._newest(chat).endswith("/4"):
                label = labels[0]  # the last question of the short form: when next, and the likeliest day is first
            if label is None or not self.tap_label(chat, label):
                return
            yield
            if "Undo" in self._labels(chat):
                return

    def promise(self, chat: int, name: str, now: datetime, word: str) -> Steps:
        on = _working_day(now.date(), self.luck.randint(1, 7))
        hour = self.luck.choice((10, 12, 15, 17, 17, 17))
        self.says(chat, f"{word} {name}: {self.luck.choice(WHATS)} by {on:%Y-%m-%d} {hour}:00")
        yield
        done = next((one for one in self._datas(chat, 1) if one.startswith("pr.done")), None)
        if done and self.luck.random() < KEPT_EARLY:
            due = instant_of(on, time(hour), ZONE)
            early = now + (due - now) * self.luck.uniform(0.2, 0.9)
            if STARTS < early.time() < LAST_LOOK:
                self.plan(early, partial(self._keep, chat, done))

    def _keep(self, chat: int, done: str) -> Steps:
        if self.tap(chat, done):
            yield

    def ask_manager(self, chat: int, customer: int) -> Steps:
        self.says(chat, "/customers")
        yield
        for data, label in ((f"ap.new:{customer}", "Discount"), ("", "12 %")):
            if data:
                self.tap(chat, data, forged=True)
                yield
            if self.tap_label(chat, label):
                yield

    def complain(self, chat: int, customer: int) -> Steps:
        self.tap(chat, f"cp.new:{customer}", forged=True)
        yield
        self.says(chat, "late delivery")
        yield
        for _ in range(3):
            label = next((one for one in ("Save", "Skip") if one in self._labels(chat)), None)
            if label is None or not self.tap_label(chat, label):
                return
            yield

    # -- thumbs --------------------------------------------------------------------------------------------------

    def says(self, chat: int, text: str) -> None:
        self.simulator.says(chat, text)

    def tap(self, chat: int, data: str, *, forged: bool = False) -> bool:
        """Tap the newest button with this data, or data that begins so. False: the phone shows none."""
        for message in self._recent(chat):
            for row in message.inline or []:
                for button in row:
                    here = str(button.get("callback_data", ""))
                    if data and (here == data or here.startswith(data if data.endswith(":") else f"{data}:")):
                        return self._tap(chat, message.message_id, here)
        newest = next(iter(self._recent(chat)), None)
        return forged and newest is not None and self._tap(chat, newest.message_id, data)

    def tap_label(self, chat: int, label: str) -> bool:
        for message in self._recent(chat):
            for row in message.inline or []:
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return self._tap(chat, message.message_id, str(button["callback_data"]))
        return False

    def _tap(self, chat: int, message_id: int, data: str) -> bool:
        with suppress(NotOnScreen):
            self.simulator.taps_data(chat, message_id, data)
            self.taps[chat] = self.taps.get(chat, 0) + 1
            return True
        return False

    def _recent(self, chat: int) -> list[Message]:
        with self.simulator.world.lock:
            return [one for one in reversed(self.simulator.world.chat_messages(chat)[-LOOK_BACK:]) if one.from_bot]

    def _labels(self, chat: int) -> list[str]:
        """The labels under the newest message that has buttons."""
        newest = next((one for one in self._recent(chat) if one.inline), None)
        return [str(button["text"]) for row in (newest.inline or [] if newest else []) for button in row]

    def _newest(self, chat: int) -> str:
        """The first line of the newest message that has buttons."""
        return next((one.text.split("\n")[0] for one in self._recent(chat) if one.inline), "")

    def _datas(self, chat: int, messages: int = LOOK_BACK) -> list[str]:
        shown = self._recent(chat)[:messages]
        return [str(button.get("callback_data", "")) for one in shown for row in one.inline or [] for button in row]

    async def plan_day(self, on: date) -> None:
        """What reps will do about the visits that they have accepted."""
        query = (
            select(Visit, col(Customer.name))
            .join(Customer, col(Customer.id) == col(Visit.customer_id))
            .where(col(Visit.on) == on, col(Visit.state) == VisitState.PLANNED)
        )
        async with self.app.store.read() as session:
            rows = (await session.exec(query)).all()
        for visit, name in rows:
            over = visit.planned_end_at or (visit.appointment_at and visit.appointment_at + timedelta(minutes=40))
            if over is None or self.luck.random() > REPORTED:
                continue
            at = over + timedelta(minutes=self.luck.randint(*WAITS_MINUTES))
            chat = visit.member_id  # members and chats are numbered alike
            act = partial(self.report, chat, visit.customer_id, name)
            self.plan(max(at, self.app.clock.now()), act)


def _goes_on(steps: Steps) -> bool:
    return next(steps, True) is None


def works(day: date) -> bool:
    return is_public_working_day("SG", "12345", day)


def _working_day(day: date, after: int) -> date:
    later = (day + timedelta(days=count) for count in range(after, after + 10))
    return next(one for one in later if works(one))


async def live_month(*, reps: int, customers: int, days: int, seed: int) -> dict[str, Any]:
    """Live it, and give the figures with what went against the rules; after each day those so far go to the log."""
    warm_up()
    end = BEGIN + timedelta(days=days - 1)
    numbers = range(1, reps + MANAGERS + 1)
    people = [Person(id=number, first_name=f"P{number}", language_code="en") for number in numbers]
    begun = clock.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'month.db'}"
        await asyncio.to_thread(migrate, url)
        start = instant_of(BEGIN, time(0, 5), ZONE)
        apps: list[App] = []
        server = create_simulator(token=TOKEN, people=people, now=lambda: apps[0].clock.now())  # noqa: PLW0108 # not yet
        settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:1", database_url=url, clock=start)
        app = App(settings, transport=httpx.ASGITransport(app=server), limiter=_NoLimit())
        apps.append(app)
        chats = await fill(app.store, reps=reps, customers=customers, days=days, seed=seed)
        await app.open()
        month = Month(app=app, simulator=server.state.simulator, chats=chats, luck=random.Random(seed), end=end)

        async def figures(on: date) -> dict[str, Any]:
            worked = [
                day for day in (BEGIN + timedelta(days=number) for number in range(days)) if day <= on and works(day)
            ]
            said = await _figures(month, set(chats[:reps]), worked)
            return {
                "reps": reps,
                "customers": customers,
                "days": (on - BEGIN).days + 1,
                **said,
                "seconds": _since(begun),
            }

        async def tell(on: date) -> None:
            if works(on):
                log.info("%s", json.dumps(await figures(on)))

        month.tell = tell
        for chat in chats:  # a bot may not write first
            month.says(chat, "/help")
        await app.settle()
        await month.live()
        found = await figures(end)
        await app.close()
    return found


def _since(begun: float) -> float:
    return round(clock.perf_counter() - begun, 1)


async def _figures(month: Month, reps: set[int], worked: Sequence[date]) -> dict[str, Any]:
    told, overdue = await read_notices(month.app.store, month.app.clock.now())
    answers = [taps for _, taps in month.answers]
    one_tap = sum(taps == 1 for taps in answers)
    return {
        **figures_of(told, worked, reps, ZONE),
        "answers": len(answers),
        "answered_with_one_tap": round(one_tap / max(1, len(answers)), 3),
        "rang_in_the_chats": sum(not one.silent for one in month.pushed),
        "rang_in_the_ledger": sum(one.rang for one in told),
        "silent_edits": month.edits,
        "faults": {"overdue_and_untold": overdue, **faults_of(told, worked, reps, ZONE)},
        "taps": sum(month.taps.values()),
    }
