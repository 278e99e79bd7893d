"""What a report teaches the playbook: the answers to objections with their results, and what purpose and closing brought."""

from sqlmodel import col, select

from bot.domain.forms.draft import read_draft
from bot.domain.forms.walking import fill
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.forms.post_visit import ObjectionMet, PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.playbook import ANY, Section, own_key
from bot.domain.vocabulary import ClosingTechnique, Depth, ObjectionKind, TookPlace
from bot.services.work import Work
from bot.store.tables import Objection, PlaybookEntry, Preparation, Visit, VisitOutcome


async def note_outcomes(work: Work, form: PostVisit, visit: Visit, report_id: int) -> None:
    """Keep the objections with what was answered, and the outcome of a visit that took place."""
    for met in form.objections:
        work.session.add(await _objection(work, met, visit, report_id))
    if form.took_place is not TookPlace.MET:
        return
    work.session.add(
        VisitOutcome(
            team_id=work.acting.team_id,
            customer_id=visit.customer_id,
            report_id=report_id,
            purpose=visit.purpose,
            reached=form.purpose_reached,
            closing=await _planned_closing(work, visit),
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


async def _planned_closing(work: Work, visit: Visit) -> ClosingTechnique | None:
    query = select(Preparation).where(col(Preparation.visit_id) == visit.id)
    record = (await work.session.exec(query)).one_or_none()
    return None if record is None else fill(PreVisit, read_draft(record.answers).answers, Depth.FULL).closing
