"""Refuses what must not be parsed: wrong, damaged, locked or exploding files, told by their bytes, not their name."""

import zipfile
import zlib
from enum import StrEnum
from io import BytesIO

from bot.domain.errors import Refused

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 20 * MEGABYTE  # what a bot may download from Telegram
MAX_UNPACKED_BYTES = 160 * MEGABYTE
MAX_PART_BYTES = 120 * MEGABYTE
MAX_SHARED_TEXT_BYTES = 40 * MEGABYTE
MAX_RATIO = 200  # spreadsheets of repeated rows reach 60; bombs pass 1,000
RATIO_MATTERS_FROM_BYTES = 10 * MEGABYTE
MAX_PARTS = 2_000

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELLS = 1_500_000
MAX_ROW_ELEMENTS = 200_000  # an xlsx also lists formatted rows that hold nothing
MAX_CELL_ELEMENTS = 3_000_000
MAX_CELL_CHARACTERS = 32_767  # Excel's own limit

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"RIFF", b"OggS", b"BM")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"{\\rtf", b"<table")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_LONGEST_TAG_BYTES = 16
_ROW_TAGS, _CELL_TAGS, _FORMULA_TAGS = (
    (b"<" + tag + b" ", b"<" + tag + b">", b"<" + tag + b"/", b":" + tag + b" ", b":" + tag + b">")
    for tag in (b"row", b"c", b"f")
)


class FileType(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "text"


def recognise_type(content: bytes) -> FileType:
    """Say what the bytes are. Raises Refused: empty_file, file_too_large, wrong_type, password_protected,
    damaged_file, unpacks_too_large."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Refused("empty_file")
    if len(content) > MAX_FILE_BYTES:
        raise Refused("file_too_large", limit_mb=MAX_FILE_BYTES // MEGABYTE)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused("password_protected")
        return FileType.XLS
    if content.startswith(b"PK"):
        _check_zip(content)
        return FileType.XLSX
    head = content[:_HEAD_BYTES]
    if head.startswith(_FOREIGN) or head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Refused("wrong_type")
    if b"\x00" in head and not head.startswith(_UTF16_MARKS):
        raise Refused("wrong_type")
    return FileType.TEXT


def _check_zip(content: bytes) -> None:
    # Python's zipfile never unpacks more of a part than its header declares, so the declared sizes can be relied on.
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        if b"<!DOCTYPE" in stream.read(_HEAD_BYTES):
                            raise Refused("wrong_type")
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise Refused("damaged_file") from error
    except RuntimeError as error:  # zipfile's answer to an encrypted part
        raise Refused("password_protected") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Refused("wrong_type")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("password_protected")
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    shared = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED_BYTES
        or max(part.file_size for part in parts) > MAX_PART_BYTES
        or shared > MAX_SHARED_TEXT_BYTES
        or (unpacked > RATIO_MATTERS_FROM_BYTES and unpacked / packed > MAX_RATIO)
    ):
        raise Refused("unpacks_too_large", limit_mb=MAX_UNPACKED_BYTES // MEGABYTE)


def scan_sheets(content: bytes) -> bool:
    """Whether any sheet of the xlsx holds a formula. Counts tags without parsing: the parser costs 50 times as much.

    Raises Refused: too_many_rows, too_many_cells. Raises what zipfile raises for a damaged part.
    """
    formulas = False
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            rows = cells = 0
            tail = b""
            with archive.open(name) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    # A tag across the border is counted twice at most, which the limits do not mind.
                    seen = tail + chunk
                    rows += sum(seen.count(tag) for tag in _ROW_TAGS)
                    cells += sum(seen.count(tag) for tag in _CELL_TAGS)
                    formulas = formulas or any(tag in seen for tag in _FORMULA_TAGS)
                    tail = chunk[-_LONGEST_TAG_BYTES:]
            if rows > MAX_ROW_ELEMENTS:
                raise Refused("too_many_rows", limit=MAX_ROWS)
            if cells > MAX_CELL_ELEMENTS:
                raise Refused("too_many_cells", limit=MAX_CELLS)
    return formulas
