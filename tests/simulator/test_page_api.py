"""The JSON behind the chat page, without a browser."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from bot.simulator.page_routes import PAGE
from bot.simulator.simulator import Simulator
from tests.simulator.conftest import MANAGER, MEI, TOKEN, Bot, new_app, serving
from tests.simulator.test_sending import PNG, button

SINGAPORE = timezone(timedelta(hours=8))


@pytest.fixture
async def page(bot: Bot) -> httpx.AsyncClient:
    return bot.client


async def test_the_state_lists_people_with_what_the_bot_wrote_them(
    met: Simulator, bot: Bot, page: httpx.AsyncClient
) -> None:
    sent = await bot.call("sendMessage", chat_id=MEI, text="hi")
    state = (await page.get("/sim/state")).json()
    assert [person["name"] for person in state["people"]] == ["Mei Lim", "建国", "怡君"]
    assert state["people"][0]["bot_message_ids"] == [sent["message_id"]]
    assert state["people"][0]["caption"] == "Rep, Singapore"
    assert state["clock"]["movable"] is False


async def test_what_happens_on_the_page_reaches_the_bot(met: Simulator, bot: Bot, page: httpx.AsyncClient) -> None:
    sent = await bot.call("sendMessage", chat_id=MEI, text="hi", reply_markup=button(callback_data="go:1"))
    chat = f"/sim/chats/{MEI}"
    tap = await page.post(f"{chat}/tap", json={"message_id": sent["message_id"], "row": 0, "column": 0})
    await page.post(f"{chat}/text", json={"text": "/today"})
    await page.post(f"{chat}/location", json={"latitude": 1.29, "longitude": 103.85})
    await page.post(f"{chat}/contact", json={"phone_number": "+65 1", "first_name": "Mei", "own": True})
    await page.post(f"{chat}/file", data={"kind": "photo", "caption": "x"}, files={"file": ("p.png", PNG)})
    updates = (await bot.updates())[2:]
    assert updates[0]["callback_query"]["id"] == tap.json()["query_id"]
    kinds = [
        next(kind for kind in ("text", "location", "contact", "photo") if kind in update["message"])
        for update in updates[1:]
    ]
    assert kinds == ["text", "location", "contact", "photo"]
    shown = (await page.get(chat)).json()["messages"][-1]
    assert (await page.get(shown["media"]["url"])).content == PNG


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"/sim/chats/{MEI}/text", {"text": " "}, 409),
        (f"/sim/chats/{MEI}/text", {}, 409),
        (f"/sim/chats/{MEI}/tap", {"message_id": 999, "row": 0, "column": 0}, 409),
        (f"/sim/chats/{MEI}/dance", {}, 409),
        ("/sim/chats/777/text", {"text": "x"}, 404),
        ("/sim/clock", {"to": "2026-11-23T09:00:00+08:00"}, 409),
    ],
)
async def test_what_is_not_possible_is_said(
    page: httpx.AsyncClient, path: str, body: dict[str, Any], status: int
) -> None:
    answer = await page.post(path, json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


async def test_an_uploaded_page_is_never_opened_as_a_page(met: Simulator, page: httpx.AsyncClient) -> None:
    met.sends_document(MEI, "evil.html", b"<script>alert(1)</script>")
    met.sends_document(MEI, "evil.svg", b"<svg/>")
    messages = (await page.get(f"/sim/chats/{MEI}")).json()["messages"]
    for message in messages[-2:]:
        answer = await page.get(message["media"]["url"])
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"] == "sandbox"


async def test_the_clock_moves_forward_once_at_a_time() -> None:
    now = datetime(2026, 11, 23, 7, 25, tzinfo=SINGAPORE)
    may_arrive = asyncio.Event()

    async def move(to: datetime) -> None:
        nonlocal now
        await may_arrive.wait()
        now = to

    app = new_app(now=lambda: now, move_clock=move)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simulator") as page:
        first = asyncio.create_task(page.post("/sim/clock", json={"to": "2026-11-23T18:30:00+08:00"}))
        await asyncio.sleep(0.02)
        clock = (await page.get("/sim/state")).json()["clock"]
        assert (clock["moving_to"], clock["utc_offset_s"]) == ("2026-11-23T18:30:00+08:00", 8 * 3600)
        second = await page.post("/sim/clock", json={"to": "2026-11-23T19:30:00+08:00"})
        assert second.status_code == 409
        may_arrive.set()
        assert (await first).json()["now"] == "2026-11-23T18:30:00+08:00"
        for wrong in ("2026-11-23T09:00:00+08:00", "2026-11-24T09:00:00", "soon"):
            assert (await page.post("/sim/clock", json={"to": wrong})).status_code == 409


async def events(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_the_page_hears_of_everything_as_it_happens() -> None:
    app = new_app(hints=lambda person: ["/today"] if person == MEI else [])
    simulator: Simulator = app.state.simulator
    heard: list[dict[str, Any]] = []
    with serving(app) as address:
        async with (
            httpx.AsyncClient(base_url=address, trust_env=False) as client,
            asyncio.timeout(10),
            client.stream("GET", "/sim/events") as response,
        ):
            stream = events(response)
            bot = Bot(client)
            simulator.starts(MEI)
            sent = await bot.call("sendMessage", chat_id=MEI, text="hi", reply_markup=button(callback_data="x"))
            simulator.taps(MEI, "Go")
            query = (await bot.updates())[-1]["callback_query"]
            await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="ok", show_alert=True)
            await bot.call("sendChatAction", chat_id=MEI, action="typing")
            await bot.call("deleteMessage", chat_id=MEI, message_id=sent["message_id"])
            while not heard or heard[-1]["type"] != "deleted":
                heard.append(await anext(stream))
    kinds = [event["type"] for event in heard]
    assert kinds == ["person", "message", "around", "message", "around", "answer", "action", "deleted"]
    assert heard[3]["message"]["rings"] is True
    assert heard[4]["hints"] == ["/today"]
    assert (heard[5]["text"], heard[5]["alert"]) == ("ok", True)


def words(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((PAGE / f"words.{name}.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_page_speaks_every_word_in_each_language(language: str) -> None:
    english, translated = words("en"), words(language)
    assert translated.keys() == english.keys()
    for key, text in english.items():
        holes = {part.partition("}")[0] for part in text.split("{")[1:]}
        assert holes == {part.partition("}")[0] for part in translated[key].split("{")[1:]}, key


def test_the_page_has_every_word_that_it_uses_and_uses_every_word_that_it_has() -> None:
    parts = [path.read_text(encoding="utf-8") for pattern in ("*.js", "*.html") for path in PAGE.glob(pattern)]
    text = "\n".join(parts)
    used = set(re.findall(r'\bt\("(\w+)"|data-(?:words|label|placeholder)="(\w+)"', text))
    named = {first or second for first, second in used}
    assert named - words("en").keys() == set()
    assert [key for key in words("en") if f'"{key}"' not in text] == []


async def test_the_page_and_its_parts_are_served(page: httpx.AsyncClient) -> None:
    shown = await page.get("/")
    assert shown.status_code == 200
    parts = [part.split('"')[0] for part in shown.text.split('="/page/')[1:]]
    assert {"app.js", "layout.css", "chat.css", "sheets.css", "icon.svg"} <= set(parts)
    for part in [*parts, "voice-note.oga", "words.zh-hant.json"]:
        assert (await page.get(f"/page/{part}")).status_code == 200
    assert (await page.get(f"/bot{TOKEN}/getMe")).json()["ok"]
    assert (await page.get(f"/sim/chats/{MANAGER}")).json()["started"] is False


def test_a_clock_that_is_not_told_otherwise_is_the_real_one() -> None:
    simulator: Simulator = new_app().state.simulator
    simulator.starts(MEI)
    assert abs(simulator.chat(MEI)[0].date - datetime.now(UTC).timestamp()) < 10
