"""The visit brief: all that helps before the door opens, on one screen."""

from dataclasses import replace
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bot.domain.brief import QUESTIONS_SHOWN, Known, choose_questions, letters, next_letter
from bot.domain.money import from_minor
from bot.domain.playbook import Playbook, Section
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import ObjectionKind, PromiseState, Purpose, RelationshipStage
from bot.services import playbook
from bot.services.knowledge import Knowledge, gather
from bot.services.playbook.prepared import Prepared, read_prepared
from bot.services.playbook.reading import answer_tallies, closing_tallies, tally_facts
from bot.services.promises.figures import word_facts
from bot.services.visits import open_visit
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.promises import size_of_promise
from bot.store.tables import Complaint, Contact, Objection, Promise

PROMISES_SHOWN = 2
OBJECTIONS_SHOWN = 2
ROLES_SHOWN = 2
WEEK_DAYS = 7


async def brief_screen(work: Work, customer_id: int, *, template: str = "replies/brief") -> Screen:
    """The brief of a customer. Raises Refused for one that is not visible."""
    facts = await brief_facts(work, customer_id)
    return Screen(template=template, facts=facts, living=f"brief:{customer_id}")


async def brief_facts(work: Work, customer_id: int) -> dict[str, Json]:
    """What a brief says; every part is about this customer only, and counts are the team's without a name."""
    customer = await get_customer(work.session, work.acting, customer_id)
    knowledge = await gather(work, customer_id)
    complaints = await _complaints(work, customer_id)
    known = replace(knowledge.known(), has_complaint=bool(complaints))
    visit = await open_visit(work, customer_id, work.today)
    book = await playbook.team_playbook(work.session, work.acting)
    prepared = None if visit is None else await read_prepared(work, visit, book)
    stage = customer.stage or (RelationshipStage.INITIAL if knowledge.orders else RelationshipStage.DEVELOPMENT)
    share, week = knowledge.share, work.today.toordinal() // WEEK_DAYS
    return {
        "customer": customer_id,
        "name": customer.name,
        "grade": customer.grade.value if customer.grade else None,
        "key_account": customer.key_account,
        "stage": stage.value,
        "share": None if share is None else {"low": share.low_percent, "high": share.high_percent},
        "currency": work.acting.currency,
        "prepared": prepared.shown if prepared else None,
        "aim": _aim(book, stage),
        "idea": playbook.idea_of(book, week + customer_id) if _only_helps(prepared, known, stage) else None,
        "contacts": [_contact_facts(contact) for contact in knowledge.contacts[:2]],
        "contacts_known": len(knowledge.contacts),
        "decider_known": known.has_decider,
        "missing_roles": [role.value for role in known.missing_roles[:ROLES_SHOWN]] if knowledge.contacts else [],
        "promises": await _promises(work, customer_id),
        "complaints": complaints,
        "word": await word_facts(work.session, work.acting, customer_id, work.now),
        "last_visit": _visit_facts(knowledge),
        "last_order": _order_facts(knowledge, work.acting.currency),
        "deal": _deal_facts(work, knowledge, known),
        "questions": _questions(book, known, prepared),
        "objections": await _objections(work, book, customer_id, prepared),
        "close": await _close(work, book, prepared),
        "pin": None if customer.lat is None else [customer.lat, customer.lng],
        "country": work.acting.country,
        "records": work.acting.records,
    }


def _aim(book: Playbook, stage: RelationshipStage) -> Json:
    plays = book.of(Section.PLAYS, stage)
    return {"goal": book.goals[stage], "play": plays[0].text if plays else None}


def _only_helps(prepared: Prepared | None, known: Known, stage: RelationshipStage) -> bool:
    """Whether the visit sells nothing: a complaint is open, the relationship is kept, or nothing is to be sold yet."""
    if known.has_complaint:
        return True
    if prepared is not None:
        return prepared.form.purpose is Purpose.KEEP_RELATIONSHIP
    return stage is RelationshipStage.DEVELOPMENT and known.has_suppliers and not known.has_open_deal


def _contact_facts(contact: Contact) -> Json:
    return {
        "name": contact.name,
        "title": contact.job_title,
        "role": contact.role.value if contact.role else None,
        "decides": bool(contact.decides),
        "phone": contact.phone,
        "met": contact.last_met_on.isoformat() if contact.last_met_on else None,
    }


def _order_facts(knowledge: Knowledge, currency: str) -> Json:
    orders = knowledge.orders
    if not orders:
        return None
    last = orders[0]
    change = None
    if len(orders) > 1 and orders[1].currency == last.currency and orders[1].amount_minor > 0:
        change = round(100 * (last.amount_minor / orders[1].amount_minor - 1))
    amount = str(from_minor(last.amount_minor, last.currency))
    return {"on": last.ordered_on.isoformat(), "amount": amount, "currency": last.currency, "change": change}


def _visit_facts(knowledge: Knowledge) -> Json:
    """The newest report that counts."""
    if not knowledge.reported:
        return None
    on, answers = knowledge.reported[0]
    told = ("took_place", "purpose_reached", "notes", "commitment")
    return {"on": on.isoformat(), **{name: answers.get(name, {}).get("value") for name in told}}


def _deal_facts(work: Work, knowledge: Knowledge, known: Known) -> Json:
    """The biggest open deal, how many letters of BANT are filled, and the one to fill next."""
    deal = knowledge.deal
    if deal is None:
        return None
    amount = None if deal.amount_minor is None else str(from_minor(deal.amount_minor, work.acting.currency))
    letter = next_letter(known)
    return {
        "name": deal.name,
        "stage": deal.stage.value,
        "amount": amount,
        "filled": sum(letters(known).values()),
        "next": letter.value if letter else None,
    }


def _questions(book: Playbook, known: Known, prepared: Prepared | None) -> list[Json]:
    """The prepared ones, filled up with those for the biggest gaps."""
    own = list(prepared.questions) if prepared else []
    for one in choose_questions(known, book.of(Section.QUESTIONS)):
        if len(own) < QUESTIONS_SHOWN and one.text not in own:
            own.append(one.text)
    return [*own[:QUESTIONS_SHOWN]]


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
            "size": size_of_promise(one, work.acting.currency),
            "currency": work.acting.currency,
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
        {
            "id": one.id,
            "text": one.text,
            "day": (work.now - one.opened_at).days + 1,
            "solved": one.solved_at is not None,
        }
        for one in (await work.session.exec(query)).all()
    ]


async def _objections(work: Work, book: Playbook, customer_id: int, prepared: Prepared | None) -> list[Json]:
    """What to be ready for: the prepared ones, else what they said here most; with what worked in this team."""
    expected: list[dict[str, Any]] = list(prepared.objections) if prepared else []
    for kind in await _heard(work, customer_id):
        if all(one["kind"] != kind for one in expected):
            expected.append({"kind": kind, "words": None, "answer": None, "key": None})
    tallies = await answer_tallies(work.session, work.acting.team_id)
    lines: list[Json] = []
    for one in expected[:OBJECTIONS_SHOWN]:
        counted = tallies.get(one["kind"] or "any", {})
        best = next(iter(playbook.rank_answers(book, one["kind"] or "any", counted)), None)
        answer, key = one["answer"] or (best.text if best else ""), one["key"]
        if one["answer"] is None and best is not None:
            key = best.key
        tally = tally_facts(counted.get(key)) if key else None
        lines.append({"kind": one["kind"], "words": one["words"], "answer": answer, "tally": tally})
    return lines


async def _heard(work: Work, customer_id: int) -> list[str]:
    """The objections of this customer, the most frequent first; price for one that has raised none."""
    query = (
        select(col(Objection.kind))
        .where(
            col(Objection.team_id) == work.acting.team_id,
            col(Objection.customer_id) == customer_id,
            col(Objection.kind).is_not(None),
        )
        .group_by(col(Objection.kind))
        .order_by(func.count().desc())
    )
    return [kind.value for kind in (await work.session.exec(query)).all() if kind] or [ObjectionKind.PRICE.value]


async def _close(work: Work, book: Playbook, prepared: Prepared | None) -> Json:
    """The prepared technique, with a line to say and what it brought here."""
    technique = prepared.form.closing if prepared else None
    if technique is None:
        return None
    said = book.of(Section.CLOSINGS, technique)
    tallies = await closing_tallies(work.session, work.acting.team_id)
    return {"text": said[0].text if said else None, "tally": tally_facts(tallies.get(technique))}
