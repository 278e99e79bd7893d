"""The process for long computations: it answers beside the bot, its death is an outage, it never outlives the bot."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.computing import ComputeBeside
from bot.domain.errors import Refused, Unavailable
from bot.services.day.plan import propose
from bot.settings import Settings
from bot.store.unit import Store
from tests.builders import acting_for, add_customer, add_member, add_team
from tests.delivery.conftest import eventually
from tests.story import MORNING, TOKEN

MONDAY = date(2026, 11, 23)
BE_A_BOT = "import asyncio, sys; from tests.delivery import test_computing as t; asyncio.run(t.be_a_bot(sys.argv[1]))"


def settings_for(url: str) -> Settings:
    return Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:1", database_url=url)


@pytest.fixture
def nowhere(tmp_path: Path) -> str:
    """A database that none of the work here asks."""
    return f"sqlite:///{tmp_path / 'nowhere.db'}"


async def whose_process(_store: Store) -> tuple[int, int]:
    return os.getpid(), os.nice(0)


async def refuse(_store: Store, code: str) -> None:
    raise Refused(code, name="Kopi House")


async def print_and_fail(_store: Store) -> None:
    print("between the answers")  # noqa: T201 - what a library may do
    raise LookupError("no such thing")


async def think_for_ever(_store: Store) -> None:
    await asyncio.Event().wait()


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def has_died(pid: int) -> bool:
    return not is_alive(pid)


async def test_a_day_is_planned_in_a_process_that_gives_way_to_the_bot(store: Store, database_url: str) -> None:
    await add_member(store, await add_team(store), chat_id=101)
    await add_customer(store, name="Kopi House")
    acting = await acting_for(store)
    async with ComputeBeside(settings_for(database_url)) as compute:
        pid, nice = await compute.run(whose_process)
        proposal = await compute.run(propose, acting, MONDAY, MORNING)
    assert pid != os.getpid()
    assert nice > os.nice(0)
    assert proposal.route is not None
    assert len(proposal.route.visits) == 1
    assert not is_alive(pid)


async def test_its_errors_are_those_of_the_work_and_its_death_is_an_outage(nowhere: str) -> None:
    async with ComputeBeside(settings_for(nowhere)) as compute:
        with pytest.raises(Refused) as refused:
            await compute.run(refuse, "no_such_customer")
        assert (refused.value.code, refused.value.params) == ("no_such_customer", {"name": "Kopi House"})
        with pytest.raises(LookupError, match="no such thing") as failed:
            await compute.run(print_and_fail)
        assert "print_and_fail" in "".join(failed.value.__notes__), "the log shows where it happened"
        pid, _ = await compute.run(whose_process)
        waiting = asyncio.create_task(compute.run(think_for_ever))
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Unavailable):
            await waiting
        assert (await compute.run(whose_process))[0] != pid


async def test_it_ends_with_a_bot_that_was_killed(nowhere: str) -> None:
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", BE_A_BOT, nowhere, stdout=asyncio.subprocess.PIPE)
    assert bot.stdout is not None
    pid = int(await bot.stdout.readline())
    assert is_alive(pid)
    bot.kill()
    await bot.wait()
    await eventually(lambda: has_died(pid))


async def be_a_bot(database_url: str) -> None:
    async with ComputeBeside(settings_for(database_url)) as compute:
        print((await compute.run(whose_process))[0], flush=True)  # noqa: T201 - read by the test
        await compute.run(think_for_ever)
