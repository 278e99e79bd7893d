"""Where a person is in a form: the question on screen, what is picked at it, whether something is before it."""

import json
import zlib

from bot.domain.forms.asking import FieldSpec, FormSpec
from bot.domain.forms.draft import Draft
from bot.domain.forms.walking import Walk
from bot.domain.screen import Json

SUGGESTION_TOKEN = "~s"


def current(spec: FormSpec, draft: Draft, walked: Walk) -> FieldSpec | None:
    """The question to show: the one gone to, or else the first without an answer. None: the review is shown."""
    if draft.is_finished or draft.is_reviewing:
        return None
    if walked.shows(draft.at):
        return spec.field(draft.at or "")
    return walked.unanswered[0] if walked.unanswered else None


def can_go_back(draft: Draft, walked: Walk, field: FieldSpec | None) -> bool:
    """Whether there is something before this question in the same form."""
    return field is not None and (draft.is_editing or walked.index(field.name) > 0)


def items_of(draft: Draft, field: FieldSpec) -> tuple[Json, ...]:
    """The values of a question of several: what is picked or recorded now, or else what was answered."""
    if field.name in draft.pending:
        return draft.pending[field.name]
    answer = draft.answers.get(field.name)
    return tuple(answer.value) if answer and isinstance(answer.value, list) else ()


def suggestion_token(kind_token: str | None, value: Json) -> str:
    """The token of a suggestion's button: the kind's own, or a fingerprint of a value too long for a button."""
    if kind_token is not None:
        return kind_token
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return f"{SUGGESTION_TOKEN}{zlib.crc32(canonical.encode()):08x}"
