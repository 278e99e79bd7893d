"""Settings: what does not hold is refused with the variable's name, and the doctor says what to do about it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import doctor
from bot.serving import serving
from bot.settings import TELEGRAM, DataSettings, Settings
from bot.simulator.server import create_simulator
from bot.store.migrating import migrate
from tests.delivery.conftest import PEOPLE, TOKEN, free_port


@pytest.fixture(autouse=True)
def _clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory and an environment without any setting."""
    for name in [name for name in os.environ if name.startswith("ROUNDSMAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)


def give(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"ROUNDSMAN_{name}", value)


def read() -> Settings:
    return Settings()  # type: ignore[call-arg] # filled from the environment


def test_a_token_is_all_that_must_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give(monkeypatch, BOT_TOKEN=TOKEN)
    settings = read()
    assert settings.bot_id == 777
    assert settings.bot_api_url == TELEGRAM
    assert settings.database_url == f"sqlite:///{tmp_path / 'share' / 'roundsman' / 'roundsman.db'}"
    assert (settings.webhook_url, settings.clock, settings.log_level) == (None, None, "INFO")


def test_the_example_file_is_a_good_start(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / ".env.example"
    text = example.read_text().replace("ROUNDSMAN_BOT_TOKEN=", f"ROUNDSMAN_BOT_TOKEN={TOKEN}")
    (tmp_path / ".env").write_text(text)
    assert read().bot_id == 777


def test_what_the_example_file_suggests_is_accepted(tmp_path: Path) -> None:
    example = (Path(__file__).parents[1] / ".env.example").read_text()
    lines = [line.removeprefix("# ") for line in example.splitlines() if "ROUNDSMAN_" in line and "=" in line]
    text = "\n".join(lines).replace("BOT_TOKEN=", f"BOT_TOKEN={TOKEN}").replace("SECRET=", "SECRET=abc")
    (tmp_path / ".env").write_text(text.replace(TELEGRAM, "http://127.0.0.1:8081"))
    settings = read()
    assert settings.clock is not None
    assert settings.listen_address == ("127.0.0.1", 8443)
    assert {line.partition("=")[0] for line in lines} == {
        f"ROUNDSMAN_{name}".upper() for name in Settings.model_fields
    }, "the example names every setting"


@pytest.mark.parametrize(
    ("values", "variable", "reason"),
    [
        ({}, "bot_token", "required"),
        ({"BOT_TOKEN": ""}, "bot_token", "required"),
        ({"BOT_TOKEN": "letters"}, "bot_token", "BotFather"),
        ({"BOT_TOKEN": "abc:def"}, "bot_token", "BotFather"),
        ({"BOT_TOKEN": "123:"}, "bot_token", "BotFather"),
        ({"BOT_TOKEN": TOKEN, "CLOCK": "2026-11-23T07:25:00"}, "clock", "needs its offset"),
        ({"BOT_TOKEN": TOKEN, "CLOCK": "tomorrow"}, "clock", "datetime"),
        ({"BOT_TOKEN": TOKEN, "CLOCK": "2026-11-23T07:25:00+08:00"}, "", "this machine"),
        (
            {"BOT_TOKEN": TOKEN, "CLOCK": "2026-11-23T07:25:00+08:00", "BOT_API_URL": "http://127.0.0.1.example.com"},
            "",
            "this machine",
        ),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "ftp://somewhere"}, "bot_api_url", "http"),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "http:"}, "bot_api_url", "http"),
        ({"BOT_TOKEN": TOKEN, "DATABASE_URL": "mysql://u@h/d"}, "database_url", "SQLite or PostgreSQL"),
        ({"BOT_TOKEN": TOKEN, "DATABASE_URL": "no url"}, "database_url", "sqlite:///path"),
        ({"BOT_TOKEN": TOKEN, "DATABASE_URL": "sqlite://"}, "database_url", "must be a file"),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_URL": "https://bot.example.com"}, "", "WEBHOOK_SECRET"),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_SECRET": "with space"}, "webhook_secret", "A-Z"),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_LISTEN": "8443"}, "webhook_listen", "host:port"),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_LISTEN": "0.0.0.0:99999"}, "webhook_listen", "host:port"),
        ({"BOT_TOKEN": TOKEN, "LOG_LEVEL": "LOUD"}, "log_level", "DEBUG"),
    ],
)
def test_a_setting_that_does_not_hold_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], variable: str, reason: str
) -> None:
    give(monkeypatch, **values)
    with pytest.raises(ValidationError) as caught:
        read()
    (problem,) = caught.value.errors()
    assert "_".join(str(part) for part in problem["loc"]) == variable
    assert reason in problem["msg"]
    assert "input_value" not in str(caught.value), "the input may be a token"


@pytest.mark.parametrize("root", ["http://127.0.0.1:8081", "http://localhost:8081/", "http://[::1]:8081"])
def test_the_clock_may_start_elsewhere_where_the_bot_api_is_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    give(monkeypatch, BOT_TOKEN=TOKEN, CLOCK="2026-11-23T07:25:00+08:00", BOT_API_URL=root, LOG_LEVEL="debug")
    settings = read()
    assert settings.clock is not None
    assert settings.clock.isoformat() == "2026-11-23T07:25:00+08:00"
    assert not settings.bot_api_url.endswith("/")


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """A Bot API on this machine that knows the token."""
    web = create_simulator(token=TOKEN, people=PEOPLE)
    port = free_port()
    async with serving(web, host="127.0.0.1", port=port, before_stop=web.state.simulator.end_waiting):
        yield f"http://127.0.0.1:{port}"


async def test_the_doctor_is_content_when_everything_holds(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    give(monkeypatch, BOT_TOKEN=TOKEN, BOT_API_URL=server)
    migrate(DataSettings().database_url)
    findings = await doctor.examine()
    assert [finding.subject for finding in findings if not finding.is_well] == []
    assert doctor.exit_code(findings) == 0
    assert "@roundsman_bot" in doctor.describe(findings)


async def test_the_doctor_makes_no_database_and_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, server: str, tmp_path: Path
) -> None:
    give(monkeypatch, BOT_TOKEN=TOKEN, BOT_API_URL=server)
    findings = await doctor.examine()
    assert doctor.exit_code(findings) == 1
    assert "roundsman migrate" in doctor.describe(findings)
    assert not (tmp_path / "share").exists()


@pytest.mark.parametrize(
    ("values", "advice", "code"),
    [
        ({}, "ROUNDSMAN_BOT_TOKEN", 1),
        ({"BOT_TOKEN": "nonsense"}, "ROUNDSMAN_BOT_TOKEN", 1),
        ({"BOT_TOKEN": "778:another"}, "Copy the token from BotFather", 1),
        ({"BOT_TOKEN": TOKEN, "CLOCK": "2026-11-23T07:25"}, "ROUNDSMAN_CLOCK", 1),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_URL": "https://x.example.com"}, "ROUNDSMAN_WEBHOOK_SECRET", 1),
        ({"BOT_TOKEN": TOKEN, "WEBHOOK_URL": "http://x.example.com", "WEBHOOK_SECRET": "s"}, "TLS proxy", 1),
        ({"BOT_TOKEN": TOKEN, "DATABASE_URL": "mysql://u@h/d"}, "ROUNDSMAN_DATABASE_URL", 1),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://127.0.0.1:9"}, "ROUNDSMAN_BOT_API_URL", 3),
        ({"BOT_TOKEN": TOKEN, "DATABASE_URL": "postgresql://u@127.0.0.1:9/d"}, "ROUNDSMAN_DATABASE_URL", 3),
    ],
)
async def test_the_doctor_names_what_is_wrong_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, server: str, values: dict[str, str], advice: str, code: int
) -> None:
    migrate(DataSettings().database_url)
    give(monkeypatch, **{"BOT_API_URL": server, **values})
    findings = await doctor.examine()
    said = doctor.describe(findings)
    assert advice in said
    assert doctor.exit_code(findings) == code
    assert TOKEN not in said


async def test_what_is_no_bot_api_is_an_outage_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    async def page(_request: Request) -> Response:
        return Response("<html>hello</html>")

    migrate(DataSettings().database_url)
    port = free_port()
    async with serving(Starlette(routes=[Route("/{path:path}", page)]), host="127.0.0.1", port=port):
        give(monkeypatch, BOT_TOKEN=TOKEN, BOT_API_URL=f"http://127.0.0.1:{port}")
        assert doctor.exit_code(await doctor.examine()) == 3
        assert await doctor.bot_username() is None
