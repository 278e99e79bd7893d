"""Gives a customer to another rep: with its planned visits, follow-ups and open promises; its history stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.domain.vocabulary import DealStage, PromiseState, VisitState
from bot.services.complaints.changing import follow_new_owner
from bot.services.customers.changing import note_change
from bot.services.promises.reminding import plan_reminders
from bot.services.work import Work
from bot.store import outbox
from bot.store.customers import get_customer
from bot.store.tables import (
    Complaint,
    Customer,
    FollowUp,
    Member,
    Opportunity,
    Promise,
    SharedCustomer,
    SharedWeek,
    Visit,
)

CLOSED_DEALS = (DealStage.LOST, DealStage.ABANDONED)


async def possible_owners(session: AsyncSession, acting: Acting) -> list[Member]:
    """The members of the team who sell, by name; also those who have not joined yet."""
    query = (
        select(Member)
        .where(col(Member.team_id) == acting.team_id, col(Member.sells).is_(True), col(Member.left_at).is_(None))
        .order_by(col(Member.name))
    )
    return list((await session.exec(query)).all())


async def hand_over(work: Work, customer_id: int, member_id: int) -> None:
    """Make a member the owner of a customer and tell that member. Raises Refused."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    customer = await get_customer(work.session, work.acting, customer_id)
    owners = {member.id: member for member in await possible_owners(work.session, work.acting)}
    new = owners.get(member_id)
    if new is None:
        raise Refused("no_such_member")
    if customer.owner_id == member_id:
        return
    before_id = customer.owner_id
    before = await _name_of(work, before_id)
    customer.owner_id = member_id
    await move_open_work(work, [customer_id], before_id, member_id)
    note_change(work, customer, "handed_over", {"from": before, "to": new.name})
    await work.session.flush()
    await _tell(work, customer, new, before)


async def _name_of(work: Work, member_id: int | None) -> str | None:
    if member_id is None:
        return None
    query = select(Member.name).where(col(Member.team_id) == work.acting.team_id, col(Member.id) == member_id)
    return (await work.session.exec(query)).one_or_none()


async def move_open_work(work: Work, customer_ids: Sequence[int], before_id: int | None, member_id: int) -> None:
    """Give what is still to be done for some customers to a member, who is reminded of it from now on.

    What those do with whom a customer is shared stays theirs.
    """
    owner = (col(SharedCustomer.customer_id).in_(customer_ids), col(SharedCustomer.member_id) == member_id)
    turns = (col(SharedWeek.customer_id).in_(customer_ids), col(SharedWeek.member_id) == before_id)
    await work.session.exec(delete(SharedCustomer).where(*owner))
    await work.session.exec(delete(SharedWeek).where(*turns))
    planned = (
        col(Visit.customer_id).in_(customer_ids),
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.on) >= work.today,
        ~_is_sharers(Visit.customer_id, Visit.member_id),
    )
    owed = (
        col(FollowUp.customer_id).in_(customer_ids),
        col(FollowUp.done_at).is_(None),
        ~_is_sharers(FollowUp.customer_id, FollowUp.member_id),
    )
    deals = (col(Opportunity.customer_id).in_(customer_ids), col(Opportunity.stage).not_in(CLOSED_DEALS))
    await work.session.exec(update(Visit).where(*planned).values(member_id=member_id))
    await work.session.exec(update(FollowUp).where(*owed).values(member_id=member_id))
    await work.session.exec(update(Opportunity).where(*deals).values(owner_id=member_id))
    promised = select(Promise).where(
        col(Promise.customer_id).in_(customer_ids),
        col(Promise.state) == PromiseState.OPEN,
        col(Promise.owner_id) != member_id,
        ~_is_sharers(Promise.customer_id, Promise.owner_id),
    )
    for promise in (await work.session.exec(promised)).all():
        promise.owner_id = member_id
        await work.session.flush()
        await plan_reminders(work, promise)
    complained = select(col(Complaint.customer_id)).where(
        col(Complaint.customer_id).in_(customer_ids), col(Complaint.closed_at).is_(None)
    )
    for customer_id in set((await work.session.exec(complained)).all()):
        await follow_new_owner(work, customer_id, before_id, member_id)


def _is_sharers(customer_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Whether a row about a customer is of a member with whom that is shared."""
    return (
        select(SharedCustomer)
        .where(col(SharedCustomer.customer_id) == customer_id, col(SharedCustomer.member_id) == member_id)
        .exists()
    )


async def _tell(work: Work, customer: Customer, new: Member, before: str | None) -> None:
    """A silent line with the card's button, for an owner who has joined and did not do it alone."""
    if new.chat_id is None or new.id == work.acting.member_id:
        return
    facts = {"id": customer.id, "name": customer.name, "before": before, "by": work.acting.name}
    await outbox.show(
        work.session,
        new.chat_id,
        Screen(template="replies/card_handed", facts=facts),
        due_at=work.now,
        member_id=new.id,
    )
