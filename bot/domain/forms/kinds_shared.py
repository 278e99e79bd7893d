"""Kinds that a phone shares: a place, photos, a voice note; and the share of a customer's purchases."""

import math
import re
import unicodedata
from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.forms.context import Asked
from bot.domain.forms.kinds import Kind, Takes, refuse_reply, unreadable
from bot.domain.forms.kinds_words import clean_name
from bot.domain.forms.matching import Option, quote
from bot.domain.forms.replies import OwnText, Reply, SharedLocation, SharedPhoto, SharedVoice, Tap, Text
from bot.domain.screen import Json

ADDRESS_CHARACTERS = 200
LARGEST_LATITUDE, LARGEST_LONGITUDE = 90.0, 180.0
ALL_PERCENT = 100
TENTH_PERCENT = 10

# The cuts of the relationship stages (METHOD.md section 5): none, under half in two parts, main supplier, nearly all.
SHARE_BANDS = ((0, 0), (1, 24), (25, 49), (50, 79), (80, 100))
_SHARE = re.compile(r"\D{0,8}?(\d{1,3})\s*(%|成)?(?:\s*(?:-|–|~|to|到|至)\s*(\d{1,3})\s*(%|成)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where something is: an address in words, a point in WGS-84 degrees, or both."""

    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        if self.address is None and self.latitude is None:
            raise ValueError("a spot has an address or a point, this one has neither")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(f"a point has both degrees: {self.latitude}, {self.longitude}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A stored photo or voice note; ``media`` names its bytes, the duration is in seconds."""

    media: str
    duration_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRange:
    """Our part of a customer's purchases in our category, in percent, as a range: a rep rarely knows it exactly."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= ALL_PERCENT:
            raise ValueError(f"a share is a range within 0 to 100 percent: {self.low} to {self.high}")


class Location(Kind[Spot]):
    """A place: shared from the phone, or its address typed, where sharing is refused or no sensor is there."""

    name = "location"
    takes = frozenset({Takes.TEXT, Takes.LOCATION})

    def parse(self, reply: Reply, asked: Asked) -> Spot:
        match reply:
            case SharedLocation(latitude, longitude, address):
                if not is_on_earth(latitude, longitude):
                    raise Refused("location_not_understood")
                words = clean_name(address, ADDRESS_CHARACTERS) if address.strip() else None
                return Spot(address=words, latitude=latitude, longitude=longitude)
            case Text(text) | OwnText(text):
                return Spot(address=clean_name(text, ADDRESS_CHARACTERS))
            case _:
                raise refuse_reply(self)

    def dump(self, value: Spot) -> Json:
        return {"address": value.address, "latitude": value.latitude, "longitude": value.longitude}

    def load(self, data: Json) -> Spot:
        match data:
            case {"address": str() | None as address, "latitude": None, "longitude": None} if address:
                return Spot(address=address)
            case {"address": str() | None as address, "latitude": float(latitude), "longitude": float(longitude)}:
                return Spot(address=address, latitude=latitude, longitude=longitude)
        raise unreadable(data)

    def shown(self, value: Spot) -> Json:
        return {"as": "spot", "address": value.address, "has_point": value.latitude is not None}


class Photo(Kind[Media]):
    name = "photo"
    takes = frozenset({Takes.PHOTO})

    def parse(self, reply: Reply, asked: Asked) -> Media:
        if not isinstance(reply, SharedPhoto):
            raise refuse_reply(self)
        return Media(media=reply.media)

    def dump(self, value: Media) -> Json:
        return {"photo": value.media}

    def load(self, data: Json) -> Media:
        match data:
            case {"photo": str(media)}:
                return Media(media=media)
        raise unreadable(data)

    def shown(self, value: Media) -> Json:
        return {"as": "photo", "media": value.media}


class Voice(Kind[Media]):
    name = "voice"
    takes = frozenset({Takes.VOICE})

    def parse(self, reply: Reply, asked: Asked) -> Media:
        if not isinstance(reply, SharedVoice):
            raise refuse_reply(self)
        return Media(media=reply.media, duration_s=reply.duration_s)

    def dump(self, value: Media) -> Json:
        return {"voice": value.media, "duration_s": value.duration_s}

    def load(self, data: Json) -> Media:
        match data:
            case {"voice": str(media), "duration_s": int() | None as duration_s}:
                return Media(media=media, duration_s=duration_s)
        raise unreadable(data)

    def shown(self, value: Media) -> Json:
        return {"as": "voice", "media": value.media, "duration_s": value.duration_s}


class Share(Kind[ShareRange]):
    """A share as a tapped band or typed: 40-60, 50 %, 四到六成."""

    name = "share"
    takes = frozenset({Takes.TAP, Takes.TEXT})

    def options(self, asked: Asked) -> tuple[Option, ...]:
        bands = (ShareRange(low=low, high=high) for low, high in SHARE_BANDS)
        return tuple(Option(token=self.token(band), value=self.shown(band)) for band in bands)

    def parse(self, reply: Reply, asked: Asked) -> ShareRange:
        match reply:
            case Tap(token):
                low, _, high = token.partition("-")
                if low.isdecimal() and high.isdecimal():
                    return _share(int(low), int(high), token)
                raise Refused("option_gone")
            case Text(text):
                return read_share(text)
            case _:
                raise refuse_reply(self)

    def token(self, value: ShareRange) -> str:
        return f"{value.low}-{value.high}"

    def dump(self, value: ShareRange) -> Json:
        return [value.low, value.high]

    def load(self, data: Json) -> ShareRange:
        match data:
            case [int(low), int(high)] if 0 <= low <= high <= ALL_PERCENT:
                return ShareRange(low=low, high=high)
        raise unreadable(data)

    def shown(self, value: ShareRange) -> Json:
        return {"as": "share", "low": value.low, "high": value.high}


def is_on_earth(latitude: float, longitude: float) -> bool:
    """Whether the degrees are of a point; 0, 0 is what a broken sensor says."""
    return (
        math.isfinite(latitude)
        and math.isfinite(longitude)
        and abs(latitude) <= LARGEST_LATITUDE
        and abs(longitude) <= LARGEST_LONGITUDE
        and (latitude, longitude) != (0.0, 0.0)
    )


def read_share(raw: str) -> ShareRange:
    """A share as typed; 成 is a tenth. Raises Refused ``share_not_understood``."""
    text = unicodedata.normalize("NFKC", raw).casefold().strip()
    text = re.sub("[一二三四五六七八九](?=成|到|至)", lambda one: str("〇一二三四五六七八九".index(one.group())), text)
    found = _SHARE.fullmatch(text)
    if found is None:
        raise Refused("share_not_understood", text=quote(raw.strip()))
    low_text, low_unit, high_text, high_unit = found.groups()
    unit = TENTH_PERCENT if "成" in (low_unit, high_unit) else 1
    low = int(low_text) * unit
    return _share(low, int(high_text) * unit if high_text else low, raw)


def _share(low: int, high: int, raw: str) -> ShareRange:
    if not 0 <= low <= high <= ALL_PERCENT:
        raise Refused("share_not_understood", text=quote(raw.strip()))
    return ShareRange(low=low, high=high)


def location() -> Kind[Spot]:
    return Location()


def photo() -> Kind[Media]:
    return Photo()


def voice() -> Kind[Media]:
    return Voice()


def share() -> Kind[ShareRange]:
    return Share()
