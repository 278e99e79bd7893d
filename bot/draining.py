"""Works a queue off: one step again and again, several side by side, woken early and looking once a second."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from bot.domain.errors import Unavailable

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
FINISH_WITHIN_S = 3.0

Step = Callable[[], Awaitable[bool]]


class Drain:
    """Runs ``step``, which says whether it found work, ``count`` times side by side.

    ``wake`` may be set by whoever adds work. A step under way when this is cancelled may finish for a while, so that
    a clean stop leaves nothing half done.
    """

    def __init__(self, step: Step, wake: asyncio.Event, count: int) -> None:
        self._step, self._wake, self._count = step, wake, count
        self._watch = asyncio.Lock()
        self._group: asyncio.TaskGroup | None = None
        self._surplus = 0
        self.busy = 0

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for _ in range(self._count):
                group.create_task(self._loop())

    @contextmanager
    def stepping_aside(self) -> Iterator[None]:
        """For a step that only waits for a long computation: another takes its place meanwhile."""
        if self._group is None:
            yield
            return
        self._group.create_task(self._loop())
        try:
            yield
        finally:
            self._surplus += 1

    async def _loop(self) -> None:
        while True:
            if self._surplus:
                self._surplus -= 1
                return
            self._wake.clear()  # before looking: what is added from here on wakes us again
            try:
                found = await self._take_step()
            except Unavailable as error:
                log.warning("will look again: %s", error)
                found = False
            if found:
                self._wake.set()
            else:
                await self._rest()

    async def _take_step(self) -> bool:
        step = asyncio.ensure_future(self._step())
        self.busy += 1
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            self._group = None  # no more loops in a group that ends
            with suppress(TimeoutError, Unavailable):
                async with asyncio.timeout(FINISH_WITHIN_S):
                    await step
            raise
        finally:
            self.busy -= 1

    async def _rest(self) -> None:
        """Sleep until woken. One of the idle ones looks every second, for what nobody announced."""
        if self._watch.locked():
            await self._wake.wait()
            return
        async with self._watch:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):  # asyncio.wait_for may swallow a cancellation
                    await self._wake.wait()
