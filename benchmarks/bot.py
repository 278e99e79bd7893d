"""How long chats wait while plans are computed: `roundsman run` as it is, and the Bot API simulator over HTTP.

`python -m benchmarks.bot [--plans 50] [--others 10] [--customers 60] [--pause 2] [--quiet 20] [--processes 1]
[--server postgresql://…] [--json]`. First ``--others`` reps find customers, record visits tap by tap and open screens
for ``--quiet`` seconds, each with ``--pause`` seconds or so between two acts; then they go on while ``--plans`` other
reps ask for a plan in one burst, for their day and their week by turns, until the last plan is shown. An answer is
timed from the tap or the words until its message stands in the chat. The bot is a process of its own and keeps its own
limits of messages a second; SQLite unless a server is named. On a busy machine the processor's time holds, the waits
do not.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chatting import Phones, ask_plans, chat_until, milliseconds
from benchmarks.running_bot import (
    add_reps,
    cpu_s,
    memory_mb,
    report,
    running_bot,
    serving_simulator,
)
from bot.store.unit import Store


def main(arguments: Sequence[str] | None = None) -> int:
    return report(_measure, _read(arguments))


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bot", description="Chat answers while plans are computed.")
    parser.add_argument("--plans", type=int, default=50, help="reps who ask for a plan at once (default 50)")
    parser.add_argument("--others", type=int, default=10, help="reps who go on chatting meanwhile (default 10)")
    parser.add_argument("--customers", type=int, default=60, help="customers of each rep, 20 or more (default 60)")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds that a rep looks at an answer (default 2)")
    parser.add_argument("--quiet", type=float, default=20.0, help="seconds of chatting before the plans (default 20)")
    parser.add_argument("--processes", type=int, default=1, help="bots on one database, PostgreSQL only (default 1)")
    parser.add_argument("--server", metavar="URL", help="a PostgreSQL server on which a database may be made")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    options = parser.parse_args(arguments)
    if min(options.plans, options.others, options.processes) < 1 or options.customers < 20 or options.pause <= 0:
        parser.error("numbers are 1 or more, customers 20 or more")
    if options.processes > 1 and options.server is None:
        parser.error("only PostgreSQL is shared by several bots")
    return options


async def _measure(url: str, log: Path, options: argparse.Namespace) -> dict[str, Any]:
    planners = range(1, options.plans + 1)
    others = range(options.plans + 1, options.plans + options.others + 1)
    store = Store(url)
    await add_reps(store, [*planners, *others], options.customers)
    await store.close()
    async with serving_simulator([*planners, *others]) as (simulator, root):
        phones = Phones(simulator)
        watching = asyncio.create_task(phones.watch())
        with contextlib.ExitStack() as bots:
            pids = [bots.enter_context(running_bot(url, root, log)) for _ in range(options.processes)]
            start_s = await phones.answer_s(others[0], lambda: simulator.says(others[0], "/help"), "/today")
            quiet_until = time.monotonic() + options.quiet
            cpu_before_s = sum(cpu_s(pid) for pid in pids)
            quiet = await _chat(phones, others, options.pause, lambda: time.monotonic() >= quiet_until, counts_all=True)
            cpu_took_s = sum(cpu_s(pid) for pid in pids) - cpu_before_s
            load = os.getloadavg()[0]
            asking = asyncio.create_task(ask_plans(phones, planners))
            busy = await _chat(phones, others, options.pause, asking.done, counts_all=False)
            plans = await asking
            memory = sum(memory_mb(pid) for pid in pids)
        watching.cancel()
    return {
        "load average before the plans": round(load, 1),
        "first answer after the start, s": round(start_s, 2),
        **_row("nobody plans", quiet),
        "nobody plans: processor ms an answer": round(1000 * cpu_took_s / max(1, len(quiet)), 1),
        "plans": len(plans),
        "s until half of the plans are shown": milliseconds([took / 1000 for took in plans], 0.5),
        "s until the last plan is shown": round(max(plans), 2),
        **_row("while plans are computed", busy),
        "memory of the bot's processes, MB": memory,
    }


async def _chat(
    phones: Phones, chats: Sequence[int], pause_s: float, over: Callable[[], bool], *, counts_all: bool
) -> list[float]:
    each = await asyncio.gather(
        *(chat_until(phones, chat, pause_s=pause_s, over=over, counts_all=counts_all) for chat in chats)
    )
    return [took for answers in each for took in answers]


def _row(when: str, took: Sequence[float]) -> dict[str, Any]:
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99, "slowest": 1.0}
    return {
        f"{when}: answers": len(took),
        **{f"{when}: {name} ms": milliseconds(took, share) for name, share in shares.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
