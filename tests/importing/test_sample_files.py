"""The main job on real input: the exports of two territories, whole, twice, and in any order."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from bot.domain.money import from_minor
from bot.domain.vocabulary import GradeSource
from bot.services.importing import Kind, TableState, analyse, read_files
from bot.services.importing.recognising import Product
from bot.store.tables import AuditEntry, Contact, Customer, FollowUp, Member, Order, Touch
from bot.store.unit import Store
from tests.importing.conftest import HANGZHOU, NOW, SINGAPORE, sample, take


async def count(store: Store, table: Any, *conditions: Any) -> int:
    async with store.read() as session:
        return (await session.exec(select(func.count()).select_from(table).where(*conditions))).one()


async def test_hangzhou_comes_in_whole(store: Store, hangzhou: int) -> None:
    plan = await take(store, hangzhou, *sample(*HANGZHOU))
    assert plan.complete
    assert {table.kind: table.new for table in plan.tables} == {
        Kind.CUSTOMERS: 117,
        Kind.LOCATIONS: 117,
        Kind.CONTACTS: 205,
        Kind.ORDERS: 530,
    }
    assert await count(store, Customer) == 117
    assert await count(store, Customer, Customer.lat != None) == 117  # noqa: E711 # SQL's IS NOT NULL
    assert await count(store, Contact) == 205
    assert await count(store, Order) == 530


async def test_singapore_comes_in_whole(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, *sample(*SINGAPORE))
    assert plan.complete
    assert {table.kind: table.new for table in plan.tables} == {
        Kind.CUSTOMERS: 130,
        Kind.CONTACTS: 221,
        Kind.ORDERS: 482,
    }
    assert (await count(store, Customer), await count(store, Contact), await count(store, Order)) == (130, 221, 482)


async def test_the_file_of_version_9_comes_in_with_its_next_contact_dates(store: Store, hangzhou: int) -> None:
    plan = await take(store, hangzhou, *sample("wukong9_customers.xls"))
    (table,) = plan.tables
    assert (table.product, table.new, table.state) == (Product.WUKONG_9, 12, TableState.DONE)
    async with store.read() as session:
        first = (await session.exec(select(FollowUp).order_by(FollowUp.due_on))).all()[0]  # type: ignore[arg-type] # a column
    assert first.due_on.isoformat() == "2026-11-24"
    assert await count(store, FollowUp) == 12


@pytest.mark.parametrize("files", [HANGZHOU, SINGAPORE, ("wukong9_customers.xls",)])
async def test_a_second_run_changes_nothing(store: Store, hangzhou: int, files: tuple[str, ...]) -> None:
    first = await take(store, hangzhou, *sample(*files))
    before = [await count(store, table) for table in (Member, Customer, Contact, Order, Touch, FollowUp)]
    second = await take(store, hangzhou, *sample(*files))
    assert [(t.new, t.changed, t.unchanged) for t in second.tables] == [(0, 0, t.rows) for t in first.tables]
    assert [await count(store, table) for table in (Member, Customer, Contact, Order, Touch, FollowUp)] == before


async def test_files_given_in_any_order_are_taken_in_the_order_they_need(store: Store, hangzhou: int) -> None:
    plan = await take(store, hangzhou, *sample(*reversed(HANGZHOU)))
    assert plan.complete
    assert [table.kind for table in plan.tables] == [Kind.CUSTOMERS, Kind.LOCATIONS, Kind.CONTACTS, Kind.ORDERS]


async def test_a_dry_run_says_what_would_come_and_changes_nothing(store: Store, hangzhou: int) -> None:
    reading = await read_files(store, hangzhou, sample(*HANGZHOU))
    plan = await analyse(store, hangzhou, reading, now=NOW)
    assert [table.new for table in plan.tables] == [117, 117, 205, 530]
    assert {table.state for table in plan.tables} == {TableState.READY}
    assert plan.tables[0].members_added == ("李娜", "张伟", "王芳")
    assert [await count(store, table) for table in (Member, Customer, Contact, Order, AuditEntry)] == [0] * 5


async def test_a_dry_run_over_known_customers_changes_nothing_either(store: Store, hangzhou: int) -> None:
    await take(store, hangzhou, *sample(*HANGZHOU[:1]))
    plan = await analyse(store, hangzhou, await read_files(store, hangzhou, sample(*HANGZHOU)), now=NOW)
    assert [(table.new, table.unchanged) for table in plan.tables] == [(0, 117), (117, 0), (205, 0), (530, 0)]
    assert await count(store, Customer, Customer.lat != None) == 0  # noqa: E711 # SQL's IS NOT NULL


async def test_what_the_files_say_is_what_the_store_holds(store: Store, hangzhou: int) -> None:
    await take(store, hangzhou, *sample(*HANGZHOU))
    async with store.read() as session:
        customers = (await session.exec(select(Customer).order_by(Customer.id))).all()  # type: ignore[arg-type] # a column
        owners = {member.id: member for member in await session.exec(select(Member))}
        orders = (await session.exec(select(Order).where(Order.customer_id == customers[0].id))).all()
        touch = (await session.exec(select(Touch).where(Touch.customer_id == customers[0].id))).one()
    first = customers[0]
    assert (first.name, first.phone, first.region) == ("杭州西溪印象城店", "19900000627", "浙江省 杭州市 余杭区")
    assert first.address == "浙江省杭州市余杭区, 杭州西溪印象城, 环城北路230号"
    assert (first.lat, first.lng) == (30.25348, 120.05039)
    assert first.extra["成交状态"] == "已成交"
    assert "hzxxyxcd" in first.search_text
    assert owners[first.owner_id].name == "李娜"
    assert owners[first.owner_id].joined_at is None
    assert touch.at.isoformat() == "2026-11-05T23:11:00+00:00"
    assert len(orders) == 23
    assert from_minor(min(orders, key=lambda order: order.number).amount_minor, "CNY") == Decimal("4832.00")
    grades = Counter(customer.grade for customer in customers)
    assert grades == {"A": 36, "B": 41, "C": 25, None: 15}
    assert {customer.grade_source for customer in customers} == {GradeSource.IMPORTED, None}


async def test_an_import_leaves_a_line_in_the_audit_trail_for_each_file(store: Store, singapore: int) -> None:
    await take(store, singapore, *sample(*SINGAPORE))
    async with store.read() as session:
        entries = (await session.exec(select(AuditEntry))).all()
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("imported", "customers"),
        ("imported", "contacts"),
        ("imported", "orders"),
    ]
    assert entries[0].change["new"] == 130
