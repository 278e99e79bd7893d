"""The screens of a network: the customer's, one person's, the leaving test, the thinnest of a territory."""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.birthdays import written
from bot.domain.errors import Refused
from bot.domain.network import (
    Introduction,
    Network,
    Person,
    Thread,
    imagine_leaving,
    measure_network,
    next_introduction,
)
from bot.domain.openings import Opening, newest_fresh
from bot.domain.people import Acting
from bot.domain.pillars import Pillar, weigh_pillars
from bot.domain.relationship import find_flags
from bot.domain.scoring.settings import Threshold
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade
from bot.services.customers.card import may_change
from bot.services.network.changing import Trait, values_of
from bot.services.network.reading import as_person, get_contact, people_of
from bot.services.relationship.goals import has_open_goal
from bot.services.relationship.openings import openings_of
from bot.services.relationship.pillars import pillar_scores
from bot.services.relationship.stages import shares_of, stage_history
from bot.store.customers import get_customer, visible_customers
from bot.store.tables import Customer, CustomerScore

PEOPLE_SHOWN = 8
THIN_SHOWN = 8


def living_network(customer_id: int) -> str:
    """The name of the message that a customer's network lives in: the card's, since it is reached from there."""
    return f"card:{customer_id}"


async def network_screen(session: AsyncSession, acting: Acting, customer_id: int, now: datetime) -> Screen:
    """Who is there, what is missing, how the relationship stands. Raises Refused("no_such_customer")."""
    customer = await get_customer(session, acting, customer_id)
    today = acting.local(now).date()
    people = (await people_of(session, acting.team_id, [customer_id]))[customer_id]
    network = measure_network(people, today)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "people": [_person_facts(one) for one in people[:PEOPLE_SHOWN]],
        "left_out": max(0, len(people) - PEOPLE_SHOWN),
        "network": _network_facts(network),
        "introduction": _introduction_facts(next_introduction(people, today)),
        "changes": may_change(acting),
        **await _standing(session, acting, customer, now),
    }
    return Screen(template="replies/network", facts=facts, living=living_network(customer_id))


async def _standing(session: AsyncSession, acting: Acting, customer: Customer, now: datetime) -> dict[str, Json]:
    """Stage, share, what is wrong, the weakest pillar, the opening to act on."""
    assert customer.id is not None
    today = acting.local(now).date()
    history = await stage_history(session, acting, customer.id)
    shares = [one for one in await shares_of(session, acting, customer.id) if one.is_known]
    share = shares[-1] if shares else None
    score = (
        await session.exec(select(CustomerScore).where(col(CustomerScore.customer_id) == customer.id))
    ).one_or_none()
    flags = (
        find_flags(
            customer.stage,
            stage_before=history.before,
            last_advance_on=history.last_advance_on or acting.local(customer.created_at).date(),
            has_open_goal=await has_open_goal(session, acting.team_id, customer.id),
            overdue_ratio=score.overdue_ratio if score else None,
            today=today,
            thresholds=acting.scoring.thresholds,
        )
        if customer.stage
        else ()
    )
    pillars = weigh_pillars(await pillar_scores(session, acting.team_id, customer.id))
    openings = [Opening(kind=one.kind, seen_on=one.seen_on) for one in await openings_of(session, acting, customer.id)]
    opening = newest_fresh(openings, today)
    return {
        "stage": customer.stage.value if customer.stage else None,
        "stage_since": history.changed_on.isoformat() if history.changed_on else None,
        "share": [share.low_percent, share.high_percent, share.on.isoformat()] if share else None,
        "shares": len(shares),
        "flags": [flag.value for flag in flags],
        "stall_days": int(acting.scoring.thresholds[Threshold.STALL_DAYS]),
        "pillar": pillars.weakest.value if pillars.weakest else None,
        "pillars_known": pillars.known,
        "opening": {"kind": opening.kind.value, "on": opening.seen_on.isoformat()} if opening else None,
    }


def _network_facts(network: Network) -> dict[str, Json]:
    return {
        "count": network.people,
        "without_role": network.without_role,
        "covered": len(network.covered),
        "roles": len(network.covered) + len(network.missing),
        "missing": [role.value for role in network.missing],
        "attitude": None if network.attitude is None else round(network.attitude, 1),
        "attitude_of": network.attitude_of,
        "thread": network.thread.value,
        "carrier": network.carrier.name if network.carrier else None,
        "carrier_percent": round(100 * network.carrier_part),
    }


def _person_facts(person: Person) -> dict[str, Json]:
    return {
        "id": person.contact_id,
        "name": person.name,
        "role": person.role.value if person.role else None,
        "decides": person.decides,
        "influence": person.influence,
        "attitude": person.attitude,
        "closeness": person.closeness,
        "met_on": person.last_met_on.isoformat() if person.last_met_on else None,
    }


def _introduction_facts(introduction: Introduction | None) -> dict[str, Json] | None:
    if introduction is None:
        return None
    return {"role": introduction.role.value, "by": introduction.by.name if introduction.by else None}


async def person_screen(session: AsyncSession, acting: Acting, contact_id: int) -> Screen:
    """One person, with what can be said of him by taps. Raises Refused("no_such_contact")."""
    contact, customer = await get_contact(session, acting, contact_id)
    facts: dict[str, Json] = {
        "customer": customer.id,
        "customer_name": customer.name,
        "person": _person_facts(as_person(contact)),
        "job_title": contact.job_title,
        "phone": contact.phone,
        "birthday": written(contact.birthday).removeprefix("--") if contact.birthday else None,
        "changes": may_change(acting),
        "leads": acting.leads,
    }
    return Screen(template="replies/network_person", facts=facts, living=living_network(contact.customer_id))


async def trait_screen(session: AsyncSession, acting: Acting, contact_id: int, trait: Trait) -> Screen:
    """The values to choose from. Raises Refused("no_such_contact")."""
    contact, customer = await get_contact(session, acting, contact_id)
    facts: dict[str, Json] = {
        "person": _person_facts(as_person(contact)),
        "customer_name": customer.name,
        "trait": trait.value,
        "values": list[Json](values_of(trait)),
    }
    return Screen(template="replies/network_trait", facts=facts, living=living_network(contact.customer_id))


async def leaving_screen(session: AsyncSession, acting: Acting, contact_id: int, now: datetime) -> Screen:
    """What remains if a person leaves. Raises Refused("no_such_contact")."""
    contact, customer = await get_contact(session, acting, contact_id)
    people = (await people_of(session, acting.team_id, [contact.customer_id]))[contact.customer_id]
    test = imagine_leaving(people, as_person(contact), acting.local(now).date())
    facts: dict[str, Json] = {
        "person": _person_facts(test.leaver),
        "customer": customer.id,
        "customer_name": customer.name,
        "outlook": test.outlook.value,
        "lost_roles": [role.value for role in test.lost_roles],
        "lost_percent": round(100 * test.lost_part),
        "remaining": _network_facts(test.remaining),
        "introduction": _introduction_facts(test.introduction),
    }
    return Screen(template="replies/network_leaving", facts=facts, living=living_network(contact.customer_id))


async def thin_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """The customers whose network is thinnest, the most valuable first: for /network."""
    today = acting.local(now).date()
    query = visible_customers(acting).where(
        col(Customer.ended_at).is_(None), col(Customer.grade).in_([Grade.A, Grade.B]) | col(Customer.key_account)
    )
    customers = {one.id: one for one in (await session.exec(query)).all() if one.id is not None}
    people = await people_of(session, acting.team_id, list(customers))
    networks = {identity: measure_network(known, today) for identity, known in people.items()}
    thin = [one for one, network in networks.items() if network.thread is not Thread.SEVERAL]
    order = list(Thread)
    thin.sort(key=lambda one: (customers[one].grade or Grade.D, order.index(networks[one].thread), customers[one].name))
    items: list[Json] = [
        {
            "id": identity,
            "name": customers[identity].name,
            "grade": grade.value if (grade := customers[identity].grade) else None,
            **_network_facts(networks[identity]),
        }
        for identity in thin[:THIN_SHOWN]
    ]
    facts: dict[str, Json] = {"items": items, "thin": len(thin), "all": len(customers), "more": len(thin) - len(items)}
    return Screen(template="replies/network_thin", facts=facts, living="network", place=Place.BELOW)


async def pillars_screen(session: AsyncSession, acting: Acting, customer_id: int, chosen: str | None) -> Screen:
    """The four pillars with what was said of them, or the values of one. Raises Refused."""
    customer = await get_customer(session, acting, customer_id)
    if chosen is not None and chosen not in set(Pillar):
        raise Refused("button_unknown")
    scores = await pillar_scores(session, acting.team_id, customer_id)
    weighed = weigh_pillars(scores)
    facts: dict[str, Json] = {
        "id": customer_id,
        "name": customer.name,
        "scores": {pillar.value: scores.get(pillar) for pillar in Pillar},
        "weakest": weighed.weakest.value if weighed.weakest else None,
        "chosen": chosen,
        "changes": may_change(acting),
    }
    return Screen(template="replies/network_pillars", facts=facts, living=living_network(customer_id))
