"""What the preparation of a visit says, for the brief: the form's answers, and the words of the playbook in them."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from bot.domain.forms.context import Pick
from bot.domain.forms.draft import read_draft
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.forms.pre_visit import PreVisit, ProductMatch
from bot.domain.forms.showing import summary
from bot.domain.forms.walking import fill
from bot.domain.playbook import Playbook
from bot.domain.screen import Json
from bot.domain.vocabulary import Need
from bot.services.work import Work
from bot.store.tables import Preparation, Visit

SHOWN = ("purpose", "agree_to", "closing", "smallest_step", "materials", "proof")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A preparation. ``shown`` holds what a template writes; an objection has kind or words, answer, and its key."""

    form: PreVisit
    shown: dict[str, Json]
    questions: tuple[str, ...]
    objections: tuple[dict[str, Any], ...]


async def read_prepared(work: Work, visit: Visit, book: Playbook) -> Prepared | None:
    """What the preparation of a visit says; None without one. It may be of an older version of the form.

    What was picked from the playbook is said as the playbook says it now, in the reader's language.
    """
    query = select(Preparation).where(col(Preparation.visit_id) == visit.id)
    record = (await work.session.exec(query)).one_or_none()
    if record is None:
        return None
    draft = read_draft(record.answers)
    form = fill(PreVisit, draft.answers, draft.depth)
    shown: dict[str, Json] = dict.fromkeys(SHOWN)
    for line in summary(PreVisit, draft):
        if isinstance(line, dict) and (name := str(line["key"]).partition(".")[2]) in shown:
            shown[name] = line["shown"]
    shown["products"] = [_product(one, book) for one in form.products]
    return Prepared(
        form=form,
        shown=shown,
        questions=tuple(_said(one, book) for one in form.questions),
        objections=tuple(
            {
                "kind": None if isinstance(one.objection, OwnWords) else one.objection.value,
                "words": one.objection.text if isinstance(one.objection, OwnWords) else None,
                "answer": None if one.answer is None else _said(one.answer, book),
                "key": one.answer.key if isinstance(one.answer, Pick) else None,
            }
            for one in form.objections
        ),
    )


def _product(match: ProductMatch, book: Playbook) -> Json:
    """A product, the need it answers (None: it is surplus), and the line for the buyer's boss."""
    return {
        "name": _said(match.product, book),
        "need": match.need.value if isinstance(match.need, Need) else None,
        "words": match.need.text if isinstance(match.need, OwnWords) else None,
        "line": None if match.justification is None else _said(match.justification, book),
    }


def _said(one: Pick | OwnWords, book: Playbook) -> str:
    if isinstance(one, OwnWords):
        return one.text
    return book.entries[one.key].text if one.key in book.entries else one.label
