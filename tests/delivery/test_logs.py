"""Secrets never reach a log: not by a message, not by a traceback, not by the HTTP client's own lines."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from pydantic import SecretStr
from telegram.error import InvalidToken, TelegramError

from bot.app import App
from bot.logs import SHOWN_INSTEAD, set_up_logging
from bot.settings import Settings
from tests.delivery.conftest import ADA, TOKEN, Api, cancel, eventually
from tests.story import MORNING, NoLimit

LETTERS = TOKEN.partition(":")[2]


@contextmanager
def talkative() -> Iterator[None]:
    """Logging as the product sets it up, at its most talkative; undone after."""
    root, hook, levels = logging.getLogger(), sys.excepthook, {}
    handlers, level = list(root.handlers), root.level
    for name in ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn"):
        levels[name] = logging.getLogger(name).level
    set_up_logging("DEBUG", token=TOKEN, other_secrets=["hook-secret"])
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook, logging.raiseExceptions = hook, True
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


def test_messages_arguments_and_tracebacks_show_no_secret(capfd: pytest.CaptureFixture[str]) -> None:
    log = logging.getLogger("anybody")
    with talkative():
        log.info("calling https://api.telegram.org/bot%s/getMe with hook-secret", TOKEN)
        try:
            raise ValueError(f"bad token {TOKEN}")
        except ValueError:
            log.exception("it failed for %r", {"token": TOKEN})
    said = capfd.readouterr().err
    assert "it failed for" in said
    assert f"ValueError: bad token 777:{SHOWN_INSTEAD}" in said
    assert LETTERS not in said
    assert "hook-secret" not in said


def test_the_last_words_of_a_crash_show_no_secret(capfd: pytest.CaptureFixture[str]) -> None:
    try:
        raise RuntimeError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except RuntimeError as error:
        with talkative():
            sys.excepthook(type(error), error, error.__traceback__)
    said = capfd.readouterr().err
    assert "stopped by an error" in said
    assert "RuntimeError" in said
    assert LETTERS not in said


async def test_a_bot_in_trouble_at_debug_level_shows_no_secret(
    api: Api, database_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=api.root, database_url=database_url, clock=MORNING)
    app = App(settings, limiter=NoLimit())
    api.simulator.fail_next("getUpdates", drop_connection=True)
    api.simulator.fail_next("sendMessage", status=500)
    api.simulator.says(ADA, "/start")

    async def has_failed() -> bool:
        assert not running.done(), running.exception()
        return any(call.method == "sendMessage" and not call.ok for call in api.simulator.calls)

    with talkative():
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        running = asyncio.create_task(app.run())
        await eventually(has_failed)
        await cancel(running)
    said = capfd.readouterr().err
    assert "/getUpdates" in said, "the HTTP client's lines are in the log"
    assert LETTERS not in said


@pytest.mark.parametrize("root", ["right server, wrong token", "http://127.0.0.1:9"])
async def test_a_bot_that_cannot_start_shows_no_secret(
    api: Api, database_url: str, root: str, capfd: pytest.CaptureFixture[str]
) -> None:
    address = api.root if " " in root else root
    token = SecretStr(f"778:{LETTERS}")
    app = App(Settings(bot_token=token, bot_api_url=address, database_url=database_url), limiter=NoLimit())
    with talkative():
        with pytest.raises(TelegramError) as caught:
            await app.run()
        sys.excepthook(caught.type, caught.value, caught.tb)
    assert isinstance(caught.value, InvalidToken) == (address == api.root)
    assert LETTERS not in capfd.readouterr().err


async def test_a_revoked_token_ends_a_running_bot(api: Api, database_url: str) -> None:
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=api.root, database_url=database_url, clock=MORNING)
    app = App(settings, limiter=NoLimit())
    api.simulator.fail_next("sendMessage", status=401)
    api.simulator.says(ADA, "/start")
    with pytest.raises(InvalidToken):
        async with asyncio.timeout(15):
            await app.run()
    with suppress(httpx.HTTPError):
        await app.close()
