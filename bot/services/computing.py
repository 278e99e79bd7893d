"""Long computations: run beside all turns, a few at once, in a thread here or in a process of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, Protocol, Self, TypeVar

from bot.store.unit import Store

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE = 2
"""Searches run without the interpreter's lock, so that two fill two cores."""


class Compute(Protocol):
    """Runs a use-case that reads and thinks; whoever asked keeps what it gives. It changes only what may change twice.

    Works without it, and better inside ``async with``, which begins what takes long to begin.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def run(self, work: Callable[Concatenate[Store, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Give what ``work`` gives, a module's function, or raise what it raises. What goes in and out is pickled."""
        ...


class ComputeHere:
    """In this process; the work takes its searches into threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def run(self, work: Callable[Concatenate[Store, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs) -> R:
        async with self._slots:
            return await work(self._store, *args, **kwargs)
