"""The recap of a visit: what was said and what comes next, drafted from the report so far, for the customer to confirm.

Only what the customer said or heard goes in: never the rep's own judgements. The rep's notes join by a tap.
"""

from collections.abc import Mapping
from datetime import time

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.forms.draft import Draft, read_draft
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.showing import summary
from bot.domain.money import from_minor
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import PromiseState, VisitState
from bot.domain.wall_time import instant_of
from bot.services.care.languages import language_of
from bot.services.forms.drafts import open_drafts
from bot.services.visits import get_visit
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.inserting import insert_if_new
from bot.store.tables import AuditEntry, Promise, Recap, Report, Team, Visit

FOR_THE_CUSTOMER = ("who_met", "needs", "products", "commitment", "commitment_amount", "commitment_due", "next_visit")
"""Answers that a customer may read; moods, rivals, shares and complaints are ours."""


async def recap_screen(work: Work, visit_id: int, *, bare: bool = False) -> Screen:
    """The recap of an own visit with its buttons; ``bare`` is its text alone, a message to forward.

    Raises Refused: no_such_visit, no_such_customer.
    """
    visit = await get_visit(work, visit_id)
    customer = await get_customer(work.session, work.acting, visit.customer_id)
    recap = await _recap(work, visit_id)
    answers = await _answers(work, visit)
    facts: dict[str, Json] = {
        "visit": visit_id,
        "customer": visit.customer_id,
        "name": customer.name,
        "rep": work.acting.name,
        "team": await _team(work),
        "language_code": (await language_of(work, visit.customer_id)).value,
        "currency": work.acting.currency,
        "on": visit.on.isoformat(),
        "done": visit.state is VisitState.DONE,
        "answers": {name: answers.get(name) for name in FOR_THE_CUSTOMER},
        "promises": await _promises(work, visit, answers.get("promises")),
        "notes": _words(answers.get("notes")),
        "with_notes": recap is not None and recap.with_notes,
        "confirmed_at": recap.confirmed_at.isoformat() if recap and recap.confirmed_at else None,
    }
    facts["is_empty"] = not facts["promises"] and not any(answers.get(name) for name in FOR_THE_CUSTOMER[1:])
    if bare:
        return Screen(template="replies/recap_text", facts=facts, living=f"recap_text:{visit_id}", place=Place.BELOW)
    return Screen(template="replies/recap", facts=facts, living=f"recap:{visit_id}")


async def _recap(work: Work, visit_id: int) -> Recap | None:
    query = select(Recap).where(col(Recap.team_id) == work.acting.team_id, col(Recap.visit_id) == visit_id)
    return (await work.session.exec(query)).one_or_none()


async def _answers(work: Work, visit: Visit) -> dict[str, Json]:
    """What the report says so far: the open form first, since it is newer, else what was saved. Nothing where none."""
    draft = await _draft(work, visit)
    if draft is None:
        return {}
    found: dict[str, Json] = {}
    for line in summary(PostVisit, draft):
        assert isinstance(line, dict)
        found[str(line["key"]).partition(".")[2]] = line["shown"]
    if isinstance(commitment := found.get("commitment"), dict) and commitment.get("key") == "commitment_kind.none":
        del found["commitment"]
    return found


async def _draft(work: Work, visit: Visit) -> Draft | None:
    for opened in await open_drafts(work.session, work.acting.member_id):
        if opened.row.visit_id == visit.id and opened.form is PostVisit:
            return opened.draft
    query = select(Report).where(
        col(Report.team_id) == work.acting.team_id, col(Report.visit_id) == visit.id, col(Report.undone_at).is_(None)
    )
    report = (await work.session.exec(query.order_by(col(Report.id).desc()).limit(1))).first()
    return None if report is None or not report.answers else read_draft(report.answers)


async def _promises(work: Work, visit: Visit, in_form: Json) -> list[Json]:
    """What both sides said: in the ledger since the day of the visit began, else as the open form has it."""
    since = instant_of(visit.on, time(0), work.acting.zone)
    query = select(Promise).where(
        col(Promise.team_id) == work.acting.team_id,
        col(Promise.customer_id) == visit.customer_id,
        col(Promise.state) == PromiseState.OPEN,
        col(Promise.created_at) >= since,
    )
    said: list[Json] = [
        {
            "side": one.side.value,
            "kind": one.kind,
            "text": one.text,
            "amount": None if one.amount_minor is None else str(from_minor(one.amount_minor, work.acting.currency)),
            "due": one.due_at.isoformat() if one.due_at else None,
        }
        for one in (await work.session.exec(query.order_by(col(Promise.due_at), col(Promise.id)))).all()
    ]
    if isinstance(in_form, dict) and not any(isinstance(one, Mapping) and one["side"] == "ours" for one in said):
        cells = in_form.get("items")
        said.extend({"side": "ours", "cells": one} for one in (cells if isinstance(cells, list) else []))
    return said


def _words(answer: Json) -> str:
    return str(answer["text"]) if isinstance(answer, dict) and answer.get("as") == "text" else ""


async def _team(work: Work) -> str:
    return (await work.session.exec(select(col(Team.name)).where(col(Team.id) == work.acting.team_id))).one()


async def put_notes_in(work: Work, visit_id: int, *, on: bool) -> None:
    """Let the rep's notes join the recap, or leave it."""
    recap = await _own_recap(work, visit_id)
    recap.with_notes = on
    await work.session.flush()


async def confirm(work: Work, visit_id: int) -> None:
    """The customer said that it is right. Once: a second tap changes nothing."""
    recap = await _own_recap(work, visit_id)
    if recap.confirmed_at is not None:
        return
    recap.confirmed_at = work.now
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="recap_confirmed",
            subject="visit",
            subject_id=visit_id,
        )
    )
    await work.session.flush()


async def _own_recap(work: Work, visit_id: int) -> Recap:
    visit = await get_visit(work, visit_id)
    if visit.state not in (VisitState.STARTED, VisitState.DONE, VisitState.PLANNED):
        raise Refused("no_such_visit")
    values = {
        "team_id": work.acting.team_id,
        "visit_id": visit_id,
        "member_id": work.acting.member_id,
        "with_notes": False,
    }
    await insert_if_new(work.session, Recap, values, ("team_id", "visit_id"))
    found = await _recap(work, visit_id)
    assert found is not None
    return found
