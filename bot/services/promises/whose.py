"""Whose promise it is: the customers that a person works, today's and last visited first."""

from collections import Counter
from datetime import timedelta

from sqlmodel import col, func, select

from bot.domain.forms.context import Pick
from bot.domain.forms.matching import Option, find_option, fold
from bot.services.work import Work
from bot.store.customers import worked_customers
from bot.store.tables import Customer, Touch, Visit

LATELY = timedelta(days=90)
ADDRESS_CHARACTERS = 20


async def customers_to_choose(work: Work) -> list[Pick]:
    """Every customer that the acting person works, likeliest first; branches of one name with their address."""
    today = select(col(Visit.customer_id)).where(
        col(Visit.member_id) == work.acting.member_id, col(Visit.on) == work.today
    )
    visited = {
        customer_id: -place
        for place, customer_id in enumerate(
            (await work.session.exec(today.order_by(col(Visit.done_at).desc(), col(Visit.planned_at)))).all()
        )
    }
    touches = (
        select(col(Touch.customer_id), func.max(Touch.at))
        .where(col(Touch.member_id) == work.acting.member_id, col(Touch.at) > work.now - LATELY)
        .group_by(col(Touch.customer_id))
    )
    touched = {customer_id: at.timestamp() for customer_id, at in (await work.session.exec(touches)).all()}
    customers = (await work.session.exec(worked_customers(work.acting).order_by(col(Customer.name_key)))).all()
    names = Counter(customer.name for customer in customers)

    def place(customer: Customer) -> tuple[bool, int, float]:
        is_today = customer.id in visited
        return (
            not is_today,
            -visited[customer.id] if is_today and customer.id else 0,
            -touched.get(customer.id or 0, 0),
        )

    return [
        Pick(key=str(one.id), label=one.name if names[one.name] == 1 else f"{one.name} · {_branch(one)}")
        for one in sorted(customers, key=place)
    ]


def _branch(customer: Customer) -> str:
    return customer.address[:ADDRESS_CHARACTERS] or str(customer.id)


def find_customer(picks: list[Pick], whom: str, what: str) -> Pick | None:
    """The customer that the words name: as typed before the colon, else whose whole name is in what was said.

    Raises Refused where ``whom`` names nobody, or several.
    """
    if whom:
        options = [Option(token=pick.key, label=pick.label) for pick in picks]
        key = find_option(whom, options, {})
        return next(pick for pick in picks if pick.key == key)
    said = fold(what)
    named = [pick for pick in picks if fold(pick.label) in said]
    if not named:
        return None
    longest = max(named, key=lambda pick: len(pick.label))
    return longest if sum(pick.label == longest.label for pick in named) == 1 else None
