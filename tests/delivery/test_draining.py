"""A queue worked side by side: a step that only waits holds up no other, and no more run than were asked for after."""

import asyncio

from bot.draining import Drain


async def test_a_step_that_steps_aside_lets_the_next_one_be_taken_up() -> None:
    computed = asyncio.Event()
    waiting = list("pppa")
    done: list[str] = []
    all_done = asyncio.Event()

    async def step() -> bool:
        if not waiting:
            return False
        kind = waiting.pop(0)
        if kind == "p":
            with drain.stepping_aside():
                await computed.wait()
        done.append(kind)
        if kind == "a":
            computed.set()  # a plan that held the only worker would never let this be reached
        if len(done) == 4:
            all_done.set()
        return True

    drain = Drain(step, asyncio.Event(), 1)
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

    async def step() -> bool:
        nonlocal at_once, most
        if not waiting:
            all_done.set()
            return False
        if waiting.pop(0) == "aside":
            with drain.stepping_aside():
                await asyncio.sleep(0)
            return True
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return True

    drain = Drain(step, asyncio.Event(), 2)
    running = asyncio.create_task(drain.run())
    async with asyncio.timeout(10):
        await all_done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert 1 <= most <= 2 + 1  # a surplus one goes at its next look
