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
from bot.services.importing import ImportPlan, Kind, SourceFile, TablePlan, TableState, analyse, apply, read_files
from bot.services.importing.error_file import error_file, reason_text
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
) -> ImportResult:
    """Import files, or say what would happen. Raises Refused for an unknown team or kind."""
    if kind is not None and kind not in list(Kind):
        raise Refused("unknown_kind", kind=kind, known=", ".join(Kind))
    async with store.read() as session:
        found = await find_team(session, team)
    assert found.id is not None
    sources = [SourceFile(name=path.name, content=await asyncio.to_thread(path.read_bytes)) for path in paths]
    reading = await read_files(store, found.id, sources, Kind(kind) if kind else None)
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


async def _write_error_file(plan: ImportPlan, folder: Path, reasons: Any) -> Path | None:
    made = await error_file(plan, Language.EN, reasons)
    if made is None:
        return None
    path = folder / made[0]
    await asyncio.to_thread(path.write_bytes, made[1])
    return path


def _describe(table: TablePlan, reasons: Any) -> list[str]:
    what = table.kind.value if table.kind else "not recognised"
    figures = f"{table.new} new, {table.changed} changed, {table.unchanged} unchanged, {len(table.bad)} bad"
    lines = [f"{table.file}: {what} · {table.state.value} · {figures}"]
    if table.problem:
        lines.append(f"  {_in_words(table.problem.code, table.problem.params)}")
    lines += [
        f"  row {row.line}: {'; '.join(reason_text(fault, reasons) for fault in row.faults)}"
        for row in table.bad[:ROWS_SHOWN]
    ]
    if len(table.bad) > ROWS_SHOWN:
        lines.append(f"  … and {len(table.bad) - ROWS_SHOWN} more")
    return lines


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
