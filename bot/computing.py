"""The process for long computations: plans are gathered and searched beside the bot, so that no chat waits for them.

The bot starts it, sends what to compute over a pipe and gets the answers over another. It has a lower priority than
the bot, reads the database only, and ends as soon as the bot does, however that ended.
"""

import asyncio
import copyreg
import importlib
import itertools
import logging
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from bot.domain.errors import Unavailable
from bot.domain.planning.warming import warm_up, warm_up_period
from bot.logs import set_up_logging
from bot.services.computing import AT_ONCE
from bot.settings import Settings, data_folder
from bot.store.unit import Store

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

NICE = 10
LENGTH_BYTES = 8
END_WITHIN_S = 3.0
WORK = ("bot.services.day.plan", "bot.services.week.making", "bot.services.notices.engine")
"""What it is asked for. Imported before the first question and in one thread: two that import in circles lock up."""


class ComputeBeside:
    """Computes in a process of its own, which is started here and again when it died. A context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._peer: _Peer | None = None
        self._starting = asyncio.Lock()

    async def __aenter__(self) -> "ComputeBeside":
        await self._living_peer()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._peer is not None:
            await self._peer.close()

    async def run(self, work: Callable[Concatenate[Store, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """See ``Compute``. Raises Unavailable when the process ended over it."""
        peer = await self._living_peer()
        answer: R = await peer.ask((work, args, kwargs))
        return answer

    async def _living_peer(self) -> "_Peer":
        async with self._starting:
            if self._peer is None or self._peer.has_ended:
                self._peer = await _Peer.start(self._settings)
            return self._peer


class _Peer:
    """One such process, as the bot sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._listening = asyncio.create_task(self._listen())
        self.has_ended = False

    @classmethod
    async def start(cls, settings: Settings) -> "_Peer":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        peer = cls(process)
        await peer._send(settings)
        return peer

    async def ask(self, question: object) -> Any:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send((number, question))
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """The process ends when its input does."""
        self.has_ended = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._listening

    async def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # the listener tells those who wait that the process has ended
            self._process.stdin.write(_frame(message))
            await self._process.stdin.drain()
        if self.has_ended:
            raise Unavailable("the computing process has ended")

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while (message := await _receive(self._process.stdout)) is not None:
            number, good, value = message
            answer = self._waiting.get(number)
            if answer is None or answer.done():
                continue
            if good:
                answer.set_result(value)
            else:
                answer.set_exception(value)
        self.has_ended = True
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Unavailable("the computing process has ended"))


def _frame(message: object) -> bytes:
    content = pickle.dumps(message)
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


async def _receive(stream: asyncio.StreamReader) -> Any:
    """The next message; None at the end."""
    try:
        length = int.from_bytes(await stream.readexactly(LENGTH_BYTES), "big")
        return pickle.loads(await stream.readexactly(length))  # from our own process, over a pipe
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


copyreg.pickle(MappingProxyType, lambda mapping: (MappingProxyType, (dict(mapping),)))


async def _serve(answers: int) -> None:
    loop = asyncio.get_running_loop()
    questions = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    settings: Settings | None = await _receive(questions)
    if settings is None:
        return
    set_up_logging(settings.log_level, token=settings.bot_token.get_secret_value(), other_secrets=settings.secrets)
    store, slots, running = Store(settings.database_url), asyncio.Semaphore(AT_ONCE), set[asyncio.Task[None]]()
    threading.Thread(target=_get_ready, name="warm-up", daemon=True).start()

    async def answer(number: int, question: tuple[Any, Any, Any]) -> None:
        work, args, kwargs = question
        async with slots:
            try:
                told = _frame((number, True, await work(store, *args, **kwargs)))
            except Exception as error:  # noqa: BLE001 - whoever asked gets it, whatever it is
                told = _frame((number, False, _as_told(error)))
        await asyncio.to_thread(_write_all, answers, told)

    while (message := await _receive(questions)) is not None:
        task = asyncio.create_task(answer(*message))
        running.add(task)
        task.add_done_callback(running.discard)
    os._exit(0)  # whoever asked is gone: no search under way need come to its end


def _as_told(error: Exception) -> Exception:
    """The error as it can be sent, with its traceback as a note."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - any class may refuse
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


_writing = threading.Lock()


def _write_all(descriptor: int, content: bytes) -> None:
    with _writing, suppress(BrokenPipeError):
        while content:
            content = content[os.write(descriptor, content) :]


def _get_ready() -> None:
    """Compile the planner's searches, of days first; plainer ones answer until then."""
    warm_up()
    warm_up_period()


def main() -> None:
    """Compute until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the bot finishes first, then closes the pipe
    os.environ.setdefault("NUMBA_CACHE_DIR", str(data_folder() / "numba"))
    os.nice(NICE)
    for name in WORK:
        importlib.import_module(name)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that is printed may get between the answers
    asyncio.run(_serve(answers))


if __name__ == "__main__":
    main()
