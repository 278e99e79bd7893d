"""Keys by which the same name or address is known again, however it was typed."""

import unicodedata

NAME_KEY_MAX = 200
ADDRESS_KEY_MAX = 500


def name_key(name: str) -> str:
    """The name without case, width, spaces and punctuation. Empty when it holds no letter and no digit."""
    return _key(name)[:NAME_KEY_MAX]


def address_key(address: str) -> str:
    """The address without case, width, spaces and punctuation. Empty when it holds no letter and no digit."""
    return _key(address)[:ADDRESS_KEY_MAX]


def _key(text: str) -> str:
    key = _reduced(text)
    while (again := _reduced(key)) != key:  # a dropped space can bring a letter and its accent together
        key = again
    return key


def _reduced(text: str) -> str:
    kept: list[str] = []
    gap = False
    for char in unicodedata.normalize("NFKC", text).casefold():
        if unicodedata.category(char)[0] not in "LMN":
            gap = True
            continue
        if gap and kept and kept[-1].isdigit() and char.isdigit():
            kept.append("-")  # unit 1-12 is not unit 11-2
        kept.append(char)
        gap = False
    return "".join(kept) if any(unicodedata.category(char)[0] in "LN" for char in kept) else ""
