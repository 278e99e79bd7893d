"""What is shown: a template's name, the facts that fill it, and which living message it replaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.domain.vocabulary import Language

Json: TypeAlias = str | int | float | bool | list["Json"] | dict[str, "Json"] | None


GATHERED = "notices/gathered"
"""The template of a message that several screens share; its fact ``parts`` holds each one's template and facts."""


class Place(StrEnum):
    """Where a screen goes: over its living message, or below everything, taking the living message's place."""

    EDIT = "edit"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One message to a chat, rendered when it is sent, in the reader's language and time zone.

    ``living`` names the task that the message belongs to: a later screen with the same name edits it in place.
    ``rings`` is False for what must not make the phone sound. ``picture`` and ``document`` name stored media.
    ``notice`` is the notice that came as this screen: its reader may ask why it came, and for it again later where
    it ``snoozes``.
    """

    template: str
    facts: Mapping[str, Json] = field(default_factory=dict)
    living: str | None = None
    place: Place = Place.EDIT
    rings: bool = False
    picture: str | None = None
    document: str | None = None
    notice: int | None = None
    snoozes: bool = False

    def __post_init__(self) -> None:
        if self.picture and self.document:
            raise ValueError("a screen carries a picture or a document, not both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a screen is rendered, and when."""

    language: Language
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()
