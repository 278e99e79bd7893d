"""Customer files sent to the bot: looked into, taken once after one question, refused in words."""

import pytest
from sqlalchemy import update
from sqlmodel import select

from bot.handlers.imports import import_reasons
from bot.services import import_runs
from bot.services.import_runs import Action
from bot.services.importing import uploads
from bot.services.importing.source_files import SourceFile
from bot.services.media import PHOTO_TYPE, keep_media
from bot.services.work import Work
from bot.store.tables import Customer, ImportRun, Inbox, Media
from tests import builders
from tests.importing.conftest import DATA
from tests.story import Story

HANGZHOU = "wukong11_customers_hangzhou.xlsx"
GOOD = b"Customer name,Address,Owner\nRaffles City,252 North Bridge Rd,Tan Wei Ling\nMarina Square,6 Raffles Blvd,\n"
ONE_BAD = b"Customer name,Grade\nRaffles City,A\nMarina Square,Z\n"


async def names(story: Story) -> list[str]:
    async with story.app.store.read() as session:
        return sorted((await session.exec(select(Customer.name))).all())


async def test_a_manager_sends_the_hangzhou_file_and_takes_it_with_one_tap(story: Story) -> None:
    await story.manager.does("sends_document", HANGZHOU, (DATA / HANGZHOU).read_bytes())
    story.manager.sees_now(HANGZHOU, "117")
    assert await names(story) == []
    before = len(story.manager.messages)
    await story.manager.taps("Take all")
    story.manager.sees_now("✓", "117")
    assert len(await names(story)) == 117
    assert len(story.manager.messages) == before
    await story.manager.says("wanxiang")
    assert all("万象" in label for label in story.manager.buttons[:2])


async def test_a_rep_is_told_who_may_send_files(story: Story) -> None:
    await story.rep.does("sends_document", "list.csv", GOOD)
    story.rep.sees_now("Files of customers are taken from managers and admins.")
    async with story.app.store.read() as session:
        assert not (await session.exec(select(Media))).all()


async def test_one_bad_row_can_be_left_and_comes_back_in_a_file(story: Story) -> None:
    await story.manager.does("sends_document", "list.csv", ONE_BAD)
    story.manager.sees_now("Rows that cannot be taken: 1")
    await story.manager.taps("Take the good rows")
    assert await names(story) == ["Raffles City"]
    newest = story.manager.messages[-1]
    assert newest.media is not None
    assert newest.media.details["file_name"] == "list-errors.xlsx"


async def test_a_file_that_is_declined_leaves_nothing(story: Story) -> None:
    await story.manager.does("sends_document", "list.csv", GOOD)
    await story.manager.taps("Cancel")
    assert await names(story) == []
    async with story.app.store.read() as session:
        assert not (await session.exec(select(Media))).all()
        assert not (await session.exec(select(ImportRun))).all()


async def test_an_old_button_of_a_taken_file_takes_nothing_again(story: Story) -> None:
    await story.manager.does("sends_document", "list.csv", GOOD)
    asked = next(message for message in reversed(story.manager.messages) if message.from_bot)
    data = asked.buttons[0][0].data
    await story.manager.taps("Take all")
    await story.manager.does("taps_data", asked.message_id, data)
    assert await names(story) == ["Marina Square", "Raffles City"]
    story.manager.sees_now("file")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b"\n\n"),
        ("photo.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 50),
        ("broken.xlsx", b"PK\x03\x04" + b"0" * 200),
        ("list.csv", b"colour,weight\nred,3\n"),
    ],
)
async def test_a_bad_file_is_refused_in_words_and_leaves_nothing(story: Story, name: str, content: bytes) -> None:
    await story.manager.does("sends_document", name, content)
    assert "went wrong" not in story.manager.screen
    assert "Looking into it" not in story.manager.screen
    assert await names(story) == []
    async with story.app.store.read() as session:
        assert not (await session.exec(select(Media))).all()


async def test_a_download_that_fails_is_tried_again(story: Story) -> None:
    story.simulator.fail_next("getFile")
    story.simulator.sends_document(story.manager.id, "list.csv", GOOD)
    await story.settle()
    async with story.app.store.begin() as session:
        await session.exec(update(Inbox).values(try_at=None))  # instead of waiting for the next attempt
    await story.settle()
    story.manager.sees_now("list.csv")
    assert "Take all" in story.manager.buttons


async def test_an_import_that_a_crash_interrupted_is_taken_up_again(story: Story) -> None:
    """The tap's transaction is there and the work is not: as after a kill between the two."""
    acting = await builders.acting_for(story.app.store, builders.MANAGER)
    async with story.app.store.begin() as session:
        work = Work(session=session, acting=acting, now=story.app.clock.now())
        upload_id = await uploads.hold_upload(session, acting, SourceFile(name="list.csv", content=GOOD), now=work.now)
        assert await import_runs.ask(work, upload_id, Action.TAKE)
        assert not await import_runs.ask(work, upload_id, Action.TAKE)
    assert await names(story) == []
    await story.restart()
    await story.app.resume()
    await story.settle()
    assert await names(story) == ["Marina Square", "Raffles City"]
    story.manager.sees_now("✓")
    assert await import_runs.resume_imports(story.app.store, story.app.clock.now(), import_reasons) == 0


async def test_a_rep_cannot_take_a_managers_file_by_a_forged_button(story: Story) -> None:
    await story.manager.does("sends_document", "list.csv", GOOD)
    async with story.app.store.read() as session:
        upload_id = (await session.exec(select(Media.id))).one()
    newest = next(message for message in reversed(story.rep.messages) if message.from_bot)
    await story.rep.does("taps_data", newest.message_id, f"im:take:{upload_id}")
    story.rep.sees_now("Your role does not do this")
    assert await names(story) == []


async def test_a_file_is_kept_for_a_week_and_a_photo_of_a_report_stays(story: Story) -> None:
    await story.manager.does("sends_document", "customers.csv", GOOD)
    async with story.app.store.begin() as session:
        now = story.app.clock.now()
        photo = await keep_media(session, story.team_id, name="1", content_type=PHOTO_TYPE, content=b"1", now=now)
    for day, left in (("2026-11-30T07:00:00+08:00", 2), ("2026-11-30T07:30:00+08:00", 1)):
        await story.sleep_until(day)
        await story.app.sweep()
        async with story.app.store.read() as session:
            kept = (await session.exec(select(Media.id))).all()
        assert len(kept) == left
        assert photo in kept
    await story.manager.taps("Take all")
    story.manager.sees("a week old", "Send it again")
    assert await names(story) == []
