"""The command line: sets teams up, moves data in and out, and says by its exit code how it went."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import create_engine, text

import bot.demo
from bot import cli
from bot.services.notices import engine
from bot.services.people import find_team
from bot.store.engine import sync_url
from bot.store.unit import Store
from tests import builders
from tests.story import TOKEN, Story

DATA = Path(bot.demo.__file__).parent / "data"
HANGZHOU = (
    "wukong11_contracts_hangzhou.xlsx",
    "wukong11_contacts_hangzhou.xlsx",
    "hangzhou_locations.csv",
    "wukong11_customers_hangzhou.xlsx",
)
SINGAPORE = ("singapore_orders.csv", "singapore_contacts.csv", "singapore_customers.csv")
DONE, REFUSED, USAGE, UNAVAILABLE = 0, 1, 2, 3
SQLITE_ONLY = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the engine makes no difference
TABLES = ("customers", "contacts", "orders", "members", "touches", "audit_entries")


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Roundsman = Callable[..., Outcome]


@pytest.fixture
def roundsman(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Roundsman:
    """Run the command on the test's database, in an environment that says nothing else."""
    for name in ("BOT_TOKEN", "BOT_API_URL", "CLOCK", "WEBHOOK_URL", "WEBHOOK_SECRET"):
        monkeypatch.delenv(f"ROUNDSMAN_{name}", raising=False)
    monkeypatch.setenv("ROUNDSMAN_DATABASE_URL", database_url)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")

    def run(*args: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["roundsman", *(str(arg) for arg in args)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return Outcome(int(ended.value.code or 0), said.out, said.err)

    return run


def create(roundsman: Roundsman, name: str = "North", **options: str) -> int:
    given = {"timezone": "Asia/Singapore", "currency": "SGD", "country": "SG", **options}
    flags = [part for key, value in given.items() for part in (f"--{key}", value)]
    outcome = roundsman("team", "create", name, *flags, "--json")
    assert outcome.code == DONE, outcome
    return int(outcome.json["id"])


def counts(database_url: str, team_id: int | None = None) -> dict[str, int]:
    where = f" WHERE team_id = {team_id}" if team_id else ""
    engine = create_engine(sync_url(database_url))
    try:
        with engine.connect() as connection:
            return {
                table: connection.execute(text(f"SELECT count(*) FROM {table}{where}")).scalar_one() for table in TABLES
            }
    finally:
        engine.dispose()


@SQLITE_ONLY
def test_a_new_database_gets_its_schema_from_the_first_command(
    roundsman: Roundsman, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDSMAN_DATABASE_URL", f"sqlite:///{tmp_path / 'fresh' / 'new.db'}")
    assert create(roundsman) == 1
    assert roundsman("migrate", "--json").json == {"migrated": True}


def test_a_team_is_made_once_and_found_by_name_and_by_id(roundsman: Roundsman) -> None:
    team_id = create(roundsman)
    again = roundsman("team", "create", "North", "--timezone", "Asia/Singapore")
    assert (again.code, "North" in again.err) == (REFUSED, True)
    for name in ("North", str(team_id)):
        outcome = roundsman("invite", "--team", name, "--role", "rep", "--json")
        assert outcome.code == DONE
        assert outcome.json["link"].endswith(f"?start={outcome.json['payload']}")
    assert roundsman("invite", "--team", "South", "--role", "rep").code == REFUSED


@SQLITE_ONLY
@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["team", "create", "X", "--timezone", "Mars/Olympus"], REFUSED, "Mars/Olympus"),
        (["team", "create", "X", "--timezone", "../../etc/passwd"], REFUSED, "etc"),
        (["team", "create", " ", "--timezone", "UTC"], REFUSED, "name"),
        (["team", "create", "X", "--timezone", "UTC", "--currency", "dollars"], REFUSED, "dollars"),
        (["team", "create", "X", "--timezone", "UTC", "--country", "Singapore"], REFUSED, "Singapore"),
        (["team", "create", "X", "--timezone", "UTC", "--language", "klingon"], USAGE, "klingon"),
        (["team", "create", "X"], USAGE, "--timezone"),
        (["invite", "--team", "1", "--role", "boss"], USAGE, "boss"),
        (["invite", "--role", "rep"], USAGE, "--team"),
        (["import", "missing.xlsx", "--team", "1"], USAGE, "missing.xlsx"),
        (["import", str(DATA / SINGAPORE[0]), "--team", "nobody"], REFUSED, "nobody"),
        (["export", "--team", "nobody", "somewhere"], REFUSED, "nobody"),
        (["frobnicate"], USAGE, "frobnicate"),
        (["run"], REFUSED, "ROUNDSMAN_BOT_TOKEN"),
    ],
)
def test_what_is_wrong_is_said_with_its_exit_code(roundsman: Roundsman, args: list[str], code: int, said: str) -> None:
    outcome = roundsman(*args)
    assert outcome.code == code, outcome
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_an_unknown_kind_is_refused_with_the_known_ones(roundsman: Roundsman) -> None:
    create(roundsman)
    outcome = roundsman("import", DATA / SINGAPORE[0], "--team", "North", "--kind", "poems")
    assert outcome.code == REFUSED
    assert "customers" in outcome.err


@SQLITE_ONLY
@pytest.mark.parametrize(
    "args",
    [
        ["team", "create", "X", "--timezone", "UTC"],
        ["invite", "--team", "1", "--role", "rep"],
        ["import", str(DATA / SINGAPORE[0]), "--team", "1"],
        ["export", "--team", "1", "somewhere"],
        ["migrate"],
        ["doctor"],
    ],
)
def test_a_database_that_is_away_makes_every_command_unavailable(
    roundsman: Roundsman, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.setenv("ROUNDSMAN_DATABASE_URL", "postgresql://user:hidden-word@127.0.0.1:9/roundsman")
    monkeypatch.setenv("ROUNDSMAN_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ROUNDSMAN_BOT_API_URL", "http://127.0.0.1:9")
    outcome = roundsman(*args)
    assert outcome.code == UNAVAILABLE, outcome
    assert "hidden-word" not in outcome.err + outcome.out


@SQLITE_ONLY
def test_a_bot_api_that_is_away_makes_the_bot_unavailable(
    roundsman: Roundsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDSMAN_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ROUNDSMAN_BOT_API_URL", "http://127.0.0.1:9")
    assert run_in_a_process("run").returncode == UNAVAILABLE


def run_in_a_process(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "bot", *args], capture_output=True, text=True, check=False, timeout=60)


def test_a_database_of_another_version_is_left_alone(roundsman: Roundsman, database_url: str) -> None:
    engine = create_engine(sync_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    outcome = roundsman("team", "create", "X", "--timezone", "UTC")
    assert (outcome.code, "another schema" in outcome.err) == (REFUSED, True)
    outcome = roundsman("migrate")
    assert outcome.code == REFUSED, outcome


@pytest.mark.parametrize("order", [0, 11, 23])
def test_the_hangzhou_files_come_in_whole_in_any_order(roundsman: Roundsman, database_url: str, order: int) -> None:
    create(roundsman, "杭州", timezone="Asia/Shanghai", currency="CNY", country="CN", language="zh_Hans")
    files = list(permutations(HANGZHOU))[order]
    outcome = roundsman("import", *(DATA / name for name in files), "--team", "杭州", "--json")
    assert outcome.code == DONE, outcome
    found = counts(database_url)
    assert (found["customers"], found["contacts"], found["orders"]) == (117, 205, 530)
    taken = {table["kind"]: table["new"] for table in outcome.json["tables"]}
    assert taken == {"customers": 117, "locations": 117, "contacts": 205, "orders": 530}
    again = roundsman("import", *(DATA / name for name in files), "--team", "杭州")
    assert again.code == DONE
    assert {**counts(database_url), "audit_entries": 0} == {**found, "audit_entries": 0}


def test_the_other_sample_files_come_in_whole(roundsman: Roundsman, database_url: str) -> None:
    singapore, nine = create(roundsman, "SG"), create(roundsman, "Nine", country="CN", currency="CNY")
    assert roundsman("import", *(DATA / name for name in SINGAPORE), "--team", "SG").code == DONE
    assert roundsman("import", DATA / "wukong9_customers.xls", "--team", nine).code == DONE
    found = counts(database_url, singapore)
    assert (found["customers"], found["contacts"], found["orders"]) == (130, 221, 482)
    assert counts(database_url, nine)["customers"] == 12


def test_a_dry_run_says_all_and_changes_nothing(roundsman: Roundsman, database_url: str) -> None:
    create(roundsman)
    before = counts(database_url)
    outcome = roundsman("import", *(DATA / name for name in SINGAPORE), "--team", "North", "--dry-run")
    assert outcome.code == DONE
    assert "130 new" in outcome.out
    assert "Nothing was changed" in outcome.out
    assert counts(database_url) == before


def bad_list(folder: Path) -> Path:
    path = folder / "list.csv"
    path.write_text("name,address,latitude,longitude\nGood,1 Road,1.3,103.8\nBad,2 Road,95,103.8\n,3 Road,,\n")
    return path


def test_one_bad_row_refuses_a_file_and_is_given_back_with_its_reason(
    roundsman: Roundsman, database_url: str, tmp_path: Path
) -> None:
    create(roundsman)
    path = bad_list(tmp_path)
    outcome = roundsman("import", path, "--team", "North", "--kind", "customers", "--json")
    assert outcome.code == REFUSED
    assert counts(database_url)["customers"] == 0
    given_back = Path(outcome.json["error_file"])
    sheet = load_workbook(given_back).worksheets[0]
    assert sheet.max_row == 3, "the header and the two bad rows"
    outcome = roundsman("import", path, "--team", "North", "--kind", "customers", "--good-rows")
    assert outcome.code == DONE
    assert counts(database_url)["customers"] == 1


def test_what_one_team_exports_another_imports(roundsman: Roundsman, database_url: str, tmp_path: Path) -> None:
    first, second = create(roundsman, "First"), create(roundsman, "Second")
    assert roundsman("import", *(DATA / name for name in SINGAPORE), "--team", first).code == DONE
    for flags, folder in ((["--csv"], tmp_path / "csv"), ([], tmp_path / "xlsx")):
        outcome = roundsman("export", "--team", "First", folder, *flags, "--json")
        assert outcome.code == DONE, outcome
        assert outcome.json["rows"]
    assert len(list((tmp_path / "csv").iterdir())) == len(list((tmp_path / "xlsx").iterdir()))
    files = [tmp_path / "xlsx" / f"{name}.xlsx" for name in ("orders", "customers", "contacts")]
    outcome = roundsman("import", *files, "--team", "Second")
    assert outcome.code == DONE, outcome
    one, other = counts(database_url, first), counts(database_url, second)
    for table in ("customers", "contacts", "orders"):
        assert one[table] == other[table], table


@pytest.fixture
async def lonely(database_url: str) -> AsyncIterator[Story]:
    """A bot on the test's database, with no team yet."""
    async with Story.begun(database_url) as story:
        yield story


@SQLITE_ONLY
async def test_an_invitation_of_the_command_line_works_once(lonely: Story, database_url: str) -> None:
    environment = {
        "ROUNDSMAN_DATABASE_URL": database_url,
        "ROUNDSMAN_BOT_API_URL": "http://127.0.0.1:9",
        "ROUNDSMAN_CLOCK": lonely.app.clock.now().isoformat(),
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
    }

    def run(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot", *args], env=environment, capture_output=True, text=True, check=True
        )

    run("team", "create", "North", "--timezone", "Asia/Singapore", "--country", "SG", "--currency", "SGD")
    invited = run("invite", "--team", "North", "--role", "manager", "--name", "Mei Chen", "--json")
    payload = json.loads(invited.stdout)["payload"]
    assert json.loads(invited.stdout)["valid_until"] == "2026-11-29", "seven days by the app's clock, in UTC"
    await lonely.manager.says(f"/start {payload}")
    lonely.manager.sees_now("Mei Chen, you are in.")
    await lonely.stranger.says(f"/start {payload}")
    assert "you are in" not in lonely.stranger.screen


@SQLITE_ONLY
@pytest.mark.parametrize("command", [[], ["team"], ["invite"], ["import"], ["export"], ["doctor"], ["demo"], ["run"]])
def test_help_is_worth_reading(roundsman: Roundsman, command: list[str]) -> None:
    outcome = roundsman(*command, "--help")
    assert outcome.code == DONE
    assert len(outcome.out.split()) > 20


@SQLITE_ONLY
def test_a_port_that_is_taken_is_said(roundsman: Roundsman, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run_in_a_process("demo", "--port", str(port), "--folder", str(tmp_path / "demo"))
    assert outcome.returncode == REFUSED
    assert "in use" in outcome.stderr


def test_the_dry_run_of_notices_has_rows_and_changes_nothing(roundsman: Roundsman, database_url: str) -> None:
    create(roundsman)
    asyncio.run(_with_a_rep(database_url))
    rows = roundsman("notices", "--team", "North", "--person", "Ann", "--days", "7", "--json").json
    assert roundsman("notices", "--team", "North", "--days", "7", "--json").json == rows
    assert rows, "a rep who records visits has a morning"
    assert set(rows[0]) == {"person", "at", "kind", "rings", "merged", "reason"}
    assert (rows[0]["person"], rows[0]["kind"], rows[0]["rings"], rows[0]["merged"]) == ("Ann", "morning", True, [])
    assert rows[0]["at"].endswith("T07:30:00+08:00")
    assert "morning (due)" in roundsman("notices", "--team", "North", "--days", "7").out
    unknown = roundsman("notices", "--team", "North", "--person", "Bo")
    assert unknown.code == REFUSED
    assert "Bo" in unknown.err


async def _with_a_rep(database_url: str) -> None:
    store = Store(database_url)
    try:
        async with store.read() as session:
            team = await find_team(session, "North")
        assert team.id is not None
        await builders.add_member(store, team.id, name="Ann", chat_id=101)
        await engine.plan_all(store, datetime.now(UTC))
    finally:
        await store.close()
