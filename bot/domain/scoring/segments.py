"""The eight segments of recency, frequency and money, what to do about each, and what a move between them means."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.vocabulary import Purpose

HIGH_FROM = 4
"""A score of 4 or 5 is high."""


class Segment(StrEnum):
    """High or low recency, frequency, money. Values are stored, so they never change."""

    IMPORTANT_VALUE = "HHH"
    IMPORTANT_DEVELOPMENT = "HLH"
    IMPORTANT_RETENTION = "LHH"
    IMPORTANT_WIN_BACK = "LLH"
    GENERAL_VALUE = "HHL"
    GENERAL_DEVELOPMENT = "HLL"
    GENERAL_RETENTION = "LHL"
    GENERAL_WIN_BACK = "LLL"


class Movement(StrEnum):
    FELL = "fell"
    ROSE = "rose"
    MOVED = "moved"
    STAYED = "stayed"


# What a visit to a customer of the segment is for.
PURPOSES: Mapping[Segment, Purpose] = MappingProxyType(
    {
        Segment.IMPORTANT_VALUE: Purpose.KEEP_RELATIONSHIP,
        Segment.IMPORTANT_DEVELOPMENT: Purpose.DISCUSS_SOLUTION,
        Segment.IMPORTANT_RETENTION: Purpose.CHECK_PROGRESS,
        Segment.IMPORTANT_WIN_BACK: Purpose.MARKET_RESEARCH,
        Segment.GENERAL_VALUE: Purpose.DISCUSS_SOLUTION,
        Segment.GENERAL_DEVELOPMENT: Purpose.SIGN_ORDER,
        Segment.GENERAL_RETENTION: Purpose.KEEP_RELATIONSHIP,
        Segment.GENERAL_WIN_BACK: Purpose.MARKET_RESEARCH,
    }
)


def segment_of(recency: int, frequency: int, money: int) -> Segment:
    """The segment of three scores 1-5."""
    return Segment("".join("H" if score >= HIGH_FROM else "L" for score in (recency, frequency, money)))


def movement(before: Segment, after: Segment) -> Movement:
    """A fall lost a high and won none, a rise the other way; what did both only moved."""
    lost = any(was == "H" and now == "L" for was, now in zip(before, after, strict=True))
    won = any(was == "L" and now == "H" for was, now in zip(before, after, strict=True))
    if lost == won:
        return Movement.MOVED if lost else Movement.STAYED
    return Movement.FELL if lost else Movement.ROSE
