"""Queries of prompts: every one is scoped by the person who asks, and leaves out customers with whom all has ended."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from bot.domain.care import CareKind
from bot.domain.care_settings import care_settings
from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.vocabulary import Role
from bot.store.tables import CarePrompt, Complaint, Customer, Member, Team

SERVICE_KINDS = (CareKind.EMERGENCY, CareKind.AFTER_SALES)
"""What service works besides the complaints."""


def visible_prompts(acting: Acting) -> Select[CarePrompt, Customer]:
    """Prompts with their customers: a rep's own, service what it works, who leads the team's."""
    query = (
        select(CarePrompt, Customer)
        .join(Customer, col(Customer.id) == CarePrompt.customer_id)
        .where(col(CarePrompt.team_id) == acting.team_id, col(Customer.ended_at).is_(None))
    )
    if acting.role is Role.SERVICE:
        return query.where(col(CarePrompt.kind).in_(SERVICE_KINDS))
    return query if acting.leads else query.where(col(Customer.owner_id) == acting.member_id)


def worked_prompts(acting: Acting, after_sales_by: int | None) -> Select[CarePrompt, Customer]:
    """Of these what the person is to do: the own customers', or for who records no visits the team's.

    ``after_sales_by`` is the service member who does the after-sales touches of the whole team; None: reps do them.
    """
    query = visible_prompts(acting)
    is_after_sales = col(CarePrompt.kind) == CareKind.AFTER_SALES
    if acting.role is Role.SERVICE:
        return query if after_sales_by == acting.member_id else query.where(~is_after_sales)
    if not acting.records:
        return query
    own = query.where(col(Customer.owner_id) == acting.member_id)
    return own if after_sales_by is None else own.where(~is_after_sales)


async def after_sales_by(session: AsyncSession, team_id: int) -> int | None:
    """Who of service does the after-sales touches, where the team has named somebody who is still there."""
    settings = (await session.exec(select(col(Team.settings)).where(col(Team.id) == team_id))).one()
    named = care_settings(settings).after_sales_by
    query = select(col(Member.id)).where(
        col(Member.team_id) == team_id,
        col(Member.id) == named,
        col(Member.role) == Role.SERVICE,
        col(Member.left_at).is_(None),
        col(Member.chat_id).is_not(None),
    )
    return (await session.exec(query)).first() if named else None


async def get_prompt(session: AsyncSession, acting: Acting, prompt_id: int) -> tuple[CarePrompt, Customer]:
    """A prompt by id. Raises Refused("no_such_prompt") also for one that the person may not see."""
    found = (await session.exec(visible_prompts(acting).where(col(CarePrompt.id) == prompt_id))).one_or_none()
    if found is None:
        raise Refused("no_such_prompt")
    return found


async def due_prompts(session: AsyncSession, acting: Acting, on: date) -> Sequence[tuple[CarePrompt, Customer]]:
    """What is due on a date and not answered, earliest first. Asks for introductions wait while a complaint is open."""
    complained = (
        select(Complaint.id)
        .where(col(Complaint.customer_id) == col(CarePrompt.customer_id), col(Complaint.closed_at).is_(None))
        .exists()
    )
    query = worked_prompts(acting, await after_sales_by(session, acting.team_id)).where(
        col(CarePrompt.settled_at).is_(None),
        col(CarePrompt.due_on) <= on,
        col(CarePrompt.until) >= on,
        (col(CarePrompt.kind) != CareKind.REFERRAL) | ~complained,
    )
    return (await session.exec(query.order_by(col(CarePrompt.due_on), col(CarePrompt.id)))).all()


async def last_asked_on(session: AsyncSession, team_id: int, customers: Collection[int]) -> dict[int, datetime]:
    """When each of these customers was last asked, or to be asked, for an introduction."""
    query = (
        select(col(CarePrompt.customer_id), func.max(CarePrompt.created_at))
        .where(
            col(CarePrompt.team_id) == team_id,
            col(CarePrompt.kind) == CareKind.REFERRAL,
            col(CarePrompt.customer_id).in_(customers),
        )
        .group_by(col(CarePrompt.customer_id))
    )
    return dict((await session.exec(query)).all())


async def has_open_complaint(session: AsyncSession, team_id: int, customer_id: int) -> bool:
    query = select(Complaint.id).where(
        col(Complaint.team_id) == team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.closed_at).is_(None),
    )
    return (await session.exec(query.limit(1))).first() is not None
