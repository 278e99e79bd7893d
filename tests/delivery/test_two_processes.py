"""Two processes on one database: whoever is first works an answer, and nobody works it again."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlmodel import col, func, select

from bot.app import App
from bot.domain.vocabulary import Grade, Role
from bot.services import joining
from bot.services.people import find_team
from bot.settings import Settings
from bot.store import inbox
from bot.store.tables import Draft, Inbox, Member, Report, Row, Touch, Visit
from bot.store.unit import Store
from tests.builders import add_customer, add_team
from tests.delivery.conftest import ADA, TOKEN, Api, cancel, eventually
from tests.story import MORNING, NoLimit, Story, open_app, shared_renderer


@pytest.fixture
async def other(story: Story) -> AsyncIterator[App]:
    """A second process beside the story's own."""
    app = open_app(story.app.settings.database_url, story._transport, story.app.clock.now())
    await app.telegram.initialize()
    yield app
    await app.close()


async def count(store: Store, table: type[Row]) -> int:
    async with store.read() as session:
        return int((await session.exec(select(func.count()).select_from(table))).one())


async def free_from_order(store: Store) -> None:
    """Put every waiting update into a chat of its own, so that nothing but the draft's revision guards the draft."""
    async with store.begin() as session:
        for row in (await session.exec(select(Inbox).where(col(Inbox.done_at).is_(None)))).all():
            row.chat_id = 10_000 + row.update_id


async def work_side_by_side(story: Story, other: App) -> None:
    await story.app.poller.fetch_once(wait_s=0)
    await free_from_order(story.app.store)
    assert all(await asyncio.gather(story.app.workers.work_one(), other.workers.work_one()))
    await story.settle()


async def test_two_answers_to_one_question_at_once_count_once(story: Story, other: App) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await story.rep.taps_data(f"report:{customer}")
    question = story.rep.messages[-1].message_id
    story.simulator.taps(story.rep.id, "Met", question)
    story.simulator.taps(story.rep.id, "Not there", question)
    await work_side_by_side(story, other)
    async with story.app.store.read() as session:
        draft = (await session.exec(select(Draft))).one()
    assert draft.revision == 2
    assert draft.data["answers"]["took_place"]["value"] in ("met", "not_there")
    story.rep.sees("2/")
    assert "nothing was changed" not in story.rep.screen


async def test_two_last_taps_at_once_save_one_report(story: Story, other: App) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await story.rep.taps_data(f"report:{customer}")
    for label in ("Met", "Yes", "Order"):
        await story.rep.taps(label)
    last, message = story.rep.buttons[0], story.rep.messages[-1].message_id
    story.simulator.taps(story.rep.id, last, message)
    story.simulator.taps(story.rep.id, last, message)
    await work_side_by_side(story, other)
    assert [await count(story.app.store, table) for table in (Report, Visit, Touch)] == [1, 1, 1]
    story.rep.sees("✓ Tampines 1")


async def test_one_update_worked_twice_after_a_lease_ran_out_has_one_effect(story: Story, other: App) -> None:
    customer = await add_customer(story.app.store, name="Tampines 1", grade=Grade.C)
    await story.rep.taps_data(f"report:{customer}")
    story.simulator.taps(story.rep.id, "Met")
    await story.app.poller.fetch_once(wait_s=0)
    async with story.app.store.begin() as session:
        taken = await inbox.claim(session, await inbox.takeable(session, MORNING), MORNING)
    assert taken is not None
    assert not any(await asyncio.gather(story.app._handle(taken), other._handle(taken)))
    await story.settle()
    async with story.app.store.read() as session:
        assert (await session.exec(select(Draft))).one().revision == 2
    story.rep.sees_now("2/4")


async def test_two_running_bots_share_the_work_of_one_team(api: Api, database_url: str) -> None:
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=api.root, database_url=database_url, clock=MORNING)
    apps = [App(settings, limiter=NoLimit(), renderer=shared_renderer()) for _ in range(2)]
    store = apps[0].store
    await add_team(store)
    async with store.begin() as session:
        token = await joining.invite(session, await find_team(session, "North"), Role.REP, name="Ada Tan", now=MORNING)
    tasks = [asyncio.create_task(app.run()) for app in apps]

    async def sees(part: str) -> None:
        async def shown() -> bool:
            assert not any(task.done() for task in tasks)
            return any(part in text for text in api.texts(ADA))

        await eventually(shown, within_s=30)

    api.simulator.says(ADA, f"/start {token}")
    await sees("Ada Tan, you are in.")
    await add_customer(store, name="Tampines 1", grade=Grade.C, owner="Ada Tan")
    api.simulator.says(ADA, "Tampines")
    await sees("Tampines 1")
    for label, part in (("Report", "1/4"), ("Met", "2/4"), ("Yes", "3/4"), ("Order", "4/4")):
        api.simulator.taps(ADA, label)
        await sees(f"Tampines 1 · report · {part}")
    api.simulator.taps(ADA, api.simulator.chat(ADA)[-1].labels[0])
    await sees("✓ Tampines 1")
    for task in tasks:
        await cancel(task)
    reopened = Store(database_url)
    assert [await count(reopened, table) for table in (Report, Touch, Member)] == [1, 1, 1]
    await reopened.close()
    assert len(api.texts(ADA)) == 3, "the welcome, the card and the report: nothing came twice"
