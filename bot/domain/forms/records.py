"""The kind whose values are forms themselves: several promises, products, objections, without leaving the form."""

from collections.abc import Sequence
from typing import TypeVar

from bot.domain.errors import Refused
from bot.domain.forms.asking import FieldSpec, Form
from bot.domain.forms.context import Asked
from bot.domain.forms.draft import Draft, read_draft
from bot.domain.forms.kinds import Several, Takes, refuse_reply, unreadable
from bot.domain.forms.matching import Option
from bot.domain.forms.replies import Reply
from bot.domain.forms.walking import dump_answers, fill, first_fault
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth

F = TypeVar("F", bound=Form)

MOST_RECORDS = 10


class Records(Several[F]):
    """Sub-records, each an own small form. The engine opens and closes them; here they are read and checked."""

    name = "records"
    takes = frozenset({Takes.TAP, Takes.TEXT})

    def __init__(self, form: type[F], most: int) -> None:
        self.form = form
        self.most = most

    @property
    def first_field(self) -> FieldSpec:
        return self.form.spec.fields[0]

    def accepts(self) -> frozenset[Takes]:
        return self.takes | self.first_field.kind.accepts()

    def options(self, asked: Asked) -> tuple[Option, ...]:
        """The options of a record's first question: a tap on one opens a record that has it answered."""
        return self.first_field.kind.options(Asked(key=self.first_field.key, context=asked.context))

    def free_options(self, items: Sequence[Json], asked: Asked) -> tuple[Option, ...]:
        """The options that no record has yet."""
        kind, name = self.first_field.kind, self.first_field.name
        answers = [read_record(item).answers.get(name) for item in items]
        used = {kind.token(kind.load(one.value)) for one in answers if one and not one.is_skipped}
        return tuple(option for option in self.options(asked) if option.token not in used)

    def is_possible(self, asked: Asked) -> bool:
        return self.first_field.kind.is_possible(Asked(key=self.first_field.key, context=asked.context))

    def begin(self, depth: Depth) -> Draft:
        return Draft(form=self.form.spec.name, version=self.form.spec.version, depth=depth)

    def fault(self, item: Json, asked: Asked) -> tuple[str, Refused] | None:
        """What keeps a dumped record from being whole."""
        return first_fault(self.form.spec, read_record(item), asked.context)

    def parse(self, reply: Reply, asked: Asked) -> tuple[F, ...]:
        raise refuse_reply(self)

    def check(self, value: tuple[F, ...], asked: Asked) -> None:
        for one in value:
            fault = first_fault(self.form.spec, self._draft(one), asked.context)
            if fault:
                raise fault[1]

    def dump(self, value: tuple[F, ...]) -> Json:
        return [self._draft(one).dump() for one in value]

    def load(self, data: Json) -> tuple[F, ...]:
        if not isinstance(data, list):
            raise unreadable(data)
        return tuple(fill(self.form, draft.answers, draft.depth) for draft in map(read_record, data))

    def shown(self, value: tuple[F, ...]) -> Json:
        return {"as": "records", "items": [self.shown_record(self._draft(one)) for one in value]}

    def shown_record(self, draft: Draft) -> Json:
        """A record as the list of what it says, for one line."""
        cells: list[Json] = []
        for one in self.form.spec.fields:
            answer = draft.answers.get(one.name)
            if answer and not answer.is_skipped:
                cells.append(one.kind.shown(one.kind.load(answer.value)))
        return cells

    def _draft(self, record: F) -> Draft:
        spec = self.form.spec
        return Draft(form=spec.name, version=spec.version, depth=Depth.FULL, answers=dump_answers(record))


def read_record(item: Json) -> Draft:
    """The draft of a dumped record. Raises Refused ``answer_unreadable``."""
    if not isinstance(item, dict):
        raise unreadable(item)
    return read_draft(item)


def records(form: type[F], *, most: int = MOST_RECORDS) -> Several[F]:
    return Records(form, most)
