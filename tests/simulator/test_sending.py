"""What a bot may send, and how it is told what it may not."""

from typing import Any

import httpx
import pytest

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MANAGER, MEI, TOKEN, Bot

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00\xfd\xd4\x9as"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\x0f\x00\x01\x01\x01\x00\x18\xdd\x8d\xb0"
)


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Go", **fields}]]}


async def test_a_message_arrives_as_it_was_sent(met: Simulator, bot: Bot) -> None:
    sent = await bot.call(
        "sendMessage",
        chat_id=MEI,
        text="<b>9</b> visits",
        parse_mode="HTML",
        disable_notification=True,
        reply_markup=button(callback_data="go:1"),
    )
    seen = met.chat(MEI)[-1]
    assert (sent["text"], sent["entities"]) == ("9 visits", [{"type": "bold", "offset": 0, "length": 1}])
    assert (seen.text, seen.source, seen.silent, seen.from_bot) == ("9 visits", "<b>9</b> visits", True, True)
    assert seen.buttons[0][0].data == "go:1"
    assert sent["from"]["is_bot"]
    assert sent["chat"] == {"id": MEI, "type": "private", "first_name": "Mei", "last_name": "Lim"}


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "  \n "}, "text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "📌" * 2049}, "message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": 999}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "x", "reply_parameters": {"quote": "y"}}, 'can\'t find field "message_id"'),
        ({"text": "x", "reply_markup": button(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": button(callback_data="价" * 22)}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": button()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": button(callback_data="")},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"callback_data": "x"}]]}},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"text": "x", "reply_markup": button(url="not-a-url")},
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": button(url="ftp://example.com")},
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "x", "reply_markup": button(web_app={"url": "http://example.com"})},
            "inline keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed",
        ),
        ({"text": "x", "reply_markup": button(pay=True)}, "BUTTON_TYPE_INVALID"),
        ({"text": "x", "reply_markup": button(copy_text={"text": ""})}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "reply_markup": {"inline_keyboard": "bad"}}, 'field "inline_keyboard" must be of type Array'),
        ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": {"remove_keyboard": "yes"}}, 'field "remove_keyboard" must be of type Boolean'),
        (
            {"text": "x", "reply_markup": {"keyboard": [["a"]], "one_time_keyboard": "yes"}},
            'field "one_time_keyboard" must be of type Boolean',
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}},
            "REPLY_MARKUP_TOO_LONG",
        ),
        (
            {"text": "hello", "entities": [{"type": "bold", "offset": 100, "length": 1}]},
            "entity begins after the end of the text at UTF-16 offset 100",
        ),
        (
            {"text": "hello", "entities": [{"type": "bold", "offset": 0, "length": 100}]},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
    ],
)
async def test_a_message_that_telegram_refuses_is_refused(
    met: Simulator, bot: Bot, params: dict[str, Any], description: str
) -> None:
    before = len(met.chat(MEI))
    assert await bot.refusal("sendMessage", **{"chat_id": MEI, **params}) == (400, f"Bad Request: {description}")
    assert len(met.chat(MEI)) == before
    assert met.calls[-1].description == f"Bad Request: {description}"


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 4096},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "html"},
        {"text": "x", "reply_markup": button(callback_data="x" * 64)},
        {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 100}},
        {"text": "x", "reply_markup": {"inline_keyboard": []}},
        {"text": "x", "reply_parameters": {"message_id": 999, "allow_sending_without_reply": True}},
        {"text": "x", "reply_markup": {"force_reply": True}},
    ],
)
async def test_what_is_just_allowed_is_taken(bot: Bot, params: dict[str, Any]) -> None:
    assert (await bot.call("sendMessage", chat_id=MEI, **params))["message_id"] > 0


async def test_a_bot_must_not_write_first(bot: Bot) -> None:
    assert await bot.refusal("sendMessage", chat_id=MANAGER, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )


async def test_whoever_blocked_the_bot_gets_nothing_until_the_restart(met: Simulator, bot: Bot) -> None:
    met.blocks_bot(MEI)
    for method, params in (("sendMessage", {"text": "x"}), ("sendChatAction", {"action": "typing"})):
        assert await bot.refusal(method, chat_id=MEI, **params) == (403, "Forbidden: bot was blocked by the user")
    met.starts(MEI)
    await bot.call("sendMessage", chat_id=MEI, text="again")
    assert met.chat(MEI)[-1].text == "again"


async def test_a_photo_needs_bytes_of_a_picture(met: Simulator, bot: Bot) -> None:
    async def send(content: bytes, **params: Any) -> httpx.Response:
        return await bot.client.post(
            f"/bot{TOKEN}/sendPhoto", data={"chat_id": MEI, **params}, files={"photo": ("p.png", content)}
        )

    assert (await send(PNG)).json()["result"]["photo"][0]["width"] == 2
    assert (await send(b"")).json()["description"] == "Bad Request: file must be non-empty"
    assert (await send(b"no picture")).json()["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert (await send(PNG, caption="x" * 1025)).json()["description"] == "Bad Request: message caption is too long"
    assert (await bot.refusal("sendPhoto", chat_id=MEI))[1] == "Bad Request: there is no photo in the request"
    assert (await bot.refusal("sendPhoto", chat_id=MEI, photo="nonsense"))[1] == (
        "Bad Request: wrong file identifier/HTTP URL specified"
    )
    assert met.chat(MEI)[-1].media is not None


async def test_a_known_file_is_sent_again_by_its_id_and_downloads_the_same(met: Simulator, bot: Bot) -> None:
    upload = await bot.client.post(
        f"/bot{TOKEN}/sendDocument",
        data={"chat_id": MEI, "document": "attach://sheet", "caption": "rows"},
        files={"sheet": ("errors.csv", b"a,b\n", "text/csv")},
    )
    document = upload.json()["result"]["document"]
    await bot.call("sendDocument", chat_id=JIAN, document=document["file_id"])
    found = await bot.call("getFile", file_id=document["file_id"])
    content = await bot.client.get(f"/file/bot{TOKEN}/{found['file_path']}")
    media = met.chat(JIAN)[-1].media
    assert (content.content, document["file_name"], document["mime_type"]) == (b"a,b\n", "errors.csv", "text/csv")
    assert media is not None
    assert media.content == b"a,b\n"
    assert (await bot.refusal("sendPhoto", chat_id=JIAN, photo=document["file_id"]))[1] == (
        "Bad Request: can't use file of type Document as Photo"
    )
    assert (await bot.refusal("getFile", file_id="nonsense"))[1] == "Bad Request: invalid file_id"
    assert (await bot.client.get(f"/file/bot{TOKEN}/documents/none")).status_code == 404


async def test_places_and_contacts_are_checked(met: Simulator, bot: Bot) -> None:
    await bot.call("sendLocation", chat_id=MEI, latitude=1.29, longitude=103.85)
    await bot.call("sendContact", chat_id=MEI, phone_number="+65 1", first_name="Lim")
    kinds = [message.media.kind for message in met.chat(MEI) if message.media]
    assert kinds == ["location", "contact"]
    assert (await bot.refusal("sendLocation", chat_id=MEI, latitude=1))[1] == "Bad Request: longitude is empty"
    assert (await bot.refusal("sendLocation", chat_id=MEI, latitude=91, longitude=1))[1] == (
        "Bad Request: wrong location specified"
    )
    assert (await bot.refusal("sendContact", chat_id=MEI, first_name="x"))[0] == 400
    assert (await bot.refusal("sendChatAction", chat_id=MEI, action="dance"))[1] == (
        "Bad Request: wrong parameter action in request"
    )


async def test_a_group_may_not_be_asked_for_a_location(met: Simulator, bot: Bot) -> None:
    group = met.adds_bot_to_group(MEI, "Team")
    asking = {"keyboard": [[{"text": "Here", "request_location": True}]]}
    assert await bot.refusal("sendMessage", chat_id=group, text="x", reply_markup=asking) == (
        400,
        "Bad Request: location can be requested in private chats only",
    )


async def test_the_token_and_the_method_must_be_right(bot: Bot) -> None:
    assert await Bot(bot.client, "4200:other").refusal("getMe") == (401, "Unauthorized")
    assert await Bot(bot.client, "nonsense").refusal("getMe") == (404, "Not Found")
    assert await bot.refusal("makeCoffee") == (404, "Not Found")


async def test_forms_json_and_queries_say_the_same(met: Simulator, bot: Bot) -> None:
    path = f"/bot{TOKEN}/sendMessage"
    markup = '{"inline_keyboard": [[{"text": "Go", "callback_data": "x"}]]}'
    answers = [
        await bot.client.get(path, params={"chat_id": MEI, "text": "hi", "reply_markup": markup}),
        await bot.client.post(path, data={"chat_id": str(MEI), "text": "hi", "reply_markup": markup}),
        await bot.client.post(path, data={"chat_id": str(MEI), "text": "hi", "reply_markup": markup}, files={"x": b""}),
        await bot.client.post(path, json={"chat_id": MEI, "text": "hi", "reply_markup": button(callback_data="x")}),
        await bot.client.post(path.lower().replace("bot4200", "bot4200"), json={"chat_id": MEI, "text": "hi"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert [message.labels for message in met.chat(MEI)[1:]] == [["Go"]] * 4 + [[]]
