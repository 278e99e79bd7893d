"""A queue worked side by side: a step that only waits holds up no other, and no more run than were asked for after."""

import asyncio
from functools import partial

from bot.draining import Drain, Work


async def test_a_step_that_steps_aside_lets_the_next_one_be_taken_up() -> None:
    computed = asyncio.Event()
    waiting = list("pppa")
    done: list[str] = []
    all_done = asyncio.Event()

    async def take() -> Work | None:
        return partial(work, waiting.pop(0)) if waiting else None

    async def work(kind: str) -> None:
        if kind == "p":
            with drain.stepping_aside():
                await computed.wait()
        done.append(kind)
        if kind == "a":
            computed.set()  # a plan that held the only worker would never let this be reached
        if len(done) == 4:
            all_done.set()

    drain = Drain(take, asyncio.Event(), 1)
    running = asyncio.create_task(drain.run())
    async with asyncio.timeout(10):
        await all_done.wait()
    assert done == ["a", "p", "p", "p"]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert drain.busy == 0


async def test_afterwards_as_many_run_side_by_side_as_before() -> None:
    at_once, most = 0, 0
    waiting = ["aside"] * 5 + ["plain"] * 20
    all_done = asyncio.Event()

    async def take() -> Work | None:
        if waiting:
            return partial(work, waiting.pop(0))
        all_done.set()
        return None

    async def work(kind: str) -> None:
        nonlocal at_once, most
        if kind == "aside":
            with drain.stepping_aside():
                await asyncio.sleep(0)
            return
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1

    drain = Drain(take, asyncio.Event(), 2)
    running = asyncio.create_task(drain.run())
    async with asyncio.timeout(10):
        await all_done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert 1 <= most <= 2 + 1  # a surplus one goes at its next look


async def test_one_look_at_a_time_however_many_are_free() -> None:
    looking, looks = 0, 0

    async def take() -> Work | None:
        nonlocal looking, looks
        looking, looks = looking + 1, looks + 1
        assert looking == 1
        await asyncio.sleep(0)
        looking -= 1
        return None

    wake = asyncio.Event()
    running = asyncio.create_task(Drain(take, wake, 8).run())
    for _ in range(20):
        wake.set()
        await asyncio.sleep(0)
    assert not running.done()
    assert 1 <= looks <= 20
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_was_taken_when_it_stops_is_finished() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def take() -> Work | None:
        begun.set()
        await may_end.wait()
        return work

    async def work() -> None:
        done.append("worked")

    running = asyncio.create_task(Drain(take, asyncio.Event(), 2).run())
    await begun.wait()
    running.cancel()
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.gather(running, return_exceptions=True)
    assert done == ["worked"]
