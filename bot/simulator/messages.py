"""One message of a chat, and how tests see it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bot.simulator.people import Json

MEDIA_KINDS = ("photo", "document", "voice", "location", "contact")


@dataclass(slots=True, kw_only=True)
class Message:
    """A stored message. ``content`` holds the fields of the Bot API's ``Message`` that say what is in it."""

    message_id: int
    chat_id: int
    sender_id: int
    date: int
    content: Json
    source: str = ""
    inline: list[list[Json]] | None = None
    reply_markup: Json | None = None
    reply_to: int | None = None
    silent: bool = False
    edit_date: int | None = None
    from_bot: bool = False

    @property
    def media_kind(self) -> str | None:
        return next((kind for kind in MEDIA_KINDS if kind in self.content), None)

    @property
    def text(self) -> str:
        """The plain text, or the caption of a media message."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        return self.content.get("entities") or self.content.get("caption_entities") or []

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonView:
    """A button under a message: what it says, and the callback data or the link behind it."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """What a message carries besides text. ``details`` are the fields of the Bot API object."""

    kind: str
    details: Any
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message as a person sees it: ``text`` is plain, ``source`` is the text as it was sent, with its tags."""

    message_id: int
    from_bot: bool
    text: str
    source: str
    buttons: tuple[tuple[ButtonView, ...], ...] = ()
    reply_keyboard: tuple[tuple[str, ...], ...] = ()
    media: MediaView | None = None
    edited: bool = False
    silent: bool = False
    date: int = 0
    reply_to: int | None = None
    entities: tuple[Json, ...] = field(default=())

    @property
    def labels(self) -> list[str]:
        """The labels of all inline buttons, row by row."""
        return [button.label for row in self.buttons for button in row]


def view_buttons(rows: list[list[Json]] | None) -> tuple[tuple[ButtonView, ...], ...]:
    return tuple(
        tuple(
            ButtonView(label=button["text"], data=button.get("callback_data"), url=button.get("url")) for button in row
        )
        for row in rows or []
    )
