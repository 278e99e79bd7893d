"""Kinds made of kinds: one of a list or something new, and several of anything."""

from collections.abc import Sequence
from hashlib import blake2s
from typing import Generic, TypeVar, cast

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind, Several, Takes, unreadable
from bot.domain.forms.kinds_choice import OptionsKind
from bot.domain.forms.kinds_words import NewPerson, OwnWords, person, sentence, words
from bot.domain.forms.matching import SEPARATORS, Option
from bot.domain.forms.replies import OwnText, Reply, Tap, Text
from bot.domain.screen import Json

T = TypeVar("T")
U = TypeVar("U")

MOST_VALUES = 20
ITEM_TOKEN = "~w"
OWN_TOKEN = "~o"


class Either(Kind[T | U], Generic[T, U]):
    """A listed value or something new. New words are taken only when the person says so: a misspelt name is no name.

    The two kinds dump to different shapes: that tells them apart when they are loaded.
    """

    def __init__(self, listed: Kind[T], new: Kind[U], made: type[U]) -> None:
        self.listed = listed
        self.new = new
        self.made = made
        self.name = listed.name  # type: ignore[misc] # it is asked as the list that it offers

    def accepts(self) -> frozenset[Takes]:
        return self.listed.accepts() | self.new.accepts()

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return self.listed.options(asked)

    def parse(self, reply: Reply, asked: Asked) -> T | U:
        if isinstance(reply, OwnText) or (isinstance(reply, Text) and not self.listed.options(asked)):
            return self.new.parse(reply, asked)
        try:
            return self.listed.parse(reply, asked)
        except Refused as refused:
            if refused.code == "reply_not_taken":
                return self.new.parse(reply, asked)
            if refused.code == "not_on_list" and isinstance(reply, Text):
                self.new.parse(reply, asked)
                raise Refused("not_on_list_yet", text=refused.params["text"], offer=reply.text) from refused
            raise

    def check(self, value: T | U, asked: Asked) -> None:
        if isinstance(value, self.made):
            self.new.check(value, asked)
        else:
            self.listed.check(cast(T, value), asked)  # what is not new is listed

    def token(self, value: T | U) -> str | None:
        return None if isinstance(value, self.made) else self.listed.token(cast(T, value))

    def dump(self, value: T | U) -> Json:
        return self.new.dump(value) if isinstance(value, self.made) else self.listed.dump(cast(T, value))

    def load(self, data: Json) -> T | U:
        try:
            return self.listed.load(data)
        except Refused:
            return self.new.load(data)

    def shown(self, value: T | U) -> Json:
        return self.new.shown(value) if isinstance(value, self.made) else self.listed.shown(cast(T, value))

    def likeliest(self, asked: Asked) -> T | U | None:
        return self.listed.likeliest(asked)


class Said(Either[T, OwnWords]):
    """A thing to say from a list, or a own sentence: taken as it comes, since it misspells no name."""

    def parse(self, reply: Reply, asked: Asked) -> T | OwnWords:
        try:
            return super().parse(reply, asked)
        except Refused as refused:
            if refused.code == "not_on_list_yet":
                return self.new.parse(reply, asked)
            raise


class Among(OptionsKind[T | OwnWords], Generic[T]):
    """One of what several values of an earlier question are, own words with the listed."""

    def __init__(self, element: Kind[T | OwnWords], question: str) -> None:
        self.element = element
        self.question = question
        self.name = element.name  # type: ignore[misc] # it is asked as the list that it is taken from

    def options(self, asked: Asked) -> tuple[Option, ...]:
        given = {self.token(one): one for one in self._given(asked)}
        own = [Option(token=token, label=one.text) for token, one in given.items() if isinstance(one, OwnWords)]
        return (*(option for option in self.element.options(asked) if option.token in given), *own)

    def _given(self, asked: Asked) -> tuple[T | OwnWords, ...]:
        given = asked.given.get(self.question)
        return cast(tuple[T | OwnWords, ...], given) if isinstance(given, tuple) else ()

    def meaning(self, token: str, asked: Asked) -> T | OwnWords:
        return next(one for one in self._given(asked) if self.token(one) == token)

    def token(self, value: T | OwnWords) -> str:
        if isinstance(value, OwnWords):  # words may be longer than a button carries
            return OWN_TOKEN + blake2s(value.text.encode(), digest_size=6).hexdigest()
        return str(self.element.token(value))

    def check(self, value: T | OwnWords, asked: Asked) -> None:
        if value not in self._given(asked):
            raise Refused("option_gone")

    def dump(self, value: T | OwnWords) -> Json:
        return self.element.dump(value)

    def load(self, data: Json) -> T | OwnWords:
        return self.element.load(data)

    def shown(self, value: T | OwnWords) -> Json:
        return self.element.shown(value)


class Many(Several[T]):
    """Several values of one kind: each reply adds one, a tap on a picked one takes it away, Done ends."""

    def __init__(self, element: Kind[T], most: int) -> None:
        self.element = element
        self.most = most
        self.name = f"{element.name}s"  # type: ignore[misc] # choices, picks, photos

    def accepts(self) -> frozenset[Takes]:
        return self.element.accepts()

    def options(self, asked: Asked) -> tuple[Option, ...]:
        return self.element.options(asked)

    def is_possible(self, asked: Asked) -> bool:
        return self.element.is_possible(asked)

    def toggle(self, items: Sequence[Json], reply: Reply, asked: Asked) -> list[Json]:
        """The dumped values after a reply. Raises Refused, also ``too_many``."""
        if isinstance(reply, Tap) and reply.token.startswith(ITEM_TOKEN):
            index = reply.token.removeprefix(ITEM_TOKEN)
            if not index.isdecimal() or int(index) >= len(items):
                raise Refused("option_gone")
            return [item for place, item in enumerate(items) if place != int(index)]
        picked = list(items)
        for value in self._read(reply, asked):
            dumped = self.element.dump(value)
            if dumped not in picked:
                picked.append(dumped)
            elif isinstance(reply, Tap):
                picked.remove(dumped)
        if len(picked) > self.most:
            raise Refused("too_many", most=self.most)
        return picked

    def _read(self, reply: Reply, asked: Asked) -> list[T]:
        """The values of one reply: "price, terms" are two where both are known."""
        try:
            return [self.element.parse(reply, asked)]
        except Refused:
            parts = [part for part in SEPARATORS.split(reply.text) if part] if isinstance(reply, Text) else []
            if len(parts) > 1:
                return [self.element.parse(Text(part), asked) for part in parts]
            raise

    def parse(self, reply: Reply, asked: Asked) -> tuple[T, ...]:
        return self.load(self.toggle((), reply, asked))

    def check(self, value: tuple[T, ...], asked: Asked) -> None:
        for one in value:
            self.element.check(one, asked)

    def dump(self, value: tuple[T, ...]) -> Json:
        return [self.element.dump(one) for one in value]

    def load(self, data: Json) -> tuple[T, ...]:
        if not isinstance(data, list):
            raise unreadable(data)
        return tuple(self.element.load(one) for one in data)

    def shown(self, value: tuple[T, ...]) -> Json:
        return {"as": "several", "items": [self.element.shown(one) for one in value]}


def or_words(kind: Kind[T]) -> Kind[T | OwnWords]:
    """The kind, or own words where its list does not hold the answer."""
    return Either(kind, words(), OwnWords)


def among(question: str, kind: Kind[T | OwnWords]) -> Kind[T | OwnWords]:
    """One of what was given at an earlier question, which asks for several values of the kind."""
    return Among(kind, question)


def or_sentence(kind: Kind[T], *, limit: int) -> Kind[T | OwnWords]:
    """One of a list of things to say, or a sentence of at most ``limit`` characters."""
    return Said(kind, sentence(limit), OwnWords)


def or_person(kind: Kind[T]) -> Kind[T | NewPerson]:
    """A person of a list, or a new one: typed, or shared from the phone's book."""
    return Either(kind, person(), NewPerson)


def many(kind: Kind[T], *, most: int = MOST_VALUES) -> Several[T]:
    return Many(kind, most)
