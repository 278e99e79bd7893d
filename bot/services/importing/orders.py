"""Reads orders: one row each, or several rows of one number that are its product lines."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from bot.services.importing import values
from bot.services.importing.choices import VOID_ORDER_STATES
from bot.services.importing.columns import header_key
from bot.services.importing.reading import Cell
from bot.services.importing.row_reading import RowReader
from bot.services.importing.rows import LineRow, OrderRow
from bot.services.importing.values import BadValue

NUMBER_MAX, TITLE_MAX, PRODUCT_MAX, CODE_MAX = 80, 200, 200, 80
MOST_OF_A_PRODUCT = 10**9
MOST_DECIMALS = 20


def read_orders(readers: Sequence[RowReader]) -> tuple[list[OrderRow], int]:
    """The orders of a table, and how many void rows were left out. Faults are noted on the readers.

    Rows with one number are one order when they carry products and agree on customer and date; otherwise the later
    one is a duplicate. One bad row refuses its whole order, since half an order has a wrong amount.
    """
    found: dict[str, tuple[OrderRow, RowReader]] = {}
    members: dict[str, list[RowReader]] = {}
    void = 0
    for reader in readers:
        if header_key(str(reader.cell("state") or "")) in VOID_ORDER_STATES:
            void += 1
            continue
        number = reader.required_text("number", NUMBER_MAX, "missing_number")
        members.setdefault(number, []).append(reader)
        order = _read_order(reader, number)
        if order is None:
            continue
        if number not in found:
            found[number] = (order, reader)
            continue
        first, _ = found[number]
        if _continues(first, order):
            found[number] = (_joined(first, order), reader)
        else:
            reader.refuse("duplicate_number", "number", line=first.line)
    for number, together in members.items():
        _refuse_whole_order(found, number, together)
    return [order for order, _ in found.values()], void


def _refuse_whole_order(found: dict[str, tuple[OrderRow, RowReader]], number: str, together: list[RowReader]) -> None:
    faulty = [reader for reader in together if any(fault.code != "duplicate_number" for fault in reader.faults)]
    if faulty and number in found and len(together) > 1:
        del found[number]
        for reader in together:
            if not reader.faults:
                reader.refuse("other_line_bad", "number", line=faulty[0].line)


def _read_order(row: RowReader, number: str) -> OrderRow | None:
    customer = row.customer()
    day = row.day("date")
    if day is None and row.cell("date") is None:
        row.refuse("missing_date", "date")
    currency = row.read("currency", lambda cell: values.read_currency(cell, row.frame.currency)) or row.frame.currency
    amount = row.minor("amount", currency, negative=True)
    lines = _read_line(row, currency)
    if row.cell("amount") is None and row.cell("line_amount") is None:
        row.refuse("missing_amount", "amount")
    title, extra = row.text("title", TITLE_MAX), row.extra("state")
    if row.faults or day is None:
        return None
    return OrderRow(
        line=row.line,
        customer=customer,
        number=number,
        ordered_on=day,
        amount_minor=amount,
        currency=currency,
        title=title,
        lines=lines,
        extra=extra,
    )


def _read_line(row: RowReader, currency: str) -> tuple[LineRow, ...]:
    product, code = row.text("product", PRODUCT_MAX), row.text("product_code", CODE_MAX)
    amount = row.minor("line_amount", currency, negative=True)
    quantity = row.read("quantity", _read_quantity)
    if not (product or code):
        return ()
    line = LineRow(
        product=product, product_code=code, quantity=Decimal(1) if quantity is None else quantity, amount_minor=amount
    )
    return (line,)


def _read_quantity(cell: Cell) -> Decimal | None:
    text = values.plain_text(cell).replace(",", "")
    if not text:
        return None
    try:
        quantity = Decimal(text)
    except InvalidOperation as error:
        raise BadValue("bad_number") from error
    if not (quantity.is_finite() and abs(quantity) <= MOST_OF_A_PRODUCT):
        raise BadValue("bad_number")
    if -int(quantity.as_tuple().exponent) > MOST_DECIMALS:
        raise BadValue("bad_number")
    return quantity


def _continues(first: OrderRow, order: OrderRow) -> bool:
    return (
        bool(first.lines and order.lines)
        and first.customer == order.customer
        and first.ordered_on == order.ordered_on
        and first.currency == order.currency
        and (first.amount_minor == order.amount_minor or order.amount_minor is None)
    )


def _joined(first: OrderRow, order: OrderRow) -> OrderRow:
    return replace(first, lines=first.lines + order.lines)
