"""What a form shows now: the question or the review, as plain facts that a template needs no rule to write."""

from dataclasses import dataclass
from typing import Any

from bot.domain.errors import Refused
from bot.domain.forms.asking import FieldSpec, Form, FormSpec
from bot.domain.forms.context import Asked, Context
from bot.domain.forms.draft import Draft, Fault
from bot.domain.forms.kinds import Takes
from bot.domain.forms.kinds_combined import ITEM_TOKEN, Many
from bot.domain.forms.matching import Option
from bot.domain.forms.position import can_go_back, current, items_of, suggestion_token
from bot.domain.forms.records import Records, read_record
from bot.domain.forms.steps import OFFER
from bot.domain.forms.walking import Walk, first_fault, walk
from bot.domain.screen import Json

OPTIONS_A_PAGE = 9
LINES_A_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template and the facts of the form; the caller adds ``title``, ``draft`` and ``revision``."""

    template: str
    facts: dict[str, Json]


def show(form: type[Form], draft: Draft, context: Context) -> Shown:
    """What to show of an open draft: ``forms/question`` or ``forms/review``."""
    return _show(form.spec, draft, context, path=[], fault=draft.fault)


def summary(form: type[Form], draft: Draft) -> list[Json]:
    """The given answers that a saved form holds, each with its question's key, for the record line."""
    lines: list[Json] = []
    given: dict[str, object] = {}
    for field in form.spec.fields:
        answer = draft.answers.get(field.name)
        if not field.is_in(draft.depth) or (field.when and not field.when.holds(given)):
            continue
        if answer and not answer.is_skipped:
            given[field.name] = value = field.kind.load(answer.value)
            if value != ():
                lines.append({"key": field.key, "shown": field.kind.shown(value)})
    return lines


def _show(spec: FormSpec, draft: Draft, context: Context, *, path: list[Json], fault: Fault | None) -> Shown:
    walked = walk(spec, draft, context)
    field = current(spec, draft, walked)
    if field is None:
        return Shown(template="forms/review", facts=_review(spec, draft, context, walked, path, fault))
    if draft.inside is not None and isinstance(field.kind, Records):
        record = read_record(items_of(draft, field)[draft.inside])
        step: Json = {"key": field.key, "number": draft.inside + 1, "index": draft.inside}
        inner = field.kind.form.spec
        return _show(inner, record, context, path=[*path, step], fault=fault or record.fault)
    return Shown(template="forms/question", facts=_question(spec, draft, context, walked, field, path, fault))


def _question(
    spec: FormSpec,
    draft: Draft,
    context: Context,
    walked: Walk,
    field: FieldSpec,
    path: list[Json],
    fault: Fault | None,
) -> dict[str, Json]:
    counted = walk(spec, draft, context, assume=True)
    asked = Asked(key=field.key, context=context, given={k: v for k, v in walked.given.items() if k != field.name})
    options, pages = _options(field, draft, asked)
    takes = field.kind.accepts()
    is_settled = field.name in walked.settled
    answer = draft.answers.get(field.name)
    is_given = is_settled and answer is not None and not answer.is_skipped
    items = items_of(draft, field)
    picks = isinstance(field.kind, Many | Records)
    return {
        "form": spec.name,
        "path": path,
        "field": field.name,
        "key": field.key,
        "kind": field.kind.name,
        "at": counted.index(field.name) + 1 if counted.shows(field.name) else walked.index(field.name) + 1,
        "of": max(len(counted.fields), len(walked.fields)),
        "options": options,
        "page": min(draft.page, pages - 1),
        "pages": pages,
        "answer": field.kind.shown(walked.given[field.name]) if is_given and not picks else None,
        "records": _records(field.kind, items, asked) if isinstance(field.kind, Records) else [],
        "picked": len(items),
        "can_skip": field.is_skippable and not is_given and not items,
        "can_clear": field.is_skippable and is_given,
        "can_keep": is_settled and field.name not in draft.pending,
        "can_finish": picks and bool(items) and (field.name in draft.pending or not is_settled),
        "can_add": isinstance(field.kind, Records),
        "can_go_back": bool(path) or can_go_back(draft, walked, field),
        "is_editing": draft.is_editing,
        "keyboard": Takes.LOCATION.value if Takes.LOCATION in takes else None,
        "takes": [take.value for take in sorted(takes)],
        "aside": None,  # what the caller has to say beside the options
        "fault": _fault(fault),
        "kept": f"{spec.name}.{draft.kept}" if draft.kept else None,
    }


def _review(
    spec: FormSpec, draft: Draft, context: Context, walked: Walk, path: list[Json], fault: Fault | None
) -> dict[str, Json]:
    lines: list[Json] = []
    for place, field in enumerate(walked.fields):
        is_given = field.name in walked.given
        shown = field.kind.shown(walked.given[field.name]) if is_given else _pending(field, draft)
        state = "answered" if shown is not None else "skipped" if field.name in walked.settled else "open"
        lines.append({"number": place + 1, "field": field.name, "key": field.key, "shown": shown, "state": state})
    pages = max(1, -(-len(lines) // LINES_A_PAGE))
    page = min(draft.page, pages - 1)
    return {
        "form": spec.name,
        "path": path,
        "lines": lines[page * LINES_A_PAGE : (page + 1) * LINES_A_PAGE],
        "page": page,
        "pages": pages,
        "open": len(walked.unanswered),
        "can_save": first_fault(spec, draft, context) is None,
        "fault": _fault(fault),
    }


def _pending(field: FieldSpec, draft: Draft) -> Json:
    """What is picked or recorded but not yet done."""
    items = draft.pending.get(field.name, ())
    if not items:
        return None
    if isinstance(field.kind, Records):
        return {"as": "records", "items": [field.kind.shown_record(read_record(item)) for item in items]}
    return field.kind.shown(field.kind.load(list(items)))


def _options(field: FieldSpec, draft: Draft, asked: Asked) -> tuple[list[Json], int]:
    """The options of the page that is open, suggested ones first, and how many pages there are."""
    kind, items = field.kind, items_of(draft, field)
    offered = kind.free_options(items, asked) if isinstance(kind, Records) else kind.options(asked)
    suggested = [] if items else _suggestions(field, asked)
    tokens = {option.token for option in suggested}
    every = [*suggested, *(option for option in offered if option.token not in tokens)]
    picked = _picked_tokens(kind, items) if isinstance(kind, Many) else _answered_token(field, draft)
    listed = {option.token for option in every}
    if isinstance(kind, Many):
        own = [(place, token) for place, token in enumerate(picked) if token not in listed]
        for place, _ in own:
            shown = kind.element.shown(kind.element.load(items[place]))
            every.append(Option(token=f"{ITEM_TOKEN}{place}", value=shown))
        picked = [*picked, *(f"{ITEM_TOKEN}{place}" for place, _ in own)]
    first = (kind.first_page or OPTIONS_A_PAGE) if len(every) > OPTIONS_A_PAGE else OPTIONS_A_PAGE
    pages = 1 + max(0, -(-(len(every) - first) // OPTIONS_A_PAGE))
    page = min(draft.page, pages - 1)
    start = 0 if page == 0 else first + (page - 1) * OPTIONS_A_PAGE
    window = every[start : first if page == 0 else start + OPTIONS_A_PAGE]
    facts: list[Json] = [
        {"token": one.token, "shown": one.shown, "picked": one.token in picked, "suggested": one.token in tokens}
        for one in window
    ]
    return facts, pages


def _suggestions(field: FieldSpec, asked: Asked) -> list[Option]:
    found: dict[str, Option] = {}
    for data in asked.context.suggestions.get(field.key, ()):
        try:
            value = field.kind.load(data)
            field.kind.check(value, asked)
        except Refused:
            continue  # it was right last time and is no longer
        token = suggestion_token(field.kind.token(value), data)
        found.setdefault(token, Option(token=token, value=field.kind.shown(value)))
    return list(found.values())


def _picked_tokens(kind: Many[Any], items: tuple[Json, ...]) -> list[str]:
    """The token of each picked value; of own words one that no option has."""
    return [kind.element.token(kind.element.load(item)) or f"{ITEM_TOKEN}?" for item in items]


def _answered_token(field: FieldSpec, draft: Draft) -> list[str]:
    answer = draft.answers.get(field.name)
    if answer is None or answer.is_skipped or isinstance(field.kind, Records):
        return []
    try:
        token = field.kind.token(field.kind.load(answer.value))
    except Refused:
        return []
    return [token] if token else []


def _records(kind: Records[Any], items: tuple[Json, ...], asked: Asked) -> list[Json]:
    return [
        {
            "index": place,
            "number": place + 1,
            "cells": kind.shown_record(read_record(item)),
            "is_whole": kind.fault(item, asked) is None,
        }
        for place, item in enumerate(items)
    ]


def _fault(fault: Fault | None) -> Json:
    if fault is None:
        return None
    params = {name: value for name, value in fault.params.items() if name != OFFER}
    return {"code": fault.code, "params": params, "offer": OFFER in fault.params}
