"""Turns a team's rows into sheets. Those of an import's kinds have the import's own headers: they can be read back.

A personal need never leaves with an export: none of these tables holds one, and what reports hold of them is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.authority import said_size
from bot.domain.birthdays import NO_YEAR, written
from bot.domain.money import from_minor
from bot.domain.opening_hours import OpeningHours
from bot.domain.opening_words import write_opening
from bot.domain.vocabulary import Language
from bot.services.exporting.knowledge import (
    INTRODUCTION_COLUMNS,
    PLAYBOOK_COLUMNS,
    introduction_rows,
    playbook_rows,
)
from bot.services.exporting.records import CUSTOMER, CUSTOMER_ADDRESS, MEMBER, RECORD_COLUMNS, record_rows
from bot.services.exporting.snapshot import Snapshot
from bot.services.importing.columns import COLUMNS, Column, Kind
from bot.services.spreadsheet import SheetToWrite, Value
from bot.store.tables import Customer, Order, OrderLine

VISIT_COLUMNS = (
    Column(en="Visit day", zh_hans="拜访日期", zh_hant="拜訪日期"),
    MEMBER,
    CUSTOMER,
    CUSTOMER_ADDRESS,
    Column(en="Visit state", zh_hans="拜访状态", zh_hant="拜訪狀態"),
    Column(en="Purpose", zh_hans="拜访目的", zh_hant="拜訪目的"),
    Column(en="Appointment", zh_hans="约定时间", zh_hant="約定時間"),
    Column(en="Done at", zh_hans="完成时间", zh_hant="完成時間"),
)
PROMISE_COLUMNS = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="Whose", zh_hans="承诺方", zh_hant="承諾方"),
    Column(en="Promise", zh_hans="承诺内容", zh_hant="承諾內容"),
    Column(en="Promise amount", zh_hans="承诺金额", zh_hant="承諾金額"),
    Column(en="Due", zh_hans="到期时间", zh_hant="到期時間"),
    Column(en="Promise state", zh_hans="承诺状态", zh_hant="承諾狀態"),
)
COMPLAINT_COLUMNS = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="Complaint", zh_hans="投诉内容", zh_hant="客訴內容"),
    Column(en="Opened", zh_hans="提出时间", zh_hant="提出時間"),
    Column(en="Settle by", zh_hans="解决期限", zh_hant="解決期限"),
    Column(en="Solved", zh_hans="解决时间", zh_hant="解決時間"),
    Column(en="Closed", zh_hans="关闭时间", zh_hant="結案時間"),
    Column(en="Confirmed by", zh_hans="确认人", zh_hant="確認人"),
)
APPROVAL_COLUMNS = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="Approval of", zh_hans="审批事项", zh_hant="核准事項"),
    Column(en="Asked for", zh_hans="申请数目", zh_hant="申請數目"),
    Column(en="Granted", zh_hans="批准数目", zh_hant="核准數目"),
    Column(en="Words", zh_hans="说明", zh_hant="說明"),
    Column(en="Approval state", zh_hans="审批状态", zh_hant="核准狀態"),
    Column(en="Asked at", zh_hans="申请时间", zh_hant="申請時間"),
    Column(en="Decided at", zh_hans="答复时间", zh_hant="答覆時間"),
    Column(en="Decided by", zh_hans="审批人", zh_hant="核准人"),
)
GIFT_COLUMNS = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    MEMBER,
    Column(en="Given on", zh_hans="赠送日期", zh_hant="贈送日期"),
    Column(en="Gift amount", zh_hans="礼品金额", zh_hant="禮品金額"),
    Column(en="Gift", zh_hans="礼品", zh_hant="禮品"),
    Column(en="Given to", zh_hans="收礼人", zh_hant="收禮人"),
)
MEMBER_COLUMNS = (
    MEMBER,
    Column(en="Member role", zh_hans="成员角色", zh_hant="成員角色"),
    Column(en="Joined", zh_hans="加入时间", zh_hant="加入時間"),
    Column(en="Left", zh_hans="离开时间", zh_hant="離開時間"),
)
_FIELDS: Mapping[Kind, Sequence[str]] = {
    kind: fields.split()
    for kind, fields in (
        (Kind.PRODUCTS, "name code category unit price description"),
        (
            Kind.CUSTOMERS,
            "name address region phone industry channel size source grade owner tags lat lng key_account "
            "visits_per_week opening stage notes next_contact created ended ended_reason",
        ),
        (Kind.CONTACTS, "name customer address phone email job_title decides role birthday notes created"),
        (Kind.OPPORTUNITIES, "name customer address amount stage expected competitor reason owner created"),
        (Kind.ORDERS, "number customer address date amount currency title product product_code quantity line_amount"),
        (Kind.TOUCHES, "customer address at note way owner"),
    )
}


def build_sheets(snapshot: Snapshot, language: Language) -> dict[str, SheetToWrite]:
    """All sheets by file name. Words of closed lists are their stored values, which the import reads."""
    return _Sheets(snapshot, language).build()


class _Sheets:
    def __init__(self, snapshot: Snapshot, language: Language) -> None:
        self.data = snapshot
        self.language = language
        self.zone = ZoneInfo(snapshot.team.timezone)
        self.members = {member.id: member.name for member in snapshot.members}
        self.customers = {customer.id: customer for customer in snapshot.customers}

    def build(self) -> dict[str, SheetToWrite]:
        return {
            "members": self._plain("members", MEMBER_COLUMNS, self._member_rows()),
            "products": self._products(),
            "customers": self._customers(),
            "contacts": self._contacts(),
            "opportunities": self._opportunities(),
            "orders": self._orders(),
            "touches": self._touches(),
            "visits": self._plain("visits", VISIT_COLUMNS, self._visit_rows()),
            "promises": self._plain("promises", PROMISE_COLUMNS, self._promise_rows()),
            "records": self._plain("records", RECORD_COLUMNS, record_rows(self.data, self._mention, self.members)),
            "complaints": self._plain("complaints", COMPLAINT_COLUMNS, self._complaint_rows()),
            "approvals": self._plain("approvals", APPROVAL_COLUMNS, self._approval_rows()),
            "gifts": self._plain("gifts", GIFT_COLUMNS, self._gift_rows()),
            "introductions": self._plain(
                "introductions",
                INTRODUCTION_COLUMNS,
                introduction_rows(self.data, self._mention, self.members, self._wall),
            ),
            "playbook": self._plain("playbook", PLAYBOOK_COLUMNS, playbook_rows(self.data, self.members, self._wall)),
        }

    def _products(self) -> SheetToWrite:
        currency = self.data.team.currency
        rows: list[list[Value]] = [
            [row.name, row.code, row.category, row.unit, _money(row.price_minor, currency), row.description]
            for row in self.data.products
        ]
        return self._of_kind(Kind.PRODUCTS, rows)

    def _customers(self) -> SheetToWrite:
        due: dict[int, Value] = {}
        for follow_up in sorted(self.data.follow_ups, key=lambda row: row.due_on):
            if follow_up.done_at is None:
                due.setdefault(follow_up.customer_id, follow_up.due_on)
        rows: list[list[Value]] = [
            [
                row.name,
                row.address,
                row.region,
                row.phone,
                row.industry,
                row.channel,
                row.size,
                row.source,
                row.grade and row.grade.value,
                self.members.get(row.owner_id),
                "; ".join(row.tags),
                row.lat,
                row.lng,
                "yes" if row.key_account else None,
                row.visits_per_week,
                write_opening(OpeningHours.from_json(row.opening)) or None,
                row.stage and row.stage.value,
                row.notes,
                due.get(row.id or 0),
                self._wall(row.created_at),
                self._wall(row.ended_at),
                row.ended_reason,
            ]
            for row in self.data.customers
        ]
        return self._with_extra(Kind.CUSTOMERS, rows, [row.extra for row in self.data.customers])

    def _contacts(self) -> SheetToWrite:
        rows: list[list[Value]] = [
            [
                row.name,
                *self._mention(row.customer_id),
                row.phone,
                row.email,
                row.job_title,
                None if row.decides is None else "yes" if row.decides else "no",
                row.role and row.role.value,
                written(row.birthday) if row.birthday and row.birthday.year == NO_YEAR else row.birthday,
                row.notes,
                self._wall(row.created_at),
            ]
            for row in self.data.contacts
        ]
        return self._with_extra(Kind.CONTACTS, rows, [row.extra for row in self.data.contacts])

    def _opportunities(self) -> SheetToWrite:
        rows: list[list[Value]] = [
            [
                row.name,
                *self._mention(row.customer_id),
                _money(row.amount_minor, self.data.team.currency),
                row.stage.value,
                row.expected_on,
                row.competitor,
                row.reason,
                self.members.get(row.owner_id),
                self._wall(row.created_at),
            ]
            for row in self.data.opportunities
        ]
        extras = [row.extra for row in self.data.opportunities]
        return self._with_extra(Kind.OPPORTUNITIES, rows, extras)

    def _orders(self) -> SheetToWrite:
        """One row an order, or one row for each of its product lines."""
        products = {product.id: product for product in self.data.products}
        lines: dict[int, list[OrderLine]] = {}
        for line in self.data.order_lines:
            lines.setdefault(line.order_id, []).append(line)
        rows: list[list[Value]] = []
        extras: list[Mapping[str, Value]] = []
        for row in self.data.orders:
            start = self._order_start(row)
            ends: list[list[Value]] = [
                [
                    products[line.product_id].name,
                    products[line.product_id].code,
                    line.quantity,
                    _money(line.amount_minor, row.currency),
                ]
                for line in lines.get(row.id or 0, ())
            ]
            for end in ends or [[None, None, None, None]]:
                rows.append([*start, *end])
                extras.append(row.extra)
        return self._with_extra(Kind.ORDERS, rows, extras)

    def _order_start(self, row: Order) -> list[Value]:
        amount = _money(row.amount_minor, row.currency)
        return [row.number, *self._mention(row.customer_id), row.ordered_on, amount, row.currency, row.title]

    def _touches(self) -> SheetToWrite:
        rows: list[list[Value]] = [
            [
                *self._mention(row.customer_id),
                self._wall(row.at),
                row.note,
                row.kind.value,
                self.members.get(row.member_id),
            ]
            for row in self.data.touches
        ]
        return self._of_kind(Kind.TOUCHES, rows)

    def _visit_rows(self) -> Iterable[list[Value]]:
        for row in self.data.visits:
            yield [
                row.on,
                self.members.get(row.member_id),
                *self._mention(row.customer_id),
                row.state.value,
                row.purpose and row.purpose.value,
                self._wall(row.appointment_at),
                self._wall(row.done_at),
            ]

    def _promise_rows(self) -> Iterable[list[Value]]:
        for row in self.data.promises:
            yield [
                *self._mention(row.customer_id),
                self.members.get(row.owner_id),
                row.side.value,
                row.text,
                _money(row.amount_minor, self.data.team.currency),
                self._wall(row.due_at),
                row.state.value,
            ]

    def _complaint_rows(self) -> Iterable[list[Value]]:
        for row in self.data.complaints:
            owner = self.members.get(row.owner_id)
            times = [self._wall(at) for at in (row.opened_at, row.due_at, row.solved_at, row.closed_at)]
            yield [*self._mention(row.customer_id), owner, row.text, *times, row.confirmed_by]

    def _approval_rows(self) -> Iterable[list[Value]]:
        currency = self.data.team.currency
        for row in self.data.approvals:
            yield [
                *self._mention(row.customer_id),
                self.members.get(row.member_id),
                row.kind.value,
                said_size(row.kind, row.size, currency),
                said_size(row.kind, row.granted, currency),
                row.words,
                row.state.value,
                self._wall(row.asked_at),
                self._wall(row.decided_at),
                self.members.get(row.decided_by),
            ]

    def _gift_rows(self) -> Iterable[list[Value]]:
        for row in self.data.gifts:
            amount = _money(row.amount_minor, self.data.team.currency)
            giver = self.members.get(row.member_id)
            yield [*self._mention(row.customer_id), giver, row.given_on, amount, row.words, row.for_whom]

    def _member_rows(self) -> Iterable[list[Value]]:
        for row in self.data.members:
            yield [row.name, row.role.value, self._wall(row.joined_at), self._wall(row.left_at)]

    def _of_kind(self, kind: Kind, rows: Iterable[Sequence[Value]], extra_headers: Sequence[str] = ()) -> SheetToWrite:
        headers = [COLUMNS[kind][name].header(self.language) for name in _FIELDS[kind]]
        return SheetToWrite(title=kind.value, headers=[*headers, *extra_headers], rows=rows)

    def _with_extra(
        self, kind: Kind, rows: Sequence[list[Value]], extras: Sequence[Mapping[str, Value]]
    ) -> SheetToWrite:
        """The sheet of a kind with a column for every extra header that any of its rows has."""
        headers = list(dict.fromkeys(header for extra in extras for header in extra))
        for row, extra in zip(rows, extras, strict=True):
            row.extend(extra.get(header) for header in headers)
        return self._of_kind(kind, rows, headers)

    def _plain(self, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> SheetToWrite:
        return SheetToWrite(title=title, headers=[column.header(self.language) for column in columns], rows=list(rows))

    def _mention(self, customer_id: int) -> tuple[str, str]:
        customer: Customer = self.customers[customer_id]
        return customer.name, customer.address

    def _wall(self, instant: datetime | None) -> datetime | None:
        """The instant on the team's wall clock: spreadsheets have no zones."""
        return None if instant is None else instant.astimezone(self.zone).replace(tzinfo=None, microsecond=0)


def _money(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else from_minor(minor, currency)
