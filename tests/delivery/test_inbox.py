"""The inbox: an update is stored before it is confirmed, worked once, and in order within its chat."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.receiving import ATTEMPTS, Workers
from bot.services.clock import real_now
from bot.store import inbox
from bot.store.tables import Inbox
from bot.store.unit import Store
from tests.delivery.conftest import BOT_ID, cancel, eventually

Handle = Callable[[Inbox], Awaitable[BaseException | None]]


def said(update_id: int, chat_id: int, text: str = "hello") -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": 1_795_000_000,
            "chat": {"id": chat_id, "type": "private"},
            "from": {"id": chat_id, "is_bot": False, "first_name": "Ada"},
            "text": text,
        },
    }


async def keep(store: Store, *updates: dict[str, Any]) -> int:
    async with store.begin() as session:
        return await inbox.keep(session, BOT_ID, updates, real_now())


async def rows(store: Store) -> list[Inbox]:
    async with store.read() as session:
        return list((await session.exec(select(Inbox).order_by(col(Inbox.id)))).all())


async def make_due(store: Store) -> None:
    """Let every back-off be over."""
    async with store.begin() as session:
        for row in (await session.exec(select(Inbox))).all():
            row.try_at = None


class Desk:
    """Workers whose handler is given, with what they worked and whom they apologised to."""

    def __init__(self, store: Store, handle: Handle | None = None, count: int = 4) -> None:
        self.worked: list[int] = []
        self.sorry: list[int] = []
        self._handle_one = handle
        self.workers = Workers(store, asyncio.Event(), self._handle, self._apologise, count)

    async def _handle(self, row: Inbox) -> BaseException | None:
        self.worked.append(row.update_id)
        return await self._handle_one(row) if self._handle_one else None

    async def _apologise(self, _session: AsyncSession, row: Inbox) -> None:
        self.sorry.append(row.update_id)

    async def work_off(self) -> None:
        while await self.workers.work_one():
            pass

    def has_worked(self, count: int) -> Callable[[], Awaitable[bool]]:
        async def reached() -> bool:
            return len(self.worked) >= count

        return reached

    async def run_until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        """Run the workers as the app does, until something is true."""
        running = asyncio.create_task(self.workers.run())
        try:
            await eventually(reached)
        finally:
            await cancel(running)


async def test_a_second_delivery_changes_nothing(store: Store) -> None:
    assert await keep(store, said(1, 21), said(2, 21)) == 2
    desk = Desk(store)
    await desk.work_off()
    assert await keep(store, said(1, 21, "other words"), said(2, 21)) == 0
    await desk.work_off()
    assert desk.worked == [1, 2]


async def test_two_bots_may_use_the_same_update_ids(store: Store) -> None:
    await keep(store, said(1, 21))
    async with store.begin() as session:
        assert await inbox.keep(session, BOT_ID + 1, [said(1, 21)], real_now()) == 1


async def test_a_chat_is_worked_in_order_while_other_chats_go_on(store: Store) -> None:
    await keep(store, said(1, 21), said(2, 21), said(3, 22), said(4, 21), said(5, 22))
    slow_goes_on = asyncio.Event()

    async def wait_in_the_first_chat(row: Inbox) -> None:
        if row.update_id == 1:
            await slow_goes_on.wait()

    desk = Desk(store, wait_in_the_first_chat)

    async def second_chat_is_through() -> bool:
        return {3, 5} <= set(desk.worked)

    async def let_go() -> bool:
        await eventually(second_chat_is_through)
        worked_meanwhile.extend(desk.worked)
        slow_goes_on.set()
        return True

    worked_meanwhile: list[int] = []
    await desk.run_until(let_go)
    assert worked_meanwhile == [1, 3, 5]


async def test_what_is_left_of_a_chat_is_worked_in_order_after_the_slow_one(store: Store) -> None:
    await keep(store, *(said(number, 21 + number % 3) for number in range(30)))

    async def take_a_moment(row: Inbox) -> None:
        await asyncio.sleep(0.001 * (row.update_id % 4))

    desk = Desk(store, take_a_moment)
    await desk.run_until(desk.has_worked(30))
    for chat in range(3):
        mine = [number for number in desk.worked if number % 3 == chat]
        assert mine == sorted(mine)


async def test_two_processes_never_work_one_update_twice(store: Store, database_url: str) -> None:
    await keep(store, *(said(number, 100 + number % 7) for number in range(60)))
    other_store = Store(database_url)
    desks = [Desk(store), Desk(other_store)]

    async def all_worked() -> bool:
        return sum(len(desk.worked) for desk in desks) >= 60

    await asyncio.gather(*(desk.run_until(all_worked) for desk in desks))
    await other_store.close()
    assert sorted(number for desk in desks for number in desk.worked) == list(range(60))
    assert {row.done_at is not None for row in await rows(store)} == {True}


async def test_the_update_of_a_worker_that_died_is_taken_when_its_lease_ends(store: Store) -> None:
    await keep(store, said(1, 21), said(2, 21))
    async with store.begin() as session:
        then = real_now() - inbox.LEASE - timedelta(seconds=1)
        taken = await inbox.claim(session, await inbox.takeable(session, then), then)
    assert taken is not None
    async with store.begin() as session:
        ids = await inbox.takeable(session, real_now())
        again = await inbox.claim(session, ids, real_now())
        assert again is not None
        assert again.id == taken.id
        assert await inbox.claim(session, ids, real_now()) is None
        assert not await inbox.takeable(session, real_now())


async def test_an_outage_is_tried_again_after_a_pause_and_holds_the_chat_back(store: Store) -> None:
    await keep(store, said(1, 21), said(2, 21))
    outages = 2

    async def fail_twice(row: Inbox) -> BaseException | None:
        nonlocal outages
        outages -= 1
        return Unavailable("no database") if outages >= 0 else None

    desk = Desk(store, fail_twice)
    await desk.work_off()
    assert desk.worked == [1]
    first = (await rows(store))[0]
    assert first.try_at is not None
    assert first.try_at > real_now()
    for _ in range(2):
        await make_due(store)
        await desk.work_off()
    assert desk.worked == [1, 1, 1, 2]
    assert desk.sorry == []


async def test_an_outage_that_does_not_end_is_put_aside_with_one_apology(store: Store) -> None:
    await keep(store, said(1, 21), said(2, 21))

    async def fail_at_the_first(row: Inbox) -> BaseException | None:
        return Unavailable("no database") if row.update_id == 1 else None

    desk = Desk(store, fail_at_the_first)
    for _ in range(ATTEMPTS + 2):
        await desk.work_off()
        await make_due(store)
    assert desk.worked == [1] * ATTEMPTS + [2]
    assert desk.sorry == [1]
    assert (await rows(store))[0].error == "Unavailable('no database')"


@pytest.mark.parametrize("raises", [True, False], ids=["raised", "returned"])
async def test_a_bug_is_put_aside_at_once_and_does_not_stop_the_chat(
    store: Store, raises: bool, caplog: pytest.LogCaptureFixture
) -> None:
    await keep(store, said(1, 21), said(2, 21), said(3, 22))

    async def stumble(row: Inbox) -> BaseException | None:
        if row.update_id != 1:
            return None
        if raises:
            raise ZeroDivisionError
        return ZeroDivisionError()

    desk = Desk(store, stumble)
    await desk.run_until(desk.has_worked(3))
    assert sorted(desk.worked) == [1, 2, 3]
    assert desk.sorry == [1]
    assert "update 1 put aside" in caplog.text


async def test_an_error_after_the_effects_were_kept_is_no_reason_to_apologise(store: Store) -> None:
    await keep(store, said(1, 21))

    async def finish_then_fail(row: Inbox) -> BaseException | None:
        assert row.id is not None
        async with store.begin() as session:
            assert await inbox.finish(session, row.id, real_now())
        return ZeroDivisionError()

    desk = Desk(store, finish_then_fail)
    await desk.work_off()
    assert desk.sorry == []
    assert (await rows(store))[0].error is None


async def test_done_updates_keep_no_words_and_no_places_and_are_dropped_after_days(store: Store) -> None:
    located = said(2, 21)
    located["message"]["location"] = {"latitude": 1.29042, "longitude": 103.85}

    async def fail_at_the_second(row: Inbox) -> BaseException | None:
        return ZeroDivisionError() if row.update_id == 2 else None

    await keep(store, said(1, 21, "my secret words"), located, said(3, 21))
    desk = Desk(store, fail_at_the_second)
    for _ in range(2):
        await desk.workers.work_one()
    kept = json.dumps([row.payload for row in (await rows(store))[:2]])
    assert "secret" not in kept
    assert "1.29042" not in kept
    async with store.begin() as session:
        assert await inbox.purge(session, real_now() - timedelta(days=7)) == 0
        assert await inbox.purge(session, real_now() + timedelta(seconds=1)) == 2
        assert await inbox.count_waiting(session) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"update_id": 1, "message": {"text": "nul \0 here", "chat": {"id": 21}}},
        {"update_id": 1, "message": {"text": "half \ud83d of a pair", "chat": {"id": 21}}},
        {"update_id": 1, "message": {"location": {"latitude": float("nan")}, "chat": {"id": 21}}},
        {"update_id": 1, "message": {"chat": {"id": 10**30}, "from": {"id": -(10**30)}}},
        {"update_id": 1, "message": "not an object"},
        {"update_id": 1, "message": {"chat": [], "from": None}, "callback_query": 7},
        {"update_id": 1},
    ],
    ids=["nul", "surrogate", "nan", "huge-ids", "no-object", "wrong-kinds", "empty"],
)
async def test_whatever_is_in_an_update_it_can_be_stored_and_worked(store: Store, odd: dict[str, Any]) -> None:
    assert await keep(store, odd, said(2, 21)) == 2
    desk = Desk(store)
    await desk.work_off()
    assert desk.worked == [1, 2]


@pytest.mark.parametrize("odd", [7, "text", None, [], {}, {"update_id": "1"}, {"update_id": 10**30}])
def test_what_has_no_id_is_no_update(odd: object) -> None:
    assert not inbox.is_update(odd)
