"""Kinds with options to tap: a closed list, yes or no, a score, one of a source that the caller gives."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked, Pick
from bot.domain.forms.kinds import Kind, Takes, refuse_reply, unreadable
from bot.domain.forms.matching import Option, find_option
from bot.domain.forms.replies import Reply, Tap, Text
from bot.domain.screen import Json

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

YES, NO = "yes", "no"
ANY = "any"


class OptionsKind(Kind[T]):
    """A kind whose every value is one of its options."""

    takes = frozenset({Takes.TAP, Takes.TEXT})

    def parse(self, reply: Reply, asked: Asked) -> T:
        options = self.options(asked)
        match reply:
            case Tap(token):
                if all(option.token != token for option in options):
                    raise Refused("option_gone")
                return self.meaning(token, asked)
            case Text(text):
                return self.meaning(find_option(text, options, asked.context.labels), asked)
            case _:
                raise refuse_reply(self)

    def meaning(self, token: str, asked: Asked) -> T:
        """The value of an option that is there."""
        raise NotImplementedError

    def token(self, value: T) -> str:
        return str(self.dump(value))

    def is_possible(self, asked: Asked) -> bool:
        return bool(self.options(asked))

    def likeliest(self, asked: Asked) -> T | None:
        options = self.options(asked)
        return self.meaning(options[0].token, asked) if options else None


class Choice(OptionsKind[E], Generic[E]):
    """One member of a closed list, in the list's order, likeliest first."""

    name = "choice"

    def __init__(
        self,
        members: type[E],
        *,
        leave_out: frozenset[E],
        by: tuple[str, Mapping[object, Sequence[E]]] | None,
    ) -> None:
        self.members = members
        self.leave_out = leave_out
        self.by = by

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return tuple(
            Option(token=member.value, label_key=label_key(member))
            for member in self.members
            if member not in self.leave_out
            if self.by is None or member in self.by[1].get(asked.given.get(self.by[0]), ())
        )

    def meaning(self, token: str, asked: Asked) -> E:
        return self.members(token)

    def dump(self, value: E) -> Json:
        return value.value

    def load(self, data: Json) -> E:
        if isinstance(data, str) and data in {member.value for member in self.members}:
            return self.members(data)
        raise unreadable(data)

    def check(self, value: E, asked: Asked) -> None:
        if all(option.token != value.value for option in self.options(asked)):
            raise Refused("option_gone")

    def shown(self, value: E) -> Json:
        return {"as": "option", "key": label_key(value)}


class YesNo(OptionsKind[bool]):
    name = "yes_no"

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return tuple(Option(token=token, label_key=f"yes_no.{token}") for token in (YES, NO))

    def token(self, value: bool) -> str:
        return YES if value else NO

    def meaning(self, token: str, asked: Asked) -> bool:
        return token == YES

    def dump(self, value: bool) -> Json:
        return value

    def load(self, data: Json) -> bool:
        if isinstance(data, bool):
            return data
        raise unreadable(data)

    def shown(self, value: bool) -> Json:
        return {"as": "option", "key": f"yes_no.{YES if value else NO}"}


class Score(OptionsKind[int]):
    """A whole number of a short scale, each a button."""

    name = "score"

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return tuple(Option(token=str(n), label=str(n)) for n in range(self.low, self.high + 1))

    def parse(self, reply: Reply, asked: Asked) -> int:
        if not isinstance(reply, Text):
            return super().parse(reply, asked)
        digits = unicodedata.normalize("NFKC", reply.text).strip()
        if not digits.isdecimal() or not self.low <= int(digits) <= self.high:
            raise Refused("score_out_of_range", low=self.low, high=self.high)
        return int(digits)

    def token(self, value: int) -> str:
        return str(value)

    def meaning(self, token: str, asked: Asked) -> int:
        return int(token)

    def dump(self, value: int) -> Json:
        return value

    def load(self, data: Json) -> int:
        if isinstance(data, int) and not isinstance(data, bool) and self.low <= data <= self.high:
            return data
        raise unreadable(data)

    def shown(self, value: int) -> Json:
        return {"as": "score", "value": value, "high": self.high}


class FromSource(OptionsKind[Pick]):
    """One of the options that the caller gives under a name: this customer's contacts, the team's products.

    ``by`` names an earlier question whose answer chooses among sources: ``answers.price`` for the price objection,
    ``answers.any`` where it is in own words or has no answer.
    """

    name = "pick"

    def __init__(self, source: str, by: str | None = None) -> None:
        self.source = source
        self.by = by

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return tuple(Option(token=pick.key, label=pick.label) for pick in self._offered(asked))

    def _offered(self, asked: Asked) -> Sequence[Pick]:
        name = self.source
        if self.by is not None:
            chosen = asked.given.get(self.by)
            name = f"{name}.{chosen.value if isinstance(chosen, StrEnum) else ANY}"
        return asked.context.sources.get(name, ())

    def token(self, value: Pick) -> str:
        return value.key

    def meaning(self, token: str, asked: Asked) -> Pick:
        return next(pick for pick in self._offered(asked) if pick.key == token)

    def dump(self, value: Pick) -> Json:
        return {"key": value.key, "label": value.label}

    def load(self, data: Json) -> Pick:
        match data:
            case {"key": str(key), "label": str(label)}:
                return Pick(key=key, label=label)
        raise unreadable(data)

    def shown(self, value: Pick) -> Json:
        return {"as": "text", "text": value.label}


def label_key(member: StrEnum) -> str:
    """Where the catalogues keep the words of a list's member: ``took_place.met`` for TookPlace.MET."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(member).__name__)
    return f"{name.lstrip('_')}.{member.value}"


def choice(
    members: type[E],
    *,
    leave_out: tuple[E, ...] = (),
    by: tuple[str, Mapping[object, Sequence[E]]] | None = None,
) -> Kind[E]:
    """One of a closed list. ``by`` names an earlier question, with what is offered after each of its answers."""
    return Choice(members, leave_out=frozenset(leave_out), by=by)


def yes_no() -> Kind[bool]:
    return YesNo()


def score(low: int, high: int) -> Kind[int]:
    """A whole number from low to high, both included."""
    return Score(low, high)


def pick(source: str, *, by: str | None = None) -> Kind[Pick]:
    """One of a source of the context; ``by`` chooses it by an earlier answer: see ``FromSource``."""
    return FromSource(source, by)
