"""Which customers may be one: the same number, the same name, or names alike and doors near each other."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bot.domain.geo import Pin, distance_m

ALIKE_FROM = 0.8
"""Part of two names that must be the same, in order, to be called alike."""

LEAST_INSIDE = 2
"""A name this short inside another says nothing: letters of a short code, not a name."""

NEXT_DOOR_M = 150.0


class Likeness(StrEnum):
    """Why two customers may be one, the surest first."""

    PHONE = "phone"
    NAME = "name"
    NEAR = "near"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells a customer from another. ``name_key`` is the name without case, width and punctuation."""

    name_key: str
    phone: str
    pin: Pin | None


def likeness(one: Identity, other: Identity) -> Likeness | None:
    """Why two may be the same customer; None where nothing says so. Branches of one name differ by their places."""
    if (digits := _digits(one.phone)) and digits == _digits(other.phone):
        return Likeness.PHONE
    if one.name_key == other.name_key:
        return Likeness.NAME
    shorter, longer = sorted((one.name_key, other.name_key), key=len)
    inside = len(shorter) > LEAST_INSIDE and shorter in longer
    alike = inside or SequenceMatcher(None, one.name_key, other.name_key, autojunk=False).ratio() >= ALIKE_FROM
    if one.pin is not None and other.pin is not None:
        return Likeness.NEAR if alike and distance_m(one.pin, other.pin) <= NEXT_DOOR_M else None
    return Likeness.ALIKE if alike else None


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isdigit())
