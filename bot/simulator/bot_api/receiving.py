"""How updates reach the bot: the long poll, and the methods that set a webhook instead."""

import asyncio
import ipaddress
import re
import time
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.simulator.bot_api.parameters import Parameters
from bot.simulator.people import Json
from bot.simulator.refusals import bad_request, conflict
from bot.simulator.update_queue import Poll
from bot.simulator.world import World

UPDATES_LIMIT = 100
LONGEST_POLL_S = 50
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _allowed_updates(given: Parameters) -> list[str] | None:
    kinds = given.json("allowed_updates", "allowed updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list):
        raise bad_request("expected an Array of String as allowed updates")
    return [str(kind) for kind in kinds]


async def get_updates(world: World, given: Parameters, request: Request) -> list[Json]:
    """Updates that wait, or those that come within ``timeout`` seconds.

    Calling with an offset confirms everything before it. A second poller ends the first one with 409. A client
    that goes away in the middle of its poll leaves nothing behind, so that its next poll meets no conflict.
    """
    limit = given.integer("limit", UPDATES_LIMIT)
    limit = limit if 1 <= limit <= UPDATES_LIMIT else UPDATES_LIMIT
    deadline_s = time.monotonic() + min(max(given.integer("timeout"), 0), LONGEST_POLL_S)
    kinds = _allowed_updates(given)
    with world.lock:
        if world.profile.webhook.get("url"):
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if kinds is not None:
            world.updates.allow(kinds)
        world.updates.confirm_before(given.integer("offset"))
        poll = world.updates.begin_poll()
    gone = asyncio.ensure_future(_wait_until_gone(request))
    try:
        while True:
            with world.lock:
                world.updates.check_alone(poll)
                batch = world.updates.ready(limit)
            wait_s = deadline_s - time.monotonic()
            if batch or wait_s <= 0 or world.closing or not await _wait_for_news(poll, gone, wait_s):
                return batch
    finally:
        gone.cancel()
        with world.lock:
            world.updates.end_poll(poll)


async def _wait_until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _wait_for_news(poll: Poll, gone: "asyncio.Future[None]", wait_s: float) -> bool:
    """Wait for an update or the deadline. False when the client closed its socket."""
    news = asyncio.ensure_future(poll.wait())
    try:
        await asyncio.wait({news, gone}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        news.cancel()
    return not gone.done()


def set_webhook(world: World, given: Parameters) -> bool:
    """Post updates to a URL from now on: https, or plain http on this machine (Telegram itself takes https only)."""
    url = given.text("url")
    secret = given.text("secret_token")
    if not url:
        return delete_webhook(world, given)
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    kinds = _allowed_updates(given)
    if kinds is not None:
        world.updates.allow(kinds)
    if given.flag("drop_pending_updates"):
        world.updates.drop_pending()
    world.profile.webhook = {
        "url": url,
        "secret": secret,
        "max_connections": given.integer("max_connections", 40),
    }
    world.keep_profile()
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def delete_webhook(world: World, given: Parameters) -> bool:
    if given.flag("drop_pending_updates"):
        world.updates.drop_pending()
    world.profile.webhook = {}
    world.keep_profile()
    return True


def get_webhook_info(world: World, given: Parameters) -> Json:
    webhook = world.profile.webhook
    info: dict[str, Any] = {
        "url": webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": world.updates.pending_count,
    }
    if webhook:
        info["max_connections"] = webhook["max_connections"]
    for name in ("last_error_date", "last_error_message"):
        if name in webhook:
            info[name] = webhook[name]
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


METHODS = {"setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": get_webhook_info}
