"""Editing, deleting and answering taps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MEI, TOKEN, Bot, new_app
from tests.simulator.test_sending import PNG, button

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


async def send(bot: Bot, **params: Any) -> int:
    message: dict[str, Any] = await bot.call("sendMessage", **{"chat_id": MEI, "text": "first", **params})
    return int(message["message_id"])


async def test_an_edit_returns_the_message_and_changes_the_screen(met: Simulator, bot: Bot) -> None:
    message_id = await send(bot, reply_markup=button(callback_data="x"))
    edited = await bot.call("editMessageText", chat_id=MEI, message_id=message_id, text="second")
    seen = met.chat(MEI)[-1]
    assert (edited["text"], edited["message_id"]) == ("second", message_id)
    assert edited["edit_date"] >= edited["date"]
    assert (seen.text, seen.edited, seen.labels) == ("second", True, [])


@pytest.mark.usefixtures("met")
async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    markup = button(callback_data="x")
    message_id = await send(bot, text="<b>same</b>", parse_mode="HTML", reply_markup=markup)
    same = {"chat_id": MEI, "message_id": message_id, "reply_markup": markup}
    assert await bot.refusal("editMessageText", text="<b>same</b> ", parse_mode="HTML", **same) == (400, NOT_MODIFIED)
    assert await bot.refusal("editMessageReplyMarkup", **same) == (400, NOT_MODIFIED)
    await bot.call("editMessageText", text="same", **same)


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    "markup",
    [
        {"keyboard": [["a"]]},
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
async def test_a_message_with_a_reply_keyboard_cannot_be_edited(bot: Bot, markup: dict[str, Any]) -> None:
    message_id = await send(bot, reply_markup=markup)
    assert await bot.refusal("editMessageText", chat_id=MEI, message_id=message_id, text="x") == (
        400,
        "Bad Request: message can't be edited",
    )


async def test_only_own_and_known_messages_can_be_edited(met: Simulator, bot: Bot) -> None:
    foreign = met.chat(MEI)[0].message_id
    mine = await send(bot)

    async def edit(**params: Any) -> tuple[int, str]:
        return await bot.refusal("editMessageText", **{"text": "x", "chat_id": MEI, **params})

    assert await edit(message_id=foreign) == (400, "Bad Request: message can't be edited")
    assert await edit(message_id=9999) == (400, "Bad Request: message to edit not found")
    assert await edit(message_id=mine, chat_id=JIAN) == (400, "Bad Request: message to edit not found")
    assert await edit() == (400, "Bad Request: message identifier is not specified")
    assert await edit(message_id=mine, text="") == (400, "Bad Request: message text is empty")
    assert await edit(message_id=mine, text="x" * 4097) == (400, "Bad Request: MESSAGE_TOO_LONG")
    assert await edit(message_id=mine, reply_markup={"keyboard": [["a"]]}) == (
        400,
        "Bad Request: inline keyboard expected",
    )


async def test_pictures_change_and_keep_their_kind_of_words(met: Simulator, bot: Bot) -> None:
    answer = await bot.client.post(
        f"/bot{TOKEN}/sendPhoto", data={"chat_id": MEI, "caption": "one"}, files={"photo": ("p.png", PNG)}
    )
    message_id = answer.json()["result"]["message_id"]
    place = {"chat_id": MEI, "message_id": message_id}
    assert (await bot.refusal("editMessageText", text="x", **place))[1] == (
        "Bad Request: there is no text in the message to edit"
    )
    await bot.call("editMessageCaption", caption="two", **place)
    assert met.chat(MEI)[-1].text == "two"
    assert (await bot.refusal("editMessageCaption", caption="x" * 1025, **place))[1] == (
        "Bad Request: message caption is too long"
    )
    media = '{"type": "photo", "media": "attach://new", "caption": "three"}'
    edited = await bot.client.post(
        f"/bot{TOKEN}/editMessageMedia",
        data={"chat_id": MEI, "message_id": message_id, "media": media},
        files={"new": ("p.png", PNG + b"more")},
    )
    assert edited.json()["result"]["caption"] == "three"
    text_id = await send(bot)
    assert (await bot.refusal("editMessageCaption", chat_id=MEI, message_id=text_id, caption="x"))[1] == (
        "Bad Request: there is no caption in the message to edit"
    )


async def test_deleting_takes_known_young_messages(met: Simulator, bot: Bot) -> None:
    mine, theirs = await send(bot), met.chat(MEI)[0].message_id
    for message_id in (mine, theirs):
        assert await bot.call("deleteMessage", chat_id=MEI, message_id=message_id) is True
    assert met.chat(MEI) == []
    assert await bot.refusal("deleteMessage", chat_id=MEI, message_id=mine) == (
        400,
        "Bad Request: message to delete not found",
    )


async def test_in_a_group_a_foreign_message_stays(met: Simulator, bot: Bot) -> None:
    group = met.adds_bot_to_group(MEI, "Team")
    met.says(MEI, "/today", chat_id=group)
    theirs = met.chat(group)[-1].message_id
    assert await bot.refusal("deleteMessage", chat_id=group, message_id=theirs) == (
        400,
        "Bad Request: message can't be deleted",
    )


async def test_after_two_days_a_message_stays() -> None:
    now = datetime(2026, 11, 23, 7, 25, tzinfo=UTC)
    app = new_app(now=lambda: now)
    app.state.simulator.starts(MEI)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simulator") as client:
        bot = Bot(client)
        message_id = await send(bot)
        now += timedelta(hours=49)
        assert (await bot.refusal("deleteMessage", chat_id=MEI, message_id=message_id))[1] == (
            "Bad Request: message can't be deleted for everyone"
        )


async def test_a_tap_is_answered_once_and_in_time(met: Simulator, bot: Bot) -> None:
    await send(bot, reply_markup=button(callback_data="go:1"))
    too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    met.taps(MEI, "Go")
    query = (await bot.updates())[-1]["callback_query"]
    assert query["data"] == "go:1"
    assert query["chat_instance"]
    assert query["message"]["text"] == "first"
    assert await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="saved") is True
    assert (met.answers[-1].text, met.answers[-1].answered) == ("saved", True)
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == too_old
    assert await bot.refusal("answerCallbackQuery", callback_query_id="123") == too_old
    met.taps(MEI, "Go")
    met.lets_queries_expire()
    query = (await bot.updates())[-1]["callback_query"]
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == too_old
