"""What the page is told as it happens: every open page listens to one stream."""

import asyncio
from collections.abc import AsyncIterator

from bot.simulator.people import Json

WAITING_EVENTS = 1_000


class Events:
    """A fan-out of small JSON events; ``tell`` may be called from any thread."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[Json | None], asyncio.AbstractEventLoop] = {}
        self._closed = False

    def tell(self, kind: str, **facts: object) -> None:
        """Send an event to every page. A page that fell far behind is cut off: it connects again and reloads."""
        for queue, loop in list(self._listeners.items()):
            if loop.is_closed():
                del self._listeners[queue]
            else:
                loop.call_soon_threadsafe(self._put, queue, {"type": kind, **facts})

    def _put(self, queue: asyncio.Queue[Json | None], event: Json | None) -> None:
        if queue.qsize() < WAITING_EVENTS:
            queue.put_nowait(event)
        else:
            self._listeners.pop(queue, None)

    def listen(self) -> AsyncIterator[Json]:
        """Events from this call on, until the stream is closed."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners[queue] = asyncio.get_running_loop()
        if self._closed:
            queue.put_nowait(None)
        return self._events_of(queue)

    async def _events_of(self, queue: asyncio.Queue[Json | None]) -> AsyncIterator[Json]:
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._listeners.pop(queue, None)

    def close(self) -> None:
        """End every stream, for good."""
        self._closed = True
        for queue, loop in list(self._listeners.items()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, None)
