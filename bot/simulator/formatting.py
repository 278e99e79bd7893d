"""Telegram's HTML: text with tags in, plain text with entities out, or the refusal that Telegram would give.

The rules and the words of the refusals are those of https://core.telegram.org/bots/api#html-style and of the
errors that real servers answer. Offsets and lengths count UTF-16 code units, byte offsets count UTF-8.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.people import Json
from bot.simulator.refusals import ApiRefusal, bad_request

ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
CHARACTER_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
CHARACTER_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
TAG_NAME = re.compile(r"[^\s>]*")
ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
BARE_VALUE = re.compile(r"[A-Za-z0-9.\-]+")
SPACES = re.compile(r"\s*")
LAST_CODE_POINT = 0x10FFFF


def utf16_length(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(slots=True, kw_only=True)
class _OpenTag:
    name: str
    entity: Json | None
    start: int


@dataclass(slots=True)
class _HtmlReader:
    """One pass over the source; ``position`` is the next character to read."""

    source: str
    position: int = 0
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)
    open_tags: list[_OpenTag] = field(default_factory=list)

    def read(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                if self.source.startswith("</", self.position):
                    self._read_end_tag()
                else:
                    self._read_start_tag()
            elif character == "&":
                self._write(self._read_reference())
            else:
                self._write(character)
                self.position += 1
        if self.open_tags:
            raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{self.open_tags[-1].name}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.pieces), self.entities

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += utf16_length(text)

    def _byte_offset(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", "surrogatepass"))

    def _skip_spaces(self) -> None:
        found = SPACES.match(self.source, self.position)
        self.position = self.position if found is None else found.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.source, self.position)
        if found is None:
            return ""
        self.position = found.end()
        return found.group()

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _read_reference(self) -> str:
        found = CHARACTER_REFERENCE.match(self.source, self.position)
        self.position += 1
        if found is None:
            return "&"
        hexadecimal, decimal, name = found.groups()
        if name:
            character = CHARACTER_NAMES[name]
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            if code == 0 or code > LAST_CODE_POINT:
                return "&"
            character = chr(code)
        self.position = found.end()
        return character

    def _read_start_tag(self) -> None:
        begin = self._byte_offset(self.position)
        self.position += 1
        name = self._take(TAG_NAME).lower()
        if self.position >= len(self.source):
            raise _cannot_parse(f"Unclosed start tag at byte offset {begin}")
        if name not in ENTITY_OF_TAG:
            raise _cannot_parse(f'Unsupported start tag "{name}" at byte offset {begin}')
        attributes = self._read_attributes(name, begin)
        self.position += 1
        self.open_tags.append(_OpenTag(name=name, entity=self._entity_of(name, attributes, begin), start=self.length))

    def _read_attributes(self, name: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                return attributes
            attribute = self._take(ATTRIBUTE_NAME).lower()
            if not attribute and self._peek():
                raise _cannot_parse(f'Empty attribute name in the tag "{name}" at byte offset {begin}')
            self._skip_spaces()
            if self._peek() == "=":
                self.position += 1
                self._skip_spaces()
                attributes[attribute] = self._read_value(name, begin)
            elif attribute:
                attributes[attribute] = ""
            if self.position >= len(self.source):
                raise _cannot_parse(f'Unclosed start tag "{name}" at byte offset {begin}')

    def _read_value(self, name: str, begin: int) -> str:
        quote = self._peek()
        if quote not in {'"', "'"} or not quote:
            value = self._take(BARE_VALUE)
            if self._peek() not in {"", " ", ">", "\n", "\t"}:
                raise _cannot_parse(f"Unexpected end of name token at byte offset {self._byte_offset(self.position)}")
            return value.lower()
        self.position += 1
        letters: list[str] = []
        while self._peek() != quote:
            if not self._peek():
                raise _cannot_parse(f"Unclosed start tag at byte offset {begin}")
            if self._peek() == "&":
                letters.append(self._read_reference())
            else:
                letters.append(self._peek())
                self.position += 1
        self.position += 1
        return "".join(letters)

    def _entity_of(self, name: str, attributes: dict[str, str], begin: int) -> Json | None:
        entity: Json = {"type": ENTITY_OF_TAG[name]}
        if name == "a":
            entity["url"] = attributes.get("href", "")
        elif name == "span" and attributes.get("class") != "tg-spoiler":
            raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        elif name == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif name == "tg-emoji":
            if not attributes.get("emoji-id", "").isdigit():
                raise _cannot_parse("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = attributes["emoji-id"]
        elif name == "code" and attributes.get("class", "").startswith("language-") and self._is_directly_in_pre():
            outer = self.open_tags[-1].entity
            if outer is not None:
                outer["language"] = attributes["class"].removeprefix("language-")
            return None
        return entity

    def _is_directly_in_pre(self) -> bool:
        return bool(self.open_tags) and self.open_tags[-1].name == "pre" and self.open_tags[-1].start == self.length

    def _read_end_tag(self) -> None:
        begin = self._byte_offset(self.position)
        if not self.open_tags:
            raise _cannot_parse(f"Unexpected end tag at byte offset {begin}")
        self.position += 2
        name = self._take(TAG_NAME).lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise _cannot_parse(f"Unclosed end tag at byte offset {begin}")
        self.position += 1
        tag = self.open_tags.pop()
        if name not in {"", tag.name}:
            raise _cannot_parse(
                f'Unmatched end tag at byte offset {begin}, expected "</{tag.name}>", found "</{name}>"'
            )
        length = self.length - tag.start
        if length == 0 or tag.entity is None:
            return
        if tag.name == "a":
            url = tag.entity["url"] or _slice_utf16("".join(self.pieces), tag.start, length)
            checked = normal_url(url)
            if checked is None:
                return
            tag.entity["url"] = checked
        self.entities.append({**tag.entity, "offset": tag.start, "length": length})


def _cannot_parse(reason: str) -> ApiRefusal:
    return bad_request(f"can't parse entities: {reason}")


def _slice_utf16(text: str, offset: int, length: int) -> str:
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def normal_url(url: str) -> str | None:
    """The link as Telegram keeps it (with a scheme and a path), or None when it is no link."""
    if why_url_is_wrong(url):
        return None
    return url if "://" in url else f"http://{url}/"


def why_url_is_wrong(url: str) -> str | None:
    """What Telegram says about a bad link, None for a good one."""
    if not url:
        return "URL host is empty"
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    if scheme.lower() not in {"http", "https", "tg", "ton", "tonsite"}:
        return "Unsupported URL protocol"
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    if not host:
        return "URL host is empty"
    if scheme.lower() in {"http", "https"} and ("." not in host or re.search(r"\s", host)):
        return "Wrong HTTP URL"
    return None


def read_text(source: str, parse_mode: str, entities: list[Json] | None = None) -> tuple[str, list[Json]]:
    """Plain text, trimmed, and its entities.

    Raises ``ApiRefusal`` for HTML that Telegram cannot parse and for a mode other than HTML: the simulator
    does not read the two Markdown dialects.
    """
    if not parse_mode:
        return _trim(source, entities or [])
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return _trim(*_HtmlReader(source).read())


def _trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Leading and trailing white space goes, as on Telegram, and entities move and shrink with it."""
    stripped = text.rstrip()
    cut = utf16_length(stripped) - utf16_length(stripped.lstrip())
    stripped = stripped.lstrip()
    end = utf16_length(stripped)
    kept: list[Json] = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return stripped, kept


AUTOMATIC_ENTITIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]，。；：！？）]")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w/])@[A-Za-z0-9_]{3,32}\b")),
)


def find_automatic_entities(text: str, present: list[Json]) -> list[Json]:
    """Links, commands and mentions that Telegram marks by itself, outside the entities already there."""
    taken = [range(entity["offset"], entity["offset"] + entity["length"]) for entity in present]
    found: list[Json] = list(present)
    for kind, pattern in AUTOMATIC_ENTITIES:
        for match in pattern.finditer(text):
            entity: dict[str, Any] = {
                "type": kind,
                "offset": utf16_length(text[: match.start()]),
                "length": utf16_length(match.group()),
            }
            span = range(entity["offset"], entity["offset"] + entity["length"])
            if all(span.stop <= other.start or other.stop <= span.start for other in taken):
                taken.append(span)
                found.append(entity)
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))
