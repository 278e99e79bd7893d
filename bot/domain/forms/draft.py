"""An open form: the answers so far, where the person is in it, and what went wrong last. It is JSON both ways."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.errors import Refused
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as its kind dumped it. Skipped is an answer too: it is not asked again."""

    value: Json = None
    is_skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why the last action was refused: the code of a text, and what fills it."""

    code: str
    params: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, refused: Refused) -> "Fault":
        return cls(code=refused.code, params={name: _plain(value) for name, value in refused.params.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An open form.

    ``answers`` are by field, also those of questions that are hidden now. ``pending`` holds what is picked or recorded
    before Done. ``at`` is the question shown when it is not the next one; ``inside`` the index of the sub-record that
    is open at it. ``is_reviewing`` shows all answers; ``is_editing`` returns there after the answer. ``fault`` and
    ``kept`` (the question that took a photo sent to another) speak of the last action only.
    """

    form: str
    version: int
    depth: Depth
    answers: Mapping[str, Answer] = field(default_factory=dict)
    pending: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    at: str | None = None
    inside: int | None = None
    page: int = 0
    is_reviewing: bool = False
    is_editing: bool = False
    is_finished: bool = False
    fault: Fault | None = None
    kept: str | None = None

    def dump(self) -> dict[str, Json]:
        """JSON that ``read_draft`` reads; what has its default is left out."""
        data: dict[str, Json] = {"form": self.form, "version": self.version, "depth": self.depth.value}
        data["answers"] = {
            name: {"skipped": True} if one.is_skipped else {"value": one.value} for name, one in self.answers.items()
        }
        if self.pending:
            data["pending"] = {name: list(items) for name, items in self.pending.items()}
        for name in ("at", "inside", "page", "is_reviewing", "is_editing", "is_finished", "kept"):
            value = getattr(self, name)
            if value not in (None, 0, False) or (name == "inside" and value == 0):
                data[name] = value
        if self.fault:
            data["fault"] = {"code": self.fault.code, "params": dict(self.fault.params)}
        return data

    def with_answer(self, name: str, answer: Answer) -> "Draft":
        """The answer is given: what was pending for it is settled."""
        pending = {key: items for key, items in self.pending.items() if key != name}
        return replace(self, answers={**self.answers, name: answer}, pending=pending)

    def with_pending(self, name: str, items: tuple[Json, ...]) -> "Draft":
        return replace(self, pending={**self.pending, name: items})

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.pending


def read_draft(data: Mapping[str, Any]) -> Draft:
    """The draft that ``dump`` wrote. Raises Refused ``answer_unreadable`` for anything else."""
    try:
        answers = {
            str(name): Answer(is_skipped=True) if one.get("skipped") else Answer(value=one["value"])
            for name, one in data["answers"].items()
        }
        fault = data.get("fault")
        return Draft(
            form=str(data["form"]),
            version=int(data["version"]),
            depth=Depth(data["depth"]),
            answers=answers,
            pending={str(name): tuple(items) for name, items in data.get("pending", {}).items()},
            at=data.get("at"),
            inside=data.get("inside"),
            page=int(data.get("page", 0)),
            is_reviewing=bool(data.get("is_reviewing", False)),
            is_editing=bool(data.get("is_editing", False)),
            is_finished=bool(data.get("is_finished", False)),
            fault=Fault(code=fault["code"], params=fault["params"]) if fault else None,
            kept=data.get("kept"),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Refused("answer_unreadable", data=repr(data)[:60]) from error


def _plain(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else str(value)
