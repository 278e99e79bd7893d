"""Who is in the simulated world: people with a phone, the bot, and group chats."""

from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a phone.

    ``language_code`` is an IETF tag as Telegram sends it ("zh-hans"); ``caption`` is what the page shows of the person.
    """

    id: int
    first_name: str
    language_code: str
    last_name: str | None = None
    username: str | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        if self.id <= 0:
            raise ValueError(f"a person's id is positive, not {self.id}")
        if not self.first_name:
            raise ValueError("a person has a first name")

    @property
    def full_name(self) -> str:
        return self.first_name if self.last_name is None else f"{self.first_name} {self.last_name}"

    def as_user(self) -> Json:
        """The person as a Bot API ``User``."""
        return {
            "id": self.id,
            "is_bot": False,
            "language_code": self.language_code,
            **self._names(),
        }

    def as_chat(self) -> Json:
        """The private chat with the person as a Bot API ``Chat``."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {name: value for name, value in names.items() if value is not None}


@dataclass(slots=True, kw_only=True)
class PrivateChat:
    """What is between one person and the bot: nothing may be sent before the person pressed START."""

    person_id: int
    started: bool = False
    blocked: bool = False


@dataclass(slots=True, kw_only=True)
class GroupChat:
    """A group; its id is negative. The bot sees commands, mentions and replies only (privacy mode)."""

    id: int
    title: str
    member_ids: list[int] = field(default_factory=list)
    bot_status: str = "left"

    def as_chat(self) -> Json:
        return {"id": self.id, "type": "group", "title": self.title, "all_members_are_administrators": True}

    def as_json(self) -> Json:
        return asdict(self)
