"""Typed words against the options of a question: by number, whole word, beginning, and in any language."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.screen import Json

SEPARATORS = re.compile(r"\s*(?:[,;/\n+&,;、;]|\band\b|\s和\s|\s以及\s)\s*")
QUOTED_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Option:
    """A thing to tap: its words are in the catalogues (``label_key``), or data (``label``), or drawn from a value."""

    token: str
    label_key: str | None = None
    label: str | None = None
    value: Json = None

    @property
    def shown(self) -> Json:
        """What a template needs to write the option, as ``Kind.shown`` has it."""
        if self.label_key:
            return {"as": "option", "key": self.label_key}
        return {"as": "text", "text": self.label} if self.label else self.value


def fold(text: str) -> str:
    """Letters and digits only, lower case, without diacritics and full-width forms; words one blank apart."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (" " if not character.isalnum() else character for character in decomposed if not _is_mark(character))
    return " ".join("".join(kept).split())


def quote(text: str) -> str:
    """The words as a refusal repeats them: not too long for a screen."""
    return text if len(text) <= QUOTED_CHARACTERS else f"{text[:QUOTED_CHARACTERS]}…"


def find_option(text: str, options: Sequence[Option], labels: Mapping[str, Sequence[str]]) -> str:
    """The token of the one option that the text means.

    Raises Refused ``not_on_list``, or ``choice_ambiguous`` with the options that it could be.
    """
    wanted = fold(text)
    words = {option.token: [fold(word) for word in _words(option, labels)] for option in options}
    for is_meant in (_is_word, _begins, _has_word_beginning, _holds):
        tokens = [token for token, known in words.items() if wanted and any(is_meant(wanted, one) for one in known)]
        if len(tokens) == 1:
            return tokens[0]
        if tokens:
            raise Refused("choice_ambiguous", text=quote(text), matches=len(tokens))
    if wanted.isdecimal() and 1 <= int(wanted) <= len(options):
        return options[int(wanted) - 1].token
    raise Refused("not_on_list", text=quote(text))


def _words(option: Option, labels: Mapping[str, Sequence[str]]) -> list[str]:
    own = [option.label] if option.label else []
    return [*own, *labels.get(option.label_key or "", ())]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"


def _is_word(wanted: str, known: str) -> bool:
    return wanted == known


def _begins(wanted: str, known: str) -> bool:
    return known.startswith(wanted)


def _has_word_beginning(wanted: str, known: str) -> bool:
    return f" {wanted}" in f" {known}"


def _holds(wanted: str, known: str) -> bool:
    """Chinese sets no blanks between words, so a part of a label is a word of it."""
    return not wanted.isascii() and wanted in known
