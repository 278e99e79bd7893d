"""Works a queue off: takes one piece of work after another, does several side by side, and looks once a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from bot.domain.errors import Unavailable

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
FINISH_WITHIN_S = 3.0

Work: TypeAlias = Callable[[], Awaitable[None]]
Take: TypeAlias = Callable[[], Awaitable[Work | None]]


class Drain:
    """Calls ``take``, which claims a piece of work and gives it, or None; ``count`` pieces are done side by side.

    Only one look at the queue is made at a time: each is a question to the database. ``wake`` may be set by whoever
    adds work. Work under way when this is cancelled may finish for a while, so that a clean stop leaves nothing half
    done.
    """

    def __init__(self, take: Take, wake: asyncio.Event, count: int) -> None:
        self._take, self._wake = take, wake
        self._free = asyncio.Semaphore(count)
        self._running = False
        self._surplus = 0
        self.busy = 0

    async def run(self) -> None:
        """Work until cancelled."""
        self._running = True
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    await self._free.acquire()
                    self._wake.clear()  # before looking: what is added from here on wakes us again
                    found = asyncio.get_running_loop().create_future()
                    group.create_task(self._step(found))
                    if not await found:
                        await self._rest()
        finally:
            self._running = False

    @contextmanager
    def stepping_aside(self) -> Iterator[None]:
        """For work that only waits for a long computation: another piece takes its place meanwhile."""
        if not self._running:
            yield
            return
        self._free.release()
        try:
            yield
        finally:
            self._surplus += 1

    async def _step(self, found: "asyncio.Future[bool]") -> None:
        self.busy += 1
        try:
            await _let_finish(self._take_and_work(found))
        except Unavailable as error:
            log.warning("will look again: %s", error)
        finally:
            self.busy -= 1
            if not found.done():
                found.set_result(False)
            if self._surplus:
                self._surplus -= 1
            else:
                self._free.release()

    async def _take_and_work(self, found: "asyncio.Future[bool]") -> None:
        work = await self._take()
        if not found.done():
            found.set_result(work is not None)
        if work is not None:
            await work()
            self._wake.set()  # what had to wait for this can be taken now

    async def _rest(self) -> None:
        """Sleep until woken, and look every second for what nobody announced."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):  # asyncio.wait_for may swallow a cancellation
                await self._wake.wait()


async def _let_finish(step: Coroutine[Any, Any, None]) -> None:
    """Await a step; when this is cancelled the step may finish for a while."""
    task = asyncio.create_task(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(TimeoutError, Unavailable):
            async with asyncio.timeout(FINISH_WITHIN_S):
                await task
        raise
