"""The chat page in a real browser, with a stub bot on the other side."""

import shutil
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MANAGER, MEI, TOKEN, new_app, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PHONE = ViewportSize(width=390, height=844)
SMALLEST_TARGET_PX = 44
SINGAPORE = timezone(timedelta(hours=8))

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed, so the page was not tried in a browser"),
]


class StubBot:
    """Answers /today with buttons, a tap with an edit, a place with its coordinates; polls over plain HTTP."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=f"{address}/bot{TOKEN}", trust_env=False, timeout=10)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def call(self, method: str, **params: object) -> None:
        self._client.post(f"/{method}", json=params).raise_for_status()

    def _run(self) -> None:
        offset = 0
        while not self._stopping.is_set():
            answer = self._client.get("/getUpdates", params={"offset": offset, "timeout": 1})
            for update in answer.json()["result"]:
                offset = update["update_id"] + 1
                if "callback_query" in update:
                    self._answer_tap(update["callback_query"])
                elif "message" in update:
                    self._answer_message(update["message"])

    def _answer_tap(self, query: dict[str, dict[str, int]]) -> None:
        message = query["message"]
        self.call("answerCallbackQuery", callback_query_id=query["id"], text="Noted")
        self.call(
            "editMessageText",
            chat_id=MEI,
            message_id=message["message_id"],
            text="<b>Checked in</b>",
            parse_mode="HTML",
        )

    def _answer_message(self, message: dict[str, object]) -> None:
        if message.get("text") == "/today":
            buttons = [
                [
                    {"text": "Check in", "callback_data": "in:1"},
                    {"text": "Map", "url": "https://maps.google.com/?q=1.2937,103.8532"},
                ]
            ]
            self.call(
                "sendMessage",
                chat_id=MEI,
                text="<b>Raffles City</b> & <i>3</i> more",
                parse_mode="HTML",
                reply_markup={"inline_keyboard": buttons},
            )
        elif message.get("text") == "/where":
            keyboard = {"keyboard": [[{"text": "Here", "request_location": True}]], "resize_keyboard": True}
            self.call("sendMessage", chat_id=MEI, text="Where?", reply_markup=keyboard, disable_notification=True)
        elif "location" in message:
            self.call("sendMessage", chat_id=MEI, text="Got it", reply_markup={"remove_keyboard": True})

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)
        self._client.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def world() -> Iterator[tuple[Simulator, str, StubBot]]:
    clock = {"now": datetime(2026, 11, 23, 7, 25, tzinfo=SINGAPORE)}

    async def move(to: datetime) -> None:
        clock["now"] = to

    app = new_app(
        now=lambda: clock["now"],
        move_clock=move,
        hints=lambda person: ["/today", "Check in"],
        start_payloads={MEI: "invite-1"},
    )
    simulator: Simulator = app.state.simulator
    with serving(app) as address:
        bot = StubBot(address)
        try:
            yield simulator, address, bot
        finally:
            bot.stop()


@pytest.fixture
def phone(browser: Browser, world: tuple[Simulator, str, StubBot]) -> Iterator[Page]:
    # Without motion, so that nothing is measured in the middle of an animation.
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(world[1])
    page.locator("body[data-ready]").wait_for()
    yield page
    context.close()
    assert faults == []


def begin(phone: Page) -> None:
    phone.get_by_role("button", name="START", exact=True).click()
    expect(phone.get_by_role("textbox", name="Message")).to_be_visible()


def test_a_visit_is_lived_on_the_page(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    simulator, _, _ = world
    begin(phone)
    phone.get_by_role("textbox", name="Message").fill("/today")
    phone.get_by_role("button", name="Send").click()
    bubble = phone.get_by_role("article").last
    expect(bubble).to_contain_text("Raffles City & 3 more")
    expect(bubble.locator("b")).to_have_text("Raffles City")
    expect(bubble.get_by_label("This message rang")).to_be_visible()
    bubble.get_by_role("button", name="Check in").click()
    expect(bubble).to_contain_text("Checked in")
    expect(bubble).to_contain_text("edited")
    expect(phone.get_by_text("Noted")).to_be_visible()
    expect(bubble.get_by_role("button")).to_have_count(0)
    assert [message.text for message in simulator.chat(MEI)] == ["/start invite-1", "/today", "Checked in"]


def test_a_place_is_picked_from_the_last_link_or_denied(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    simulator, _, _ = world
    begin(phone)
    phone.get_by_role("toolbar", name="Try:").get_by_role("button", name="/today").click()
    expect(phone.get_by_role("article").last).to_contain_text("Raffles City")
    phone.get_by_role("textbox", name="Message").fill("/where")
    phone.keyboard.press("Enter")
    key = phone.get_by_role("group", name="Buttons of the bot").get_by_role("button", name="Here")
    key.click()
    sheet = phone.get_by_role("dialog", name="Share a location")
    sheet.get_by_role("button", name="Don't allow").click()
    expect(phone.get_by_text("Location not allowed: nothing was sent.")).to_be_visible()
    key.click()
    expect(sheet.get_by_label("Latitude")).to_have_value("1.293700")
    sheet.get_by_role("button", name="300 m away").click()
    sheet.get_by_role("button", name="Share", exact=True).click()
    expect(phone.get_by_role("article").last).to_contain_text("Got it")
    expect(key).to_be_hidden()
    place = next(message.media for message in simulator.chat(MEI) if message.media)
    assert place.details["latitude"] == pytest.approx(1.2937 + 300 / 1.41421356 / 111_320, abs=1e-5)


def test_the_clock_moves_and_silence_shows(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    _, _, bot = world
    begin(phone)
    phone.get_by_role("button", name="Move the clock").click()
    phone.get_by_role("dialog", name="Move the clock").get_by_role("button", name="To 18:30").click()
    expect(phone.get_by_role("button", name="Move the clock")).to_contain_text("18:30")
    bot.call("sendMessage", chat_id=MEI, text="quiet", disable_notification=True)
    bubble = phone.get_by_role("article").last
    expect(bubble).to_contain_text("quiet")
    expect(bubble).to_contain_text("18:30")
    expect(bubble.get_by_label("This message rang")).to_have_count(0)


def test_everybody_has_a_phone_in_their_own_language(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    simulator, _, bot = world
    begin(phone)
    simulator.starts(JIAN)
    bot.call("sendMessage", chat_id=JIAN, text="早上好")
    other = phone.get_by_role("button", name="建国, 1 unread")
    other.last.click()
    expect(phone.get_by_role("article").last).to_contain_text("早上好")
    expect(phone.get_by_placeholder("输入消息")).to_be_visible()
    phone.locator(f"#people-strip [data-person='{MANAGER}']").click()
    expect(phone.get_by_role("button", name="開始", exact=True)).to_be_visible()
    expect(phone.get_by_role("heading", name="這個機器人能做什麼？")).to_be_visible()


def test_markup_from_people_stays_text(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    simulator, _, _ = world
    begin(phone)
    simulator.says(MEI, "<img src=x onerror=document.title='broken'> <b>x</b>")
    expect(phone.get_by_role("article").last).to_contain_text("<img src=x onerror=")
    assert phone.locator("#log img").count() == 0


def test_every_button_is_big_enough_for_a_thumb(phone: Page, world: tuple[Simulator, str, StubBot]) -> None:
    _, _, bot = world
    bot.call("setMyCommands", commands=[{"command": "today", "description": "Route"}])
    begin(phone)
    phone.get_by_role("textbox", name="Message").fill("/today")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("article").last).to_contain_text("Raffles City")
    phone.get_by_role("button", name="Attach").click()
    expect(phone.get_by_role("dialog", name="Attach")).to_be_visible()
    sizes = phone.evaluate(
        "[...document.querySelectorAll('button:not(.link)')].map((one) => [one.innerText, one.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && box.height).map(([name, box]) => [name, box.width, box.height])"
    )
    assert len(sizes) > 10
    small = [size for size in sizes if size[1] < SMALLEST_TARGET_PX or size[2] < SMALLEST_TARGET_PX]
    assert small == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_wide_screen_shows_the_phone_between_people_and_clock(
    browser: Browser, world: tuple[Simulator, str, StubBot]
) -> None:
    context = browser.new_context(viewport={"width": 1360, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{world[1]}/?person={JIAN}")
    page.locator("body[data-ready]").wait_for()
    people = page.get_by_role("navigation", name="人员").locator("visible=true")
    expect(people.get_by_role("button", name="Mei Lim")).to_be_visible()
    expect(page.get_by_role("button", name="到 18:30")).to_be_visible()
    frame = page.get_by_role("main").bounding_box()
    assert frame is not None
    assert abs(frame["x"] + frame["width"] / 2 - 680) < 2
    page.goto(f"{world[1]}/?person={JIAN}&bare")
    page.locator("body[data-ready].bare").wait_for()
    expect(people).to_have_count(0)
    context.close()
