"""Which questions of a form are asked now, with which answers; what is wrong with them; and the form they fill."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.forms.asking import FieldSpec, Form, FormSpec
from bot.domain.forms.context import Asked, Context
from bot.domain.forms.draft import Answer, Draft
from bot.domain.forms.kinds import Several
from bot.domain.vocabulary import Depth

F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The visible questions in order; the typed answers to them; the names of those that have one or are skipped."""

    fields: tuple[FieldSpec, ...]
    given: Mapping[str, object]
    settled: frozenset[str]

    @property
    def unanswered(self) -> tuple[FieldSpec, ...]:
        return tuple(one for one in self.fields if one.name not in self.settled)

    def index(self, name: str) -> int:
        """The place among the visible questions. Raises ValueError when it is hidden."""
        return [one.name for one in self.fields].index(name)

    def shows(self, name: str | None) -> bool:
        return any(one.name == name for one in self.fields)


def walk(spec: FormSpec, draft: Draft, context: Context, *, assume: bool = False) -> Walk:
    """Walk a form's questions in order. ``assume`` takes the likeliest answer where none is given, to count ahead."""
    fields: list[FieldSpec] = []
    given: dict[str, object] = {}
    assumed: dict[str, object] = {}
    settled: set[str] = set()
    for one in spec.fields:
        if not one.is_in(draft.depth) or (one.when and not one.when.holds(assumed | given)):
            continue
        answer = draft.answers.get(one.name)
        if answer and answer.is_skipped:
            settled.add(one.name)
        elif answer and _is_readable(one, answer):
            given[one.name] = one.kind.load(answer.value)
            settled.add(one.name)
        else:
            asked = Asked(key=one.key, context=context, given=assumed | given)
            if not one.kind.is_possible(asked):
                continue
            if assume and (likely := one.kind.likeliest(asked)) is not None:
                assumed[one.name] = likely
        fields.append(one)
    return Walk(fields=tuple(fields), given=given, settled=frozenset(settled))


def first_fault(spec: FormSpec, draft: Draft, context: Context) -> tuple[str, Refused] | None:
    """The first question whose answer is missing or no longer right, and why. None when the form can be saved."""
    walked = walk(spec, draft, context)
    for one in walked.fields:
        answer = draft.answers.get(one.name)
        if one.name not in walked.settled or (answer and answer.is_skipped):
            if not one.is_skippable:
                return one.name, Refused("answer_needed")
            continue
        earlier = {name: value for name, value in walked.given.items() if name != one.name}
        try:
            one.kind.check(walked.given[one.name], Asked(key=one.key, context=context, given=earlier))
        except Refused as refused:
            return one.name, refused
    return None


def fill(form: type[F], answers: Mapping[str, Answer], depth: Depth) -> F:
    """The form that answers fill: what is hidden, skipped or not given is None, or empty where several are asked.

    Raises Refused when an answer cannot be read or one that the form cannot be without is missing.
    """
    given: dict[str, object] = {}
    values: dict[str, object] = {}
    for one in form.spec.fields:
        values[one.name] = () if isinstance(one.kind, Several) else None
        answer = answers.get(one.name)
        is_asked = one.is_in(depth) and (one.when is None or one.when.holds(given))
        if is_asked and answer and not answer.is_skipped:
            values[one.name] = given[one.name] = one.kind.load(answer.value)
        elif is_asked and not one.is_skippable and not isinstance(one.kind, Several):
            raise Refused("answer_needed", field=one.name)
    return form(**values)


def dump_answers(filled: Form) -> dict[str, Answer]:
    """The answers that fill a form so: the inverse of ``fill`` but for what was skipped."""
    found = {one.name: (one, getattr(filled, one.name)) for one in filled.spec.fields}
    return {name: Answer(value=one.kind.dump(value)) for name, (one, value) in found.items() if value not in (None, ())}


def _is_readable(field: FieldSpec, answer: Answer) -> bool:
    try:
        field.kind.load(answer.value)
    except Refused:
        return False
    return True
