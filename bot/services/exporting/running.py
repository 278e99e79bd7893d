"""The use-cases: a team into a folder of files, one customer into one file."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.domain.vocabulary import Language
from bot.services.exporting.sheets import build_sheets
from bot.services.exporting.snapshot import Snapshot, take_snapshot
from bot.services.spreadsheet import build_csv, build_workbook
from bot.store.unit import Store

FILE_NAME_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    path: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    files: tuple[ExportedFile, ...]

    def to_json(self) -> dict[str, Json]:
        return {"files": [{"path": file.path, "rows": file.rows} for file in self.files]}


async def export_team(
    store: Store, team_id: int, folder: Path, *, language: Language | None = None, as_csv: bool = False
) -> ExportResult:
    """Write a file a table into the folder, which is made when it is missing; files of the same name are replaced.

    Headers are in the team's language unless another is given. Raises Refused: unknown_team, folder_not_writable.
    """
    async with store.read() as session:
        snapshot = await take_snapshot(session, team_id)
    return await asyncio.to_thread(_write_files, snapshot, folder, language or snapshot.team.language, as_csv)


async def export_customer(
    store: Store, acting: Acting, customer_id: int, *, language: Language | None = None
) -> tuple[str, bytes]:
    """A file name and an xlsx with all that is known of one customer. Raises Refused("no_such_customer") for one that
    the acting person may not see."""
    async with store.read() as session:
        snapshot = await take_snapshot(session, acting.team_id, customer_id)
    customer = snapshot.customers[0]
    if not acting.sees_team and customer.owner_id != acting.member_id:
        raise Refused("no_such_customer")
    sheets = build_sheets(snapshot, language or acting.language)
    for name in ("members", "products", "playbook"):  # of the team, and not of this customer
        del sheets[name]
    stem = "".join(char if char.isalnum() else "-" for char in customer.name)[:FILE_NAME_MAX]
    return f"{stem}.xlsx", await asyncio.to_thread(build_workbook, list(sheets.values()))


def _write_files(snapshot: Snapshot, folder: Path, language: Language, as_csv: bool) -> ExportResult:
    files: list[ExportedFile] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, sheet in build_sheets(snapshot, language).items():
            path = folder / f"{name}.{'csv' if as_csv else 'xlsx'}"
            rows = list(sheet.rows)
            path.write_bytes(build_csv(sheet) if as_csv else build_workbook([sheet]))
            files.append(ExportedFile(path=str(path), rows=len(rows)))
    except OSError as error:
        raise Refused("folder_not_writable", folder=str(folder)) from error
    return ExportResult(files=tuple(files))
