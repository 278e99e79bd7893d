"""Turns the bytes of an xlsx, xls or csv into sheets of plain cells. Blocking: run it in a worker thread."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from xml.etree.ElementTree import ParseError

import xlrd
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.compdoc import CompDocError

from bot.domain.errors import Refused
from bot.services.importing.guards import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    FileType,
    recognise_type,
    scan_sheets,
)
from bot.services.importing.text_files import read_text_rows

MAX_SHEETS = 20
MAX_BLANK_CELLS = 10_000_000  # rows that are formatted to the last column cost time although they hold nothing
MAX_LINES = 1_048_576  # of an Excel sheet, blank ones included
# Neither library promises its errors for damaged input; these are what they were seen to raise.
_XLSX_FAULTS = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, EOFError, OSError, OverflowError,
)  # fmt: skip
_XLS_FAULTS = (
    xlrd.XLRDError, CompDocError, struct.error, IndexError, KeyError, ValueError, AssertionError, TypeError,
    AttributeError, OverflowError, EOFError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A formula that its program never computed: there is no value to take, and formulas are not evaluated."""

    def __str__(self) -> str:
        return ""


UNCOMPUTED = Uncomputed()
Cell: TypeAlias = str | int | float | bool | datetime | date | Uncomputed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: ``rows[0]`` is its line 1, blank lines are empty. ``dates_from_1904`` tells how to read day numbers."""

    name: str
    rows: list[tuple[Cell, ...]] = field(repr=False)
    dates_from_1904: bool = False


def read_sheets(content: bytes) -> list[Sheet]:
    """Read all visible sheets that hold anything.

    Raises Refused: what ``recognise_type`` refuses, and damaged_file, password_protected, unreadable_text,
    too_many_rows, too_many_columns, too_many_cells, cell_too_long, empty_file.
    """
    match recognise_type(content):
        case FileType.XLSX:
            sheets = _read_xlsx(content)
        case FileType.XLS:
            sheets = _read_xls(content)
        case FileType.TEXT:
            sheets = [Sheet(name="", rows=_collect(read_text_rows(content)))]
    sheets = [sheet for sheet in sheets if any(sheet.rows)]
    if not sheets:
        raise Refused("empty_file")
    return sheets


def _read_xlsx(content: bytes) -> list[Sheet]:
    try:
        with_formulas = scan_sheets(content)
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(content), read_only=True, keep_links=False) if with_formulas else None
        sheets: list[Sheet] = []
        for worksheet in values.worksheets[:MAX_SHEETS]:
            if worksheet.sheet_state != "visible":
                continue
            rows = _rows_of(worksheet)
            if formulas is not None:
                rows = map(_mark_uncomputed, rows, _rows_of(formulas[worksheet.title]))
            from_1904 = values.epoch.year == 1904
            sheets.append(Sheet(name=worksheet.title, rows=_collect(rows), dates_from_1904=from_1904))
    except _XLSX_FAULTS as error:
        raise Refused("damaged_file") from error
    return sheets


def _rows_of(worksheet: Any) -> Iterator[tuple[Any, ...]]:
    worksheet.reset_dimensions()  # many exporters declare a wrong size, and rows past it would be lost
    rows: Iterator[tuple[Any, ...]] = worksheet.iter_rows(values_only=True)
    return rows


def _mark_uncomputed(values: tuple[Any, ...], formulas: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        UNCOMPUTED if value is None and formula is not None else value
        for value, formula in zip(values, formulas, strict=True)
    )


def _read_xls(content: bytes) -> list[Sheet]:
    try:
        with xlrd.open_workbook(file_contents=content, on_demand=True, logfile=io.StringIO()) as book:
            sheets = []
            for index in range(min(book.nsheets, MAX_SHEETS)):
                sheet = book.sheet_by_index(index)
                if sheet.visibility != 0:
                    continue
                rows = (_xls_row(sheet, line, book.datemode) for line in range(sheet.nrows))
                sheets.append(Sheet(name=sheet.name, rows=_collect(rows), dates_from_1904=book.datemode == 1))
    except _XLS_FAULTS as error:
        locked = "encrypted" in str(error).lower()
        raise Refused("password_protected" if locked else "damaged_file") from error
    return sheets


def _xls_row(sheet: Any, line: int, datemode: int) -> tuple[Any, ...]:
    cells: list[Any] = []
    for cell in sheet.row(line):
        match cell.ctype:
            case xlrd.XL_CELL_DATE:
                cells.append(xlrd.xldate_as_datetime(cell.value, datemode))
            case xlrd.XL_CELL_BOOLEAN:
                cells.append(bool(cell.value))
            case xlrd.XL_CELL_ERROR:
                cells.append(xlrd.error_text_from_code.get(cell.value, "#N/A"))
            case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
                cells.append(None)
            case _:
                cells.append(cell.value)
    return tuple(cells)


def _collect(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Cell, ...]]:
    """Keep the rows up to the last filled one, each up to its last filled cell, within the limits."""
    kept: list[tuple[Cell, ...]] = []
    filled_rows = filled_cells = filled_until = cells = 0
    for line, raw in enumerate(rows, start=1):
        cells += len(raw)
        row = _trim(raw)
        kept.append(row)
        if line > MAX_LINES:
            raise Refused("too_many_rows", limit=MAX_ROWS)
        if cells > MAX_BLANK_CELLS:
            raise Refused("too_many_cells", limit=MAX_CELLS)
        if not row:
            continue
        filled_until = line
        filled_rows += 1
        filled_cells += len(row)
        if filled_rows > MAX_ROWS + 1:
            raise Refused("too_many_rows", limit=MAX_ROWS)
        if len(row) > MAX_COLUMNS:
            raise Refused("too_many_columns", limit=MAX_COLUMNS)
        if filled_cells > MAX_CELLS:
            raise Refused("too_many_cells", limit=MAX_CELLS)
    del kept[filled_until:]
    return kept


def _trim(raw: tuple[Any, ...]) -> tuple[Cell, ...]:
    width = len(raw)
    while width and raw[width - 1] is None:
        width -= 1
    cells = [_plain(cell) for cell in raw[:width]]
    while cells and cells[-1] is None:  # text of nothing but spaces is empty too
        cells.pop()
    return tuple(cells)


def _plain(cell: Any) -> Cell:
    if cell is None or isinstance(cell, bool | int | float | datetime | date | Uncomputed):
        return cell
    if isinstance(cell, time | timedelta):
        return str(cell)
    text = str(cell)
    if len(text) > MAX_CELL_CHARACTERS:
        raise Refused("cell_too_long", limit=MAX_CELL_CHARACTERS)
    return text if text.strip() else None
