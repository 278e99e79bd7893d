"""A tenant names its own columns: they are guessed, asked for once, kept for the team, and used by the next file."""

import json

import pytest
from sqlmodel import select

from bot.domain.errors import Refused
from bot.services.importing import Kind, TableState
from bot.services.importing.column_maps import read_map
from bot.services.importing.guessing import Guess, guess_columns
from bot.services.importing.reading import read_sheets
from bot.store.tables import ColumnMap, Customer, Order
from bot.store.unit import Store
from tests.importing.conftest import csv_file, take
from tests.story import Story

OWN_ORDERS = (
    "单据流水号,往来单位,开单日期,应收金额,经手\nX1,西湖茶馆,2026-11-02,1200,李娜\nX2,西湖茶馆,2026-11-09,800,李娜\n"
)
ODD_ORDERS = "Ref,Whom,Booked,Sum,Odd\nX1,Raffles,2026-11-02,1200,a\n"


def guessed(text: str, kind: Kind | None = None) -> Guess:
    guess = guess_columns(read_sheets(text.encode())[0], kind)
    assert guess is not None
    return guess


def test_words_inside_a_header_tell_what_it_means() -> None:
    guess = guessed(OWN_ORDERS)
    assert guess.kind is Kind.ORDERS
    found = {name: guess.headers[index] for name, index in guess.guessed.items()}
    assert found == {"number": "单据流水号", "customer": "往来单位", "date": "开单日期", "amount": "应收金额"}
    assert not guess.missing
    assert {guessed("客户全称,门店详细地址\nA,B\n").kind} == {Kind.CUSTOMERS}


def test_what_no_word_tells_is_missing_and_asked_for() -> None:
    guess = guessed(ODD_ORDERS, Kind.ORDERS)
    assert [sorted(group) for group in guess.missing] == [["number"], ["customer"], ["date"], ["amount", "line_amount"]]
    said = guess.with_known("number", 0).with_known("customer", 1)
    assert [sorted(group) for group in said.missing] == [["date"], ["amount", "line_amount"]]
    assert list(said.free) == [2, 3, 4]
    assert guess_columns(read_sheets(b"hello,world\n1,2\n")[0]) is None


def test_a_map_of_the_command_line_is_checked() -> None:
    assert read_map("往来单位=customer", Kind.ORDERS) == {Kind.ORDERS: {"往来单位": "customer"}}
    assert set(read_map("Sum = amount", None)) == {Kind.OPPORTUNITIES, Kind.ORDERS}
    for text, code in (
        ("往来单位", "map_not_understood"),
        ("=amount", "map_not_understood"),
        ("Sum=sum", "unknown_field"),
    ):
        with pytest.raises(Refused, match=code):
            read_map(text, None)


async def test_a_leader_is_asked_once_and_the_next_file_is_read_at_once(story: Story) -> None:
    await story.manager.does("sends_document", "c.csv", "Customer name\n西湖茶馆\n".encode())
    await story.manager.taps("Take all")
    await story.manager.does("sends_document", "o.csv", OWN_ORDERS.encode())
    story.manager.sees_now("Read as: Orders", "? 往来单位 → Customer", "Is that right?")
    await story.manager.taps("✎ Customer")
    story.manager.sees_now("Which column is “Customer”?")
    await story.manager.taps("经手")
    story.manager.sees_now("✓ 经手 → Customer")
    await story.manager.taps_data(story.manager.data_of("Yes, read it so").replace("im.cols", "im.ask") + ":customer")
    await story.manager.taps("往来单位")  # no, it was right
    await story.manager.taps("Yes, read it so")
    story.manager.sees_now("Orders: 2 new")
    await story.manager.taps("Take all")
    async with story.app.store.read() as session:
        assert sorted((await session.exec(select(Order.number))).all()) == ["X1", "X2"]
        kept = {row.header: row.field for row in (await session.exec(select(ColumnMap))).all()}
    assert kept == {"单据流水号": "number", "往来单位": "customer", "开单日期": "date", "应收金额": "amount"}
    await story.manager.does("sends_document", "next.csv", OWN_ORDERS.replace("X", "Y").encode())
    story.manager.sees_now("Orders: 2 new", "next.csv")
    await story.rep.taps_data("im.cols:1:orders")
    story.rep.sees_now("Your role does not do this")


async def test_a_list_taken_for_customers_can_be_said_to_be_something_else(story: Story) -> None:
    await story.manager.does("sends_document", "o.csv", b"Customer name,Ref,Booked,Sum\nRaffles,1,2026-11-02,5\n")
    story.manager.sees_now("Customers: 1 new")
    await story.manager.taps("It is something else")
    await story.manager.taps("Orders")
    for column, name in (("Ref", "Order no"), ("Booked", "Order date"), ("Sum", "Amount")):
        story.manager.sees_now(f"Which column is “{name}”?")
        await story.manager.taps(column)
    await story.manager.taps("Yes, read it so")
    story.manager.sees_now("No customer has this name")
    await story.manager.taps_data("im.col:1:orders:nonsense:0")
    await story.manager.taps_data("im.col:1:nonsense:date:0")
    async with story.app.store.read() as session:
        assert (await session.exec(select(Customer))).all() == []


async def test_a_kept_map_goes_before_the_names_that_everybody_uses(store: Store, singapore: int) -> None:
    plan = await take(store, singapore, csv_file(ODD_ORDERS))
    assert [table.state for table in plan.tables] == [TableState.UNREADABLE]
    told = json.loads(json.dumps(plan.to_json()))["tables"][0]
    assert told["problem"]["code"] == "header_not_found"
