"""Takes a saved report back: its effects are removed, what it changed in place is put back. Once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.vocabulary import DealStage, RelationshipStage, VisitState
from bot.services.complaints.changing import keep_worked_on
from bot.services.promises import withdraw_of_report
from bot.services.reports.still_held import StillHeld
from bot.services.work import Work
from bot.store.tables import (
    AuditEntry,
    CarePrompt,
    Complaint,
    Contact,
    Customer,
    DealMove,
    FollowUp,
    Objection,
    Opportunity,
    PendingAdvance,
    RelationFall,
    Report,
    ServiceMark,
    ShareEstimate,
    StageChange,
    ToldFact,
    Touch,
    Visit,
    VisitOutcome,
)

EFFECTS = (
    Touch,
    Complaint,
    ShareEstimate,
    FollowUp,
    Objection,
    DealMove,
    StageChange,
    PendingAdvance,
    RelationFall,
    ServiceMark,
    CarePrompt,
    ToldFact,
    VisitOutcome,
)
"""Tables whose rows a report makes: they go with it."""


async def get_report(work: Work, report_id: int) -> Report:
    """The acting person's own report that still counts. Raises Refused: no_such_report, already_undone."""
    query = select(Report).where(col(Report.id) == report_id, col(Report.member_id) == work.acting.member_id)
    report = (await work.session.exec(query)).one_or_none()
    if report is None:
        raise Refused("no_such_report")
    if report.undone_at is not None:
        raise Refused("already_undone")
    return report


async def take_back(work: Work, report_id: int, *, but: StillHeld | None = None) -> Report:
    """Undo a report, leaving what its correction takes over.

    Raises Refused when it was undone before, also by somebody who was a moment earlier.
    """
    but = but or StillHeld()
    report = await get_report(work, report_id)
    statement = (
        update(Report).where(col(Report.id) == report_id, col(Report.undone_at).is_(None)).values(undone_at=work.now)
    )
    if (await work.session.exec(statement)).rowcount == 0:
        raise Refused("already_undone")
    await withdraw_of_report(work, report_id, but=but.promise_ids)
    await keep_worked_on(work, report_id)
    await _drop_moved_visit(work, report_id, but.moved)
    for table in EFFECTS:
        await work.session.exec(delete(table).where(col(table.report_id) == report_id))
    await _put_back(work, report)
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="undone",
            subject="visit",
            subject_id=report.visit_id,
        )
    )
    await work.session.flush()
    return report


async def _drop_moved_visit(work: Work, report_id: int, but: Visit | None) -> None:
    """The new appointment that the report made goes, unless it was begun meanwhile: then it happened all the same."""
    made = delete(Visit).where(col(Visit.report_id) == report_id, col(Visit.state) == VisitState.PLANNED)
    await work.session.exec(made if but is None else made.where(col(Visit.id) != but.id))


async def _put_back(work: Work, report: Report) -> None:
    before: dict[str, Any] = report.before
    visit = (await work.session.exec(select(Visit).where(col(Visit.id) == report.visit_id))).one()
    visit.state, visit.done_at = VisitState(before["visit"]["state"]), None
    if before["follow_ups"]:
        owed = update(FollowUp).where(col(FollowUp.id).in_(before["follow_ups"])).values(done_at=None)
        await work.session.exec(owed)
    for one in before.get("contacts") or []:
        day = date.fromisoformat(one["last_met_on"]) if one["last_met_on"] else None
        await work.session.exec(update(Contact).where(col(Contact.id) == one["id"]).values(last_met_on=day))
    if before["deal"]:
        await _put_back_deal(work, before["deal"])
    if before.get("pending"):
        reopened = update(PendingAdvance).where(col(PendingAdvance.id).in_(before["pending"])).values(closed_at=None)
        await work.session.exec(reopened)
    stage = RelationshipStage(before["stage"]) if before["stage"] else None
    await work.session.exec(update(Customer).where(col(Customer.id) == visit.customer_id).values(stage=stage))


async def _put_back_deal(work: Work, before: dict[str, Any]) -> None:
    same = col(Opportunity.id) == before["id"]
    if before.get("made"):
        await work.session.exec(delete(Opportunity).where(same))
        return
    await work.session.exec(
        update(Opportunity)
        .where(same)
        .values(
            stage=DealStage(before["stage"]),
            stage_since=datetime.fromisoformat(before["stage_since"]),
            amount_minor=before["amount_minor"],
            reason=before.get("reason", ""),
        )
    )
