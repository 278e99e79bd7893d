"""What people send from their phones: texts, places, contacts, pictures, files and voice."""

from collections.abc import Mapping
from datetime import datetime

from bot.simulator.files import StoredFile
from bot.simulator.formatting import find_automatic_entities
from bot.simulator.people import Json
from bot.simulator.picking import NotOnScreen, pick
from bot.simulator.refusals import ApiRefusal
from bot.simulator.world import World

LIVE_PERIOD_S = 900


class Writing:
    """The part of the simulator by which people write. What they send becomes an update that waits for the bot."""

    def __init__(self, world: World, start_payloads: Mapping[int, str]) -> None:
        self.world = world
        self._start_payloads = start_payloads

    def says(self, person_id: int, text: str, reply_to: int | None = None, *, chat_id: int | None = None) -> int | None:
        """Send a text, in the private chat or in a group. Returns the update's id (None if the bot may not see it)."""
        text = text.strip()
        if not text:
            raise ValueError("an empty message cannot be sent")
        entities = find_automatic_entities(text, [])
        return self._send(
            person_id,
            {"text": text, **({"entities": entities} if entities else {})},
            source=text,
            reply_to=reply_to,
            chat_id=chat_id,
        )

    def presses(self, person_id: int, label: str) -> int | None:
        """Press a button of the reply keyboard that sends its text. Location and contact need ``shares_…``."""
        with self.world.lock:
            holder = self.world.reply_keyboard(person_id)
            rows = [] if holder is None or holder.reply_markup is None else holder.reply_markup["keyboard"]
            buttons: list[Json] = [button for row in rows for button in row]
            button = pick(label, [(str(each["text"]), each) for each in buttons], "the reply keyboard")
            if button.get("request_location") or button.get("request_contact"):
                raise NotOnScreen(f"{label!r} asks for a location or a contact: use shares_location or shares_contact")
            return self.says(person_id, str(button["text"]))

    def shares_location(
        self,
        person_id: int,
        lat: float,
        lng: float,
        *,
        live: bool = False,
        when: datetime | None = None,
        forwarded: bool = False,
    ) -> int | None:
        """Send a place in degrees. ``when`` dates the message; ``forwarded`` marks it as somebody else's place."""
        location: Json = {"latitude": lat, "longitude": lng, "horizontal_accuracy": 12.0}
        if live:
            location["live_period"] = LIVE_PERIOD_S
        content = {"location": location, **(self._forward_mark("Somebody", when) if forwarded else {})}
        return self._send(person_id, content, when=when)

    def shares_contact(
        self,
        person_id: int,
        phone_number: str,
        first_name: str,
        last_name: str | None = None,
        *,
        user_id: int | None = None,
    ) -> int | None:
        """Send a contact card; ``user_id`` is set when the card is of a Telegram account, as for one's own number."""
        contact: Json = {"phone_number": phone_number, "first_name": first_name}
        contact |= {name: value for name, value in (("last_name", last_name), ("user_id", user_id)) if value}
        return self._send(person_id, {"contact": contact})

    def sends_photo(self, person_id: int, filename: str, content: bytes, caption: str | None = None) -> int | None:
        """Send a picture: PNG, JPEG, GIF or WebP bytes."""
        stored = self._store("photo", filename, content)
        return self._send_file(person_id, {"photo": [stored.as_photo_size()]}, caption)

    def sends_document(self, person_id: int, filename: str, content: bytes, caption: str | None = None) -> int | None:
        """Upload a file of any kind."""
        return self._send_file(
            person_id, {"document": self._store("document", filename, content).as_document()}, caption
        )

    def sends_voice(
        self, person_id: int, filename: str, content: bytes, caption: str | None = None, *, duration_s: int = 4
    ) -> int | None:
        """Send a voice note."""
        return self._send_file(
            person_id, {"voice": self._store("voice", filename, content).as_voice(duration_s)}, caption
        )

    def forwards(self, person_id: int, text: str, *, from_name: str) -> int | None:
        """Forward somebody else's text to the bot."""
        entities = find_automatic_entities(text, [])
        content: Json = {"text": text, **({"entities": entities} if entities else {})}
        return self._send(person_id, {**content, **self._forward_mark(from_name, None)}, source=text)

    def edits(self, person_id: int, message_id: int, text: str) -> int | None:
        """Change an own text that was sent already: an ``edited_message`` update."""
        with self.world.lock:
            message = self.world.message_in(person_id, message_id)
            if message is None or message.sender_id != person_id or "text" not in message.content:
                raise NotOnScreen(f"message {message_id} is no text of person {person_id}")
            entities = find_automatic_entities(text, [])
            message.content = {"text": text, **({"entities": entities} if entities else {})}
            message.source, message.edit_date = text, self.world.timestamp()
            self.world.keep_message(message)
            return self.world.updates.add("edited_message", self.world.api_message(message))

    def _store(self, kind: str, filename: str, content: bytes) -> StoredFile:
        with self.world.lock:
            try:
                return self.world.files.add(kind, filename, content)
            except ApiRefusal as refusal:
                raise ValueError(f"{filename}: {refusal.description}") from None

    def _send_file(self, person_id: int, content: Json, caption: str | None) -> int | None:
        return self._send(person_id, {**content, **({"caption": caption} if caption else {})}, source=caption or "")

    def _forward_mark(self, name: str, when: datetime | None) -> Json:
        date = self.world.timestamp() if when is None else int(when.timestamp())
        return {"forward_origin": {"type": "hidden_user", "sender_user_name": name, "date": date}}

    def _send(
        self,
        person_id: int,
        content: Json,
        *,
        source: str = "",
        reply_to: int | None = None,
        chat_id: int | None = None,
        when: datetime | None = None,
    ) -> int | None:
        with self.world.lock:
            chat_id = person_id if chat_id is None else chat_id
            if chat_id > 0:
                self._open_private_chat(person_id)
            message = self.world.post(
                chat_id=chat_id,
                sender_id=person_id,
                content=content,
                source=source,
                reply_to=reply_to,
                date=None if when is None else int(when.timestamp()),
            )
            if chat_id < 0 and not self._bot_sees(chat_id, content, reply_to):
                return None
            return self.world.updates.add("message", self.world.api_message(message))

    def _open_private_chat(self, person_id: int) -> None:
        chat = self.world.private_chats[person_id]
        if chat.blocked:
            raise NotOnScreen(f"person {person_id} blocked the bot: starts or unblocks_bot comes first")
        if not chat.started:
            chat.started = True
            self.world.keep_private_chat(chat)

    def _bot_sees(self, group_id: int, content: Json, reply_to: int | None) -> bool:
        """A bot in privacy mode sees commands, mentions of itself, replies to itself and service messages."""
        if self.world.groups[group_id].bot_status != "member":
            return False
        replied = None if reply_to is None else self.world.message_in(group_id, reply_to)
        text = str(content.get("text", ""))
        to_bot = text.startswith("/") or f"@{self.world.bot_username}" in text or "new_chat_members" in content
        return to_bot or (replied is not None and replied.from_bot)
