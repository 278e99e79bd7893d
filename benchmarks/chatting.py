"""Reps who chat, for benchmarks: what they write and tap, and how long each of them waits for the answer."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from benchmarks.running_bot import shop_of
from bot.simulator.simulator import Simulator

PROGRESS = "\N{HOURGLASS WITH FLOWING SAND}"
SCREENS = (("/promises", "omise"), ("/settings", "ettings"), ("/help", "/today"))
PATIENCE_S = 300.0
NEWEST = 4
QUICK_SHOPS = range(5, 20)

Seen = list[tuple[int, str, list[str]]]


class Phones:
    """Everybody's phone. Looks at a chat only when something happens in it, so that looking costs the bot nothing."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._news: dict[int, asyncio.Event] = {}

    async def watch(self) -> None:
        """Wake whoever waits for a chat, until cancelled."""
        async for event in self.simulator.world.events.listen():
            if (news := self._news.get(event.get("chat", 0))) is not None:
                news.set()

    async def answer_s(self, chat: int, act: Callable[[], object], part: str) -> float:
        """Seconds from what a person does until a new or changed message of the bot holds ``part``.

        A line of progress is no answer. Raises TimeoutError.
        """
        news = self._news.setdefault(chat, asyncio.Event())
        before = self._seen(chat)
        began = time.perf_counter()
        act()
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not _answers(before, self._seen(chat), part):
                    news.clear()
                    await news.wait()
        except TimeoutError:
            raise TimeoutError(f"chat {chat} waits for {part!r} and shows {self._seen(chat)}") from None
        return time.perf_counter() - began

    def first_label(self, chat: int) -> str:
        return next(labels[0] for _, _, labels in reversed(self._seen(chat)) if labels)

    def _seen(self, chat: int) -> Seen:
        newest = self.simulator.chat(chat)[-NEWEST:]
        return [(message.message_id, message.text, message.labels) for message in newest if message.from_bot]


def _answers(before: Seen, now: Seen, part: str) -> bool:
    return any(
        message not in before and PROGRESS not in message[1] and (part in message[1] or part in message[2])
        for message in now
    )


async def chat_until(
    phones: Phones, chat: int, *, pause_s: float, over: Callable[[], bool], counts_all: bool
) -> list[float]:
    """A rep who records visits and opens screens until ``over``; gives the seconds of each answer.

    What was begun is finished, so that no open form is left behind; that counts where ``counts_all``.
    """
    dice = random.Random(chat)
    simulator, took = phones.simulator, list[float]()

    async def says(text: str, part: str) -> None:
        await act(lambda: simulator.says(chat, text), part)

    async def taps(label: str, part: str) -> None:
        await act(lambda: simulator.taps(chat, label), part)

    async def act(what: Callable[[], object], part: str) -> None:
        await asyncio.sleep(dice.uniform(0.5, 1.5) * pause_s)
        counts = counts_all or not over()
        waited_s = await phones.answer_s(chat, what, part)
        if counts:
            took.append(waited_s)

    while not over():
        shop = shop_of(chat, dice.choice(QUICK_SHOPS))
        await says(shop, "Report")
        for label, part in (("Report", "1/4"), ("Met", "2/4"), ("Partly", "3/4"), ("Trial", "4/4")):
            await taps(label, f"{shop} · report · {part}")
        await taps(phones.first_label(chat), f"✓ {shop}")
        await says(*dice.choice(SCREENS))
    return took


async def ask_plans(phones: Phones, chats: Sequence[int]) -> list[float]:
    """Ask for all plans in one burst, days and weeks by turns; gives the seconds until each is shown."""

    async def ask(chat: int, number: int) -> float:
        command, part = ("/today", "Start") if number % 2 == 0 else ("/week", "Accept")
        return await phones.answer_s(chat, lambda: phones.simulator.says(chat, command), part)

    return list(await asyncio.gather(*(ask(chat, number) for number, chat in enumerate(chats))))


def milliseconds(seconds: Sequence[float], share: float) -> float | None:
    """A quantile: the smallest value that is not below such a share of all."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
