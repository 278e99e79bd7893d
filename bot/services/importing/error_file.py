"""Gives the bad rows back as a spreadsheet, with the reasons in its first column, to be corrected and sent again."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath

from bot.domain.vocabulary import Language
from bot.services.importing.columns import REASON_COLUMN
from bot.services.importing.plan import ImportPlan, TablePlan
from bot.services.importing.reading import Cell, Uncomputed
from bot.services.importing.rows import Fault
from bot.services.spreadsheet import SheetToWrite, Value, build_workbook

SEPARATOR = "; "


async def error_file(plan: ImportPlan, language: Language, reasons: Mapping[str, str]) -> tuple[str, bytes] | None:
    """A file name and an xlsx with every bad row, or None when there is none.

    ``reasons`` gives the text of every reason code in the language; ``{name}`` in it stands for a fault's parameter.
    """
    tables = [table for table in plan.tables if table.bad]
    if not tables:
        return None
    sheets = [_sheet(table, language, reasons) for table in tables]
    stem = PurePath(tables[0].file).stem
    return f"{stem}-errors.xlsx", await asyncio.to_thread(build_workbook, sheets)


def reason_text(fault: Fault, reasons: Mapping[str, str]) -> str:
    """The reason in words, with the header and the value that it is about."""
    text = str(reasons[fault.code]).format(**fault.params)
    about = f"{fault.header}: " if fault.header else ""
    return f"{about}{text} ({fault.value})" if fault.value else f"{about}{text}"


def _sheet(table: TablePlan, language: Language, reasons: Mapping[str, str]) -> SheetToWrite:
    width = len(table.headers)
    rows = [
        [SEPARATOR.join(reason_text(fault, reasons) for fault in row.faults), *map(_value, row.cells[:width])]
        for row in table.bad
    ]
    title = table.sheet or (table.kind.value if table.kind else "")
    return SheetToWrite(title=title, headers=[REASON_COLUMN.header(language), *table.headers], rows=rows)


def _value(cell: Cell) -> Value:
    if isinstance(cell, Uncomputed):
        return None
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return cell
