"""The visit brief: all that helps before the door opens, on one screen."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.brief import Known, choose_questions
from bot.domain.forms.draft import read_draft
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.showing import summary
from bot.domain.money import from_minor
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import ContactRole, DealStage, ObjectionKind, PromiseState, RelationshipStage
from bot.services.visits import open_visit
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import (
    Complaint,
    Contact,
    Objection,
    Opportunity,
    Order,
    Preparation,
    Promise,
    Report,
    ShareEstimate,
    Visit,
)

PROMISES_SHOWN = 3
PREPARED_SHOWN = ("purpose", "agree_to", "closing", "smallest_step", "materials")
OBJECTIONS_SHOWN = 2
CLOSED_DEALS = (DealStage.LOST, DealStage.ABANDONED)
RECENT = timedelta(days=365)


async def brief_screen(work: Work, customer_id: int, *, template: str = "replies/brief") -> Screen:
    """The brief of a customer. Raises Refused for one that is not visible."""
    facts = await brief_facts(work, customer_id)
    return Screen(template=template, facts=facts, living=f"brief:{customer_id}")


async def brief_facts(work: Work, customer_id: int) -> dict[str, Json]:
    """What a brief says; every part is about this customer only."""
    customer = await get_customer(work.session, work.acting, customer_id)
    contacts = await _contacts(work, customer_id)
    share = await _share(work, customer_id)
    orders = await _last_orders(work, customer_id)
    reported = await _last_reported(work, customer_id)
    answers = reported[1] if reported else {}
    prepared = await _prepared(work, customer_id)
    deal = await _deal(work, customer_id)
    stage = customer.stage or (RelationshipStage.INITIAL if orders else RelationshipStage.DEVELOPMENT)
    known = Known(
        has_share=share is not None,
        roles=frozenset(contact.role for contact in contacts if contact.role),
        has_decider=any(contact.decides for contact in contacts),
        needs_heard=len(answers.get("needs", {}).get("value") or []),
        has_suppliers=share is not None and bool(share.suppliers),
        has_satisfaction="perceived" in answers,
        has_open_deal=deal is not None,
        has_orders=bool(orders),
    )
    return {
        "customer": customer_id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "key_account": customer.key_account,
        "stage": stage.value,
        "share": None if share is None else {"low": share.low_percent, "high": share.high_percent},
        "currency": work.acting.currency,
        "prepared": prepared,
        "contacts": [_contact_facts(contact) for contact in contacts[:2]],
        "contacts_known": len(contacts),
        "decider_known": known.has_decider or ContactRole.DECIDER in known.roles,
        "promises": await _promises(work, customer_id),
        "complaints": await _complaints(work, customer_id),
        "last_visit": _visit_facts(reported),
        "last_order": _order_facts(orders, work.acting.currency),
        "deal": deal,
        "questions": list(choose_questions(known)),
        "objections": await _objections(work, customer_id),
        "pin": None if customer.lat is None else [customer.lat, customer.lng],
        "country": work.acting.country,
        "records": work.acting.records,
    }


async def _contacts(work: Work, customer_id: int) -> list[Contact]:
    query = select(Contact).where(col(Contact.team_id) == work.acting.team_id, col(Contact.customer_id) == customer_id)
    found = (await work.session.exec(query)).all()
    return sorted(found, key=lambda one: (not one.decides, -(one.last_met_on or date.min).toordinal(), one.id or 0))


def _contact_facts(contact: Contact) -> Json:
    return {
        "name": contact.name,
        "title": contact.job_title,
        "role": contact.role.value if contact.role else None,
        "decides": bool(contact.decides),
        "phone": contact.phone,
        "met": contact.last_met_on.isoformat() if contact.last_met_on else None,
    }


async def _share(work: Work, customer_id: int) -> ShareEstimate | None:
    query = select(ShareEstimate).where(
        col(ShareEstimate.team_id) == work.acting.team_id,
        col(ShareEstimate.customer_id) == customer_id,
        col(ShareEstimate.low_percent).is_not(None),
    )
    return (await work.session.exec(query.order_by(col(ShareEstimate.at).desc()))).first()


async def _last_orders(work: Work, customer_id: int) -> list[Order]:
    query = select(Order).where(
        col(Order.team_id) == work.acting.team_id,
        col(Order.customer_id) == customer_id,
        col(Order.ordered_on) <= work.today,
    )
    return list((await work.session.exec(query.order_by(col(Order.ordered_on).desc()).limit(2))).all())


def _order_facts(orders: list[Order], currency: str) -> Json:
    if not orders:
        return None
    last = orders[0]
    change = None
    if len(orders) > 1 and orders[1].currency == last.currency and orders[1].amount_minor > 0:
        change = round(100 * (last.amount_minor / orders[1].amount_minor - 1))
    amount = str(from_minor(last.amount_minor, last.currency))
    return {"on": last.ordered_on.isoformat(), "amount": amount, "currency": last.currency, "change": change}


async def _last_reported(work: Work, customer_id: int) -> tuple[date, dict[str, Any]] | None:
    """The day and the answers of the newest report that counts."""
    query = (
        select(Visit, Report)
        .where(
            col(Report.visit_id) == col(Visit.id),
            col(Visit.team_id) == work.acting.team_id,
            col(Visit.customer_id) == customer_id,
            col(Report.undone_at).is_(None),
        )
        .order_by(col(Visit.on).desc(), col(Report.id).desc())
    )
    found = (await work.session.exec(query)).first()
    return None if found is None else (found[0].on, found[1].answers.get("answers", {}))


def _visit_facts(reported: tuple[date, dict[str, Any]] | None) -> Json:
    if reported is None:
        return None
    on, answers = reported
    told = ("took_place", "purpose_reached", "notes", "commitment")
    return {"on": on.isoformat(), **{name: answers.get(name, {}).get("value") for name in told}}


async def _prepared(work: Work, customer_id: int) -> Json:
    """What the preparation of today's visit says."""
    visit = await open_visit(work, customer_id, work.today)
    if visit is None:
        return None
    same = select(Preparation).where(col(Preparation.visit_id) == visit.id)
    record = (await work.session.exec(same)).one_or_none()
    if record is None:
        return None
    told: dict[str, Json] = dict.fromkeys(PREPARED_SHOWN)
    for line in summary(PreVisit, read_draft(record.answers)):
        if isinstance(line, dict) and (name := str(line["key"]).partition(".")[2]) in told:
            told[name] = line["shown"]
    return told


async def _deal(work: Work, customer_id: int) -> Json:
    query = select(Opportunity).where(
        col(Opportunity.team_id) == work.acting.team_id,
        col(Opportunity.customer_id) == customer_id,
        col(Opportunity.stage).not_in((*CLOSED_DEALS, DealStage.AFTER_SALES)),
    )
    deal = (await work.session.exec(query.order_by(col(Opportunity.amount_minor).desc()))).first()
    if deal is None:
        return None
    amount = None if deal.amount_minor is None else str(from_minor(deal.amount_minor, work.acting.currency))
    return {"name": deal.name, "stage": deal.stage.value, "amount": amount}


async def _promises(work: Work, customer_id: int) -> list[Json]:
    query = select(Promise).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.customer_id) == customer_id,
        col(Promise.state) == PromiseState.OPEN,
    )
    found = (await work.session.exec(query.order_by(col(Promise.due_at)).limit(PROMISES_SHOWN))).all()
    return [
        {
            "side": one.side.value,
            "kind": one.kind,
            "text": one.text,
            "due": one.due_at.isoformat() if one.due_at else None,
            "late": one.due_at is not None and one.due_at < work.now,
        }
        for one in found
    ]


async def _complaints(work: Work, customer_id: int) -> list[Json]:
    query = select(Complaint).where(
        col(Complaint.team_id) == work.acting.team_id,
        col(Complaint.customer_id) == customer_id,
        col(Complaint.closed_at).is_(None),
    )
    return [
        {"text": one.text, "day": (work.now - one.opened_at).days + 1} for one in (await work.session.exec(query)).all()
    ]


async def _objections(work: Work, customer_id: int) -> list[Json]:
    """What to be ready for: what they said here most, else what most customers say first; with counts of results."""
    query = (
        select(col(Objection.kind), func.count())
        .where(
            col(Objection.team_id) == work.acting.team_id,
            col(Objection.customer_id) == customer_id,
            col(Objection.kind).is_not(None),
            col(Objection.at) > work.now - RECENT,
        )
        .group_by(col(Objection.kind))
        .order_by(func.count().desc())
    )
    kinds = [kind.value for kind, _ in (await work.session.exec(query)).all() if kind is not None]
    return list((kinds or [ObjectionKind.PRICE.value])[:OBJECTIONS_SHOWN])
