"""What a report teaches the playbook: the answers to objections, with their results, and what a closing brought."""

from sqlmodel import col, select

from bot.domain.forms.kinds_words import OwnWords
from bot.domain.forms.post_visit import ObjectionMet, PostVisit
from bot.domain.playbook import ANY, Section, own_key
from bot.domain.screen import Json
from bot.domain.vocabulary import ObjectionKind, ObjectionResult, TookPlace
from bot.playbook import load_playbook
from bot.services.playbook.prepared import read_prepared
from bot.services.work import Work
from bot.store.tables import Objection, PlaybookEntry, Report, Visit, VisitOutcome

WON_SHOWN = 2


async def note_outcomes(work: Work, form: PostVisit, visit: Visit, report_id: int) -> None:
    """Keep the objections with what was answered, and the outcome of a visit that took place."""
    for met in form.objections:
        work.session.add(await _objection(work, met, visit, report_id))
    if form.took_place is not TookPlace.MET:
        return
    prepared = await read_prepared(work, visit, load_playbook(work.acting.language))
    work.session.add(
        VisitOutcome(
            team_id=work.acting.team_id,
            customer_id=visit.customer_id,
            report_id=report_id,
            purpose=visit.purpose,
            reached=form.purpose_reached,
            closing=prepared.form.closing if prepared else None,
            commitment=form.commitment,
            at=work.now,
        )
    )


async def _objection(work: Work, met: ObjectionMet, visit: Visit, report_id: int) -> Objection:
    kind = None if isinstance(met.objection, OwnWords) else met.objection
    key, said = None, ""
    if isinstance(met.answer, OwnWords):
        said = met.answer.text
        key = await _entry_of_words(work, kind, said)
    elif met.answer is not None:
        key = met.answer.key
    return Objection(
        team_id=work.acting.team_id,
        customer_id=visit.customer_id,
        report_id=report_id,
        kind=kind,
        words=met.objection.text if isinstance(met.objection, OwnWords) else "",
        answer=key,
        answer_words=said,
        result=met.result,
        at=work.now,
    )


async def _entry_of_words(work: Work, kind: ObjectionKind | None, words: str) -> str | None:
    """The team's entry that says the same: words once taken into the playbook are counted there for good."""
    slot = kind.value if kind else ANY
    query = select(col(PlaybookEntry.id)).where(
        col(PlaybookEntry.team_id) == work.acting.team_id,
        col(PlaybookEntry.section) == Section.ANSWERS.value,
        col(PlaybookEntry.slot) == slot,
        col(PlaybookEntry.shipped_key).is_(None),
        col(PlaybookEntry.text) == words,
    )
    found = (await work.session.exec(query)).first()
    return None if found is None else own_key(Section.ANSWERS, slot, found)


async def won_answers(work: Work, report: Report) -> list[Json]:
    """The answers in own words that resolved an objection of a report and are in no playbook yet."""
    query = select(Objection).where(
        col(Objection.team_id) == work.acting.team_id,
        col(Objection.report_id) == report.id,
        col(Objection.answer).is_(None),
        col(Objection.answer_words) != "",
        col(Objection.result) == ObjectionResult.RESOLVED,
    )
    found = (await work.session.exec(query.order_by(col(Objection.id)))).all()
    return [{"objection": one.id, "text": one.answer_words} for one in found[:WON_SHOWN]]
