"""How updates reach a bot: polling, confirming, webhooks."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MEI, TOKEN, Bot, new_app, serving, until


async def test_an_update_stays_until_its_offset_confirms_it(met: Simulator, bot: Bot) -> None:
    met.says(MEI, "/today")
    first = await bot.updates()
    assert [update["message"]["text"] for update in first] == ["/start", "/start", "/today"]
    assert await bot.updates() == first
    assert await bot.updates(offset=first[1]["update_id"]) == first[1:]
    assert await bot.updates(offset=first[2]["update_id"] + 1) == []
    assert met.pending_update_count == 0


async def test_limit_and_negative_offset_are_kept(met: Simulator, bot: Bot) -> None:
    ids = [update["update_id"] for update in await bot.updates()]
    assert [update["update_id"] for update in await bot.updates(limit=1)] == ids[:1]
    assert [update["update_id"] for update in await bot.updates(offset=-1)] == ids[-1:]
    assert met.pending_update_count == 1


async def test_a_long_poll_ends_when_something_comes(met: Simulator, bot: Bot) -> None:
    seen = await bot.updates()
    poll = asyncio.create_task(bot.updates(offset=seen[-1]["update_id"] + 1, timeout=30))
    await asyncio.sleep(0.05)
    met.shares_location(MEI, 1.29, 103.85)
    [update] = await asyncio.wait_for(poll, 5)
    assert update["message"]["location"]["latitude"] == 1.29


async def test_updates_of_unwanted_kinds_are_not_kept(met: Simulator, bot: Bot) -> None:
    seen = await bot.updates(allowed_updates=["message"])
    met.blocks_bot(JIAN)
    met.says(MEI, "hello")
    assert [set(update) for update in await bot.updates(offset=seen[-1]["update_id"] + 1)] == [{"update_id", "message"}]


async def test_a_second_poller_ends_the_first_with_a_conflict(bot: Bot) -> None:
    first = asyncio.create_task(bot.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    assert await bot.updates() == []
    assert await asyncio.wait_for(first, 5) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


@pytest.mark.usefixtures("met")
async def test_a_poller_that_gave_up_causes_no_conflict(bot: Bot) -> None:
    seen = await bot.updates()
    offset = seen[-1]["update_id"] + 1
    poll = asyncio.create_task(bot.updates(offset=offset, timeout=30))
    await asyncio.sleep(0.05)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    assert await bot.updates(offset=offset, timeout=0) == []


async def test_a_closed_socket_ends_its_poll() -> None:
    app = new_app()
    simulator: Simulator = app.state.simulator
    with serving(app) as address:
        async with httpx.AsyncClient(trust_env=False, timeout=0.2) as hasty:
            with pytest.raises(httpx.ReadTimeout):
                await hasty.get(f"{address}/bot{TOKEN}/getUpdates?timeout=30")
        await until(lambda: simulator.calls)
        assert [(call.method, call.ok) for call in simulator.calls] == [("getUpdates", True)]


async def test_a_confirmed_update_can_come_again_once(met: Simulator, bot: Bot) -> None:
    seen = await bot.updates()
    after = seen[-1]["update_id"] + 1
    assert await bot.updates(offset=after) == []
    met.redelivers(seen[0]["update_id"])
    assert await bot.updates(offset=after) == seen[:1]
    assert await bot.updates(offset=after) == []
    with pytest.raises(KeyError):
        met.redelivers(1)


async def test_ordered_failures_strike_once_each(met: Simulator, bot: Bot) -> None:
    met.fail_next("sendMessage", 429, retry_after=7)
    met.fail_next("sendMessage", 500)
    limited = (await bot.answer("sendMessage", chat_id=MEI, text="x")).json()
    assert limited == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert await bot.refusal("sendMessage", chat_id=MEI, text="x") == (500, "Internal Server Error")
    await bot.call("sendMessage", chat_id=MEI, text="x")
    assert [message.text for message in met.chat(MEI)[1:]] == ["x"]


async def test_a_lost_answer_hides_a_call_that_worked(met: Simulator, bot: Bot) -> None:
    met.fail_next("sendMessage", drop_connection=True)
    with pytest.raises(ConnectionResetError):
        await bot.answer("sendMessage", chat_id=MEI, text="once")
    assert met.chat(MEI)[-1].text == "once"


async def test_over_a_socket_lost_and_late_answers_are_transport_errors() -> None:
    app = new_app()
    simulator: Simulator = app.state.simulator
    simulator.starts(MEI)
    with serving(app) as address:
        async with httpx.AsyncClient(trust_env=False, timeout=0.3) as client:
            simulator.fail_next("sendMessage", drop_connection=True)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post(f"{address}/bot{TOKEN}/sendMessage", json={"chat_id": MEI, "text": "one"})
            simulator.fail_next("sendMessage", delay_s=0.8)
            with pytest.raises(httpx.ReadTimeout):
                await client.post(f"{address}/bot{TOKEN}/sendMessage", json={"chat_id": MEI, "text": "two"})
    assert [message.text for message in simulator.chat(MEI)[1:]] == ["one", "two"]


class Webhook:
    """A web server that keeps what was posted and answers what it was told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, Any], str | None]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((json.loads(body), self.headers["X-Telegram-Bot-Api-Secret-Token"]))
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing on the test's output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.server.shutdown()
    hook.thread.join()
    hook.server.server_close()


async def test_a_webhook_gets_every_update_with_the_secret_until_it_says_200(
    met: Simulator, bot: Bot, webhook: Webhook
) -> None:
    webhook.answers = [500]
    await bot.call("setWebhook", url=webhook.url, secret_token="only-we-two", allowed_updates=["message"])
    met.says(MEI, "/today")
    await until(lambda: met.pending_update_count == 0)
    texts = [update["message"]["text"] for update, _ in webhook.posts]
    assert texts == ["/start", "/start", "/start", "/today"]
    assert {secret for _, secret in webhook.posts} == {"only-we-two"}
    info = await bot.call("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["allowed_updates"]) == (webhook.url, 0, ["message"])
    assert "500" in info["last_error_message"]
    assert (await bot.refusal("getUpdates"))[0] == 409
    met.redelivers(webhook.posts[-1][0]["update_id"])
    await until(lambda: len(webhook.posts) == 5)
    assert await bot.call("deleteWebhook") is True
    assert (await bot.call("getWebhookInfo"))["url"] == ""
    assert await bot.updates() == []


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"url": "http://example.com/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "ftp://127.0.0.1/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "http://127.0.0.1/x", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_bad_webhook_is_refused(bot: Bot, params: dict[str, Any], description: str) -> None:
    assert await bot.refusal("setWebhook", **params) == (400, f"Bad Request: {description}")


async def test_pending_updates_are_dropped_on_request(met: Simulator, bot: Bot) -> None:
    await bot.call("deleteWebhook", drop_pending_updates=True)
    assert met.pending_update_count == 0
    assert await bot.updates() == []
