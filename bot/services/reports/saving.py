"""Saves a post-visit form: the record and all its effects, in the transaction of the last answer."""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.forms.engine import filled
from bot.domain.forms.post_visit import PostVisit
from bot.domain.money import to_minor
from bot.domain.vocabulary import CommitmentKind, PromiseSide, TookPlace, TouchKind, VisitState
from bot.domain.wall_time import instant_of
from bot.services.complaints.changing import open_complaint
from bot.services.forms.drafts import OpenDraft
from bot.services.promises import carry_over, make_promise
from bot.services.reports import deals, people_met, service
from bot.services.reports.outcomes import note_outcomes
from bot.services.reports.still_held import StillHeld, size_of, still_held, what_of
from bot.services.reports.undoing import take_back
from bot.services.scoring.aggregates import update_aggregates
from bot.services.visits import get_visit, is_recorded
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import AuditEntry, Customer, FollowUp, Report, Touch, Visit

END_OF_DAY = time(17, 0)
NOON = time(12, 0)
STATE_AFTER = {
    TookPlace.MET: VisitState.DONE,
    TookPlace.BAD_MOMENT: VisitState.DONE,
    TookPlace.NOT_MET: VisitState.MISSED,
    TookPlace.RESCHEDULED: VisitState.CANCELLED,
}


async def save_report(work: Work, opened: OpenDraft) -> Report:
    """Turn a finished draft into a report with its effects; a correction takes the old one's effects back first."""
    assert opened.row.visit_id is not None
    form = filled(PostVisit, opened.draft)
    held = StillHeld()
    if opened.row.corrects_id is not None:
        held = await still_held(work, opened.row.corrects_id, form)
        await take_back(work, opened.row.corrects_id, but=held)
    visit = await get_visit(work, opened.row.visit_id)
    customer = await get_customer(work.session, work.acting, visit.customer_id)
    if await is_recorded(work, visit):
        raise Refused("already_reported")
    report = Report(
        team_id=work.acting.team_id,
        visit_id=opened.row.visit_id,
        member_id=work.acting.member_id,
        depth=opened.draft.depth,
        form_version=opened.draft.version,
        answers=opened.draft.dump(),
        saved_at=work.now,
        replaces_id=opened.row.corrects_id,
    )
    work.session.add(report)
    await work.session.flush()
    assert report.id is not None
    report.before = await _apply(work, form, visit, customer, report.id, held)
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="reported" if report.replaces_id is None else "corrected",
            subject="visit",
            subject_id=visit.id,
            change={"took_place": form.took_place.value},
        )
    )
    await work.session.flush()
    await update_aggregates(work.session, work.acting.team_id, [visit.customer_id], work.now)
    return report


async def _apply(
    work: Work, form: PostVisit, visit: Visit, customer: Customer, report_id: int, held: StillHeld
) -> dict[str, Any]:
    """Write the effects. Gives what they changed in place, so that an undo can put it back."""
    before: dict[str, Any] = {
        "visit": _close_visit(work, form, visit),
        "follow_ups": await _close_due(work, visit),
    }
    if form.took_place in (TookPlace.MET, TookPlace.BAD_MOMENT):
        work.session.add(_touch(work, visit, report_id))
        before["contacts"] = await people_met.note(work, form.who_met, visit)
    await note_outcomes(work, form, visit, report_id)
    await _add_promises(work, form, visit, report_id, held)
    before["deal"] = await deals.note_opportunity(work, form, visit, report_id)
    before |= await deals.note_share(work, form, customer, report_id)
    if form.complaint:
        await open_complaint(work, visit.customer_id, form.complaint, report_id=report_id)
    await service.note_service(work, form, visit, report_id)
    if form.next_visit is not None:
        work.session.add(
            FollowUp(
                team_id=work.acting.team_id,
                customer_id=visit.customer_id,
                member_id=work.acting.member_id,
                report_id=report_id,
                due_on=form.next_visit,
                created_at=work.now,
            )
        )
    if held.moved is not None:
        held.moved.report_id = report_id
    elif form.new_time is not None:
        work.session.add(
            Visit(
                team_id=work.acting.team_id,
                customer_id=visit.customer_id,
                member_id=work.acting.member_id,
                on=work.acting.local(form.new_time).date(),
                state=VisitState.PLANNED,
                purpose=visit.purpose,
                appointment_at=form.new_time,
                created_at=work.now,
                report_id=report_id,
            )
        )
    return before


def _close_visit(work: Work, form: PostVisit, visit: Visit) -> dict[str, Any]:
    old = {"state": visit.state.value}
    visit.state = STATE_AFTER[form.took_place]
    visit.done_at = _happened_at(work, visit)
    return old


def _happened_at(work: Work, visit: Visit) -> datetime:
    """When the visit was: at check-in, else now; for an earlier day its planned time, else that day's noon."""
    if visit.checked_in_at is not None:
        return visit.checked_in_at
    if visit.on == work.today:
        return work.now
    return visit.planned_at or instant_of(visit.on, NOON, work.acting.zone)


def _touch(work: Work, visit: Visit, report_id: int) -> Touch:
    return Touch(
        team_id=work.acting.team_id,
        customer_id=visit.customer_id,
        member_id=work.acting.member_id,
        report_id=report_id,
        kind=TouchKind.VISIT,
        at=visit.done_at or work.now,
    )


async def _close_due(work: Work, visit: Visit) -> list[int]:
    """Follow-ups that this visit answers are done."""
    query = select(col(FollowUp.id)).where(
        col(FollowUp.team_id) == work.acting.team_id,
        col(FollowUp.customer_id) == visit.customer_id,
        col(FollowUp.member_id) == work.acting.member_id,
        col(FollowUp.done_at).is_(None),
    )
    closed = [one for one in (await work.session.exec(query)).all() if one is not None]
    if closed:
        await work.session.exec(update(FollowUp).where(col(FollowUp.id).in_(closed)).values(done_at=work.now))
    return closed


async def _add_promises(work: Work, form: PostVisit, visit: Visit, report_id: int, held: StillHeld) -> None:
    for promised in form.promises:
        kind, words = what_of(promised)
        size = size_of(promised, work.acting.currency)
        due_at = promised.due.astimezone(UTC)
        known = held.take((PromiseSide.OURS, kind.value if kind else None, words, size))
        if known is not None:
            await carry_over(work, known, report_id=report_id, due_at=due_at)
            continue
        await make_promise(
            work,
            customer_id=visit.customer_id,
            side=PromiseSide.OURS,
            text=words,
            kind=kind,
            size=size,
            due_at=due_at,
            report_id=report_id,
        )
    if form.commitment not in (None, CommitmentKind.NONE):
        await _add_commitment(work, form, form.commitment, visit, report_id, held)


async def _add_commitment(
    work: Work, form: PostVisit, kind: CommitmentKind, visit: Visit, report_id: int, held: StillHeld
) -> None:
    due = form.commitment_due or form.next_visit
    due_at = None if due is None else instant_of(due, END_OF_DAY, work.acting.zone)
    amount = form.commitment_amount
    amount_minor = None if amount is None else to_minor(amount, work.acting.currency)
    known = held.take((PromiseSide.THEIRS, kind.value, "", None))
    if known is not None:
        await carry_over(work, known, report_id=report_id, due_at=due_at, amount_minor=amount_minor)
        return
    await make_promise(
        work,
        customer_id=visit.customer_id,
        side=PromiseSide.THEIRS,
        text="",
        kind=kind,
        amount_minor=amount_minor,
        due_at=due_at,
        report_id=report_id,
    )
