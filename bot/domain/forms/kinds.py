"""What every kind of question promises: it parses a reply, dumps, loads, checks again, and says what it takes."""

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.matching import Option
from bot.domain.forms.replies import Reply
from bot.domain.screen import Json

T = TypeVar("T")


class Takes(StrEnum):
    """What a question can be answered with; the screen says so and shows the keyboard that it needs."""

    TAP = "tap"
    TEXT = "text"
    LOCATION = "location"
    CONTACT = "contact"
    PHOTO = "photo"
    VOICE = "voice"


class Kind(ABC, Generic[T]):
    """A kind of question with values of type T.

    ``dump`` and ``load`` are each other's inverse; ``load`` raises Refused ``answer_unreadable`` for anything else.
    ``shown`` is what a template needs to write the value: a dict with ``as`` naming how.
    """

    name: ClassVar[str]
    takes: ClassVar[frozenset[Takes]]
    first_page: ClassVar[int | None] = None  # how many options stand before a button for more; None: as many as fit

    @abstractmethod
    def parse(self, reply: Reply, asked: Asked) -> T:
        """The value that a reply means. Raises Refused with the reason."""

    @abstractmethod
    def dump(self, value: T) -> Json: ...

    @abstractmethod
    def load(self, data: Json) -> T: ...

    @abstractmethod
    def shown(self, value: T) -> Json: ...

    def options(self, asked: Asked) -> tuple[Option, ...]:
        """What can be tapped, likeliest first."""
        return ()

    def check(self, value: T, asked: Asked) -> None:
        """Raise Refused when a value that was right has become wrong: a day that has passed."""

    def is_possible(self, asked: Asked) -> bool:
        """Whether there is anything to ask: a list without entries is not asked."""
        return True

    def likeliest(self, asked: Asked) -> T | None:
        """The answer to count with before it is given, so that "3 of 8" rarely jumps."""
        return None

    def token(self, value: T) -> str | None:
        """The token of the button that means a value, where a value is short enough to be one."""
        return None

    def accepts(self) -> frozenset[Takes]:
        return self.takes


class Several(Kind[tuple[T, ...]]):
    """A kind with any number of values; unanswered it is the empty tuple, so that nobody asks for None first."""


def refuse_reply(kind: Kind[T]) -> Refused:
    """A reply of another sort: say what this question takes."""
    return Refused("reply_not_taken", takes=sorted(take.value for take in kind.accepts()))


def unreadable(data: Json) -> Refused:
    return Refused("answer_unreadable", data=repr(data)[:60])
