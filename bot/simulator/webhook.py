"""Delivers updates to the bot's webhook over HTTP, one after the other, again and again until it says 200."""

import asyncio
import json
import time
import urllib.error
import urllib.request

from bot.simulator.people import Json
from bot.simulator.world import World

ANSWER_WITHIN_S = 30
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0


def _post(url: str, secret: str, update: Json) -> str | None:
    """Post one update. None when it was taken, else what went wrong."""
    request = urllib.request.Request(
        url, data=json.dumps(update).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    if secret:
        request.add_header("X-Telegram-Bot-Api-Secret-Token", secret)
    # The webhook is on this machine; a proxy of the environment must not see it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ANSWER_WITHIN_S):
            return None
    except urllib.error.HTTPError as error:
        return f"Wrong response from the webhook: {error.code} {error.reason}"
    except (OSError, ValueError) as error:
        return f"Connection failed: {error}"


class WebhookDelivery:
    """One task that runs while a webhook is set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None

    async def follow_settings(self) -> None:
        """Start, restart or stop after the webhook was set, changed or deleted."""
        await self.stop()
        if self._world.profile.webhook.get("url"):
            self._task = asyncio.get_running_loop().create_task(self._deliver())

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _deliver(self) -> None:
        world = self._world
        webhook = world.profile.webhook
        news = world.updates.watch()
        pause_s = FIRST_PAUSE_S
        try:
            while True:
                with world.lock:
                    batch = world.updates.ready(1)
                if not batch:
                    await news.wait()
                    continue
                problem = await asyncio.to_thread(_post, webhook["url"], webhook["secret"], batch[0])
                with world.lock:
                    if problem is None:
                        world.updates.confirm(batch[0]["update_id"])
                        pause_s = FIRST_PAUSE_S
                    else:
                        webhook["last_error_date"] = int(time.time())
                        webhook["last_error_message"] = problem
                        world.updates.redeliver(batch[0]["update_id"])
                if problem is not None:
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        finally:
            world.updates.unwatch(news)
