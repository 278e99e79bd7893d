"""What a form needs to know from outside, given by the caller at each step: the time, the options, the suggestions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.screen import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One thing of a source: a contact, a product, an opportunity. ``key`` names it, ``label`` is what people read.

    A key goes into buttons, so it is short and has no colon; the label is kept with the answer, so that a saved
    report can be read when the thing is gone.
    """

    key: str
    label: str

    def __post_init__(self) -> None:
        if not self.key or ":" in self.key or self.key.startswith("~"):
            raise ValueError(f"a key of a source is not empty, has no colon and no leading tilde: {self.key!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The world of one step.

    ``now`` is aware and in the reader's zone. ``sources`` hold the options of pick questions by source name.
    ``suggestions`` hold likely answers by question key (``post_visit.next_visit``), dumped as the kind dumps them,
    best first. ``labels`` hold, by option key (``took_place.met``), every word in every language that means it.
    """

    now: datetime
    sources: Mapping[str, Sequence[Pick]] = field(default_factory=dict)
    suggestions: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError(f"now carries its zone, this one does not: {self.now.isoformat()}")

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question at one step: its key, the world, and the typed answers given before it in the same form."""

    key: str
    context: Context
    given: Mapping[str, object] = field(default_factory=dict)
