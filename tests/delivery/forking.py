"""Starts bots quickly, each a process of its own that can be killed: imports everything once, then forks for each.

Run as ``python -m tests.delivery.forking DATABASE_URL BOT_API_ROOT TOKEN LOG``; reads the instant at which a bot's
clock starts from each line of standard input, and writes the process id of that bot.
"""

import asyncio
import os
import signal
import sys
from datetime import datetime

from pydantic import SecretStr

from bot.app import App
from bot.pacing import RateLimiter
from bot.rendering import Renderer
from bot.settings import Settings


class NoLimit(RateLimiter):
    """Lets everything pass."""

    def wait_s(self, chat_id: int, *, is_answer: bool = True) -> float:
        return 0.0


def live(database_url: str, root: str, token: str, clock: str, renderer: Renderer) -> None:
    """Be a bot until killed."""
    settings = Settings(
        bot_token=SecretStr(token),
        bot_api_url=root,
        database_url=database_url,
        clock=datetime.fromisoformat(clock),
    )

    async def run() -> None:
        await App(settings, renderer=renderer, limiter=NoLimit()).run()

    asyncio.run(run())


def warm_up(renderer: Renderer) -> None:
    """Compile every template once: a bot that lives for a second has no time for that."""
    for environment in renderer._environments.values():
        for name in environment.list_templates():
            environment.get_template(name)


def main() -> None:
    database_url, root, token, log_path = sys.argv[1:]
    renderer = Renderer()
    warm_up(renderer)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead need no burial
    for line in sys.stdin:
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            live(database_url, root, token, line.strip(), renderer)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
