"""Files that must not be taken: each is refused with its reason, quickly, and nothing is written."""

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.domain.errors import Refused
from bot.services.importing import guards
from bot.services.importing.reading import UNCOMPUTED, read_sheets
from tests.importing.conftest import DATA

QUICK_S = 10.0  # on a loaded machine; idle it is about one
MEMORY_LIMIT_BYTES = 100_000_000
SHEET_START = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_sheets(content)
    return caught.value.code


def workbook_bytes(*rows: list[object]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)  # type: ignore[union-attr] # a new workbook has a sheet
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def with_sheet(parts: Iterator[bytes]) -> bytes:
    """A real workbook whose sheet is replaced by the given XML."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook_bytes(["x"]))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            if name != "xl/worksheets/sheet1.xml":
                out.writestr(name, source.read(name))
        with out.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for part in parts:
                sheet.write(part)
    return target.getvalue()


def rows_xml(count: int, row: Callable[[int], str]) -> Iterator[bytes]:
    yield SHEET_START.encode()
    for start in range(1, count + 1, 10_000):
        yield "".join(row(line) for line in range(start, min(count, start + 9_999) + 1)).encode()
    yield SHEET_END.encode()


@pytest.mark.parametrize("content", [b"", b"   \r\n", b"\xef\xbb\xbf", b"\x00" * 100, workbook_bytes()])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "empty_file"


@pytest.mark.parametrize("kept", [100, 5_000, 20_000])
def test_a_truncated_xlsx_is_refused(kept: int) -> None:
    whole = (DATA / "wukong11_customers_hangzhou.xlsx").read_bytes()
    assert refusal(whole[:kept]) == "damaged_file"


@pytest.mark.parametrize("kept", [100, 1_500, 4_000])
def test_a_truncated_xls_is_refused(kept: int) -> None:
    whole = (DATA / "wukong9_customers.xls").read_bytes()
    assert refusal(whole[:kept]) == "damaged_file"


def test_an_xlsx_with_a_flipped_byte_is_refused() -> None:
    content = bytearray((DATA / "wukong11_contracts_hangzhou.xlsx").read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = max(archive.infolist(), key=lambda part: part.compress_size)
    content[info.header_offset + 500] ^= 0xFF
    assert refusal(bytes(content)) == "damaged_file"


def test_a_password_protected_xlsx_is_refused() -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000 + "EncryptedPackage".encode("utf-16-le")
    assert refusal(container + b"\x00" * 1000) == "password_protected"


def test_a_zip_with_encrypted_parts_is_refused() -> None:
    content = bytearray(workbook_bytes(["Name"], ["x"]))
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(signature, at + 1)) >= 0:
            (flags,) = struct.unpack_from("<H", content, at + flags_at)
            struct.pack_into("<H", content, at + flags_at, flags | 1)
    assert refusal(bytes(content)) == "password_protected"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"x" * 500,
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"\xff\xd8\xff\xe0" + bytes(500),
        b"GIF89a" + bytes(500),
        b"<!DOCTYPE html><html><table><tr><td>Name</td></tr></table></html>",
        b"\xef\xbb\xbf<html><body>",
        b'<?xml version="1.0"?><Workbook/>',
        b"{\\rtf1 hello}",
        b"\x7fELF" + bytes(500),
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_what_is_no_table_is_refused_whatever_its_name(content: bytes) -> None:
    assert refusal(content) == "wrong_type"


def test_another_zip_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(target.getvalue()) == "wrong_type"


def test_a_part_that_declares_entities_is_refused() -> None:
    def parts() -> Iterator[bytes]:
        yield b'<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaa">]><worksheet/>'

    assert refusal(with_sheet(parts())) == "wrong_type"


def test_a_file_over_the_size_limit_is_refused() -> None:
    assert refusal(b"Name\n" + b"x" * guards.MAX_FILE_BYTES) == "file_too_large"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 1_000_000

    content = with_sheet(parts())
    assert len(content) < 1_000_000
    began = time.monotonic()
    assert refusal(content) == "unpacks_too_large"
    assert time.monotonic() - began < 1


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    content = bytearray(with_sheet(parts()))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", content, at + 24, 1_000)
    assert refusal(bytes(content)) == "damaged_file"


def test_a_million_rows_in_an_xlsx_are_refused_in_bounded_time_and_memory() -> None:
    content = with_sheet(rows_xml(1_000_000, lambda line: f'<row r="{line}"><c r="A{line}"><v>{line}</v></c></row>'))
    assert len(content) < guards.MAX_FILE_BYTES
    tracemalloc.start()
    began = time.monotonic()
    assert refusal(content) == "too_many_rows"
    taken_s, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken_s < QUICK_S
    assert peak < MEMORY_LIMIT_BYTES


def test_a_hundred_thousand_rows_are_refused_after_the_limit_is_read() -> None:
    content = with_sheet(rows_xml(100_000, lambda line: f'<row r="{line}"><c r="A{line}"><v>{line}</v></c></row>'))
    assert refusal(content) == "too_many_rows"


def test_cells_by_the_million_are_refused() -> None:
    row = "".join(f'<c r="{column}1"><v>1</v></c>' for column in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") * 4
    assert refusal(with_sheet(rows_xml(30_000, lambda line: f"<row>{row}</row>"))) == "too_many_cells"


def test_a_million_rows_in_a_csv_are_refused() -> None:
    began = time.monotonic()
    assert refusal(b"Name,Customer\n" + b"a,b\n" * 1_000_000) == "too_many_rows"
    assert time.monotonic() - began < QUICK_S


def test_a_row_at_the_far_end_of_a_sheet_does_not_cost_the_rows_between() -> None:
    far = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>end</t></is></c></row>'
    sheets = read_sheets(with_sheet(rows_xml(1, lambda line: far)))
    assert len([row for row in sheets[0].rows if row]) == 1


def test_a_cell_in_the_last_column_is_refused() -> None:
    wide = '<row r="1"><c r="A1"><v>1</v></c><c r="GZ1"><v>2</v></c><c r="XFD1"><v>3</v></c></row>'
    assert refusal(with_sheet(rows_xml(1, lambda line: wide))) == "too_many_columns"


def test_rows_formatted_to_the_last_column_are_read_while_they_are_few() -> None:
    def row(line: int) -> str:
        return f'<row r="{line}"><c r="A{line}"><v>1</v></c><c r="XFD{line}" s="0"/></row>'

    assert read_sheets(with_sheet(rows_xml(100, row)))[0].rows == [(1,)] * 100
    assert refusal(with_sheet(rows_xml(2_000, row))) == "too_many_cells"


def test_too_many_columns_in_a_csv_are_refused() -> None:
    assert refusal(("Name" + ",x" * 300 + "\n").encode()) == "too_many_columns"


def test_a_cell_of_endless_text_is_refused() -> None:
    assert refusal(b"Name\n" + b"x" * 40_000) == "cell_too_long"


def test_a_quote_that_never_closes_is_refused() -> None:
    assert refusal(b'Name,Customer\n"' + b"x,\n" * 100_000) in ("damaged_file", "cell_too_long")


def test_bytes_of_no_encoding_are_refused() -> None:
    assert refusal(b"Name\n\xff\xfa\xfb,\x81\n") == "unreadable_text"


def test_a_formula_is_never_evaluated_and_without_a_value_it_is_marked() -> None:
    sheets = read_sheets(workbook_bytes(["Name", "Amount"], ["a", "=1+1"]))
    assert sheets[0].rows[1] == ("a", UNCOMPUTED)


def test_a_formula_with_a_stored_value_gives_that_value() -> None:
    row = '<row r="1"><c r="A1"><f>1+1</f><v>7</v></c></row>'
    assert read_sheets(with_sheet(rows_xml(1, lambda line: row)))[0].rows[0] == (7,)


def test_a_wrong_declared_size_of_a_sheet_loses_no_row() -> None:
    def parts() -> Iterator[bytes]:
        yield SHEET_START.replace("<sheetData>", '<dimension ref="A1"/><sheetData>').encode()
        for line in range(1, 4):
            yield f'<row r="{line}"><c r="A{line}"><v>{line}</v></c><c r="B{line}"><v>{line}</v></c></row>'.encode()
        yield SHEET_END.encode()

    assert [len(row) for row in read_sheets(with_sheet(parts()))[0].rows] == [2, 2, 2]


def test_hidden_sheets_are_passed_over() -> None:
    workbook = Workbook()
    workbook.active.append(["Name"])  # type: ignore[union-attr] # a new workbook has a sheet
    hidden = workbook.create_sheet("options")
    hidden.append(["A"])
    hidden.sheet_state = "hidden"
    target = io.BytesIO()
    workbook.save(target)
    assert [sheet.rows for sheet in read_sheets(target.getvalue())] == [[("Name",)]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_simplified_csv_is_read_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    rows = [["客户名称", "地址", "负责人"], ["杭州西湖店", "环城北路230号", "张伟"]]
    content = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert [list(row) for row in read_sheets(content)[0].rows] == rows


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "utf-8", "gb18030"])
def test_a_traditional_csv_is_read_in_every_encoding(encoding: str) -> None:
    rows = [["客戶名稱", "地址", "負責人"], ["臺北信義店", "市府路45號", "陳怡君"]]
    content = "\r\n".join(",".join(row) for row in rows).encode(encoding)
    assert [list(row) for row in read_sheets(content)[0].rows] == rows


SAMPLE = (DATA / "wukong9_customers.xls").read_bytes()
SAMPLE_XLSX = workbook_bytes(["客户名称", "地址"], ["杭州西湖店", "环城北路230号"])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([SAMPLE, SAMPLE_XLSX]),
    st.lists(st.tuples(st.integers(min_value=0, max_value=10_000), st.integers(0, 255)), min_size=1, max_size=20),
)
def test_damage_anywhere_is_read_or_refused_but_never_an_error(content: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(content)
    for at, value in changes:
        damaged[at % len(damaged)] = value
    try:
        sheets = read_sheets(bytes(damaged))
    except Refused as refused:
        sheets = []
        code = refused.code
    else:
        code = ""
    assert sheets or code
