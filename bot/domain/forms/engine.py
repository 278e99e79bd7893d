"""Runs all forms. One call begins a draft, one applies what a person did, one gives the form that was filled."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.domain.errors import Refused
from bot.domain.forms.asking import Form
from bot.domain.forms.context import Context
from bot.domain.forms.draft import Draft, read_draft
from bot.domain.forms.kinds import Kind
from bot.domain.forms.records import Records
from bot.domain.forms.replies import Action
from bot.domain.forms.steps import advance_spec
from bot.domain.forms.walking import fill
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth

F = TypeVar("F", bound=Form)


def begin(form: type[Form], depth: Depth) -> Draft:
    """A new draft of a form."""
    return Draft(form=form.spec.name, version=form.spec.version, depth=depth)


def reopen(draft: Draft, depth: Depth | None = None) -> Draft:
    """A finished draft again in review, to correct it; at another depth, to add what that depth asks."""
    opened = replace(draft, depth=depth or draft.depth, at=None, inside=None, is_finished=False, fault=None, kept=None)
    return replace(opened, is_reviewing=depth is None or depth is draft.depth, is_editing=False)


def load_draft(form: type[Form], data: Mapping[str, Any]) -> Draft:
    """The draft that ``Draft.dump`` wrote. One of an older version keeps every answer that can still be read, and
    goes on at the first question without one. Raises Refused ``answer_unreadable``."""
    draft = read_draft(data)
    if draft.form != form.spec.name:
        raise Refused("answer_unreadable", data=draft.form)
    if draft.version != form.spec.version:
        draft = Draft(
            form=draft.form,
            version=form.spec.version,
            depth=draft.depth,
            answers={one.name: draft.answers[one.name] for one in form.spec.fields if one.name in draft.answers},
            pending={
                one.name: draft.pending[one.name]
                for one in form.spec.fields
                if one.name in draft.pending and _is_readable(one.kind, draft.pending[one.name])
            },
        )
    kinds = {one.name: one.kind for one in form.spec.fields}
    return replace(draft, pending={name: _renewed(kinds.get(name), items) for name, items in draft.pending.items()})


def _is_readable(kind: Kind[Any], items: tuple[Json, ...]) -> bool:
    if isinstance(kind, Records):
        return True  # an unfinished record is none yet; what it holds is read when it is opened
    try:
        kind.load(list(items))
    except Refused:
        return False
    return True


def _renewed(kind: Kind[Any] | None, items: tuple[Json, ...]) -> tuple[Json, ...]:
    """Open sub-records of an older version, as those of this one."""
    if not isinstance(kind, Records):
        return items
    return tuple(load_draft(kind.form, item).dump() if isinstance(item, dict) else item for item in items)


def advance(form: type[Form], draft: Draft, action: Action, context: Context) -> Draft:
    """The draft after an action. What is refused changes nothing but ``fault``; a finished draft stays as it is."""
    return advance_spec(form.spec, draft, action, context)


def filled(form: type[F], draft: Draft) -> F:
    """The form that a finished draft fills: frozen and typed. Raises Refused when it is not finished."""
    if not draft.is_finished:
        raise Refused("answer_needed")
    return fill(form, draft.answers, draft.depth)
