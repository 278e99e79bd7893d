"""A customer on one card: who, how it stands, what was last, what is open, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.geo import Pin
from bot.domain.money import from_minor
from bot.domain.opening_hours import ANY_TIME, OpeningHours
from bot.domain.opening_words import hours_by_days
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import PromiseState, VisitState
from bot.services.customers.waiting import measure_waiting
from bot.services.customers.who_shares import sharing_facts
from bot.services.navigation import navigation_url
from bot.services.promises.figures import word_facts
from bot.store.customers import get_customer
from bot.store.promises import size_of_promise
from bot.store.tables import Complaint, Contact, Customer, FollowUp, Member, Order, Promise, Touch, Visit

LAST_TOUCHES = 2
PROMISES_SHOWN = 3
NOTE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose card it is, for whom, when."""

    session: AsyncSession
    acting: Acting
    customer: Customer
    now: datetime

    @property
    def customer_id(self) -> int:
        assert self.customer.id is not None
        return self.customer.id

    @property
    def today(self) -> date:
        return self.acting.local(self.now).date()


def living_card(customer_id: int) -> str:
    """The name of the message that a customer's card lives in."""
    return f"card:{customer_id}"


async def card_screen(
    session: AsyncSession, acting: Acting, customer_id: int, now: datetime, *, below: bool = False
) -> Screen:
    """The card of a visible customer. Raises Refused("no_such_customer")."""
    customer = await get_customer(session, acting, customer_id)
    asked = _Asked(session, acting, customer, now)
    facts = _who(customer, acting)
    facts["owner"] = await _owner(asked)
    facts |= await sharing_facts(session, acting, customer, asked.today)
    facts["contact"] = contact_facts(main_contact(await contacts_of(session, acting, customer_id)))
    facts["touches"] = await _last_touches(asked)
    facts["order"] = await _last_order(asked)
    facts["promises"] = await _open_promises(asked)
    facts["complaints"] = await _open_complaints(asked)
    facts["word"] = await word_facts(session, acting, customer_id, now)
    facts["next_visit"] = await _next_visit(asked)
    facts["follow_up_on"] = await _next_follow_up(asked)
    waiting = (await measure_waiting(session, acting, [customer], now))[customer_id]
    facts["overdue_days"] = waiting.overdue_days if customer.ended_at is None else 0
    facts["opening"] = opening_facts(OpeningHours.from_json(customer.opening))
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/card", facts=facts, living=living_card(customer_id), place=place)


def _who(customer: Customer, acting: Acting) -> dict[str, Json]:
    pin = Pin(lat=customer.lat, lng=customer.lng) if customer.lat is not None and customer.lng is not None else None
    return {
        "id": customer.id,
        "name": customer.name,
        "navigation": navigation_url(pin, customer.name, acting.country, acting.map_app) if pin else None,
        "grade": customer.grade.value if customer.grade else None,
        "grade_source": customer.grade_source.value if customer.grade_source else None,
        "key_account": customer.key_account,
        "stage": customer.stage.value if customer.stage else None,
        "address": customer.address,
        "phone": customer.phone,
        "tags": list[Json](customer.tags),
        "has_pin": pin is not None,
        "ended_at": customer.ended_at.isoformat() if customer.ended_at else None,
        "ended_reason": customer.ended_reason,
        "merged_into": customer.merged_into_id,
        "records": acting.records,
        "changes": may_change(acting),
        "owns": owns(acting, customer),
    }


def opening_facts(opening: OpeningHours) -> list[Json]:
    """Days with their hours as screens show them; nothing where the customer is open at any time."""
    if opening.days == ANY_TIME.days:
        return []
    return [
        {"runs": [list[Json](run) for run in runs], "spans": [[span.opens_s, span.closes_s] for span in spans]}
        for runs, spans in hours_by_days(opening)
    ]


def owns(acting: Acting, customer: Customer) -> bool:
    """Whether a customer's card is the person's: its own, or any for who leads."""
    return acting.leads or customer.owner_id in (None, acting.member_id)


def may_change(acting: Acting) -> bool:
    """Whether a person may change customers that are visible: service reads only."""
    return acting.records or acting.leads


async def _owner(asked: _Asked) -> str | None:
    """The name of the rep who owns the customer, for everybody else."""
    if asked.customer.owner_id in (None, asked.acting.member_id):
        return None
    query = select(Member.name).where(
        col(Member.team_id) == asked.acting.team_id, col(Member.id) == asked.customer.owner_id
    )
    return (await asked.session.exec(query)).one()


async def contacts_of(session: AsyncSession, acting: Acting, customer_id: int) -> Sequence[Contact]:
    """The people at a customer, the most important first: who decides, then by influence."""
    query = select(Contact).where(col(Contact.team_id) == acting.team_id, col(Contact.customer_id) == customer_id)
    people = (await session.exec(query)).all()
    return sorted(people, key=lambda one: (not one.decides, -(one.influence or 0), one.id or 0))


def main_contact(people: Sequence[Contact]) -> Contact | None:
    """The person to call first: the most important one with a number, else the most important."""
    return next((one for one in people if one.phone), people[0] if people else None)


def contact_facts(contact: Contact | None) -> dict[str, Json] | None:
    """A person as screens show one."""
    if contact is None:
        return None
    return {
        "name": contact.name,
        "job_title": contact.job_title,
        "role": contact.role.value if contact.role else None,
        "decides": bool(contact.decides),
        "phone": contact.phone,
        "email": contact.email,
        "attitude": contact.attitude,
        "last_met_on": contact.last_met_on.isoformat() if contact.last_met_on else None,
    }


async def _last_touches(asked: _Asked) -> list[Json]:
    query = (
        select(Touch)
        .where(
            col(Touch.team_id) == asked.acting.team_id,
            col(Touch.customer_id) == asked.customer_id,
            col(Touch.at) <= asked.now,
        )
        .order_by(col(Touch.at).desc(), col(Touch.id).desc())
        .limit(LAST_TOUCHES)
    )
    return [
        {"kind": touch.kind.value, "at": touch.at.isoformat(), "note": shortened(touch.note)}
        for touch in (await asked.session.exec(query)).all()
    ]


def shortened(text: str, characters: int = NOTE_CHARACTERS) -> str:
    """The text in one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


async def _last_order(asked: _Asked) -> dict[str, Json] | None:
    """The last order with its change against the one before, in percent where that can be said."""
    query = (
        select(Order)
        .where(
            col(Order.team_id) == asked.acting.team_id,
            col(Order.customer_id) == asked.customer_id,
            col(Order.ordered_on) <= asked.today,
        )
        .order_by(col(Order.ordered_on).desc(), col(Order.id).desc())
        .limit(2)
    )
    orders = (await asked.session.exec(query)).all()
    if not orders:
        return None
    last = orders[0]
    change = None
    if len(orders) > 1 and orders[1].currency == last.currency and orders[1].amount_minor > 0:
        change = round(Decimal(100 * (last.amount_minor - orders[1].amount_minor)) / orders[1].amount_minor)
    return {
        "on": last.ordered_on.isoformat(),
        "amount": str(from_minor(last.amount_minor, last.currency)),
        "currency": last.currency,
        "change_percent": change,
    }


async def _open_promises(asked: _Asked) -> list[Json]:
    """Both sides of the ledger, soonest due first; what has no date comes last."""
    query = select(Promise).where(
        col(Promise.team_id) == asked.acting.team_id,
        col(Promise.customer_id) == asked.customer_id,
        col(Promise.state) == PromiseState.OPEN,
    )
    promises = sorted(
        (await asked.session.exec(query)).all(), key=lambda one: (one.due_at is None, one.due_at or asked.now)
    )
    return [
        {
            "side": promise.side.value,
            "id": promise.id,
            "kind": str(promise.kind) if promise.kind else None,
            "size": size_of_promise(promise, asked.acting.currency),
            "currency": asked.acting.currency,
            "text": shortened(promise.text),
            "due_at": promise.due_at.isoformat() if promise.due_at else None,
            "late": promise.due_at is not None and promise.due_at < asked.now,
        }
        for promise in promises[:PROMISES_SHOWN]
    ]


async def _open_complaints(asked: _Asked) -> list[Json]:
    query = (
        select(Complaint)
        .where(
            col(Complaint.team_id) == asked.acting.team_id,
            col(Complaint.customer_id) == asked.customer_id,
            col(Complaint.closed_at).is_(None),
        )
        .order_by(col(Complaint.opened_at))
    )
    return [
        {
            "id": complaint.id,
            "text": shortened(complaint.text),
            "day": (asked.today - asked.acting.local(complaint.opened_at).date()).days + 1,
        }
        for complaint in (await asked.session.exec(query)).all()
    ]


async def _next_visit(asked: _Asked) -> dict[str, Json] | None:
    query = (
        select(Visit)
        .where(
            col(Visit.team_id) == asked.acting.team_id,
            col(Visit.customer_id) == asked.customer_id,
            col(Visit.state).in_([VisitState.PLANNED, VisitState.STARTED]),
            col(Visit.on) >= asked.today,
        )
        .order_by(col(Visit.on), col(Visit.id))
        .limit(1)
    )
    visit = (await asked.session.exec(query)).first()
    if visit is None:
        return None
    at = visit.appointment_at
    return {
        "on": visit.on.isoformat(),
        "appointment_at": at.isoformat() if at else None,
        "started": visit.state is VisitState.STARTED,
    }


async def _next_follow_up(asked: _Asked) -> str | None:
    query = (
        select(col(FollowUp.due_on))
        .where(
            col(FollowUp.team_id) == asked.acting.team_id,
            col(FollowUp.customer_id) == asked.customer_id,
            col(FollowUp.done_at).is_(None),
        )
        .order_by(col(FollowUp.due_on))
        .limit(1)
    )
    due_on = (await asked.session.exec(query)).first()
    return due_on.isoformat() if due_on else None
