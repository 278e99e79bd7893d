"""Queries of customers: every one is scoped by the person who asks."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.store.tables import Customer


def visible_customers(acting: Acting) -> SelectOfScalar[Customer]:
    """All customers that a person may see: a rep the own ones, everybody else the team's; ended ones too."""
    query = select(Customer).where(col(Customer.team_id) == acting.team_id)
    return query if acting.sees_team else query.where(col(Customer.owner_id) == acting.member_id)


def worked_customers(acting: Acting) -> SelectOfScalar[Customer]:
    """The own customers with whom business goes on."""
    return select(Customer).where(
        col(Customer.team_id) == acting.team_id,
        col(Customer.owner_id) == acting.member_id,
        col(Customer.ended_at).is_(None),
    )


async def get_customer(session: AsyncSession, acting: Acting, customer_id: int) -> Customer:
    """A customer by id. Raises Refused("no_such_customer") also for one that the person may not see."""
    customer = (await session.exec(visible_customers(acting).where(col(Customer.id) == customer_id))).one_or_none()
    if customer is None:
        raise Refused("no_such_customer")
    return customer
