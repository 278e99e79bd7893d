"""The poller: the offset moves only after the commit, and trouble on either side loses nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import receiving
from bot.domain.errors import Unavailable
from bot.receiving import AnotherPollsError, FetchRefusedError, Poller
from bot.store.tables import Inbox
from bot.store.unit import Store
from tests.delivery.conftest import ADA, BOT_ID, Api, cancel, eventually


class StumblingStore(Store):
    """A database whose first commits fail."""

    stumbles = 1

    @asynccontextmanager
    async def begin(self, *, lasting: bool = True) -> AsyncIterator[AsyncSession]:
        async with super().begin() as session:
            yield session
            if self.stumbles > 0:
                self.stumbles -= 1
                raise Unavailable("the commit failed")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as made:
        yield made


def poller(api: Api, client: httpx.AsyncClient, store: Store) -> Poller:
    return Poller(client, api.bot_root, BOT_ID, store, asyncio.Event())


async def stored(store: Store) -> list[int]:
    async with store.read() as session:
        return list((await session.exec(select(Inbox.update_id).order_by(col(Inbox.id)))).all())


async def test_an_update_is_confirmed_only_after_the_commit_that_stored_it(
    api: Api, client: httpx.AsyncClient, database_url: str
) -> None:
    store = StumblingStore(database_url)
    polls = poller(api, client, store)
    update_id = api.simulator.says(ADA, "hello")
    with pytest.raises(Unavailable):
        await polls.fetch_once(wait_s=0)
    assert await stored(store) == []
    assert await polls.fetch_once(wait_s=0) == 1
    assert await stored(store) == [update_id]
    assert api.simulator.pending_update_count == 1, "stored, and not confirmed yet"
    assert await polls.fetch_once(wait_s=0) == 0
    assert api.simulator.pending_update_count == 0
    await store.close()


async def test_a_new_process_gets_the_unconfirmed_again_and_stores_them_once(
    api: Api, client: httpx.AsyncClient, store: Store
) -> None:
    ids = [api.simulator.says(ADA, "one"), api.simulator.says(ADA, "two")]
    assert await poller(api, client, store).fetch_once(wait_s=0) == 2
    assert await poller(api, client, store).fetch_once(wait_s=0) == 2
    assert await stored(store) == ids


async def test_the_poller_goes_on_after_refusals_garbage_and_outages(
    api: Api, client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(receiving, "LONGEST_PAUSE_S", 0.05)
    api.simulator.fail_next("getUpdates", status=502)
    api.simulator.fail_next("getUpdates", status=429, retry_after=1)
    api.simulator.fail_next("getUpdates", drop_connection=True)
    running = asyncio.create_task(poller(api, client, store).run())
    update_id = api.simulator.says(ADA, "hello")

    async def came() -> bool:
        return await stored(store) == [update_id]

    await eventually(came)
    await cancel(running)
    assert caplog.text.count("could not fetch updates") == 3


async def test_a_process_that_another_one_replaced_stands_by_and_takes_over(
    api: Api, client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "STAND_BY_S", 0.3)
    first = asyncio.create_task(poller(api, client, store).run())
    await asyncio.sleep(0.1)
    second = asyncio.create_task(poller(api, client, store).run())
    await asyncio.sleep(0.1)
    said: list[int | None] = []

    async def all_came() -> bool:
        return await stored(store) == said

    for task in (second, first):  # whichever is left does the job
        said.append(api.simulator.says(ADA, "hello"))
        await eventually(all_came)
        assert not task.done()
        await cancel(task)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>a proxy's page</html>", FetchRefusedError),
        (200, b"[]", FetchRefusedError),
        (200, b'{"ok": true, "result": {}}', FetchRefusedError),
        (200, b'{"ok": true, "result": [{"message": {}}, 5]}', FetchRefusedError),
        (401, b'{"ok": false, "description": "Unauthorized"}', FetchRefusedError),
        (409, b'{"ok": false, "description": "Conflict"}', AnotherPollsError),
    ],
)
async def test_an_answer_that_is_no_list_of_updates_is_refused(
    store: Store, status: int, body: bytes, error: type[Exception]
) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(error):
            await Poller(client, "http://127.0.0.1", BOT_ID, store, asyncio.Event()).fetch_once(wait_s=0)


async def test_one_malformed_update_among_good_ones_is_passed_over(store: Store) -> None:
    offsets: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        offsets.append(json.loads(request.content)["offset"])
        result: list[Any] = [None, {"update_id": "x"}, {"update_id": 5, "message": []}, {"update_id": 6}]
        return httpx.Response(200, json={"ok": True, "result": result})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        polls = Poller(client, "http://127.0.0.1", BOT_ID, store, asyncio.Event())
        assert await polls.fetch_once(wait_s=0) == 2
        await polls.fetch_once(wait_s=0)
    assert offsets == [0, 7]
    assert await stored(store) == [5, 6]
