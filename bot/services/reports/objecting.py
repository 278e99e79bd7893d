"""What stood in the way, said with one tap under a quick report, which asks for no objections: so it teaches, too."""

from sqlmodel import col, select

from bot.domain.forms.post_visit import ObjectionMet, PostVisit
from bot.domain.screen import Json, Screen
from bot.domain.vocabulary import ObjectionKind
from bot.services.playbook import rank_answers, team_playbook
from bot.services.playbook.reading import answer_tallies
from bot.services.reports.undoing import get_report
from bot.services.visits import get_visit
from bot.services.work import Work
from bot.store.customers import get_customer
from bot.store.tables import Objection, Report

ANSWERS_SHOWN = 2
_FIELD = next(one for one in PostVisit.spec.fields if one.name == "objections")


async def note_objection(work: Work, report_id: int, kind: ObjectionKind) -> Screen:
    """Keep an objection of a report, once each kind, and show what answers it best here.

    Raises Refused: no_such_report, already_undone.
    """
    report = await get_report(work, report_id)
    visit = await get_visit(work, report.visit_id)
    same = select(Objection.id).where(col(Objection.report_id) == report_id, col(Objection.kind) == kind)
    if (await work.session.exec(same)).first() is None:
        work.session.add(
            Objection(
                team_id=work.acting.team_id,
                customer_id=visit.customer_id,
                report_id=report_id,
                kind=kind,
                at=work.now,
            )
        )
        _put_into(report, kind)
        await work.session.flush()
    customer = await get_customer(work.session, work.acting, visit.customer_id)
    book = await team_playbook(work.session, work.acting)
    ranked = rank_answers(book, kind, (await answer_tallies(work.session, work.acting.team_id)).get(kind, {}))
    facts: dict[str, Json] = {
        "title": customer.name,
        "customer": customer.id,
        "report": report_id,
        "kind": kind.value,
        "answers": [one.text for one in ranked[:ANSWERS_SHOWN]],
    }
    return Screen(template="replies/objection_noted", facts=facts)


def _put_into(report: Report, kind: ObjectionKind) -> None:
    """The report says it too, so that a correction of it keeps it."""
    answers = report.answers.get("answers", {})
    known = answers.get("objections", {}).get("value") or []
    more = _FIELD.kind.dump((ObjectionMet(objection=kind, answer=None, result=None),))
    assert isinstance(more, list)
    report.answers = {**report.answers, "answers": {**answers, "objections": {"value": [*known, *more]}}}
