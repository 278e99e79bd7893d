"""Queries of customers: every one is scoped by the person who asks."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.vocabulary import VisitState
from bot.store.tables import Customer, SharedCustomer, SharedWeek, Visit


def is_served_by(acting: Acting) -> ColumnElement[bool]:
    """Whether a customer is the person's to visit: its own, or shared with it."""
    shared = select(SharedCustomer.customer_id).where(
        col(SharedCustomer.team_id) == acting.team_id, col(SharedCustomer.member_id) == acting.member_id
    )
    return (col(Customer.owner_id) == acting.member_id) | col(Customer.id).in_(shared)


def visible_customers(acting: Acting) -> SelectOfScalar[Customer]:
    """All customers that a person may see: a rep those it serves, everybody else the team's; ended ones too."""
    query = select(Customer).where(col(Customer.team_id) == acting.team_id)
    return query if acting.sees_team else query.where(is_served_by(acting))


def worked_customers(acting: Acting) -> SelectOfScalar[Customer]:
    """The customers that a person serves and with whom business goes on."""
    return select(Customer).where(
        col(Customer.team_id) == acting.team_id, is_served_by(acting), col(Customer.ended_at).is_(None)
    )


def customers_to_plan(
    acting: Acting, begin: date, end: date, *, wanted: Collection[int] = ()
) -> SelectOfScalar[Customer]:
    """Those of them whose visits from one date to another are the person's to plan: shared ones when it is its turn.

    Those with a visit that stands for the person, and who is ``wanted``, are so in any case.
    """
    turns = select(SharedWeek.customer_id).where(
        col(SharedWeek.team_id) == acting.team_id, col(SharedWeek.starts_on) == begin - timedelta(days=begin.weekday())
    )
    visits = select(Visit.customer_id).where(
        col(Visit.member_id) == acting.member_id,
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.on) >= begin,
        col(Visit.on) <= end,
    )
    is_own = col(Customer.owner_id) == acting.member_id
    is_anothers_turn = col(Customer.id).in_(turns.where(col(SharedWeek.member_id) != acting.member_id))
    return worked_customers(acting).where(
        or_(
            is_own & ~is_anothers_turn,
            col(Customer.id).in_(turns.where(col(SharedWeek.member_id) == acting.member_id)),
            col(Customer.id).in_(visits),
            col(Customer.id).in_(list(wanted)),
        )
    )


async def get_customer(session: AsyncSession, acting: Acting, customer_id: int) -> Customer:
    """A customer by id. Raises Refused("no_such_customer") also for one that the person may not see."""
    customer = (await session.exec(visible_customers(acting).where(col(Customer.id) == customer_id))).one_or_none()
    if customer is None:
        raise Refused("no_such_customer")
    return customer
