"""Teams for tests of scores: customers with a rhythm of orders, and what people say of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.vocabulary import Grade
from bot.services.scoring.refreshing import refresh_team
from bot.store.tables import (
    Customer,
    CustomerJudgement,
    CustomerScore,
    Order,
)
from bot.store.unit import Store
from tests import builders

TODAY = date(2026, 11, 23)
NIGHT = datetime.fromisoformat("2026-11-23T02:00:00+08:00")


async def small_team(store: Store, count: int = 10, **options: Any) -> tuple[int, list[int]]:
    """A team of one rep with customers who order every 20 days, the last 5 days ago; the later the larger."""
    team_id = await builders.add_team(store)
    await builders.add_member(store, team_id)
    made = []
    for number in range(count):
        made.append(await builders.add_customer(store, name=f"Shop {number:02}", grade=options.get("grade")))
        await add_orders(store, made[-1], [5 + 20 * back for back in range(12)], 10_000 * (number + 1))
    return team_id, made


async def add_orders(
    store: Store, customer_id: int, days_ago: Sequence[int], amount_minor: int = 10_000, currency: str = "SGD"
) -> None:
    """Orders of a customer, so many days before today."""
    async with store.begin() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()
        known = len((await session.exec(select(Order.id).where(col(Order.customer_id) == customer_id))).all())
        for number, ago in enumerate(days_ago):
            session.add(
                Order(
                    team_id=customer.team_id,
                    customer_id=customer_id,
                    number=f"C{customer_id}-{known + number}",
                    ordered_on=TODAY - timedelta(days=ago),
                    amount_minor=amount_minor,
                    currency=currency,
                )
            )


async def judge(store: Store, customer_id: int, **said: Any) -> None:
    """What people say of a customer: influence, growth, margin_percent, joint_project, no_need."""
    async with store.begin() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()
        session.add(CustomerJudgement(team_id=customer.team_id, customer_id=customer_id, changed_at=NIGHT, **said))


async def refresh(store: Store, team_id: int, *, days: int = 0) -> None:
    """A refresh so many nights after the first."""
    await refresh_team(store, team_id, NIGHT + timedelta(days=days))


async def score_of(store: Store, customer_id: int) -> CustomerScore:
    async with store.read() as session:
        query = select(CustomerScore).where(col(CustomerScore.customer_id) == customer_id)
        return (await session.exec(query)).one()


async def grade_of(store: Store, customer_id: int) -> tuple[Grade | None, str | None]:
    async with store.read() as session:
        customer = (await session.exec(select(Customer).where(col(Customer.id) == customer_id))).one()
        return customer.grade, customer.grade_source and customer.grade_source.value


async def rows_of(store: Store, table: type[Any]) -> list[Any]:
    """All rows of a table."""
    async with store.read() as session:
        return list((await session.exec(select(table))).all())
