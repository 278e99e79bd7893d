"""All that a person can do at a form: reply to its question, or move within it; and how a button says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Tap:
    """A button of the current question; the token is one that the question offered."""

    token: str


@dataclass(frozen=True, slots=True)
class Text:
    """Typed words, as they came."""

    text: str


@dataclass(frozen=True, slots=True)
class OwnText:
    """Typed words that are on no list and that the person chose to add."""

    text: str


@dataclass(frozen=True, slots=True)
class SharedLocation:
    """A point in WGS-84 degrees, with the address when a venue was shared."""

    latitude: float
    longitude: float
    address: str = ""


@dataclass(frozen=True, slots=True)
class SharedContact:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class SharedPhoto:
    """``media`` names the stored bytes."""

    media: str


@dataclass(frozen=True, slots=True)
class SharedVoice:
    """``media`` names the stored bytes; the duration is in seconds."""

    media: str
    duration_s: int = 0


Reply: TypeAlias = Tap | Text | OwnText | SharedLocation | SharedContact | SharedPhoto | SharedVoice


class Move(StrEnum):
    """A move within the form that needs no value. The value is what the button carries."""

    SKIP = "s"  # no answer; an answer that was there is taken away
    KEEP = "k"  # leave this answer as it is and go on
    DONE = "d"  # what is picked is the answer
    BACK = "b"
    ADD = "n"  # another sub-record
    OWN = "w"  # take the typed words although they are on no list
    REVIEW = "v"  # see all answers
    GO_ON = "g"  # from the answers to the next open question
    CONFIRM = "c"


@dataclass(frozen=True, slots=True)
class Edit:
    """Change one answer, then return to the review."""

    field: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    index: int


@dataclass(frozen=True, slots=True)
class RemoveRecord:
    index: int


@dataclass(frozen=True, slots=True)
class TurnPage:
    page: int


Action: TypeAlias = Reply | Move | Edit | OpenRecord | RemoveRecord | TurnPage


class Errand(StrEnum):
    """A button of a form screen that the engine does not serve: the caller does."""

    MENU = "m"
    SHOW = "r"  # show the current question again: closes the menu, resumes after a pause
    PAUSE = "z"
    CANCEL = "q"  # asks once
    CANCEL_FOR_SURE = "Q"
    KEEP_WORDS = "K"  # save although the words raised a doubt


_BARE: dict[str, Move | Errand] = {verb.value: verb for verb in (*Move, *Errand)}


def read_button(args: Sequence[str]) -> Action | Errand:
    """Read what a form button carries after the draft and its revision. Raises ValueError for what no button says."""
    match [*args]:
        case [verb] if verb in _BARE:
            return _BARE[verb]
        case ["a", token]:
            return Tap(token)
        case ["e", name]:
            return Edit(name)
        case ["o", index] if index.isdecimal():
            return OpenRecord(int(index))
        case ["x", index] if index.isdecimal():
            return RemoveRecord(int(index))
        case ["p", page] if page.isdecimal():
            return TurnPage(int(page))
    raise ValueError(f"no form button says {':'.join(args)!r}")
