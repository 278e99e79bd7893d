"""A web server inside an asyncio program: it leaves signals and logging to the program around it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn

GRACE_S = 1  # streams stay open for ever, so they are cut
LOOK_EVERY_S = 0.01
EVERYWHERE = ("0.0.0.0", "::")


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(
    web: Any, *, host: str, port: int, before_stop: Callable[[], None] = lambda: None
) -> AsyncIterator["asyncio.Task[None]"]:
    """Serve an ASGI application while inside; gives the task that serves. Raises OSError when the address is taken.

    ``before_stop`` ends what would keep connections open.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family)
    config = uvicorn.Config(
        web, log_config=None, access_log=False, ws="none", lifespan="on", timeout_graceful_shutdown=GRACE_S
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn only sets a flag
            await asyncio.sleep(LOOK_EVERY_S)
        yield task
    finally:
        before_stop()
        server.should_exit = True
        await task
        listening.close()
