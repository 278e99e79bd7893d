"""The integrity guard before a form is saved: words that raise a doubt are shown once, then kept only knowingly."""

from collections.abc import Iterator

from sqlmodel import col, select

from bot.domain.errors import Refused
from bot.domain.forms.draft import Draft
from bot.domain.integrity import Doubtful, doubts_in
from bot.domain.screen import Json, Place, Screen
from bot.services.approvals.whom import who_decides
from bot.services.forms.drafts import OpenDraft
from bot.services.forms.showing import drop_keyboard, frame, living_name
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.work import Work
from bot.store.tables import AuditEntry, WordingWarning

WORDS_LENGTH = 500


def unwarned(draft: Draft) -> tuple[Doubtful, ...]:
    """What in a draft's own words raises a doubt."""
    return doubts_in(_texts([answer.value for answer in draft.answers.values()]))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))


async def warn(work: Work, opened: OpenDraft, doubts: tuple[Doubtful, ...], *, below: bool) -> None:
    """Show the doubt in place of the form, with both ways on; the draft stays open."""
    first = doubts[0]
    work.session.add(
        WordingWarning(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            customer_id=opened.row.customer_id,
            draft_id=opened.id,
            form=opened.form.spec.name,
            doubt=first.doubt.value,
            words=" · ".join(one.words for one in doubts)[:WORDS_LENGTH],
            shown_at=work.now,
        )
    )
    await work.session.flush()
    facts: dict[str, Json] = {
        **await frame(work, opened),
        "doubts": [{"doubt": one.doubt.value, "words": one.words} for one in doubts],
    }
    place = Place.BELOW if below else Place.EDIT
    screen = Screen(template="forms/wording", facts=facts, living=living_name(opened.id), place=place)
    await work.show(screen, over_tapped=not below)
    await drop_keyboard(work, opened)


async def keep_knowingly(work: Work, opened: OpenDraft) -> None:
    """The writer keeps the words of which the last warning spoke: managers are told, silently, and the audit knows."""
    query = select(WordingWarning).where(
        col(WordingWarning.member_id) == work.acting.member_id, col(WordingWarning.draft_id) == opened.id
    )
    warning = (await work.session.exec(query.order_by(col(WordingWarning.id).desc()).limit(1))).first()
    if warning is None:
        raise Refused("button_unknown")
    warning.kept_at = work.now
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="wording_kept",
            subject="wording",
            subject_id=warning.id,
            change={"doubt": warning.doubt},
        )
    )
    for leader in await who_decides(work.session, work.acting.team_id, but=work.acting.member_id):
        assert leader.id is not None
        await ledger.plan(
            work.session,
            team_id=work.acting.team_id,
            member_id=leader.id,
            kind=Kind.WORDING,
            subject_id=warning.id,
            due_at=work.now,
        )
