"""One action on one draft: where each reply and each move leads, in the form and in its sub-records."""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.errors import Refused
from bot.domain.forms.asking import FieldSpec, FormSpec
from bot.domain.forms.context import Asked, Context
from bot.domain.forms.draft import Answer, Draft, Fault
from bot.domain.forms.kinds import Takes
from bot.domain.forms.kinds_combined import Many
from bot.domain.forms.position import SUGGESTION_TOKEN, can_go_back, current, items_of, suggestion_token
from bot.domain.forms.records import Records, read_record
from bot.domain.forms.replies import (
    Action,
    Edit,
    Move,
    OpenRecord,
    OwnText,
    RemoveRecord,
    Reply,
    SharedPhoto,
    SharedVoice,
    Tap,
    TurnPage,
)
from bot.domain.forms.walking import Walk, first_fault, walk
from bot.domain.screen import Json

OFFER = "offer"


def advance_spec(spec: FormSpec, draft: Draft, action: Action, context: Context) -> Draft:
    """See ``engine.advance``; also for the sub-records inside."""
    if draft.is_finished:
        return draft
    calm = replace(draft, fault=None, kept=None)
    try:
        return _Step(spec, calm, context).take(_own_text(draft) if action is Move.OWN else action)
    except Refused as refused:
        return replace(calm, fault=Fault.of(refused))


def _own_text(draft: Draft) -> OwnText:
    """The typed words that the last fault offered to take, in the innermost open record."""
    fault = draft.fault
    if draft.inside is not None and draft.at:
        fault = read_record(draft.pending[draft.at][draft.inside]).fault or fault
    offer = fault.params.get(OFFER) if fault else None
    if not isinstance(offer, str):
        raise Refused("option_gone")
    return OwnText(offer)


@dataclass(frozen=True, slots=True)
class _Step:
    """One action on one draft of one form."""

    spec: FormSpec
    draft: Draft
    context: Context

    def take(self, action: Action) -> Draft:
        field, record = self._open_record()
        if record is not None and field is not None and self._is_for_record(action, field, record):
            return self._in_record(action, field, record)
        match action:
            case Move.REVIEW:
                return replace(self._left(), at=None, is_reviewing=True, is_editing=False, page=0)
            case Move.CONFIRM:
                return self._confirmed()
            case Move.GO_ON:
                return replace(self._left(), at=None, is_reviewing=False, is_editing=False, page=0)
            case Edit(name):
                return self._editing(name)
            case TurnPage(page):
                return replace(self.draft, page=page)
            case Move.BACK:
                return self._back()
        if self._field is None:
            raise Refused("tap_to_change")
        return self._at_question(self._field, action)

    @property
    def _walk(self) -> Walk:
        return walk(self.spec, self.draft, self.context)

    @property
    def _field(self) -> FieldSpec | None:
        return current(self.spec, self.draft, self._walk)

    def _asked(self, field: FieldSpec) -> Asked:
        given = {name: value for name, value in self._walk.given.items() if name != field.name}
        return Asked(key=field.key, context=self.context, given=given)

    def _at_question(self, field: FieldSpec, action: Action) -> Draft:
        match action:
            case Move.SKIP:
                if not field.is_skippable:
                    raise Refused("cannot_skip")
                return self._settled(self.draft.with_answer(field.name, Answer(is_skipped=True)))
            case Move.KEEP:
                if field.name not in self._walk.settled:
                    raise Refused("answer_needed")
                return self._done(field) if field.name in self.draft.pending else self._settled(self.draft)
            case Move.DONE:
                return self._done(field)
            case Move.ADD | OpenRecord() | RemoveRecord():
                return self._records_changed(field, action)
            case Move() | Edit() | TurnPage():
                raise Refused("option_gone")
        return self._answered(field, action)

    def _answered(self, field: FieldSpec, reply: Reply) -> Draft:
        asked = self._asked(field)
        if isinstance(reply, Tap) and reply.token.startswith(SUGGESTION_TOKEN):
            return self._settled(self.draft.with_answer(field.name, Answer(value=self._suggested(field, reply))))
        stray = self._other_place(field, reply)
        if stray is not None:
            return stray
        if isinstance(field.kind, Records):
            return self._record_begun(field, field.kind, reply)
        if isinstance(field.kind, Many):
            items = field.kind.toggle(items_of(self.draft, field), reply, asked)
            return replace(self.draft.with_pending(field.name, tuple(items)), at=field.name)
        value = field.kind.dump(field.kind.parse(reply, asked))
        return self._settled(self.draft.with_answer(field.name, Answer(value=value)))

    def _suggested(self, field: FieldSpec, reply: Tap) -> Json:
        for value in self.context.suggestions.get(field.key, ()):
            if suggestion_token(None, value) == reply.token:
                field.kind.check(field.kind.load(value), self._asked(field))
                return value
        raise Refused("option_gone")

    def _other_place(self, field: FieldSpec, reply: Reply) -> Draft | None:
        """A photo or voice note sent at another question is kept where the form asks for one."""
        wanted = {SharedPhoto: Takes.PHOTO, SharedVoice: Takes.VOICE}.get(type(reply))
        if wanted is None or wanted in field.kind.accepts():
            return None
        for other in self._walk.fields:
            if wanted not in other.kind.accepts():
                continue
            asked = self._asked(other)
            if isinstance(other.kind, Many):
                value: Json = other.kind.toggle(items_of(self.draft, other), reply, asked)
            else:
                value = other.kind.dump(other.kind.parse(reply, asked))
            return replace(self.draft.with_answer(other.name, Answer(value=value)), at=field.name, kept=other.name)
        return None

    def _done(self, field: FieldSpec) -> Draft:
        items = items_of(self.draft, field)
        unfinished = self._unfinished(field)
        if unfinished is not None:
            return unfinished
        if not isinstance(field.kind, Many | Records):
            raise Refused("option_gone")
        if not items and not field.is_skippable:
            raise Refused("answer_needed")
        return self._settled(self.draft.with_answer(field.name, Answer(value=[_at_rest(one) for one in items])))

    def _unfinished(self, field: FieldSpec) -> Draft | None:
        """The draft with the first sub-record open that is not whole, at what it misses."""
        if not isinstance(field.kind, Records):
            return None
        for index, item in enumerate(items_of(self.draft, field)):
            fault = field.kind.fault(item, self._asked(field))
            if fault:
                record = replace(read_record(item), at=fault[0], fault=Fault.of(fault[1]), is_reviewing=False)
                return self._with_record(field, index, record)
        return None

    def _settled(self, draft: Draft) -> Draft:
        """Where an answer leads: back to the review that it came from, to the next question, or to the end."""
        moved = replace(draft, at=None, inside=None, page=0, is_editing=False)
        if draft.is_editing:
            return replace(moved, is_reviewing=True)
        if walk(self.spec, moved, self.context).unanswered:
            return moved
        if self.draft.depth in self.spec.saves_at:
            return _Step(self.spec, moved, self.context)._confirmed()
        return replace(moved, is_reviewing=True)

    def _confirmed(self) -> Draft:
        draft = self._committed()
        for field in walk(self.spec, draft, self.context).fields:
            step = _Step(self.spec, replace(draft, is_reviewing=False, is_editing=True), self.context)
            unfinished = step._unfinished(field) if field.name in draft.pending else None
            if unfinished is not None:
                return unfinished
        fault = first_fault(self.spec, draft, self.context)
        if fault is None:
            return replace(draft, at=None, page=0, is_reviewing=False, is_editing=False, is_finished=True)
        saves = draft.depth in self.spec.saves_at
        stopped = replace(draft, at=fault[0], page=0, is_reviewing=False, is_editing=not saves)
        return replace(stopped, fault=Fault.of(fault[1]))

    def _committed(self) -> Draft:
        """What is picked or recorded but not yet done becomes the answer, wherever it is whole."""
        draft = self._left()
        for field in self._walk.fields:
            if field.name not in draft.pending:
                continue
            items = draft.pending[field.name]
            asked = self._asked(field)
            if isinstance(field.kind, Records) and any(field.kind.fault(item, asked) for item in items):
                continue
            draft = draft.with_answer(field.name, Answer(value=[_at_rest(item) for item in items]))
        return draft

    def _editing(self, name: str) -> Draft:
        if not self._walk.shows(name):
            raise Refused("option_gone")
        return replace(self._left(), at=name, page=0, is_reviewing=False, is_editing=True)

    def _back(self) -> Draft:
        walked, field = self._walk, self._field
        if self.draft.is_reviewing or field is None:
            target = walked.unanswered[0] if walked.unanswered else walked.fields[-1]
            return replace(self.draft, at=target.name, page=0, is_reviewing=False)
        if self.draft.is_editing:
            return replace(self._committed(), at=None, page=0, is_reviewing=True, is_editing=False)
        place = walked.index(field.name)
        if place == 0:
            raise Refused("nothing_before")
        return replace(self.draft, at=walked.fields[place - 1].name, page=0)

    # Sub-records: the open one is a draft of its own, kept among the pending values of its question.

    def _open_record(self) -> tuple[FieldSpec | None, Draft | None]:
        draft = self.draft
        if draft.inside is None or draft.at is None:
            return None, None
        items = draft.pending.get(draft.at, ())
        field = self.spec.field(draft.at)
        if field is None or draft.inside >= len(items):
            return None, None
        return field, read_record(items[draft.inside])

    def _is_for_record(self, action: Action, field: FieldSpec, record: Draft) -> bool:
        if action is Move.REVIEW:
            return False
        if isinstance(action, Edit) or action is Move.CONFIRM:
            return record.is_reviewing
        if isinstance(action, OpenRecord | RemoveRecord):
            return record.inside is not None or self._lists_records(field, record)
        return not isinstance(action, SharedPhoto | SharedVoice)

    def _lists_records(self, field: FieldSpec, record: Draft) -> bool:
        spec = _records(field).form.spec
        shown = current(spec, record, walk(spec, record, self.context))
        return shown is not None and isinstance(shown.kind, Records)

    def _in_record(self, action: Action, field: FieldSpec, record: Draft) -> Draft:
        form = _records(field).form
        walked = walk(form.spec, record, self.context)
        if action is Move.BACK and not can_go_back(record, walked, current(form.spec, record, walked)):
            return self._left()
        after = advance_spec(form.spec, record, action, self.context)
        opened = self._with_record(field, self.draft.inside or 0, after)
        return _Step(self.spec, opened, self.context)._left() if after.is_finished else opened

    def _record_begun(self, field: FieldSpec, kind: Records[Any], reply: Reply) -> Draft:
        """A reply at the list of records opens a new one that has its first question answered."""
        record = advance_spec(kind.form.spec, kind.begin(self.draft.depth), reply, self.context)
        if record.fault:
            raise Refused(record.fault.code, **record.fault.params)
        draft = self._with_record(field, self._room(field, kind), record)
        return _Step(self.spec, draft, self.context)._left() if record.is_finished else draft

    def _records_changed(self, field: FieldSpec, action: Action) -> Draft:
        kind, items = _records(field), items_of(self.draft, field)
        match action:
            case Move.ADD:
                return self._with_record(field, self._room(field, kind), kind.begin(self.draft.depth))
            case OpenRecord(index) if index < len(items):
                record = replace(read_record(items[index]), is_finished=False, fault=None)
                is_whole = kind.fault(items[index], self._asked(field)) is None
                return self._with_record(field, index, replace(record, is_reviewing=is_whole))
            case RemoveRecord(index) if index < len(items):
                kept = tuple(item for place, item in enumerate(items) if place != index)
                return replace(self.draft.with_pending(field.name, kept), at=field.name, inside=None)
        raise Refused("option_gone")

    def _room(self, field: FieldSpec, kind: Records[Any]) -> int:
        count = len(items_of(self.draft, field))
        if count >= kind.most:
            raise Refused("too_many", most=kind.most)
        return count

    def _with_record(self, field: FieldSpec, index: int, record: Draft) -> Draft:
        items = list(items_of(self.draft, field))
        items[index : index + 1] = [record.dump()]
        return replace(self.draft.with_pending(field.name, tuple(items)), at=field.name, inside=index)

    def _left(self) -> Draft:
        """The draft with its open record closed: it stays with all that it says, an empty one does not."""
        field, record = self._open_record()
        if field is None or record is None:
            return replace(self.draft, inside=None)
        index = self.draft.inside or 0
        rest = [] if record.is_empty else [replace(record, is_reviewing=False, is_editing=False, fault=None).dump()]
        items = list(items_of(self.draft, field))
        items[index : index + 1] = rest
        return replace(self.draft.with_pending(field.name, tuple(items)), inside=None)


def _records(field: FieldSpec) -> Records[Any]:
    if not isinstance(field.kind, Records):
        raise Refused("option_gone")
    return field.kind


def _at_rest(item: Json) -> Json:
    """A value as it is kept: of a record its answers, not where somebody was in it."""
    if not isinstance(item, dict) or "answers" not in item:
        return item
    record = read_record(item)
    return Draft(form=record.form, version=record.version, depth=record.depth, answers=record.answers).dump()
