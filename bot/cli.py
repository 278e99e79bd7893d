"""The `roundsman` command: sets teams up, moves data in and out, and runs the bot or the demo."""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.exc import InterfaceError, OperationalError
from telegram.error import InvalidToken, TelegramError

from bot import doctor as doctoring
from bot import moving_data
from bot.app import App
from bot.computing import ComputeBeside
from bot.demo import running
from bot.domain.errors import Refused, Unavailable
from bot.domain.vocabulary import Language, Role
from bot.logs import set_up_logging
from bot.services import joining
from bot.services.clock import Clock
from bot.services.notices import forecast
from bot.services.people import find_team
from bot.services.scoring import backtesting
from bot.services.scoring.refreshing import refresh_team
from bot.settings import DataSettings, Settings, data_folder
from bot.store.migrating import Schema, schema_of
from bot.store.migrating import migrate as apply_migrations
from bot.store.unit import Store

REFUSED, USAGE, UNAVAILABLE = 1, 2, 3
Result = TypeVar("Result")

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Roundsman, a field-sales assistant that lives in chat. Settings come from the environment or a .env file, "
    "prefix ROUNDSMAN_ (see .env.example). Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable.",
)
team_app = typer.Typer(no_args_is_help=True, help="Teams: each is a tenant of its own.")
app.add_typer(team_app, name="team")
errors = Console(stderr=True)

TeamOption = Annotated[str, typer.Option("--team", help="The team's name or id.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def main() -> None:
    """Run the command, turning refusals and outages into words and exit codes."""
    try:
        app()
    except Refused as refused:
        _fail(moving_data.explain(refused), REFUSED)
    except CommandError as error:
        _fail(f"The database belongs to another version of Roundsman: {error}.", REFUSED)
    except ValidationError as error:
        _fail("\n".join(_setting_problem(problem) for problem in error.errors()), REFUSED)
    except InvalidToken:
        _fail("Telegram does not know this bot token. Check ROUNDSMAN_BOT_TOKEN.", REFUSED)
    except (OperationalError, InterfaceError) as error:
        _fail(f"The database cannot be opened: {error.orig}. `roundsman doctor` says what to do.", UNAVAILABLE)
    except (Unavailable, TelegramError) as error:
        _fail(f"Unavailable: {error}. `roundsman doctor` says what to do.", UNAVAILABLE)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), REFUSED)


def _setting_problem(problem: Any) -> str:
    where = "_".join(str(part) for part in problem["loc"]).upper()
    return f"ROUNDSMAN_{where}: {problem['msg']}" if where else str(problem["msg"]).removeprefix("Value error, ")


def _fail(message: str, code: int) -> NoReturn:
    errors.print(message, style="red", highlight=False, markup=False)
    sys.exit(code)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def _report(result: dict[str, Any], as_json: bool, text: str) -> None:
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2) if as_json else text)


def _with_store(use: Callable[[Store, datetime], Awaitable[Result]]) -> Result:
    """Run a use-case on the database, at the app's time. A new database gets its schema first."""
    settings = DataSettings()
    schema = schema_of(settings.database_url)
    if schema is Schema.MISSING:
        apply_migrations(settings.database_url)
    elif schema is Schema.OTHER:
        _fail(f"The database {schema.value}. Run `roundsman migrate`.", REFUSED)

    async def work() -> Result:
        store = Store(settings.database_url)
        try:
            return await use(store, Clock(settings.clock).now())
        finally:
            await store.close()

    return _run(work())


@app.command()
def demo(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    folder: Annotated[Path | None, typer.Option(help="Where the demo keeps its data.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the last run's data first.")] = False,
) -> None:
    """Run the bot against a local chat page, with two sample teams and a clock to move.

    A second run goes on where the first one stopped. Ctrl-C stops it.
    """
    running.run_demo(host=host, port=port, folder=folder or data_folder() / "demo", reset=reset)


@app.command()
def run() -> None:
    """Run the bot. Any number of these may share one PostgreSQL database."""
    settings = Settings()  # type: ignore[call-arg] # filled from the environment
    set_up_logging(settings.log_level, token=settings.bot_token.get_secret_value(), other_secrets=settings.secrets)
    apply_migrations(settings.database_url)

    async def serve() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await App(settings, compute=ComputeBeside(settings)).run()

    try:
        _run(serve())
    except (KeyboardInterrupt, asyncio.CancelledError):
        errors.print("Stopped.")


@app.command()
def migrate(as_json: JsonOption = False) -> None:
    """Bring the database to the newest schema."""
    url = DataSettings().database_url
    apply_migrations(url)
    _report({"migrated": True}, as_json, "The database is at the newest schema.")


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Check the settings, the database and the Bot API, and say what to do about each."""
    findings = _run(doctoring.examine())
    _report({"findings": [finding.as_dict() for finding in findings]}, as_json, doctoring.describe(findings))
    raise typer.Exit(doctoring.exit_code(findings))


@team_app.command("create")
def create_team(
    name: Annotated[str, typer.Argument(help="The team's name, once in the database.")],
    timezone: Annotated[str, typer.Option(help="IANA zone, such as Asia/Singapore.")],
    language: Annotated[Language, typer.Option(help="The language of members who choose none.")] = Language.EN,
    currency: Annotated[str, typer.Option(help="ISO 4217 code, such as SGD.")] = "USD",
    country: Annotated[str, typer.Option(help="ISO 3166 code, such as SG: its holidays are kept.")] = "US",
    as_json: JsonOption = False,
) -> None:
    """Make a team."""

    async def create(store: Store, now: datetime) -> dict[str, Any]:
        async with store.begin() as session:
            team = await joining.create_team(
                session,
                name=name,
                timezone=timezone,
                language=language.value,
                currency=currency,
                country=country,
                now=now,
            )
            return {"id": team.id, "name": team.name}

    result = _with_store(create)
    _report(result, as_json, f"Team {result['name']} has id {result['id']}.")


@app.command()
def invite(
    team: TeamOption,
    role: Annotated[Role, typer.Option(help="What the person does.")],
    name: Annotated[
        str | None,
        typer.Option(help="Binds this member: an owner that an import named, or a known member's new phone."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a one-time link that makes a Telegram account a member, valid 7 days."""

    async def make(store: Store, now: datetime) -> tuple[str, datetime]:
        async with store.begin() as session:
            token = await joining.invite(session, await find_team(session, team), role, name=name, now=now)
        return token, now + timedelta(days=joining.INVITATION_DAYS)

    token, end = _with_store(make)
    username = _run(doctoring.bot_username())
    link = f"https://t.me/{username or 'YOUR_BOT'}?start={token}"
    until = end.date().isoformat()
    _report({"link": link, "payload": token, "valid_until": until}, as_json, f"{link}\nValid once, until {until}.")


@app.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="xlsx, xls or csv files, in any order, or folders of them.", exists=True)
    ],
    team: TeamOption,
    kind: Annotated[str | None, typer.Option(help="What the files hold, where the headers do not tell.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")] = False,
    good_rows: Annotated[bool, typer.Option("--good-rows", help="Take the good rows of a file with bad ones.")] = False,
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="What a column means, as COLUMN=field; kept for the team. May be repeated."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import customers, contacts, orders, opportunities, products, follow-ups and locations.

    Columns of your own names (Jiandaoyun) are guessed, and asked for where the guess is not enough: --map says it once.
    One bad row refuses its file, unless --good-rows is given. The bad rows are written to a file with their reasons.
    """
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=errors
    )

    async def take(store: Store, now: datetime) -> moving_data.ImportResult:
        with bars:
            return await moving_data.import_paths(
                store,
                team,
                files,
                kind=kind,
                dry_run=dry_run,
                good_rows=good_rows,
                now=now,
                show=moving_data.bar_of(bars),
                maps=maps or (),
            )

    result = _with_store(take)
    _report(result.as_dict(), as_json, result.describe())
    raise typer.Exit(REFUSED if result.refused else 0)


@app.command("export")
def export_team(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    team: TeamOption,
    csv: Annotated[bool, typer.Option("--csv", help="csv files instead of xlsx.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write everything of a team to files. `import` reads the whole folder back: customers, contacts, products,
    orders, deals and past contacts; it passes over what is only for reading."""

    async def write(store: Store, now: datetime) -> dict[str, int]:
        return await moving_data.export_folder(store, team, folder, csv=csv)

    counts = _with_store(write)
    lines = "\n".join(f"{name}: {count}" for name, count in counts.items())
    _report({"folder": str(folder), "rows": counts}, as_json, f"{lines}\nWritten to {folder}")


@app.command()
def score(
    team: TeamOption,
    backtest: Annotated[bool, typer.Option("--backtest", help="Replay the past year instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a team's scores up to date now, or replay its past year: did A out-buy B, did the at-risk leave."""

    async def work(store: Store, now: datetime) -> dict[str, Any]:
        async with store.read() as session:
            found = await find_team(session, team)
        assert found.id is not None
        if backtest:
            return await backtesting.backtest_team(store, found.id, now)
        return {"team": found.name, "customers": await refresh_team(store, found.id, now)}

    facts = _with_store(work)
    text = backtesting.describe(facts) if backtest else f"Scored {facts['customers']} customers of {facts['team']}."
    _report(facts, as_json, text)


@app.command()
def notices(
    team: TeamOption,
    person: Annotated[str | None, typer.Option("--person", help="Only this member, by name.")] = None,
    days: Annotated[int, typer.Option(help="How many days ahead, today not counted.", min=0, max=31)] = 3,
    as_json: JsonOption = False,
) -> None:
    """Show what people will be told over the next days, when, whether it rings, and why. Changes nothing."""

    async def look(store: Store, now: datetime) -> list[dict[str, object]]:
        async with store.read() as session:
            found = await find_team(session, team)
            return forecast.as_rows(await forecast.foresee_team(session, found, now, days=days, name=person))

    rows = _with_store(look)
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=2) if as_json else forecast.describe(rows))
