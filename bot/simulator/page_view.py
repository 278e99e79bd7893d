"""The world as JSON for the chat page: only what a screen needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.bot_api.profile import commands_of
from bot.simulator.messages import Message
from bot.simulator.people import Json, Person
from bot.simulator.world import World

MESSAGES_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """Reads the world for the page. Callers hold the world's lock."""

    world: World
    hints: Callable[[int], Sequence[str]] | None
    clock_moves: bool

    def state(self) -> Json:
        """Everything that is not one person's chat."""
        return {
            "world": self.world.name,
            "bot": {"name": self.world.bot_user()["first_name"], "username": self.world.bot_username},
            "people": [self._person(person) for person in self.world.people.values()],
            "clock": self.clock(),
        }

    def clock(self) -> Json:
        """The time that the page shows: an instant and the offset of its zone."""
        now: datetime = self.world.now()
        offset = now.utcoffset() or timedelta(0)
        return {
            "now": now.isoformat(),
            "epoch_s": now.timestamp(),
            "utc_offset_s": int(offset.total_seconds()),
            "movable": self.clock_moves,
            "moving_to": self.world.clock_moving_to,
        }

    def _person(self, person: Person) -> Json:
        messages = self.world.chat_messages(person.id)
        return {
            "id": person.id,
            "name": person.full_name,
            "caption": person.caption,
            "language_code": person.language_code,
            "bot_message_ids": [message.message_id for message in messages if message.from_bot],
        }

    def chat(self, person_id: int) -> Json:
        """One person's screen."""
        chat = self.world.private_chats[person_id]
        messages = self.world.chat_messages(person_id)[-MESSAGES_SHOWN:]
        return {
            "person": person_id,
            "started": chat.started,
            "blocked": chat.blocked,
            "messages": [self.message(message) for message in messages],
            **self.surroundings(person_id),
        }

    def surroundings(self, person_id: int) -> Json:
        """What lies around the messages: keyboard, commands, description and hints."""
        holder = self.world.reply_keyboard(person_id)
        return {
            "keyboard": None if holder is None else holder.reply_markup,
            "commands": commands_of(self.world, person_id),
            "description": self._description(person_id),
            "hints": list(self.hints(person_id)) if self.hints else [],
        }

    def _description(self, person_id: int) -> str:
        language = self.world.people[person_id].language_code.partition("-")[0].lower()
        texts = self.world.profile.texts
        return texts.get(f"description:{language}") or texts.get("description:", "")

    def message(self, message: Message) -> Json:
        content = message.content
        body: Json = {
            "message_id": message.message_id,
            "from_bot": message.from_bot,
            "date": message.date,
            "edited": message.edit_date is not None,
            "rings": message.from_bot and not message.silent,
            "text": message.text,
            "entities": message.entities,
            "buttons": message.inline or [],
            "forwarded_from": content.get("forward_origin", {}).get("sender_user_name"),
            "force_reply": bool((message.reply_markup or {}).get("force_reply")),
            "reply_to": self._quote(message),
        }
        kind = message.media_kind
        if kind is not None:
            body["media"] = self._media(kind, content[kind])
        return body

    def _quote(self, message: Message) -> Json | None:
        if message.reply_to is None:
            return None
        replied = self.world.message_in(message.chat_id, message.reply_to)
        if replied is None:
            return None
        return {"message_id": replied.message_id, "text": replied.text, "from_bot": replied.from_bot}

    def _media(self, kind: str, details: Any) -> Json:
        details = details[-1] if kind == "photo" else details
        media: Json = {"kind": kind}
        for name in ("file_size", "file_name", "mime_type", "width", "height", "duration"):
            if name in details:
                media[name] = details[name]
        for name in ("latitude", "longitude", "live_period", "phone_number", "first_name", "last_name"):
            if name in details:
                media[name] = details[name]
        if "file_id" in details:
            stored = self.world.files.by_id(details["file_id"])
            media["url"] = f"/sim/files/{stored.key}"
        return media
