"""What a search looks into: a name as written, its pinyin, and its initials."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

SEARCH_TEXT_MAX = 2000
_WORD = re.compile(r"[a-z0-9]+")


def search_text(name: str) -> str:
    """The text that a customer is found by: any part of the name, of its pinyin, or of its initials."""
    plain = search_key(name)
    syllables = lazy_pinyin(plain, errors=_WORD.findall)
    parts = [plain, "".join(syllables), "".join(syllable[0] for syllable in syllables if syllable)]
    exact = lazy_pinyin(plain, style=Style.FIRST_LETTER, errors=_WORD.findall)
    parts.append("".join(exact))  # initials with Latin words and numbers in full: hzEACdian, 7-11
    return " ".join(dict.fromkeys(part for part in parts if part))[:SEARCH_TEXT_MAX]


def search_key(query: str) -> str:
    """A query in the form of the stored text: no case, no width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", query).casefold().split())
