"""Rows that cannot be taken, each with its reason; rows that can, whatever their headers."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.opening_hours import OpeningHours
from bot.domain.opening_words import write_opening
from bot.domain.vocabulary import ContactRole, DealStage, GradeSource, RelationshipStage, TouchKind
from bot.services.importing import ImportPlan, Kind, TableState, read_files
from bot.services.importing.columns import COLUMNS
from bot.services.importing.reading import UNCOMPUTED, Cell, Sheet, read_sheets
from bot.services.importing.recognising import Product, recognise
from bot.services.importing.row_reading import Frame
from bot.services.importing.tables import read_table
from bot.store.tables import Contact, Customer, FollowUp, Member, Opportunity, Order, OrderLine, Touch
from bot.store.tables import Product as ProductTable
from bot.store.unit import Store
from tests.importing.conftest import csv_file, take


def reasons(plan: ImportPlan) -> list[tuple[int, str, str]]:
    return [(row.line, fault.code, fault.header) for table in plan.tables for row in table.bad for fault in row.faults]


def layout_of(text: str, kind: Kind | None = None) -> tuple[Kind, Product, int]:
    layout = recognise(read_sheets(text.encode())[0], kind)
    return layout.kind, layout.product, layout.header_line


@pytest.mark.parametrize(
    ("text", "kind", "product", "line"),
    [
        ("客户导入模板(*)为必填项\n客户名称(*),手机,客户级别\nx,,\n", Kind.CUSTOMERS, Product.WUKONG_9, 2),
        ("note,,\n*客户名称,*负责人,客户来源\nx,y,\n", Kind.CUSTOMERS, Product.WUKONG_11, 2),
        ("*线索名称,*负责人,线索来源\nx,,\n", Kind.CUSTOMERS, Product.WUKONG_11, 1),
        ("*姓名,*客户名称,*负责人\nx,,\n", Kind.CONTACTS, Product.WUKONG_11, 1),
        ("姓名,客户名称,手机,最后跟进时间,负责人,创建时间\nx,,\n", Kind.CONTACTS, Product.PLAIN, 1),
        ("客户名称,联系人,手机号,归属部门,负责人,线索池\nx,,\n", Kind.CUSTOMERS, Product.JIANDAOYUN, 1),
        ("*跟进内容,*创建人,*所属客户,跟进时间-例:2020-2-1,跟进方式\nx,,\n", Kind.TOUCHES, Product.WUKONG_11, 1),
        ("*产品名称,*产品类型,产品单位,*产品编码,*价格\nx,,\n", Kind.PRODUCTS, Product.WUKONG_11, 1),
        ("商机名称,客户名称,商机金额,商机阶段\nx,,\n", Kind.OPPORTUNITIES, Product.PLAIN, 1),
        ("合同编号,商机名称,客户名称,合同金额,下单时间\nx,,\n", Kind.ORDERS, Product.PLAIN, 1),
        ("客戶名稱,經度,緯度\nx,1,2\n", Kind.LOCATIONS, Product.PLAIN, 1),
        ("Customer name,Address,Latitude,Longitude\nx,,1,2\n", Kind.CUSTOMERS, Product.PLAIN, 1),
        ("CUSTOMER_NAME ;Phone number:;Amount (SGD)\nx;;\n", Kind.CUSTOMERS, Product.PLAIN, 1),
        ("Order no,Customer,Order date,Amount (SGD)\nx,,\n", Kind.ORDERS, Product.PLAIN, 1),
        ("\n\n;;\nName;Customer;Job title\nx;;\n", Kind.CONTACTS, Product.PLAIN, 4),
    ],
)
def test_a_table_is_known_by_its_headers(text: str, kind: Kind, product: Product, line: int) -> None:
    assert layout_of(text) == (kind, product, line)


def test_the_order_of_columns_does_not_matter() -> None:
    assert layout_of("手机,备注,客户名称\n1,2,3\n")[0] is Kind.CUSTOMERS


def test_a_kind_that_is_given_overrides_the_guess() -> None:
    assert layout_of("Name,Customer,Latitude,Longitude\n", Kind.LOCATIONS)[0] is Kind.LOCATIONS


ODD_CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        ["2026-01-02", "12.50", "-1", "1e9999", "A", "yes", "NaN", "x" * 5000, "120.1,30.2", "\ud800", "=1"]
    ),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.just(UNCOMPUTED),
)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(list(Kind)))
def test_every_row_is_taken_or_has_a_reason_whatever_its_cells_hold(data: st.DataObject, kind: Kind) -> None:
    headers = tuple(column.en for column in COLUMNS[kind].values())
    rows = data.draw(st.lists(st.lists(ODD_CELLS, min_size=len(headers), max_size=len(headers)), max_size=4))
    sheet = Sheet(name="", rows=[headers, *map(tuple, rows)])
    frame = Frame(zone=ZoneInfo("Asia/Singapore"), currency="SGD")
    table = read_table("a.csv", sheet, recognise(sheet, kind), frame)
    lines = {row.line for row in table.rows} | {row.line for row in table.bad}
    assert lines <= set(range(2, len(rows) + 2))
    if kind is not Kind.ORDERS:  # several rows may be one order
        assert len(table.rows) + len(table.bad) + table.left_out == len(rows)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,b,c\n1,2,3\n", "header_not_found"),
        ("回款编号,客户名称,合同编号,回款金额\n1,2,3,4\n", "kind_not_taken"),
        ("回访编号,客户名称,客户满意度\n1,2,3\n", "kind_not_taken"),
    ],
)
def test_a_table_of_something_else_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        layout_of(text)
    assert caught.value.code == code


async def test_every_fault_of_a_customer_row_is_told_at_once(store: Store, singapore: int) -> None:
    text = (
        "Customer name,Phone,Grade,Latitude,Longitude,Created,Notes\n"
        "Good,,A,1.3,103.8,2026-01-02,\n"
        ",12,Z,95,103.8,2/1/2026,\n"
        "😀,,,,,,\n"
        f"Long,,,,,,{'x' * 5000}\n"
        "Half a place,,,1.3,,,\n"
        "Nowhere,,,0,0,,\n"
        "good,,,,,,\n"
    )
    plan = await take(store, singapore, csv_file(text))
    assert plan.tables[0].state is TableState.REFUSED
    assert reasons(plan) == [
        (3, "missing_name", "Customer name"),
        (3, "bad_coordinates", "Latitude"),
        (3, "bad_phone", "Phone"),
        (3, "bad_grade", "Grade"),
        (3, "ambiguous_date", "Created"),
        (4, "name_without_letters", "Customer name"),
        (5, "too_long", "Notes"),
        (6, "bad_coordinates", "Latitude"),
        (7, "bad_coordinates", "Latitude"),
        (8, "duplicate_row", ""),
    ]
    async with store.read() as session:
        assert (await session.exec(select(Customer))).all() == []
        assert (await session.exec(select(Member))).all() == []


async def test_the_good_rows_are_taken_when_that_is_asked_for(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file("Customer name,Grade\nOne,A\nTwo,Z\n"), good_rows=True)
    assert (plan.tables[0].state, plan.tables[0].new, len(plan.tables[0].bad)) == (TableState.DONE, 1, 1)
    async with store.read() as session:
        assert [customer.name for customer in await session.exec(select(Customer))] == ["One"]


async def test_faults_of_orders_and_contacts(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name,Address\nOne,1 First Road\nTwo,2 Road\nTwo,3 Road\n"))
    orders = await take(
        store,
        singapore,
        csv_file(
            "Order no,Customer,Order date,Amount,Currency\n"
            "1,One,2026-01-02,10,\n"
            "1,One,2026-01-03,10,\n"
            ",One,,,\n"
            "2,Nobody,2026-01-02,1.005,XXY\n"
            "3,Nobody,2026-01-02,5,JPY\n"
            "4,Two,2026-01-02,abc,\n"
            "5,Two,2026-01-02,7,\n"
        ),
    )
    assert reasons(orders) == [
        (3, "duplicate_number", "Order no"),
        (4, "missing_number", "Order no"),
        (4, "missing_date", "Order date"),
        (4, "missing_amount", "Amount"),
        (5, "bad_currency", "Currency"),
        (5, "amount_too_fine", "Amount"),
        (6, "unknown_customer", ""),
        (7, "bad_amount", "Amount"),
        (8, "ambiguous_customer", ""),
    ]
    contacts = await take(
        store, singapore, csv_file("Name,Customer,Email,Decision maker\nAnn,One,nowhere,perhaps\nBob,,,\n")
    )
    assert reasons(contacts) == [
        (2, "bad_email", "Email"),
        (2, "bad_yes_no", "Decision maker"),
        (3, "missing_customer", "Customer"),
    ]


async def test_an_address_column_tells_branches_of_one_name_apart(store: Store, singapore: int) -> None:
    branches = "Customer name,Address\nBean,1 First Road\nBean,2 Second Road\n"
    assert (await take(store, singapore, csv_file(branches))).tables[0].new == 2
    text = "Name,Customer,Customer address\nAnn,Bean,2 second road\n"
    assert (await take(store, singapore, csv_file(text))).complete
    async with store.read() as session:
        contact = (await session.exec(select(Contact))).one()
        customer = await session.get(Customer, contact.customer_id)
    assert customer is not None
    assert customer.address == "2 Second Road"


async def test_a_list_without_addresses_means_the_only_customer_of_the_name(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name,Address\nBean,1 First Road\n"))
    plan = await take(store, singapore, csv_file("Customer name,Phone\nBean,60001111\n"))
    assert (plan.tables[0].new, plan.tables[0].changed) == (0, 1)


async def test_an_address_that_was_missing_is_filled_in(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name\nBean\n"))
    text = "Customer name,Address\nBean,1 First Road\n"
    assert (await take(store, singapore, csv_file(text))).tables[0].changed == 1
    assert (await take(store, singapore, csv_file(text))).tables[0].unchanged == 1


async def test_branches_with_and_without_address_stay_two_however_often_they_come(store: Store, singapore: int) -> None:
    text = "Customer name,Address\nBean,\nBean,1 First Road\n"
    assert (await take(store, singapore, csv_file(text))).tables[0].new == 2
    assert (await take(store, singapore, csv_file(text))).tables[0].unchanged == 2


async def test_an_empty_cell_never_takes_away_what_is_known(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name,Phone,Tags\nBean,60001111,vip; new\n"))
    plan = await take(store, singapore, csv_file("Customer name,Phone,Tags\nBean,,\n"))
    assert plan.tables[0].unchanged == 1
    async with store.read() as session:
        customer = (await session.exec(select(Customer))).one()
    assert (customer.phone, customer.tags) == ("60001111", ["vip", "new"])


async def test_opening_hours_and_closed_days_are_read_and_visits_in_the_rest_stay(store: Store, hangzhou: int) -> None:
    text = "客户名称,营业时间,休息日\n咖啡,9:00-18:00,周日\n茶馆,,周一\n面馆,看门口,\n"
    plan = await take(store, hangzhou, csv_file(text), good_rows=True)
    assert reasons(plan) == [(4, "bad_opening", "营业时间")]
    async with store.begin() as session:
        hours = {}
        for customer in (await session.exec(select(Customer))).all():
            hours[customer.name] = write_opening(OpeningHours.from_json(customer.opening))
            customer.opening = {**customer.opening, "in_rest": True}
    assert hours == {"咖啡": "Mo-Sa 09:00-18:00", "茶馆": "Tu-Su 24h"}
    await take(store, hangzhou, csv_file("客户名称,营业时间\n咖啡,每天 10-20\n"))
    async with store.read() as session:
        changed = (await session.exec(select(Customer).where(col(Customer.name) == "咖啡"))).one()
    assert OpeningHours.from_json(changed.opening).in_rest


async def test_a_grade_that_a_manager_set_is_not_overwritten(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name,Grade\nBean,A\n"))
    async with store.begin() as session:
        customer = (await session.exec(select(Customer))).one()
        customer.grade_source = GradeSource.OVERRIDE
    assert (await take(store, singapore, csv_file("Customer name,Grade\nBean,C\n"))).tables[0].unchanged == 1


async def test_unknown_columns_are_kept_and_totals_left_out(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file("Customer name,Favourite cup\nBean,mug\nTotal,1\n"))
    assert (plan.tables[0].left_out, plan.tables[0].kept_columns) == (1, ("Favourite cup",))
    async with store.read() as session:
        assert (await session.exec(select(Customer))).one().extra == {"Favourite cup": "mug"}


async def test_product_lines_make_one_order(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name\nBean\n"))
    text = (
        "Order no,Customer,Order date,Product,SKU,Quantity,Line amount\n"
        "1,Bean,2026-01-02,House blend,HB,2,20.00\n"
        "1,Bean,2026-01-02,Decaf,,1.5,15.50\n"
        "1,Bean,2026-01-02,House blend,HB,1,10\n"
    )
    plan = await take(store, singapore, csv_file(text))
    assert (plan.tables[0].new, plan.complete) == (1, True)
    async with store.read() as session:
        order = (await session.exec(select(Order))).one()
        names = {product.id: product.name for product in await session.exec(select(ProductTable))}
        lines = (await session.exec(select(OrderLine))).all()
    assert order.amount_minor == 4550
    assert {names[line.product_id]: (Decimal(line.quantity), line.amount_minor) for line in lines} == {
        "House blend": (Decimal(3), 3000),
        "Decaf": (Decimal("1.5"), 1550),
    }
    assert (await take(store, singapore, csv_file(text))).tables[0].unchanged == 1
    changed = await take(store, singapore, csv_file(text.replace("1.5,15.50", "2,20")))
    assert changed.tables[0].changed == 1


async def test_one_bad_line_refuses_its_whole_order_but_no_other(store: Store, singapore: int) -> None:
    await take(store, singapore, csv_file("Customer name\nBean\n"))
    text = (
        "Order no,Customer,Order date,Product,Quantity,Line amount\n"
        "1,Bean,2026-01-02,House blend,2,20\n"
        "1,Bean,2026-01-02,Decaf,many,15\n"
        "2,Bean,2026-01-02,Decaf,1,15\n"
    )
    plan = await take(store, singapore, csv_file(text), good_rows=True)
    assert reasons(plan) == [(2, "other_line_bad", "Order no"), (3, "bad_number", "Quantity")]
    assert plan.tables[0].new == 1


async def test_void_contracts_are_no_orders(store: Store, hangzhou: int) -> None:
    await take(store, hangzhou, csv_file("客户名称\n西湖店\n"))
    text = "合同编号,客户名称,下单时间,合同金额,审核状态\n1,西湖店,2026-1-2,5,审核通过\n2,西湖店,2026-1-2,5,审核拒绝\n"
    plan = await take(store, hangzhou, csv_file(text))
    assert (plan.tables[0].new, plan.tables[0].left_out) == (1, 1)


async def test_opportunities_contacts_and_touches_find_their_words(store: Store, hangzhou: int) -> None:
    plan = await take(
        store,
        hangzhou,
        csv_file("客户名称,合作阶段,负责人\n西湖店,战略合作,李娜\n"),
        csv_file(
            "商机名称,客户名称,商机金额,商机阶段,预计成交日期\n新品,西湖店,1.5万,方案/报价,2026-12-1\n旧品,西湖店,,自定阶段,\n"
        ),
        csv_file("姓名,客户名称,角色,生日,性别\n王军,西湖店,采购,1980-5-6,男\n"),
        csv_file(
            "所属客户,跟进内容,跟进人,跟进时间,跟进方式,下次联系时间\n"
            "西湖店,聊了价格,王芳,2026-11-02 10:00:00,打电话,2026-11-30\n"
        ),
    )
    assert plan.complete
    async with store.read() as session:
        customer = (await session.exec(select(Customer))).one()
        deals = {deal.name: deal for deal in await session.exec(select(Opportunity))}
        contact = (await session.exec(select(Contact))).one()
        touch = (await session.exec(select(Touch))).one()
        follow_up = (await session.exec(select(FollowUp))).one()
        members = {member.id: member.name for member in await session.exec(select(Member))}
    assert customer.stage is RelationshipStage.STRATEGIC
    assert (deals["新品"].stage, deals["新品"].amount_minor) == (DealStage.PROPOSAL, 1_500_000)
    assert deals["新品"].expected_on == date(2026, 12, 1)
    assert (deals["旧品"].stage, deals["旧品"].extra) == (DealStage.CONTACT, {"商机阶段": "自定阶段"})
    assert (contact.role, contact.birthday, contact.extra) == (ContactRole.BUYER, date(1980, 5, 6), {"性别": "男"})
    assert (touch.kind, touch.note, members[touch.member_id]) == (TouchKind.CALL, "聊了价格", "王芳")
    assert (follow_up.due_on, members[follow_up.member_id]) == (date(2026, 11, 30), "王芳")


async def test_a_list_with_a_contact_column_gives_the_customer_its_person(store: Store, hangzhou: int) -> None:
    text = (
        "客户名称,联系人,手机号,归属部门,负责人,线索池,最后跟进时间\n"
        "西湖店,王军,13900000000,一部,李娜,公海,2026-11-01T02:00:00Z\n"
    )
    assert (await take(store, hangzhou, csv_file(text))).tables[0].product is Product.JIANDAOYUN
    assert (await take(store, hangzhou, csv_file(text))).tables[0].unchanged == 1
    async with store.read() as session:
        assert (await session.exec(select(Contact))).one().phone == "13900000000"
        assert (await session.exec(select(Touch))).one().at.isoformat() == "2026-11-01T02:00:00+00:00"


async def test_address_parts_are_joined_and_a_location_cell_sets_the_pin(store: Store, hangzhou: int) -> None:
    text = '客户名称,省,市,区,详细地址,定位\n西湖店,浙江省,杭州市,西湖区,西湖区文三路1号,"120.13,30.28"\n'
    assert (await take(store, hangzhou, csv_file(text))).complete
    async with store.read() as session:
        customer = (await session.exec(select(Customer))).one()
    assert (customer.address, customer.region) == ("浙江省杭州市西湖区文三路1号", "浙江省 杭州市 西湖区")
    assert (customer.lat, customer.lng) == (30.28, 120.13)


async def test_tables_that_need_a_refused_one_wait(store: Store, singapore: int) -> None:
    files = csv_file("Customer name,Grade\nOne,Z\nTwo,A\n", "a.csv"), csv_file("Name,Customer\nAnn,Two\n", "b.csv")
    plan = await take(store, singapore, *files)
    assert [table.state for table in plan.tables] == [TableState.REFUSED, TableState.WAITING]
    assert [row for table in plan.tables[1:] for row in table.bad] == []
    async with store.read() as session:
        assert (await session.exec(select(Contact))).all() == []


async def test_a_file_that_cannot_be_read_does_not_stop_the_others(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file("%PDF-1.7", "a.xlsx"), csv_file("Customer name\nOne\n", "b.csv"))
    assert [(table.file, table.state) for table in plan.tables] == [
        ("a.xlsx", TableState.UNREADABLE),
        ("b.csv", TableState.DONE),
    ]
    assert plan.tables[0].problem is not None
    assert plan.tables[0].problem.code == "wrong_type"
    assert not plan.complete


async def test_a_header_without_rows_is_refused(store: Store, singapore: int) -> None:
    reading = await read_files(store, singapore, [csv_file("Customer name,Phone\n")])
    assert [table.problem.code for table in reading.unreadable if table.problem] == ["no_rows"]


async def test_one_team_never_sees_the_rows_of_another(store: Store, singapore: int, hangzhou: int) -> None:
    await take(store, singapore, csv_file("Customer name,Owner\nBean,Ann\n"))
    plan = await take(store, hangzhou, csv_file("Name,Customer\nAnn,Bean\n"))
    assert reasons(plan) == [(2, "unknown_customer", "")]
    assert (await take(store, hangzhou, csv_file("Customer name,Owner\nBean,Ann\n"))).tables[0].new == 1
    async with store.read() as session:
        owners = {customer.team_id: customer.owner_id for customer in await session.exec(select(Customer))}
        members = {member.id: member.team_id for member in await session.exec(select(Member))}
    assert {team: members[owner] for team, owner in owners.items() if owner} == {
        singapore: singapore,
        hangzhou: hangzhou,
    }


async def test_html_in_a_name_stays_text(store: Store, singapore: int) -> None:
    assert (await take(store, singapore, csv_file("Customer name\n<b>Bean</b> & Co\n"))).complete
    async with store.read() as session:
        assert (await session.exec(select(Customer))).one().name == "<b>Bean</b> & Co"
