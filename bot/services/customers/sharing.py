"""Customers that several reps serve: a manager shares one with others, who then visit it; it stays with its owner."""

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.services.customers.card import living_card
from bot.services.customers.changing import note_change
from bot.services.customers.handing_over import move_open_work, possible_owners
from bot.services.customers.who_shares import sharers_of
from bot.services.work import Work
from bot.store import outbox
from bot.store.customers import get_customer
from bot.store.inserting import insert_if_new
from bot.store.tables import Customer, Member, SharedCustomer, SharedWeek

MEMBERS_SHOWN = 30


async def share_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """Everybody who could serve a customer beside its owner, each to be ticked. Raises Refused."""
    customer = await _shareable(session, acting, customer_id)
    sharers = (await sharers_of(session, acting.team_id, [customer_id])).get(customer_id, [])
    sellers = await possible_owners(session, acting)
    members: list[Json] = [
        {"id": member.id, "name": member.name, "on": member.id in sharers}
        for member in sellers
        if member.id != customer.owner_id
    ]
    owner = next(member.name for member in sellers if member.id == customer.owner_id)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "owner": owner,
        "members": members[:MEMBERS_SHOWN],
    }
    return Screen(template="replies/card_share", facts=facts, living=living_card(customer_id))


async def _shareable(session: AsyncSession, acting: Acting, customer_id: int) -> Customer:
    """A customer with an owner who sells, for who leads. Raises Refused."""
    if not acting.leads:
        raise Refused("not_for_your_role")
    customer = await get_customer(session, acting, customer_id)
    if customer.owner_id not in {member.id for member in await possible_owners(session, acting)}:
        raise Refused("share_needs_owner")
    return customer


async def share(work: Work, customer_id: int, member_id: int) -> None:
    """Let a member serve a customer too, and tell that member. Twice changes nothing. Raises Refused."""
    customer = await _shareable(work.session, work.acting, customer_id)
    sellers = {member.id: member for member in await possible_owners(work.session, work.acting)}
    member = sellers.get(member_id)
    if member is None or member_id == customer.owner_id or customer.ended_at is not None:
        raise Refused("no_such_member")
    values = {
        "customer_id": customer_id,
        "member_id": member_id,
        "team_id": work.acting.team_id,
        "shared_at": work.now,
    }
    if await insert_if_new(work.session, SharedCustomer, values, ("customer_id", "member_id")):
        note_change(work, customer, "customer_shared", {"to": member.name})
        await work.session.flush()
        owner = sellers[customer.owner_id]
        await _tell(work, customer, member, owner)


async def _tell(work: Work, customer: Customer, member: Member, owner: Member) -> None:
    if member.chat_id is None or member.id == work.acting.member_id:
        return
    facts = {"id": customer.id, "name": customer.name, "by": work.acting.name, "owner": owner.name}
    screen = Screen(template="replies/card_shared", facts=facts)
    await outbox.show(work.session, member.chat_id, screen, due_at=work.now, member_id=member.id)


async def unshare(work: Work, customer_id: int, member_id: int) -> None:
    """A member serves a customer no more: what is still to be done goes to the owner. Raises Refused."""
    customer = await _shareable(work.session, work.acting, customer_id)
    assert customer.owner_id is not None
    if await _drop(work, customer_id, member_id):
        name = (await work.session.exec(select(Member.name).where(col(Member.id) == member_id))).one()
        note_change(work, customer, "customer_unshared", {"from": name})
        await move_open_work(work, [customer_id], member_id, customer.owner_id)


async def _drop(work: Work, customer_id: int, member_id: int) -> bool:
    """Take a member's share and turns away. False: there was none."""
    turns = (col(SharedWeek.customer_id) == customer_id, col(SharedWeek.member_id) == member_id)
    await work.session.exec(delete(SharedWeek).where(col(SharedWeek.team_id) == work.acting.team_id, *turns))
    share = (col(SharedCustomer.customer_id) == customer_id, col(SharedCustomer.member_id) == member_id)
    dropped = delete(SharedCustomer).where(col(SharedCustomer.team_id) == work.acting.team_id, *share)
    return (await work.session.exec(dropped)).rowcount > 0


async def stop_serving(work: Work, member_id: int) -> None:
    """Whoever leaves serves nobody's customers any more; what is open there goes to their owners."""
    query = (
        select(Customer)
        .join(SharedCustomer, col(SharedCustomer.customer_id) == Customer.id)
        .where(col(SharedCustomer.team_id) == work.acting.team_id, col(SharedCustomer.member_id) == member_id)
    )
    for customer in (await work.session.exec(query)).all():
        await _drop(work, customer.id or 0, member_id)
        if customer.owner_id not in (None, member_id):
            await move_open_work(work, [customer.id or 0], member_id, customer.owner_id)
