"""Writes xlsx and csv files in which no cell can act: text that a spreadsheet would take for a formula stays text."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CELL_MAX = 32_767
TITLE_MAX = 31
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
_PHONE = re.compile(r"\+\d[\d ()-]{4,24}")

Value: TypeAlias = str | int | float | Decimal | bool | datetime | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetToWrite:
    """A sheet with its header row. Decimals become numbers, instants must be wall-clock times of the reader."""

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Value]] = field(repr=False)


def neutralised(text: str) -> str:
    """Text with an apostrophe before it when a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def build_workbook(sheets: Iterable[SheetToWrite]) -> bytes:
    """An xlsx with the given sheets. Blocking."""
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        worksheet = workbook.create_sheet(_NOT_IN_TITLE.sub(" ", sheet.title)[:TITLE_MAX] or None)
        worksheet.freeze_panes = "A2"
        worksheet.append([_text_cell(worksheet, header, bold=True) for header in sheet.headers])
        for row in sheet.rows:
            worksheet.append([_cell(worksheet, value) for value in row])
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def build_csv(sheet: SheetToWrite) -> bytes:
    """A csv in UTF-8 with a byte order mark, which Excel needs for Chinese. Blocking."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([neutralised(header) for header in sheet.headers])
    for row in sheet.rows:
        writer.writerow([_csv_value(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def _cell(worksheet: Any, value: Value) -> Any:
    if isinstance(value, str):
        return _text_cell(worksheet, value)
    return value


def _text_cell(worksheet: Any, text: str, *, bold: bool = False) -> Any:
    # The cell is marked as text either way; the apostrophe also protects whoever copies it into another program.
    # A phone number is only marked, so that it stays a number to call.
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    guarded = clean.startswith(FORMULA_STARTS)
    shown = clean if _PHONE.fullmatch(clean) else neutralised(clean)
    cell = WriteOnlyCell(worksheet, value=shown[:CELL_MAX])
    cell.data_type = "s"
    if guarded:
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv_value(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return neutralised(value)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
    return str(value)
