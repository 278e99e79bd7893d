"""`make pictures`: lives a morning in the demo and takes the README's screenshots, at phone width, light and dark."""

import asyncio
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, async_playwright

PICTURES = Path(__file__).parent / "pictures"
WIDTH, HEIGHT = 390, 844
WEI_LING, ZHANG_WEI, MEI, CHEN_JING = 1001, 1002, 1003, 1004
LOOK_S, QUIET_LOOKS = 0.4, 4
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


class Demo:
    """The demo's chat page, driven through the page's own API."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.AsyncClient(base_url=address, timeout=120)

    async def messages(self, person: int) -> list[dict[str, Any]]:
        return list((await self._http.get(f"/sim/chats/{person}")).json()["messages"])

    async def settled(self, person: int) -> None:
        """Wait until the chat has not changed for a moment."""
        before, quiet = await self.messages(person), 0
        while quiet < QUIET_LOOKS:
            await asyncio.sleep(LOOK_S)
            now = await self.messages(person)
            before, quiet = now, quiet + 1 if now == before else 0

    async def post(self, path: str, **data: Any) -> None:
        (await self._http.post(path, json=data)).raise_for_status()

    async def starts(self, person: int) -> None:
        await self.post(f"/sim/chats/{person}/start")
        await self.settled(person)

    async def says(self, person: int, text: str) -> None:
        await self.post(f"/sim/chats/{person}/text", text=text)
        await self.settled(person)

    async def taps(self, person: int, label: str) -> None:
        """Tap the newest button whose label begins so; with an empty label the first of the newest message."""
        for message in reversed(await self.messages(person)):
            for row, buttons in enumerate(message.get("buttons") or []):
                for column, button in enumerate(buttons):
                    if str(button["text"]).startswith(label):
                        tap = {"message_id": message["message_id"], "row": row, "column": column}
                        await self.post(f"/sim/chats/{person}/tap", **tap)
                        await self.settled(person)
                        return
        raise LookupError(f"no button {label!r}")

    async def shares_location(self, person: int, latitude: float, longitude: float) -> None:
        await self.post(f"/sim/chats/{person}/location", latitude=latitude, longitude=longitude)
        await self.settled(person)

    async def moves_clock(self, wall: str) -> None:
        await self.post("/sim/clock", to=wall)


async def live_a_day(demo: Demo, shoot: Callable[[int, str], Awaitable[None]]) -> None:
    """From the invitation to the evening digest, with a picture of each screen worth seeing."""
    for person in (WEI_LING, ZHANG_WEI, MEI, CHEN_JING):
        await demo.starts(person)
    await demo.moves_clock("2026-11-23T07:31:00+08:00")
    for person, name in ((WEI_LING, "morning"), (ZHANG_WEI, "morning-zh")):
        await demo.settled(person)
        await shoot(person, name)
    await demo.taps(WEI_LING, "Start")
    await demo.taps(WEI_LING, "1")
    await shoot(WEI_LING, "stop")
    await demo.taps(WEI_LING, "Check in")
    await demo.shares_location(WEI_LING, 1.3151, 103.7651)
    await demo.taps(WEI_LING, "Brief")
    await shoot(WEI_LING, "brief")
    await demo.taps(WEI_LING, "Report")
    await shoot(WEI_LING, "question")
    for label in ("Met", "Partly", "Trial", ""):
        await demo.taps(WEI_LING, label)
    await shoot(WEI_LING, "saved")
    await demo.moves_clock("2026-11-23T17:01:00+08:00")
    await demo.settled(WEI_LING)
    await shoot(WEI_LING, "reminder")
    await demo.moves_clock("2026-11-23T18:31:00+08:00")
    for person, name in ((MEI, "digest"), (CHEN_JING, "digest-zh")):
        await demo.settled(person)
        await shoot(person, name)


async def shoot_page(browser: Browser, address: str, person: int, name: str) -> None:
    """One phone in light and dark."""
    for scheme in ("light", "dark"):
        page = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=2
        )
        await page.goto(f"{address}/?person={person}&bare")
        await page.wait_for_selector("body[data-ready]")
        await page.wait_for_timeout(500)
        await page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
        await page.close()


@asynccontextmanager
async def demo_running() -> Any:
    """A demo of its own, on a free port, with fresh data."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = ("-m", "bot", "demo", "--port", str(port), "--folder", folder)
        process = await asyncio.create_subprocess_exec(sys.executable, *command)
        address = f"http://127.0.0.1:{port}"
        try:
            await _wait_for(address)
            yield Demo(address)
        finally:
            process.send_signal(signal.SIGINT)
            await process.wait()


async def _wait_for(address: str) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(240):
            try:
                await client.get(f"{address}/sim/state")
            except httpx.TransportError:
                await asyncio.sleep(0.25)
            else:
                return
    raise TimeoutError("the demo did not come up within a minute")


async def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji")
    PICTURES.mkdir(exist_ok=True)
    async with demo_running() as demo, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)

        async def shoot(person: int, name: str) -> None:
            await shoot_page(browser, demo.address, person, name)

        await live_a_day(demo, shoot)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
