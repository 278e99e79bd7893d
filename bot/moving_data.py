"""`roundsman import` and `roundsman export`: reads paths, runs the use-case, words the outcome for a terminal."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.progress import Progress, TaskID

from bot.domain.errors import Refused
from bot.domain.screen import Reader, Screen
from bot.domain.vocabulary import Language
from bot.rendering import Renderer
from bot.services.clock import real_now
from bot.services.exporting import export_team
from bot.services.importing import (
    ImportPlan,
    Kind,
    Reading,
    SourceFile,
    TablePlan,
    TableState,
    analyse,
    apply,
    read_files,
)
from bot.services.importing.column_maps import joined, keep_maps, read_map
from bot.services.importing.columns import header_key
from bot.services.importing.error_file import error_file, reason_text
from bot.services.importing.guessing import Guess
from bot.services.importing.recognising import Maps
from bot.services.people import find_team
from bot.store.unit import Store

WORDS = "files/import_words"
ROWS_SHOWN = 10

ShowProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What became of the files; ``error_file`` holds the bad rows with their reasons."""

    plan: ImportPlan
    dry_run: bool
    good_rows: bool
    error_file: Path | None = None
    lines: Sequence[str] = field(default=())

    @property
    def refused(self) -> bool:
        """Whether something was not taken that should have been."""
        if not self.good_rows:
            return not self.plan.complete
        if all(table.state is TableState.NOTHING for table in self.plan.tables):
            return True
        return any(table.state in (TableState.UNREADABLE, TableState.REFUSED) for table in self.plan.tables)

    def as_dict(self) -> dict[str, Any]:
        written = str(self.error_file) if self.error_file else None
        return {**self.plan.to_json(), "dry_run": self.dry_run, "error_file": written}

    def describe(self) -> str:
        return "\n".join(self.lines)


async def import_paths(
    store: Store,
    team: str,
    paths: Sequence[Path],
    *,
    kind: str | None,
    dry_run: bool,
    good_rows: bool,
    now: datetime,
    show: ShowProgress,
    maps: Sequence[str] = (),
) -> ImportResult:
    """Import files, or say what would happen; a folder is all of its files. ``maps`` are ``column=field``, kept for
    the team. Raises Refused for an unknown team, kind or field."""
    if kind is not None and kind not in list(Kind):
        raise Refused("unknown_kind", kind=kind, known=", ".join(Kind))
    async with store.read() as session:
        found = await find_team(session, team)
    assert found.id is not None
    said: Maps = {}
    for text in maps:
        said = joined(said, read_map(text, Kind(kind) if kind else None))
    paths = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path]) if file.is_file()]
    if not paths:
        raise Refused("empty_file")
    sources = [SourceFile(name=path.name, content=await asyncio.to_thread(path.read_bytes)) for path in paths]
    reading = await read_files(store, found.id, sources, Kind(kind) if kind else None, said)
    if said and not dry_run:
        await _keep_maps(store, found.id, reading, said, now)
    if dry_run:
        plan = await analyse(store, found.id, reading, now=now, good_rows=good_rows)
    else:
        plan = await apply(store, found.id, reading, now=now, good_rows=good_rows, on_rows=show)
    reasons = Renderer().texts(WORDS, Language.EN).reasons
    bad_rows = await _write_error_file(plan, paths[0].parent, reasons)
    lines = [line for table in plan.tables for line in _describe(table, reasons)]
    if bad_rows is not None:
        lines.append(f"The bad rows with their reasons: {bad_rows}")
    if dry_run:
        lines.append("Nothing was changed (--dry-run).")
    return ImportResult(plan=plan, dry_run=dry_run, good_rows=good_rows, error_file=bad_rows, lines=lines)


async def _keep_maps(store: Store, team_id: int, reading: Reading, said: Maps, now: datetime) -> None:
    """Remember what was said of the columns, for the kinds of table that the files turned out to hold."""
    async with store.begin() as session:
        for table in reading.tables:
            of_kind = said.get(table.layout.kind, {})
            fields = {header: of_kind[key] for header in table.layout.headers if (key := header_key(header)) in of_kind}
            await keep_maps(session, team_id, table.layout.kind, fields, now)


async def _write_error_file(plan: ImportPlan, folder: Path, reasons: Any) -> Path | None:
    made = await error_file(plan, Language.EN, reasons)
    if made is None:
        return None
    path = folder / made[0]
    await asyncio.to_thread(path.write_bytes, made[1])
    return path


def _describe(table: TablePlan, reasons: Any) -> list[str]:
    if table.state is TableState.NOTHING and table.problem:
        return [f"{table.file}: nothing to take · {_in_words(table.problem.code, table.problem.params)}"]
    what = table.kind.value if table.kind else "not recognised"
    figures = f"{table.new} new, {table.changed} changed, {table.unchanged} unchanged, {len(table.bad)} bad"
    lines = [f"{table.file}: {what} · {table.state.value} · {figures}"]
    if table.problem:
        lines.append(f"  {_in_words(table.problem.code, table.problem.params)}")
    if table.guess:
        lines += _say_columns(table.guess)
    lines += [
        f"  row {row.line}: {'; '.join(reason_text(fault, reasons) for fault in row.faults)}"
        for row in table.bad[:ROWS_SHOWN]
    ]
    if len(table.bad) > ROWS_SHOWN:
        lines.append(f"  … and {len(table.bad) - ROWS_SHOWN} more")
    return lines


def _say_columns(guess: Guess) -> list[str]:
    """What the columns may mean, what is missing, and how to say it: once, since it is kept."""
    found = {**guess.known, **guess.guessed}
    lines = [f"  As {guess.kind.value}: " + ", ".join(f"{guess.headers[at]} = {name}" for name, at in found.items())]
    missing = [" or ".join(sorted(group)) for group in guess.missing]
    if missing:
        lines.append(f"  Not found: {', '.join(missing)}. Columns: {', '.join(filter(None, guess.headers))}")
    options = [f"--map '{guess.headers[at]}={name}'" for name, at in guess.guessed.items()]
    options += [f"--map 'COLUMN={name}'" for name in missing]
    return [*lines, f"  Say it once, it is kept for the team: --kind {guess.kind.value} {' '.join(options)}"]


async def export_folder(store: Store, team: str, folder: Path, *, csv: bool) -> dict[str, int]:
    """Write a team's files. Gives the rows of each. Raises Refused for an unknown team or a folder that takes none."""
    async with store.read() as session:
        found = await find_team(session, team)
    assert found.id is not None
    result = await export_team(store, found.id, folder, as_csv=csv)
    return {file.path: file.rows for file in result.files}


def bar_of(bars: Progress) -> ShowProgress:
    """A callback that moves one progress bar."""
    task: list[TaskID] = []

    def move(done: int, total: int) -> None:
        if not task:
            task.append(bars.add_task("rows", total=total))
        bars.update(task[0], completed=done, total=total)

    return move


def explain(refused: Refused) -> str:
    """A refusal in English words."""
    return _in_words(refused.code, refused.params)


def _in_words(code: str, params: Mapping[str, Any]) -> str:
    reader = Reader(language=Language.EN, zone=ZoneInfo("UTC"), now=real_now())
    return Renderer().render(Screen(template=f"refusals/{code}", facts=dict(params)), reader).text
