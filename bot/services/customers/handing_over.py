"""Gives a customer to another rep: with its planned visits, follow-ups and open promises; its history stays."""

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.domain.vocabulary import PromiseState, VisitState
from bot.services.complaints.changing import follow_new_owner
from bot.services.customers.changing import note_change
from bot.services.promises.reminding import plan_for_new_owner
from bot.services.work import Work
from bot.store import outbox
from bot.store.customers import get_customer
from bot.store.tables import Customer, FollowUp, Member, Promise, Visit


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
    await _move_open_work(work, customer_id, before_id, member_id)
    note_change(work, customer, "handed_over", {"from": before, "to": new.name})
    await work.session.flush()
    await _tell(work, customer, new, before)


async def _name_of(work: Work, member_id: int | None) -> str | None:
    if member_id is None:
        return None
    query = select(Member.name).where(col(Member.team_id) == work.acting.team_id, col(Member.id) == member_id)
    return (await work.session.exec(query)).one_or_none()


async def _move_open_work(work: Work, customer_id: int, before_id: int | None, member_id: int) -> None:
    planned = (
        col(Visit.customer_id) == customer_id,
        col(Visit.state) == VisitState.PLANNED,
        col(Visit.on) >= work.today,
    )
    owed = (col(FollowUp.customer_id) == customer_id, col(FollowUp.done_at).is_(None))
    promised = (col(Promise.customer_id) == customer_id, col(Promise.state) == PromiseState.OPEN)
    await work.session.exec(update(Visit).where(*planned).values(member_id=member_id))
    await work.session.exec(update(FollowUp).where(*owed).values(member_id=member_id))
    await work.session.exec(update(Promise).where(*promised).values(owner_id=member_id))
    await plan_for_new_owner(work, customer_id)
    await follow_new_owner(work, customer_id, before_id, member_id)


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
