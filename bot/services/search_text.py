"""What a search looks into: a name as written, its pinyin, and its initials."""

import re
import unicodedata

SEARCH_TEXT_MAX = 2000
_RUNS = re.compile(r"(?P<latin>[a-z0-9]+)|(?P<other>[^\Wa-z0-9_]+)")


def search_text(name: str) -> str:
    """The text that a customer is found by: any part of the name, of its pinyin, or of its initials."""
    plain = search_key(name)
    spelled: list[str] = []
    initials: list[str] = []
    short: list[str] = []  # initials with Latin words and numbers in full: hzeacd
    for run in _RUNS.finditer(plain):
        syllables = [run["latin"]] if run["latin"] else _pinyin(run["other"])
        spelled.extend(syllables)
        initials.extend(syllable[0] for syllable in syllables)
        short.extend(syllables if run["latin"] else [syllable[0] for syllable in syllables])
    parts = [plain, "".join(spelled), "".join(initials), "".join(short)]
    return " ".join(dict.fromkeys(part for part in parts if part))[:SEARCH_TEXT_MAX]


def _pinyin(characters: str) -> list[str]:
    from pypinyin import lazy_pinyin  # a dictionary of phrases, as long to load as the rest of the bot

    return [str(syllable) for syllable in lazy_pinyin(characters)]


def search_key(query: str) -> str:
    """A query in the form of the stored text: no case, no width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", query).casefold().split())
