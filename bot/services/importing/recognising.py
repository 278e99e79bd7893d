"""Finds the header row of a sheet, and by its headers what the sheet holds and which product wrote it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refused
from bot.services.importing.columns import (
    FIELD_BY_HEADER,
    REASON_COLUMN,
    REQUIRED,
    Kind,
    bare_header_key,
    header_key,
)
from bot.services.importing.reading import Cell, Sheet

HEADER_WITHIN_LINES = 20
HEADERS_QUOTED = 8
TELLING_WEIGHT = 10
# Tables of which the product keeps nothing: of Wukong CRM, and those of an own export that are only for reading.
_NOT_TAKEN = frozenset(
    header_key(header)
    for headers in (
        ("回款编号", "回访编号", "发票号码", "任务名称", "活动名称"),
        (
            "Visit state",
            "拜访状态",
            "拜訪狀態",
            "Promise state",
            "承诺状态",
            "承諾狀態",
            "Complaint",
            "投诉内容",
            "客訴內容",
            "Approval state",
            "审批状态",
            "核准狀態",
            "Gift amount",
            "礼品金额",
            "禮品金額",
            "Member role",
            "成员角色",
            "成員角色",
            "Record",
            "记录类型",
            "紀錄類型",
            "Introduced",
            "介绍了谁",
            "介紹了誰",
            "Playbook state",
            "话术状态",
            "話術狀態",
        ),
    )
    for header in headers
)
_WUKONG_9_TITLE = re.compile(r"(信息|导入模板)(\(|（|$)")
_WUKONG_9_MARK = re.compile(r"[(（]\*[)）]\s*$")
_WUKONG_11_HEADERS = frozenset(
    (
        "锁定状态",
        "成交状态",
        "地区定位",
        "距进入公海天数",
        "相关团队",
        "公司签约人",
        "是否关键决策人",
        "商机状态组",
        "审核状态",
    )
)
_JIANDAOYUN_HEADERS = frozenset(("归属部门", "协作人", "线索池", "线索状态", "领取时间", "提交人", "提交时间"))


_SKIPPED = REASON_COLUMN.keys | {""}  # a corrected error file comes back with its reasons


class Product(StrEnum):
    """The program that wrote a file, for display."""

    WUKONG_9 = "wukong9"
    WUKONG_11 = "wukong11"
    JIANDAOYUN = "jiandaoyun"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a sheet's header is, what it holds, which column is which field. Columns count from 0, lines from 1."""

    header_line: int
    kind: Kind
    product: Product
    fields: Mapping[str, int]
    others: Mapping[int, str]  # headers that are no field, by column
    headers: tuple[str, ...]


Maps = Mapping[Kind, Mapping[str, str]]
"""What a team's own columns mean: by kind the field of a header's key."""


def recognise(sheet: Sheet, kind: Kind | None = None, maps: Maps | None = None) -> Layout:
    """Find the layout of a sheet, of the given kind or of the kind that knows most of its headers. What a team says of
    its own columns in ``maps`` goes before what we know.

    Raises Refused: header_not_found (with the texts ``found``) when no row has the headers that a kind needs, and
    kind_not_taken for exports of which the product keeps nothing.
    """
    best: tuple[int, int, int] | None = None
    choice: tuple[int, Kind, dict[str, int]] | None = None
    for line, row in enumerate(sheet.rows[:HEADER_WITHIN_LINES], start=1):
        for rank, candidate in enumerate([kind] if kind else _BY_PREFERENCE):
            mapped = (maps or {}).get(candidate, {})
            fields = match_headers(row, candidate, mapped)
            if not all(group & fields.keys() for group in REQUIRED[candidate]):
                continue
            score = (_score(row, candidate, fields, mapped), -line, -rank)
            if best is None or score > best:
                best, choice = score, (line, candidate, fields)
    if choice is None and not kind and _is_only_for_reading(sheet):
        raise Refused("kind_not_taken")
    if choice is None:
        found = [str(cell) for row in sheet.rows[:HEADER_WITHIN_LINES] for cell in row if isinstance(cell, str)]
        raise Refused("header_not_found", found=", ".join(found[:HEADERS_QUOTED]))
    line, found_kind, fields = choice
    if not kind and any(header_key(str(cell)) in _NOT_TAKEN for cell in sheet.rows[line - 1]):
        raise Refused("kind_not_taken")
    headers = tuple("" if cell is None else str(cell).strip() for cell in sheet.rows[line - 1])
    known = set(fields.values())
    others = {
        index: header
        for index, header in enumerate(headers)
        if index not in known and header_key(header) not in _SKIPPED
    }
    return Layout(
        header_line=line,
        kind=found_kind,
        product=_recognise_product(sheet.rows[: line - 1], headers),
        fields=fields,
        others=others,
        headers=headers,
    )


def _is_only_for_reading(sheet: Sheet) -> bool:
    return any(header_key(str(cell)) in _NOT_TAKEN for row in sheet.rows[:HEADER_WITHIN_LINES] for cell in row)


def _needed_headers(kind: Kind) -> frozenset[str]:
    needed = frozenset[str]().union(*REQUIRED[kind])
    return frozenset(header for header, field in FIELD_BY_HEADER[kind].items() if field in needed)


# A name in a contacts list, the number of an order: headers that make a table of one kind and mean nothing to others.
_ONLY_NEEDED_BY: Mapping[Kind, frozenset[str]] = {
    kind: _needed_headers(kind).difference(*(FIELD_BY_HEADER[other] for other in Kind if other is not kind))
    for kind in Kind
}

# When two kinds know equally many headers, the earlier is meant.
_BY_PREFERENCE = (
    Kind.CUSTOMERS,
    Kind.CONTACTS,
    Kind.ORDERS,
    Kind.OPPORTUNITIES,
    Kind.TOUCHES,
    Kind.PRODUCTS,
    Kind.LOCATIONS,
)


def _score(row: Sequence[Cell], kind: Kind, fields: Mapping[str, int], mapped: Mapping[str, str]) -> int:
    """How surely the row is the header of a table of this kind: headers known, above all those that only it needs, or
    of which the team has said so."""
    needed = frozenset[str]().union(*REQUIRED[kind])
    telling = sum(
        field in needed and ((key := header_key(str(row[index]))) in _ONLY_NEEDED_BY[kind] or key in mapped)
        for field, index in fields.items()
    )
    # A list of nothing but names and coordinates gives places to customers that are known already.
    only_places = (
        kind is Kind.LOCATIONS and "address" not in fields and len(fields) == sum(cell is not None for cell in row)
    )
    return len(fields) + TELLING_WEIGHT * telling + only_places


def match_headers(row: Sequence[Cell], kind: Kind, mapped: Mapping[str, str]) -> dict[str, int]:
    """The column of each field, as the team says, else as we know; the first of several columns with one meaning."""
    by_header = FIELD_BY_HEADER[kind]
    texts = [(index, cell) for index, cell in enumerate(row) if isinstance(cell, str)]
    fields: dict[str, int] = {}
    for index, cell in texts:
        if (said := mapped.get(header_key(cell))) is not None:
            fields.setdefault(said, index)
    for index, cell in texts:
        if header_key(cell) in mapped:
            continue
        field = by_header.get(header_key(cell)) or by_header.get(bare_header_key(cell))
        if field is not None and field not in fields:
            fields[field] = index
    return fields


def _recognise_product(above: Sequence[Sequence[Cell]], headers: Sequence[str]) -> Product:
    titles = [str(cell) for row in above for cell in row if cell is not None]
    keys = {header_key(header) for header in headers}
    if any(_WUKONG_9_MARK.search(header) for header in headers) or any(_WUKONG_9_TITLE.search(t) for t in titles[:1]):
        return Product.WUKONG_9
    if keys & _JIANDAOYUN_HEADERS:
        return Product.JIANDAOYUN
    if keys & _WUKONG_11_HEADERS or any(header.startswith("*") for header in headers):
        return Product.WUKONG_11
    return Product.PLAIN
