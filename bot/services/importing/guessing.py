"""Guesses what the columns of a sheet mean when their names are not known, by the words inside the names.

A tenant of Jiandaoyun names its own columns, so nobody can list them all. A guess is only shown, never taken unasked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.errors import Refused
from bot.services.importing.columns import COLUMNS, REQUIRED, Kind, header_key
from bot.services.importing.reading import Cell, Sheet
from bot.services.importing.recognising import HEADER_WITHIN_LINES, Maps, match_headers

LEAST_HEADERS = 2
LEAST_LATIN = 4  # letters; a shorter word stands inside many others
LEAST_CHINESE = 2
BY_STEM = 1
NEEDED_WEIGHT, MISSING_WEIGHT = 10, 15

_CUSTOMER = (
    "客户 客戶 顾客 顧客 单位 單位 公司 企业 企業 商户 商戶 门店 門市 customer client company account shop store"
)
_DATE = "日期 时间 時間 date"
_STEMS: Mapping[Kind, Mapping[str, Sequence[str]]] = {
    kind: {name: words.split() for name, words in stems.items()}
    for kind, stems in {
        Kind.PRODUCTS: {"name": "产品 產品 商品 品名 product item", "price": "价 價 price"},
        Kind.CUSTOMERS: {"name": _CUSTOMER, "phone": "电话 電話 手机 手機 phone mobile", "address": "地址 address"},
        Kind.LOCATIONS: {
            "customer": _CUSTOMER,
            "lat": "纬 緯 lat",
            "lng": "经度 經度 lng lon",
            "point": "坐标 座標 定位",
        },
        Kind.CONTACTS: {"name": "姓名 联系人 聯絡人 人名 contact person", "customer": _CUSTOMER},
        Kind.OPPORTUNITIES: {"name": "商机 商機 项目 專案 项目 deal opportunity project", "customer": _CUSTOMER},
        Kind.ORDERS: {
            "number": "单号 單號 编号 編號 单据 單據 number",
            "customer": _CUSTOMER,
            "date": _DATE,
            "amount": "金额 金額 总价 總價 货款 貨款 应收 應收 amount total",
        },
        Kind.TOUCHES: {"customer": _CUSTOMER, "at": f"{_DATE} 跟进 跟進 拜访 拜訪", "note": "内容 內容 note"},
    }.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a sheet may hold: the column of each field that is known, and of each that is guessed; columns from 0.

    ``missing`` are the groups of fields of which one is needed and none was found.
    """

    kind: Kind
    headers: tuple[str, ...]
    known: Mapping[str, int]
    guessed: Mapping[str, int]
    missing: tuple[frozenset[str], ...]

    @property
    def free(self) -> Sequence[int]:
        """The columns that mean nothing yet."""
        taken = {*self.known.values(), *self.guessed.values()}
        return [index for index, header in enumerate(self.headers) if header and index not in taken]

    def with_known(self, field: str, column: int) -> "Guess":
        """The same reading with one column said for sure; what it was taken for before is open again."""
        known = {name: index for name, index in self.known.items() if index != column and name != field}
        guessed = {name: index for name, index in self.guessed.items() if index != column and name != field}
        found = {**known, field: column, **guessed}
        missing = tuple(group for group in REQUIRED[self.kind] if not group & found.keys())
        return replace(self, known={**known, field: column}, guessed=guessed, missing=missing)


class UnknownColumnsError(Refused):
    """No header is known, with what the columns may mean: ``header_not_found`` for whoever does not ask further."""

    def __init__(self, refusal: Refused, guess: Guess) -> None:
        super().__init__(refusal.code, **refusal.params)
        self.guess = guess


@dataclass(frozen=True, slots=True, order=True)
class _Likely:
    score: int
    column: int = field(compare=False)
    name: str = field(compare=False)


def guess_columns(sheet: Sheet, kind: Kind | None = None, maps: Maps | None = None) -> Guess | None:
    """The likeliest reading of a sheet as the given kind, or as the kind that fits best; None where no word helps."""
    best: tuple[int, Guess] | None = None
    for row in _header_rows(sheet):
        for candidate in [kind] if kind else Kind:
            found = _guess(row, candidate, (maps or {}).get(candidate, {}))
            if found.known or found.guessed or kind:
                score = _fit(found)
                if best is None or score > best[0]:
                    best = score, found
    return best[1] if best else None


def _header_rows(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    """Rows that could be headers: several different texts, nothing else, and something below."""
    for line, row in enumerate(sheet.rows[:HEADER_WITHIN_LINES], start=1):
        cells = [cell for cell in row if cell is not None]
        texts = {str(cell) for cell in cells if isinstance(cell, str)}
        if len(texts) >= LEAST_HEADERS and len(texts) == len(cells) and any(sheet.rows[line:]):
            yield row
            return


def _fit(guess: Guess) -> int:
    found = {**guess.known, **guess.guessed}
    needed = sum(any(name in found for name in group) for group in REQUIRED[guess.kind])
    return NEEDED_WEIGHT * needed + len(found) - MISSING_WEIGHT * len(guess.missing)


def _guess(row: Sequence[Cell], kind: Kind, mapped: Mapping[str, str]) -> Guess:
    headers = tuple("" if cell is None else str(cell).strip() for cell in row)
    known = match_headers(row, kind, mapped)
    taken = set(known.values())
    likely = sorted(
        (
            _Likely(score, index, name)
            for index, header in enumerate(headers)
            if header and index not in taken
            for name in COLUMNS[kind]
            if name not in known and (score := _likeness(header_key(header), kind, name))
        ),
        reverse=True,
    )
    guessed: dict[str, int] = {}
    for one in likely:
        if one.name not in guessed and one.column not in taken:
            guessed[one.name] = one.column
            taken.add(one.column)
    found = {**known, **guessed}
    missing = tuple(group for group in REQUIRED[kind] if not group & found.keys())
    return Guess(kind=kind, headers=headers, known=known, guessed=guessed, missing=missing)


def _likeness(header: str, kind: Kind, name: str) -> int:
    """How much of a header says the field: the longest known name inside it, else a word that such columns have."""
    inside = [len(key) for key in COLUMNS[kind][name].keys if key in header and len(key) >= _least(key)]
    if inside:
        return BY_STEM + max(inside)
    return BY_STEM if any(stem in header for stem in _STEMS[kind].get(name, ())) else 0


def _least(key: str) -> int:
    return LEAST_LATIN if key.isascii() else LEAST_CHINESE
