"""Takes rows of products and of orders with their product lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.domain.names import name_key
from bot.services.importing.book import Book
from bot.services.importing.outcomes import Outcome, Verdict, bad, duplicate_of, took_new_values
from bot.services.importing.rows import Fault, LineRow, OrderRow, ProductRow
from bot.store.tables import Order, OrderLine, Product

CODE_MAX = 80


async def take_products(book: Book, batch: Sequence[ProductRow], first_line: dict[str, int]) -> list[Outcome]:
    """Take products by code, or by name where the file has no codes."""
    outcomes: list[Outcome] = []
    added: list[Product] = []
    for row in batch:
        first = first_line.setdefault(row.code.casefold(), row.line)
        if first != row.line:
            outcomes.append(duplicate_of(row.line, first))
            continue
        product = book.products.get(row.code.casefold())
        if product is None and row.code == row.name[:CODE_MAX]:
            product = book.products_by_name.get(name_key(row.name))
        known: dict[str, Any] = {
            "name": row.name,
            "category": row.category,
            "unit": row.unit,
            "price_minor": row.price_minor,
            "description": row.description,
        }
        if product is None:
            product = Product(team_id=book.team_id, code=row.code, **known)
            book.add_product(product)
            added.append(product)
            verdict = Verdict.NEW
        else:
            verdict = Verdict.CHANGED if took_new_values(product, known) else Verdict.UNCHANGED
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=row.name))
    await book.keeper.keep(added)
    return outcomes


async def take_orders(book: Book, batch: Sequence[OrderRow]) -> list[Outcome]:
    """Take orders by number. An order's product lines are replaced as a whole when they differ."""
    await _find_products(book, [line for row in batch for line in row.lines])
    outcomes: list[Outcome] = []
    taken: list[tuple[OrderRow, Order, Verdict]] = []
    added: list[Order] = []
    for row in batch:
        customer = book.find_customer(row.customer)
        if isinstance(customer, Fault):
            outcomes.append(bad(row.line, customer))
            continue
        known: dict[str, Any] = {
            "customer_id": customer.id,
            "ordered_on": row.ordered_on,
            "amount_minor": row.total_minor,
            "currency": row.currency,
            "title": row.title,
            "extra": dict(row.extra),
        }
        order = book.orders.get(row.number)
        if order is None:
            order = Order(team_id=book.team_id, number=row.number, **known)
            book.orders[row.number] = order
            added.append(order)
            taken.append((row, order, Verdict.NEW))
            book.buyers.add(order.customer_id)
        else:
            buyer = order.customer_id
            verdict = Verdict.CHANGED if took_new_values(order, known) else Verdict.UNCHANGED
            taken.append((row, order, verdict))
            if verdict is Verdict.CHANGED:
                book.buyers |= {buyer, order.customer_id}
    await book.keeper.keep(added)
    for row, order, verdict in taken:
        if await _replaced_lines(book, order, row.lines) and verdict is Verdict.UNCHANGED:
            verdict = Verdict.CHANGED
        outcomes.append(Outcome(line=row.line, verdict=verdict, label=row.number))
    return outcomes


async def _find_products(book: Book, lines: Sequence[LineRow]) -> None:
    """Products that only orders name become products of the team, so that no line is lost."""
    added: list[Product] = []
    for line in lines:
        if _product_of(book, line) is None:
            name = line.product or line.product_code
            product = Product(team_id=book.team_id, code=line.product_code or name[:CODE_MAX], name=name)
            book.add_product(product)
            added.append(product)
    if added:
        await book.keeper.keep(added)


def _product_of(book: Book, line: LineRow) -> Product | None:
    if line.product_code:
        return book.products.get(line.product_code.casefold())
    return book.products_by_name.get(name_key(line.product)) or book.products.get(line.product[:CODE_MAX].casefold())


async def _replaced_lines(book: Book, order: Order, lines: Sequence[LineRow]) -> bool:
    """Whether the order's lines differed, and now are the given ones. A file without lines leaves them as they are."""
    if not lines:
        return False
    order_id = order.id or 0
    wanted: dict[int, tuple[Decimal, int | None]] = {}
    for line in lines:
        product = _product_of(book, line)
        product_id = product.id or 0 if product else 0
        quantity, amount = wanted.get(product_id, (Decimal(0), None))
        both = None if amount is None and line.amount_minor is None else (amount or 0) + (line.amount_minor or 0)
        wanted[product_id] = (quantity + line.quantity, both)
    old = book.lines.get(order_id, [])
    if {line.product_id: (Decimal(line.quantity), line.amount_minor) for line in old} == wanted:
        return False
    if old:
        await book.keeper.discard(old)
    book.lines[order_id] = [
        OrderLine(
            team_id=book.team_id,
            order_id=order_id,
            product_id=product_id,
            quantity=format(quantity.normalize(), "f"),
            amount_minor=amount,
        )
        for product_id, (quantity, amount) in wanted.items()
    ]
    await book.keeper.keep(book.lines[order_id])
    return True
