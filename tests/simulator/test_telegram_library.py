"""python-telegram-bot itself against the simulator: what the real bot does on its first day."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.request import HTTPXRequest

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import MANAGER, MEI, TOKEN
from tests.simulator.test_sending import PNG


def new_library_bot(app: Starlette, token: str = TOKEN) -> Bot:
    transport = httpx.ASGITransport(app)
    return Bot(
        token,
        base_url="http://simulator/bot",
        base_file_url="http://simulator/file/bot",
        request=HTTPXRequest(httpx_kwargs={"transport": transport}),
        get_updates_request=HTTPXRequest(httpx_kwargs={"transport": transport}),
    )


@pytest.fixture
async def library_bot(app: Starlette) -> AsyncIterator[Bot]:
    async with new_library_bot(app) as bot:
        yield bot


async def test_the_library_lives_a_whole_exchange(met: Simulator, library_bot: Bot) -> None:
    assert library_bot.username == "roundsman_bot"
    met.says(MEI, "/report now")
    updates = await library_bot.get_updates(timeout=1)
    message = updates[-1].message
    assert message is not None
    assert message.entities[0].type == "bot_command"
    asked = await library_bot.send_message(
        MEI,
        "<b>How</b> was it?",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Met", callback_data="met:1")]]),
    )
    assert asked.text_html == "<b>How</b> was it?"
    met.taps(MEI, "Met")
    [update] = await library_bot.get_updates(offset=updates[-1].update_id + 1)
    query = update.callback_query
    assert query is not None
    assert query.data == "met:1"
    assert await query.answer("Saved")
    edited = await query.edit_message_text("Saved.")
    assert edited.message_id == asked.message_id  # type: ignore[union-attr]  # the library also knows edits of inline messages
    assert met.chat(MEI)[-1].text == "Saved."


async def test_files_go_out_change_and_come_back(met: Simulator, library_bot: Bot) -> None:
    sent = await library_bot.send_photo(MEI, PNG, caption="80/20")
    changed = await library_bot.edit_message_media(InputMediaPhoto(PNG + b"2", caption="new"), MEI, sent.message_id)
    assert changed.caption == "new"  # type: ignore[union-attr]  # the library also knows edits of inline messages
    met.sends_document(MEI, "customers.csv", "name\nCafé\n".encode())
    message = (await library_bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == "name\nCafé\n".encode()


async def test_keyboards_and_commands_are_set(met: Simulator, library_bot: Bot) -> None:
    markup = ReplyKeyboardMarkup([[KeyboardButton("Here", request_location=True)]], resize_keyboard=True)
    await library_bot.send_message(MEI, "Where?", reply_markup=markup)
    await library_bot.set_my_commands([BotCommand("today", "Route")], scope=BotCommandScopeChat(MEI))
    assert met.reply_keyboard(MEI) == [["Here"]]
    assert met.commands(MEI) == [{"command": "today", "description": "Route"}]
    assert [command.command for command in await library_bot.get_my_commands(BotCommandScopeChat(MEI))] == ["today"]


async def test_refusals_become_the_librarys_errors(
    met: Simulator, library_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await library_bot.send_message(MEI, "<x>", parse_mode="HTML")
    with pytest.raises(Forbidden, match="initiate conversation"):
        await library_bot.send_message(MANAGER, "x")
    met.fail_next("sendMessage", 429, retry_after=3)
    with pytest.raises(RetryAfter) as caught:
        await library_bot.send_message(MEI, "x")
    met.fail_next("sendMessage", 502)
    with pytest.raises(NetworkError):
        await library_bot.send_message(MEI, "x")
    assert caught.value.retry_after == timedelta(seconds=3)


async def test_a_wrong_token_is_seen_at_the_start(app: Starlette) -> None:
    stranger = new_library_bot(app, "4200:other")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
