"""Reads csv files of any usual encoding and delimiter."""

import csv
import io
from collections.abc import Iterator

from bot.domain.errors import Refused
from bot.services.importing.columns import ALL_HEADERS, bare_header_key, header_key
from bot.services.importing.guards import MAX_CELL_CHARACTERS, MAX_COLUMNS

DELIMITERS = (",", ";", "\t", "|")
LINES_LOOKED_AT = 30
CHARACTERS_LOOKED_AT = 20_000


def read_text_rows(content: bytes) -> Iterator[tuple[str, ...]]:
    """The rows of a csv. Raises Refused: unreadable_text, cell_too_long, wrong_type."""
    text = decode_text(content)
    if "\x00" in text:
        raise Refused("wrong_type")
    delimiter = max(DELIMITERS, key=lambda candidate: _score(text, candidate))
    for row in _parse(text, delimiter):
        yield tuple(row[: MAX_COLUMNS + 1])


def decode_text(content: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else whichever of GB18030 and Big5 shows headers that we know.

    Raises Refused("unreadable_text") when none fits.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_or_refuse(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    # Most Big5 bytes are also valid GB18030, as nonsense, so that decoding alone proves nothing.
    readings = [text for encoding in ("gb18030", "big5hkscs") if (text := _decode(content, encoding)) is not None]
    if not readings:
        raise Refused("unreadable_text")
    return max(readings, key=lambda text: max(_score(text, delimiter) for delimiter in DELIMITERS))


def _decode(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_or_refuse(content: bytes, encoding: str) -> str:
    text = _decode(content, encoding)
    if text is None:
        raise Refused("unreadable_text")
    return text


def _score(text: str, delimiter: str) -> tuple[int, int]:
    """How many known headers the best of the first lines has, then how many columns."""
    best = (0, 0)
    try:
        for line, row in enumerate(_parse(text[:CHARACTERS_LOOKED_AT], delimiter)):
            if line >= LINES_LOOKED_AT:
                break
            known = sum(header_key(cell) in ALL_HEADERS or bare_header_key(cell) in ALL_HEADERS for cell in row)
            best = max(best, (known, len(row)))
    except Refused:
        return best
    return best


def _parse(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(len(cell) > MAX_CELL_CHARACTERS for cell in row):
                raise Refused("cell_too_long", limit=MAX_CELL_CHARACTERS)
            yield row
    except csv.Error as error:  # above all a cell longer than the module's limit: a quote that never closes
        raise Refused("damaged_file") from error
