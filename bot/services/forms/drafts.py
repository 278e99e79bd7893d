"""Drafts in the database: many a member, one active; every change guarded by the draft's revision."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.forms import draft as forms
from bot.domain.forms.asking import Form
from bot.domain.forms.catalogue import form_named
from bot.domain.forms.engine import begin, load_draft
from bot.domain.vocabulary import Depth
from bot.services.work import Work
from bot.store.tables import Draft


class DraftState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


OPEN = (DraftState.ACTIVE.value, DraftState.PAUSED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft:
    """A row with its form and what is filled in so far."""

    row: Draft
    form: type[Form]
    draft: forms.Draft

    @property
    def id(self) -> int:
        assert self.row.id is not None
        return self.row.id


async def begin_draft(
    work: Work,
    form: type[Form],
    depth: Depth,
    *,
    customer_id: int | None = None,
    visit_id: int | None = None,
    corrects_id: int | None = None,
    subject_id: int | None = None,
    filled: forms.Draft | None = None,
) -> OpenDraft:
    """Open a form, or take up the open one of the same visit. It becomes the member's active draft."""
    found = None if corrects_id else await _open_one(work, form, customer_id, visit_id)
    await pause_active(work.session, work.acting.member_id)
    if found is not None:
        await _set_state(work, found.id, DraftState.ACTIVE)
        return found
    draft = filled or begin(form, depth)
    row = _row(work, form, draft, DraftState.ACTIVE, customer_id=customer_id, visit_id=visit_id)
    row.corrects_id, row.subject_id = corrects_id, subject_id
    work.session.add(row)
    await work.session.flush()
    return OpenDraft(row=row, form=form, draft=draft)


async def finish_at_once(
    work: Work, form: type[Form], answers: Mapping[str, forms.Answer], *, customer_id: int, visit_id: int
) -> OpenDraft:
    """Fill the quick form of a visit without asking; the member's active draft stays active.

    One that was begun is finished with these answers in place of its own, and keeps the others.
    """
    begun = await _open_one(work, form, customer_id, visit_id)
    draft = begun.draft if begun else begin(form, Depth.QUICK)
    whole = forms.Draft(
        form=draft.form,
        version=draft.version,
        depth=draft.depth,
        answers={**draft.answers, **answers},
        is_finished=True,
    )
    if begun is not None:
        return await save_step(work, begun, whole, seen_revision=begun.row.revision)
    row = _row(work, form, whole, DraftState.FINISHED, customer_id=customer_id, visit_id=visit_id)
    work.session.add(row)
    await work.session.flush()
    return OpenDraft(row=row, form=form, draft=whole)


def _row(
    work: Work,
    form: type[Form],
    draft: forms.Draft,
    state: DraftState,
    *,
    customer_id: int | None,
    visit_id: int | None,
) -> Draft:
    return Draft(
        team_id=work.acting.team_id,
        member_id=work.acting.member_id,
        form=form.spec.name,
        state=state.value,
        data=draft.dump(),
        customer_id=customer_id,
        visit_id=visit_id,
        created_at=work.now,
        updated_at=work.now,
    )


async def _open_one(work: Work, form: type[Form], customer_id: int | None, visit_id: int | None) -> OpenDraft | None:
    if visit_id is None:
        return None
    query = select(Draft).where(
        col(Draft.member_id) == work.acting.member_id,
        col(Draft.form) == form.spec.name,
        col(Draft.customer_id) == customer_id,
        col(Draft.visit_id) == visit_id,
        col(Draft.corrects_id).is_(None),
        col(Draft.state).in_(OPEN),
    )
    row = (await work.session.exec(query.order_by(col(Draft.id).desc()))).first()
    return None if row is None else _loaded(row)


async def get_draft(work: Work, draft_id: int) -> OpenDraft:
    """The acting person's own open draft. Raises Refused: draft_finished, draft_cancelled, no_such_draft."""
    query = select(Draft).where(col(Draft.id) == draft_id, col(Draft.member_id) == work.acting.member_id)
    row = (await work.session.exec(query)).one_or_none()
    if row is None:
        raise Refused("no_such_draft")
    if row.state not in OPEN:
        raise Refused(f"draft_{row.state}")
    return _loaded(row)


async def active_draft(session: AsyncSession, member_id: int) -> OpenDraft | None:
    """The member's active draft."""
    query = select(Draft).where(col(Draft.member_id) == member_id, col(Draft.state) == DraftState.ACTIVE.value)
    row = (await session.exec(query.order_by(col(Draft.updated_at).desc()))).first()
    return None if row is None else _loaded(row)


async def open_drafts(session: AsyncSession, member_id: int) -> list[OpenDraft]:
    """Every open draft of a member, newest first."""
    query = select(Draft).where(col(Draft.member_id) == member_id, col(Draft.state).in_(OPEN))
    return [_loaded(row) for row in (await session.exec(query.order_by(col(Draft.updated_at).desc()))).all()]


def _loaded(row: Draft) -> OpenDraft:
    form = form_named(row.form)
    return OpenDraft(row=row, form=form, draft=load_draft(form, row.data))


async def save_step(work: Work, opened: OpenDraft, draft: forms.Draft, *, seen_revision: int) -> OpenDraft:
    """Keep a step. Raises Refused("draft_moved_on") when somebody was first: nothing is changed then."""
    state = DraftState.FINISHED if draft.is_finished else DraftState.ACTIVE
    statement = (
        update(Draft)
        .where(col(Draft.id) == opened.id, col(Draft.revision) == seen_revision, col(Draft.state).in_(OPEN))
        .values(data=draft.dump(), revision=seen_revision + 1, state=state.value, updated_at=work.now)
    )
    if (await work.session.exec(statement)).rowcount == 0:
        raise Refused("draft_moved_on")
    await work.session.refresh(opened.row)
    return replace(opened, draft=draft)


async def activate(work: Work, opened: OpenDraft) -> None:
    """Make a draft the active one; the one before is paused."""
    await pause_active(work.session, work.acting.member_id, but=opened.id)
    await _set_state(work, opened.id, DraftState.ACTIVE)


async def pause_active(session: AsyncSession, member_id: int, *, but: int | None = None) -> None:
    """Put the active draft aside; nothing of it is lost."""
    statement = update(Draft).where(col(Draft.member_id) == member_id, col(Draft.state) == DraftState.ACTIVE.value)
    if but is not None:
        statement = statement.where(col(Draft.id) != but)
    await session.exec(statement.values(state=DraftState.PAUSED.value))


async def pause(work: Work, draft_id: int) -> None:
    await _set_state(work, draft_id, DraftState.PAUSED)


async def cancel(work: Work, draft_id: int) -> None:
    """Drop an open draft; its row stays with its answers."""
    await _set_state(work, draft_id, DraftState.CANCELLED)


async def _set_state(work: Work, draft_id: int, state: DraftState) -> None:
    await work.session.exec(
        update(Draft)
        .where(col(Draft.id) == draft_id, col(Draft.member_id) == work.acting.member_id, col(Draft.state).in_(OPEN))
        .values(state=state.value, updated_at=work.now)
    )
