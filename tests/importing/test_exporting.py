"""What goes out comes back in: a team's export, imported into a new team, gives the same rows."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlmodel import select

from bot.domain.care import CareKind
from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.playbook import EntryState
from bot.domain.vocabulary import Language, Role, ServiceLevel, VisitState
from bot.services.exporting import export_customer, export_team
from bot.services.importing import Kind, SourceFile, TableState
from bot.services.spreadsheet import FORMULA_STARTS, SheetToWrite, build_csv, build_workbook, neutralised
from bot.store.tables import (
    CarePrompt,
    Contact,
    Customer,
    Introduction,
    Member,
    Opportunity,
    Order,
    OrderLine,
    PlaybookEntry,
    Product,
    Row,
    ServiceMark,
    SharedCustomer,
    Touch,
    Visit,
)
from bot.store.unit import Store
from tests.importing.conftest import HANGZHOU, NOW, SINGAPORE, csv_file, make_team, sample, take

OWN = frozenset({"id", "team_id", "customer_id", "owner_id", "member_id", "order_id", "product_id", "stage_since"})
MORE = (
    csv_file("Product name,SKU,Price,Unit\nHouse blend,HB,12.50,kg\n=Sum,EQ,1,\n", "p.csv"),
    csv_file(
        "Order no,Customer,Order date,Product,Quantity,Line amount\n"
        "X1,Marina Square II,2026-01-02,House blend,2.5,31.25\n"
        "X1,Marina Square II,2026-01-02,Decaf,1,-3\n",
        "o.csv",
    ),
    csv_file(
        "Opportunity,Customer,Amount,Stage,Owner\n"
        "+Deal,Marina Square II,500,Proposal,Arjun Nair\n"
        "@Odd,Marina Square II,,Own stage,\n",
        "d.csv",
    ),
    csv_file(
        "Customer,Contacted at,Way of contact,What was said,Member\n"
        "Marina Square II,2026-11-02 10:00:00,phone,-ok,Arjun Nair\n",
        "t.csv",
    ),
    csv_file(
        "Customer name,Address,Tags,Key account,Visits per week,Opening hours,Relationship stage,Notes,Odd\n"
        'Bean,1 Road,vip; new,yes,2,"Mon-Fri 9-18, Sat 9-12",stable,"two\nlines",=A1\n'
        "Bean,2 Road,,,,,,,\n",
        "c.csv",
    ),
    csv_file("Name,Customer,Customer address,Role,Birthday\nAnn,Bean,2 Road,buyer,1980-05-06\n", "a.csv"),
)


def of_own(row: Any) -> tuple[Any, ...]:
    return tuple(str(value) for name, value in sorted(row.model_dump().items()) if name not in OWN)


async def everything(store: Store, team_id: int) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a team without ids, each with the names of the rows that it points to."""
    async with store.read() as session:

        async def rows(table: type[Row]) -> list[Any]:
            columns: Any = table
            return list(await session.exec(select(table).where(columns.team_id == team_id)))

        members = {row.id: row.name for row in await rows(Member)}
        customers = {row.id: (row.name, row.address) for row in await rows(Customer)}
        products = {row.id: row.name for row in await rows(Product)}
        orders = {row.id: row.number for row in await rows(Order)}
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in (Customer, Contact, Product, Order, Opportunity, Touch, OrderLine):
            found[table.__name__] = sorted(
                (
                    customers.get(getattr(row, "customer_id", None), ()),
                    members.get(getattr(row, "owner_id", None), ""),
                    members.get(getattr(row, "member_id", None), ""),
                    products.get(getattr(row, "product_id", None), ""),
                    orders.get(getattr(row, "order_id", None), ""),
                    *of_own(row),
                )
                for row in await rows(table)
            )
        return found


def files_of(folder: Path) -> list[SourceFile]:
    return [SourceFile(name=path.name, content=path.read_bytes()) for path in sorted(folder.iterdir())]


@pytest.mark.parametrize(
    ("language", "as_csv"), [(Language.EN, False), (Language.ZH_HANS, True), (Language.ZH_HANT, False)]
)
async def test_an_export_comes_back_as_the_same_team(
    store: Store, singapore: int, tmp_path: Path, language: Language, as_csv: bool
) -> None:
    await take(store, singapore, *sample(*SINGAPORE))
    plan = await take(store, singapore, *MORE)
    assert plan.complete, plan.to_json()
    result = await export_team(store, singapore, tmp_path / "out", language=language, as_csv=as_csv)
    assert {Path(file.path).stem: file.rows for file in result.files if file.rows} == {
        "members": 3,
        "products": 3,
        "customers": 132,
        "contacts": 222,
        "orders": 484,
        "opportunities": 2,
        "touches": 1,
    }
    other = await make_team(store, "Other", "SGD", "Asia/Singapore")
    read_back = [file for file in files_of(tmp_path / "out") if Path(file.name).stem in {kind.value for kind in Kind}]
    plan = await take(store, other, *read_back)
    assert plan.complete, plan.to_json()
    assert await everything(store, other) == await everything(store, singapore)


async def test_a_whole_folder_is_read_back_and_what_is_only_for_reading_is_no_hindrance(
    store: Store, singapore: int, tmp_path: Path
) -> None:
    await take(store, singapore, *MORE[4:])
    await export_team(store, singapore, tmp_path / "out")
    other = await make_team(store, "Other", "SGD", "Asia/Singapore")
    plan = await take(store, other, *files_of(tmp_path / "out"))
    assert plan.complete, plan.to_json()
    nothing = {Path(table.file).stem for table in plan.tables if table.state is TableState.NOTHING}
    assert nothing == {
        "members", "products", "opportunities", "orders", "touches", "visits", "promises", "complaints", "records",
        "approvals", "gifts", "introductions", "playbook",
    }  # fmt: skip
    assert await everything(store, other) == await everything(store, singapore)
    alone = await take(store, other, *[file for file in files_of(tmp_path / "out") if file.name == "visits.xlsx"])
    assert not alone.complete


async def test_a_chinese_territory_comes_back_too(store: Store, hangzhou: int, tmp_path: Path) -> None:
    await take(store, hangzhou, *sample(*HANGZHOU, "wukong9_customers.xls"))
    await export_team(store, hangzhou, tmp_path)
    other = await make_team(store, "另一队", "CNY", "Asia/Shanghai")
    plan = await take(store, other, *files_of(tmp_path))
    assert {table.kind for table in plan.tables if table.state is TableState.DONE} == {
        Kind.CUSTOMERS,
        Kind.CONTACTS,
        Kind.ORDERS,
        Kind.TOUCHES,
    }
    assert await everything(store, other) == await everything(store, hangzhou)


async def test_tables_that_are_only_for_reading_are_never_taken_for_customers(
    store: Store, hangzhou: int, tmp_path: Path
) -> None:
    await take(store, hangzhou, csv_file("客户名称,负责人\n西湖店,李娜\n"))
    async with store.begin() as session:
        customer = (await session.exec(select(Customer))).one()
        visit = Visit(
            team_id=hangzhou,
            customer_id=customer.id or 0,
            member_id=customer.owner_id or 0,
            on=date(2026, 11, 23),
            state=VisitState.PLANNED,
            created_at=NOW,
        )
        session.add(visit)
    await export_team(store, hangzhou, tmp_path)
    (visits,) = [file for file in files_of(tmp_path) if file.name == "visits.xlsx"]
    (table,) = (await take(store, hangzhou, visits)).tables
    assert table.problem is not None
    assert table.problem.code == "kind_not_taken"


async def test_care_introductions_and_the_teams_own_playbook_leave_with_an_export(
    store: Store, hangzhou: int, tmp_path: Path
) -> None:
    await take(store, hangzhou, csv_file("客户名称,负责人\n西湖店,李娜\n"))
    async with store.begin() as session:
        customer = (await session.exec(select(Customer))).one()
        member_id, customer_id = customer.owner_id or 0, customer.id or 0
        mine: dict[str, Any] = {"team_id": hangzhou, "customer_id": customer_id}
        day = date(2026, 11, 23)
        session.add_all(
            [
                ServiceMark(
                    **mine, member_id=member_id, on=day, level=ServiceLevel.BEYOND, evidence="周日送货", created_at=NOW
                ),
                CarePrompt(
                    **mine, kind=CareKind.REORDER, key="r", due_on=day, until=day, counts_from=NOW, created_at=NOW
                ),
                SharedCustomer(**mine, member_id=member_id, shared_at=NOW),
                Introduction(
                    team_id=hangzhou,
                    by_customer_id=customer_id,
                    name="灵隐店",
                    name_key="灵隐店",
                    member_id=member_id,
                    at=NOW,
                ),
                PlaybookEntry(
                    team_id=hangzhou,
                    section="answers",
                    slot="price",
                    text="先试一箱",
                    state=EntryState.SHOWN,
                    author_id=member_id,
                    created_at=NOW,
                    changed_at=NOW,
                ),
            ]
        )
    await export_team(store, hangzhou, tmp_path / "out")
    said = {file.name: load_workbook(io.BytesIO(file.content)).worksheets[0] for file in files_of(tmp_path / "out")}
    records = [[cell for cell in row if cell] for row in said["records.xlsx"].iter_rows(min_row=2, values_only=True)]
    assert {row[0] for row in records} == {"service", "care", "shared"}
    assert ["service", 1, "西湖店", "李娜", "evidence", "周日送货"] in records
    assert ["care", 1, "西湖店", "kind", "reorder"] in records
    introduced = list(said["introductions.xlsx"].iter_rows(min_row=2, values_only=True))
    assert introduced[0][:5] == ("西湖店", None, "李娜", "灵隐店", "no")
    playbook = list(said["playbook.xlsx"].iter_rows(min_row=2, values_only=True))
    assert playbook[0][:7] == ("answers", "price", None, "先试一箱", None, "shown", "李娜")
    for name in ("introductions.xlsx", "playbook.xlsx"):
        (table,) = (
            await take(store, hangzhou, *[one for one in files_of(tmp_path / "out") if one.name == name])
        ).tables
        assert table.problem is not None
    _, content = await export_customer(store, acting(hangzhou, member_id, Role.MANAGER), customer_id)
    assert {"introductions", "records"} <= set(load_workbook(io.BytesIO(content)).sheetnames)


async def test_an_export_into_a_file_is_refused(store: Store, singapore: int, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(Refused, match="folder_not_writable"):
        await export_team(store, singapore, tmp_path / "taken")


def acting(team_id: int, member_id: int, role: Role) -> Acting:
    return Acting(
        member_id=member_id,
        team_id=team_id,
        name="x",
        role=role,
        sells=True,
        language=Language.EN,
        zone=ZoneInfo("Asia/Singapore"),
        currency="SGD",
        country="SG",
    )


async def test_one_customer_goes_into_one_file_that_can_be_read_back(store: Store, singapore: int) -> None:
    await take(store, singapore, *sample(*SINGAPORE))
    await take(store, singapore, *MORE)
    async with store.read() as session:
        customer = (await session.exec(select(Customer).where(Customer.name == "Marina Square II"))).one()
    assert customer.id is not None
    assert customer.owner_id is not None
    name, content = await export_customer(store, acting(singapore, customer.owner_id, Role.REP), customer.id)
    assert name == "Marina-Square-II.xlsx"
    other = await make_team(store, "Other", "SGD", "Asia/Singapore")
    plan = await take(store, other, SourceFile(name=name, content=content))
    assert plan.complete, plan.to_json()
    here, there = await everything(store, singapore), await everything(store, other)
    address = customer.address
    for table in ("Contact", "Order", "Opportunity", "Touch"):
        assert there[table] == [row for row in here[table] if row[0] == ("Marina Square II", address)]


async def test_a_customer_of_another_rep_or_team_is_not_exported(store: Store, singapore: int, hangzhou: int) -> None:
    await take(store, singapore, csv_file("Customer name,Owner\nBean,Ann\n"))
    async with store.read() as session:
        customer = (await session.exec(select(Customer))).one()
    for person in (acting(singapore, (customer.owner_id or 0) + 1, Role.REP), acting(hangzhou, 1, Role.ADMIN)):
        with pytest.raises(Refused, match="no_such_customer"):
            await export_customer(store, person, customer.id or 0)


@pytest.mark.parametrize("text", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_goes_out_as_text(text: str) -> None:
    sheet = SheetToWrite(title="t", headers=["h", text], rows=[[text, "plain"]])
    cells = list(load_workbook(io.BytesIO(build_workbook([sheet]))).worksheets[0].iter_rows())
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert str(cells[1][0].value).startswith("'")
    assert list(csv.reader(io.StringIO(build_csv(sheet).decode("utf-8-sig"), newline="")))[1][0].startswith("'")


def test_a_phone_number_stays_readable_and_still_is_text() -> None:
    sheet = SheetToWrite(title="t", headers=["h"], rows=[["+65 6000 4444"]])
    cell = list(load_workbook(io.BytesIO(build_workbook([sheet]))).worksheets[0].iter_rows())[1][0]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("+65 6000 4444", "s", True)


def test_numbers_stay_numbers_also_when_negative() -> None:
    sheet = SheetToWrite(title="t", headers=["h"], rows=[[Decimal("-3.50")]])
    cell = list(load_workbook(io.BytesIO(build_workbook([sheet]))).worksheets[0].iter_rows())[1][0]
    assert (cell.value, cell.data_type) == (-3.5, "n")


@given(st.text())
def test_no_text_begins_as_a_formula_after_neutralising(text: str) -> None:
    assert not neutralised(text).startswith(FORMULA_STARTS)
