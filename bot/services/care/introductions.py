"""Who introduced whom: kept, counted, and drawn as a tree in words."""

from collections import defaultdict
from datetime import timedelta

from sqlmodel import col, func, select

from bot.domain.errors import Refused
from bot.domain.forms.context import Pick
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.introductions import Link, tree
from bot.domain.names import name_key
from bot.domain.screen import Json, Screen
from bot.services.customers.changing import customer_to_change, note_change
from bot.services.work import Work
from bot.store.customers import get_customer, visible_customers
from bot.store.inserting import insert_if_new
from bot.store.tables import Customer, Introduction, Order

YEAR = timedelta(days=365)
LINES_SHOWN = 14


async def note_introduction(work: Work, by_customer_id: int, who: Pick | OwnWords) -> None:
    """A customer introduced us to another one, or to a name that is not one yet. Twice is once. Raises Refused."""
    introducer = await customer_to_change(work, by_customer_id)
    introduced = await get_customer(work.session, work.acting, int(who.key)) if isinstance(who, Pick) else None
    name = introduced.name if introduced else who.text if isinstance(who, OwnWords) else ""
    if (introduced is not None and introduced.id == by_customer_id) or not name_key(name):
        raise Refused("name_without_letters")
    values = {
        "team_id": work.acting.team_id,
        "by_customer_id": by_customer_id,
        "customer_id": introduced.id if introduced else None,
        "name": name,
        "name_key": name_key(name),
        "member_id": work.acting.member_id,
        "at": work.now,
    }
    await insert_if_new(work.session, Introduction, values, ("team_id", "by_customer_id", "name_key"))
    note_change(work, introducer, "introduced", {"name": name})
    await work.session.flush()


async def graph_screen(work: Work) -> Screen:
    """The tree of introductions that the acting person may see, with how many bought since."""
    mine = visible_customers(work.acting).with_only_columns(col(Customer.id))
    query = (
        select(Introduction, col(Customer.name))
        .join(Customer, col(Customer.id) == col(Introduction.by_customer_id))
        .where(col(Introduction.team_id) == work.acting.team_id, col(Introduction.by_customer_id).in_(mine))
    )
    rows = (await work.session.exec(query.order_by(col(Introduction.id)))).all()
    bought = await _bought(work, [one.customer_id for one, _ in rows if one.customer_id is not None])
    names = {one.by_customer_id: name for one, name in rows}
    names |= {one.customer_id: one.name for one, _ in rows if one.customer_id is not None}
    links = [Link(by=one.by_customer_id, to=one.customer_id, name=one.name) for one, _ in rows]
    counts: dict[int, int] = defaultdict(int)
    for link in links:
        counts[link.by] += 1
    lines: list[Json] = [
        {
            "depth": line.depth,
            "name": names.get(line.customer_id or 0, line.name),
            "count": counts.get(line.customer_id or 0, 0),
            "buys": line.customer_id in bought,
            "is_customer": line.customer_id is not None,
        }
        for line in tree(links)
    ]
    facts: dict[str, Json] = {
        "count": len(rows),
        "year": sum(one.at > work.now - YEAR for one, _ in rows),
        "bought": len(bought),
        "lines": lines[:LINES_SHOWN],
        "more": max(0, len(lines) - LINES_SHOWN),
    }
    return Screen(template="replies/care_graph", facts=facts, living="care")


async def _bought(work: Work, customers: list[int]) -> set[int]:
    """Which of them have an order."""
    if not customers:
        return set()
    query = (
        select(col(Order.customer_id))
        .where(col(Order.team_id) == work.acting.team_id, col(Order.customer_id).in_(customers))
        .group_by(col(Order.customer_id))
        .having(func.count() > 0)
    )
    return set((await work.session.exec(query)).all())
