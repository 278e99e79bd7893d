"""How a form is declared: a class whose fields are asked, each once, with its kind, condition and depth."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform, overload

from bot.domain.forms.kinds import Kind, Several
from bot.domain.vocabulary import Depth

T = TypeVar("T")
F = TypeVar("F", bound="Form")

DEPTHS = (Depth.QUICK, Depth.CORE, Depth.FULL)
LONGEST_FIELD_NAME = 20  # it goes into buttons, beside the draft and its revision

_ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked when an earlier question has one of these answers; with no values named, when it has any.

    A type among the values stands for every answer of it: ``OwnWords``.
    """

    field: str
    values: tuple[object, ...] = ()

    def holds(self, given: Mapping[str, object]) -> bool:
        """Whether it holds for the typed answers of the questions that are asked."""
        value = given.get(self.field)
        if not self.values:
            return value is not False and value not in (None, ())
        return any(self._names(one) for one in (value if isinstance(value, tuple) else (value,)))

    def _names(self, answer: object) -> bool:
        return any(isinstance(answer, one) if isinstance(one, type) else answer == one for one in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One question of a form. ``key`` finds its texts: ``post_visit.took_place``."""

    name: str
    key: str
    kind: Kind[Any]
    is_skippable: bool
    depth: Depth
    when: Condition | None

    def is_in(self, depth: Depth) -> bool:
        return DEPTHS.index(self.depth) <= DEPTHS.index(depth)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSpec:
    """A form's questions in order. At the depths of ``saves_at`` the last answer saves, elsewhere a review does."""

    name: str
    version: int
    fields: tuple[FieldSpec, ...]
    saves_at: frozenset[Depth]

    def __post_init__(self) -> None:
        names = [one.name for one in self.fields]
        for place, one in enumerate(self.fields):
            if len(one.name) > LONGEST_FIELD_NAME or ":" in one.name:
                raise ValueError(f"a field's name has at most {LONGEST_FIELD_NAME} letters: {one.name}")
            if one.when and one.when.field not in names[:place]:
                raise ValueError(f"{one.key} depends on {one.when.field}, which is not asked before it")

    def field(self, name: str) -> FieldSpec | None:
        return next((one for one in self.fields if one.name == name), None)


class Form:
    """The base of all forms; ``spec`` is set by the ``form`` decorator."""

    __slots__ = ()
    spec: ClassVar[FormSpec]


def answered(field: str, *values: object) -> Condition:
    return Condition(field, values)


@overload
def ask(
    kind: Several[T], *, skippable: bool = True, depth: Depth = Depth.QUICK, when: Condition | None = None
) -> tuple[T, ...]: ...
@overload
def ask(kind: Kind[T], *, skippable: Literal[False]) -> T: ...
@overload
def ask(
    kind: Kind[T], *, skippable: bool = True, depth: Depth = Depth.QUICK, when: Condition | None = None
) -> T | None: ...
def ask(kind: Kind[Any], *, skippable: bool = True, depth: Depth = Depth.QUICK, when: Condition | None = None) -> Any:
    """Declare a question: the field's annotation must be the kind's value.

    A question that can be skipped, hidden by a condition or left out by depth is ``| None``; several values are a
    tuple in every case. ``depth`` is the least depth at which it is asked.
    """
    asked = {"kind": kind, "is_skippable": skippable, "depth": depth, "when": when}
    return dataclasses.field(metadata={_ASKED: asked})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(ask,))
def form(name: str, *, version: int, saves_at: tuple[Depth, ...] = ()) -> Callable[[type[F]], type[F]]:
    """Make a class a form: a frozen, slotted, keyword-only dataclass with a ``spec``."""

    def declare(cls: type[F]) -> type[F]:
        made = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)
        fields = tuple(
            FieldSpec(name=one.name, key=f"{name}.{one.name}", **one.metadata[_ASKED])
            for one in dataclasses.fields(made)  # type: ignore[arg-type] # the line above made it a dataclass
        )
        made.spec = FormSpec(name=name, version=version, fields=fields, saves_at=frozenset(saves_at))
        return made

    return declare
