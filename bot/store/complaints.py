"""Queries of complaints: every one is scoped by the person who asks."""

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.store.customers import visible_customers
from bot.store.tables import Complaint, Customer


def visible_complaints(acting: Acting) -> SelectOfScalar[Complaint]:
    """A rep's: those owned and those of customers that it serves. Everybody else's: the team's."""
    query = select(Complaint).where(col(Complaint.team_id) == acting.team_id)
    if acting.sees_team:
        return query
    served = visible_customers(acting).with_only_columns(col(Customer.id))
    return query.where(or_(col(Complaint.owner_id) == acting.member_id, col(Complaint.customer_id).in_(served)))


async def get_complaint(session: AsyncSession, acting: Acting, complaint_id: int) -> Complaint:
    """A complaint by id. Raises Refused("no_such_complaint") also for one that the person may not see."""
    query = visible_complaints(acting).where(col(Complaint.id) == complaint_id)
    complaint = (await session.exec(query)).one_or_none()
    if complaint is None:
        raise Refused("no_such_complaint")
    return complaint


async def has_open_complaint(session: AsyncSession, acting: Acting, customer_id: int) -> bool:
    """Whether a customer waits for us to settle something: then nobody asks it for more business or a referral."""
    query = select(col(Complaint.id)).where(
        col(Complaint.team_id) == acting.team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.closed_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first() is not None
