"""Promises in free words: "promise: quote by Friday", "承诺：周五前报价", "commitment: order by 3 Dec"."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time

from bot.domain.errors import Refused
from bot.domain.vocabulary import PromiseSide
from bot.domain.when import read_moment

END_OF_DAY = time(17, 0)
LONGEST_WHAT = 100
LONGEST_NAME = 60

_HEADS = {
    PromiseSide.OURS: (
        "i promised", "we promised", "promised", "promise", "承诺", "承諾", "我答应", "我答應", "答应",
        "答應",
    ),
    PromiseSide.THEIRS: (
        "they promised", "they agreed", "commitment", "committed", "客户承诺", "客戶承諾", "对方承诺", "對方承諾",
    ),
}  # fmt: skip
_HEAD = re.compile(
    r"\s*(?P<head>" + "|".join(sorted((word for words in _HEADS.values() for word in words), key=len, reverse=True))
    + r")(?P<whom>[^:：\n]{0,60})[:：]\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_BEFORE_TIME = re.compile(r"\s+(?:by|before|until|till|on|at|no later than)\s+|\s*[,，]\s*", re.IGNORECASE)
_ZH_BY = re.compile(r"(?:之前|以前|前|[内內])[,，]?\s*")
_EDGES = " \t\n,，.。;；:：-"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidPromise:
    """What was said. ``due_at`` None: no time was understood, or the day was ``past_on``."""

    side: PromiseSide
    what: str
    whom: str
    due_at: datetime | None
    past_on: str | None = None


def is_promise(text: str) -> bool:
    """Whether a typed message begins as a promise does."""
    return _HEAD.fullmatch(unicodedata.normalize("NFC", text)) is not None


def read_promise(text: str, now: datetime) -> SaidPromise | None:
    """Read a promise; None for what begins otherwise. ``now`` is aware, in the zone of who says it."""
    found = _HEAD.fullmatch(unicodedata.normalize("NFC", text))
    if found is None:
        return None
    head = found["head"].casefold()
    side = next(side for side, words in _HEADS.items() if head in words)
    rest = " ".join(found["rest"].split())
    what, due_at, past_on = _split_time(rest, now)
    whom = re.sub(r"^(?:to|for|from|给|給|对|對)\s*", "", found["whom"].strip(_EDGES), flags=re.IGNORECASE)
    what = what.strip(_EDGES)[:LONGEST_WHAT] or rest.strip(_EDGES)[:LONGEST_WHAT]
    return SaidPromise(side=side, what=what, whom=whom[:LONGEST_NAME], due_at=due_at, past_on=past_on)


def _split_time(text: str, now: datetime) -> tuple[str, datetime | None, str | None]:
    """The words without their time, the time, and the day that it named if that has passed."""
    past_on: str | None = None
    for when, what in _ways_to_split(text):
        if not what.strip(_EDGES):
            continue
        try:
            return what, read_moment(when, now, END_OF_DAY), None
        except Refused as refused:
            if refused.code == "when_in_past" and past_on is None:
                past_on, text = str(refused.params["day"]), what
    return text, None, past_on


def _ways_to_split(text: str) -> list[tuple[str, str]]:
    """(time, words) to try, the surest first: "… by X", "X前…", then a time that begins or ends the words."""
    ways = [(text[match.end() :], text[: match.start()]) for match in _BEFORE_TIME.finditer(text)]
    for match in _ZH_BY.finditer(text):
        start = max(0, match.start() - 16)
        ways += [(text[cut : match.start()], text[:cut] + text[match.end() :]) for cut in range(start, match.start())]
    words = text.split(" ")
    for count in range(min(5, len(words) - 1), 0, -1):
        ways.append((" ".join(words[-count:]), " ".join(words[:-count])))
        ways.append((" ".join(words[:count]), " ".join(words[count:])))
    if not text.isascii():
        for cut in range(min(16, len(text) - 1), 1, -1):
            ways.append((text[:cut], text[cut:]))
            ways.append((text[-cut:], text[:-cut]))
    return ways
