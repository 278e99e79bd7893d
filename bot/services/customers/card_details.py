"""The screens behind a card: people, numbers to call, and the choices of a change."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import TouchKind
from bot.services.customers.card import contact_facts, contacts_of, living_card
from bot.services.customers.changing import EndReason
from bot.services.customers.handing_over import possible_owners
from bot.services.customers.listing import tags_in_use, worked_with
from bot.store.customers import get_customer
from bot.store.tables import Contact, Customer

PEOPLE_SHOWN = 10
OWNERS_SHOWN = 30


async def more_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """What can be changed about a customer."""
    customer = await get_customer(session, acting, customer_id)
    return _screen("card_more", customer, {"leads": acting.leads, "ended": customer.ended_at is not None})


async def people_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The people at a customer, the most important first."""
    customer = await get_customer(session, acting, customer_id)
    people = await contacts_of(session, acting, customer_id)
    facts: dict[str, Json] = {
        "people": [contact_facts(one) for one in people[:PEOPLE_SHOWN]],
        "decides": any(one.decides for one in people[:PEOPLE_SHOWN]),
        "left_out": max(0, len(people) - PEOPLE_SHOWN),
    }
    return _screen("card_people", customer, facts)


async def call_screen(
    session: AsyncSession, acting: Acting, customer_id: int, *, counted: TouchKind | None = None
) -> Screen:
    """The numbers of a customer as text: a phone dials what is tapped, while buttons cannot carry numbers.

    ``counted`` is the contact that was just noted.
    """
    customer = await get_customer(session, acting, customer_id)
    lines = _numbers(customer, await contacts_of(session, acting, customer_id))
    facts: dict[str, Json] = {"lines": lines, "records": acting.records, "counted": counted.value if counted else None}
    return Screen(
        template="replies/card_call",
        facts={"id": customer.id, "name": customer.name, **facts},
        living=f"call:{customer_id}",
    )


def _numbers(customer: Customer, people: Sequence[Contact]) -> list[Json]:
    with_phone = [one for one in people if one.phone][:PEOPLE_SHOWN]
    lines: list[Json] = [{"name": one.name, "job_title": one.job_title, "phone": one.phone} for one in with_phone]
    if customer.phone and customer.phone not in {one.phone for one in with_phone}:
        lines.append({"name": "", "job_title": "", "phone": customer.phone})
    return lines


async def tags_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The tags in use, with those that the customer has ticked."""
    customer = await get_customer(session, acting, customer_id)
    in_use = tags_in_use(await worked_with(session, acting))
    names = dict.fromkeys([*tags_in_use([customer]), *in_use])
    tags: list[Json] = [{"name": name, "on": name in customer.tags} for name in names]
    return _screen("card_tags", customer, {"tags": tags})


async def end_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The reasons to end a relationship: choosing one is the confirmation."""
    customer = await get_customer(session, acting, customer_id)
    return _screen("card_end", customer, {"reasons": [reason.value for reason in EndReason]})


async def hand_screen(session: AsyncSession, acting: Acting, customer_id: int) -> Screen:
    """The members to whom a customer can be given."""
    customer = await get_customer(session, acting, customer_id)
    members: list[Json] = [
        {"id": member.id, "name": member.name, "owns": member.id == customer.owner_id}
        for member in (await possible_owners(session, acting))[:OWNERS_SHOWN]
    ]
    return _screen("card_hand", customer, {"members": members})


def _screen(name: str, customer: Customer, facts: dict[str, Json]) -> Screen:
    assert customer.id is not None
    return Screen(
        template=f"replies/{name}",
        facts={"id": customer.id, "name": customer.name, **facts},
        living=living_card(customer.id),
    )
