"""The people of a lived month: they tap what their phones show, by a seeded model, while the clock is moved."""

import heapq
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count

from sqlmodel import col, select

from benchmarks.living_team import BEGIN, ZONE
from bot.app import App
from bot.domain.vocabulary import VisitState
from bot.domain.wall_time import instant_of
from bot.services.work_calendar import is_public_working_day
from bot.simulator.messages import Message
from bot.simulator.picking import NotOnScreen
from bot.simulator.simulator import Simulator
from bot.store.tables import Customer, Visit

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
