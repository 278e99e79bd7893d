"""The webhook: only Telegram is heard, and what it brings is stored before it hears yes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot.app import App
from bot.domain.vocabulary import Role
from bot.receiving import SECRET_HEADER, webhook_app
from bot.services import joining
from bot.settings import Settings
from bot.store.tables import Inbox
from bot.store.unit import Store
from tests.delivery.conftest import ADA, BOT_ID, TOKEN, Api, cancel, eventually, free_port
from tests.delivery.test_poller import StumblingStore
from tests.story import MORNING, NoLimit

SECRET = "only-telegram_knows"
UPDATE = {"update_id": 9, "message": {"chat": {"id": 21}, "text": "hello"}}


async def stored(store: Store) -> list[int]:
    async with store.read() as session:
        return list((await session.exec(select(Inbox.update_id))).all())


@pytest.fixture
async def hook(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(webhook_app(BOT_ID, SECRET, store, asyncio.Event()))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://hook", headers={SECRET_HEADER: SECRET}
    ) as client:
        yield client


@pytest.mark.parametrize("given", ["", "wrong", "ünïcode", SECRET + "x"])
async def test_a_wrong_secret_is_sent_away(hook: httpx.AsyncClient, store: Store, given: str) -> None:
    headers = {SECRET_HEADER: given.encode()}
    assert (await hook.post("/", json=UPDATE, headers=headers)).status_code == 403  # type: ignore[arg-type] # bytes are allowed
    assert await stored(store) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"7", b'{"update_id": "x"}', b'{"message": {}}'])
async def test_what_is_no_update_is_refused(hook: httpx.AsyncClient, store: Store, body: bytes) -> None:
    assert (await hook.post("/", content=body)).status_code == 400
    assert await stored(store) == []


@pytest.mark.parametrize("path", ["/", "/hooks/telegram"])
async def test_an_update_is_stored_and_a_second_delivery_changes_nothing(
    hook: httpx.AsyncClient, store: Store, path: str
) -> None:
    for _ in range(2):
        assert (await hook.post(path, json=UPDATE)).status_code == 200
        assert await stored(store) == [9]


async def test_what_could_not_be_stored_is_asked_for_again(database_url: str) -> None:
    store = StumblingStore(database_url)
    transport = httpx.ASGITransport(webhook_app(BOT_ID, SECRET, store, asyncio.Event()))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://hook", headers={SECRET_HEADER: SECRET}
    ) as client:
        assert (await client.post("/", json=UPDATE)).status_code == 503
        assert await stored(store) == []
        assert (await client.post("/", json=UPDATE)).status_code == 200
        assert await stored(store) == [9]
    await store.close()


async def invited(store: Store) -> str:
    async with store.begin() as session:
        team: Any = await joining.create_team(
            session,
            name="North",
            timezone="Asia/Singapore",
            language="en",
            currency="SGD",
            country="SG",
            now=MORNING,
        )
        return await joining.invite(session, team, Role.REP, name="Ada Tan", now=MORNING)


async def test_the_whole_bot_lives_behind_a_webhook(api: Api, database_url: str) -> None:
    port = free_port()
    settings = Settings(
        bot_token=SecretStr(TOKEN),
        bot_api_url=api.root,
        database_url=database_url,
        clock=MORNING,
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_secret=SecretStr(SECRET),
        webhook_listen=f"127.0.0.1:{port}",
    )
    app = App(settings, limiter=NoLimit())
    token = await invited(app.store)
    running = asyncio.create_task(app.run())
    try:
        api.simulator.says(ADA, f"/start {token}")

        async def is_in() -> bool:
            assert not running.done(), running.exception()
            return any("Ada Tan, you are in." in text for text in api.texts(ADA))

        await eventually(is_in)
        assert api.calls("getUpdates") == 0
        assert api.simulator.pending_update_count == 0
    finally:
        await cancel(running)
