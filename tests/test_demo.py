"""The demo: one command, a page that answers, a bot that lives, a clean stop, and data that stay."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from bot.demo.hints import MOVE_CLOCK, next_hints
from tests.delivery.conftest import free_port

REP, MANAGER, CHINESE_REP = 1001, 1003, 1002
UP_WITHIN_S = 90.0
STOPS_WITHIN_S = 8.0


class Demo:
    """A running demo, and its page as a browser would ask it."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)

    def waits_until(self, happened: Callable[[], object], within_s: float = 30.0) -> None:
        end = time.monotonic() + within_s
        while not happened():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end, f"it did not happen within {within_s} s"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return self.http.get("/").status_code == 200
        except httpx.TransportError:
            return False

    def state(self) -> Any:
        return self.http.get("/sim/state").json()

    def texts(self, person: int = REP) -> list[str]:
        return [message["text"] for message in self.http.get(f"/sim/chats/{person}").json()["messages"]]

    def shows(self, part: str, person: int = REP) -> bool:
        return any(part in text for text in self.texts(person))

    def hints(self, person: int = REP) -> list[str]:
        hints: list[str] = self.http.get(f"/sim/chats/{person}").json()["hints"]
        return hints

    def stops(self) -> str:
        """Press Ctrl-C. Gives what the terminal said."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        said, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors
        assert time.monotonic() - began < STOPS_WITHIN_S
        assert "Traceback" not in errors
        return said


@contextmanager
def running(folder: Path, port: int) -> Iterator[Demo]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ROUNDSMAN_")}
    environment["http_proxy"] = "http://127.0.0.1:9"  # a proxy of the environment must not come between
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, cwd=folder.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    demo = Demo(process, port)
    try:
        demo.waits_until(demo.answers, UP_WITHIN_S)
        yield demo
    finally:
        demo.http.close()
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_hints_lead_a_newcomer_on_from_what_was_tried() -> None:
    early, later = (datetime.fromisoformat(f"2026-11-23T{at}+08:00") for at in ("07:25", "07:31"))
    assert next_hints(REP, now=early, said=(), buttons=())[:2] == [MOVE_CLOCK, "/today"]
    assert next_hints(REP, now=later, said=["/today"], buttons=["Report", "Prepare", "Skip"]) == [
        "Prepare", "Report", "/prep", "/report", "/promises", "/help",
    ]  # fmt: skip
    assert next_hints(CHINESE_REP, now=later, said=(), buttons=["准备"])[0] == "准备"
    assert next_hints(MANAGER, now=early, said=["/digest"], buttons=()) == [
        "/approvals", "/platform", "/week", "/team", "/limits", "/help",
    ]  # fmt: skip


def test_the_demo_lives_stops_cleanly_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", free_port()
    with running(folder, port) as demo:
        people = [person["id"] for person in demo.state()["people"]]
        assert REP in people
        assert len(people) >= 3
        demo.http.post(f"/sim/chats/{REP}/start", json={})
        demo.waits_until(lambda: demo.shows("Tan Wei Ling, you are in."))
        assert demo.state()["clock"]["now"].startswith("2026-11-23T07:2")
        assert demo.hints()[:2] == [MOVE_CLOCK, "/today"]
        demo.http.post(f"/sim/chats/{MANAGER}/start", json={})
        demo.waits_until(lambda: demo.shows("Mei Chen, you are in.", MANAGER))
        demo.http.post(f"/sim/chats/{MANAGER}/text", json={"text": "/approvals"})
        demo.waits_until(lambda: demo.shows("1 waiting", MANAGER))
        assert "/approvals" not in demo.hints(MANAGER)
        moved = demo.http.post("/sim/clock", json={"to": "2026-11-23T07:31:00+08:00"})
        assert moved.status_code == 200
        demo.waits_until(lambda: demo.shows("Mon 23 Nov"))
        before = demo.texts()
        with demo.http.stream("GET", "/sim/events") as news:  # a page that stays open must not keep it from stopping
            assert news.status_code == 200
            said = demo.stops()
        assert f"http://127.0.0.1:{port}" in said
    with running(folder, port) as demo:
        assert demo.texts() == before
        assert demo.state()["clock"]["now"] >= "2026-11-23T07:31:00+08:00"
        demo.http.post(f"/sim/chats/{REP}/text", json={"text": "/help"})
        demo.waits_until(lambda: demo.texts()[-1] != before[-1] and demo.texts()[-1] != "/help")
        demo.stops()
