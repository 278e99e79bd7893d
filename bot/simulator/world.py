"""The simulated world: people, chats, messages, files and updates, with what both sides may do to them."""

import dataclasses
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.simulator.callbacks import Callbacks
from bot.simulator.events import Events
from bot.simulator.files import Files
from bot.simulator.keeping import Keeping
from bot.simulator.keyboards import Markup
from bot.simulator.messages import Message
from bot.simulator.people import GroupChat, Json, Person, PrivateChat
from bot.simulator.refusals import bad_request, forbidden
from bot.simulator.update_queue import UpdateQueue

CALLS_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Bot API call as it came in; uploaded files appear in ``params`` as ``<name, size>``."""

    method: str
    params: Json
    ok: bool
    error_code: int | None = None
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Failure:
    """What ``fail_next`` ordered for the next call of a method."""

    status: int
    retry_after_s: int | None
    drop_connection: bool
    delay_s: float


@dataclass(slots=True)
class Profile:
    """What the bot says about itself: names and descriptions by language, commands by scope, menu buttons by chat."""

    texts: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)
    webhook: Json = field(default_factory=dict)


class World:
    """All state. Whoever reads or changes it holds ``lock``: tests may act from another thread than the server."""

    def __init__(
        self,
        *,
        token: str,
        people: Sequence[Person],
        bot_username: str,
        data_path: Path | None,
        now: Callable[[], datetime],
    ) -> None:
        head, separator, tail = token.partition(":")
        if not (head.isdigit() and separator and tail):
            raise ValueError("a bot token looks like 123456:letters")
        if len({person.id for person in people}) != len(people):
            raise ValueError("two people share an id")
        self.token = token
        self.bot_id = int(head)
        self.bot_username = bot_username
        self.people = {person.id: person for person in people}
        self.now = now
        self.closing = False
        self.clock_moving_to: str | None = None
        self.lock = threading.RLock()
        self.keeping = Keeping(data_path)
        self.files = Files(self.keeping)
        self.updates = UpdateQueue(self.keeping)
        self.events = Events()
        self.callbacks = Callbacks()
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.failures: dict[str, deque[Failure]] = {}
        self.profile = Profile(**(self.keeping.get("profile", 0) or {}))
        self.private_chats = {person.id: PrivateChat(person_id=person.id) for person in people}
        for person_id, body in self.keeping.every("private_chat"):
            if person_id in self.people:
                self.private_chats[person_id] = PrivateChat(**body)
        self.groups = {-key: GroupChat(**body) for key, body in self.keeping.every("group")}
        self._messages: dict[int, dict[int, Message]] = {}
        for _, body in self.keeping.every("message"):
            self._remember(Message(**body))
        self.name = self._keep_name()
        self._last_message_id: int = self.keeping.get("last_message_id", 0) or 0

    def _keep_name(self) -> str:
        """A name of this world, so that a page forgets what it had read in a world that was thrown away."""
        if self.keeping.get("name", 0) is None:
            self.keeping.put("name", 0, secrets.token_hex(8))
        return str(self.keeping.get("name", 0))

    # -- who and where ------------------------------------------------------------------------------------------

    def bot_user(self) -> Json:
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.profile.texts.get("name:", "Roundsman"),
            "username": self.bot_username,
        }

    def user(self, user_id: int) -> Json:
        return self.bot_user() if user_id == self.bot_id else self.people[user_id].as_user()

    def chat_object(self, chat_id: int) -> Json:
        return self.people[chat_id].as_chat() if chat_id > 0 else self.groups[chat_id].as_chat()

    def find_chat(self, chat_id: str) -> int:
        """The id of the chat that a call names. Raises "chat not found" as Telegram does."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        if not chat_id.lstrip("-").isdigit():
            raise bad_request("chat not found")
        number = int(chat_id)
        if number not in self.people and number not in self.groups:
            raise bad_request("chat not found")
        return number

    def check_writable(self, chat_id: int) -> None:
        """Raise the 403 that a bot gets where it may not write."""
        if chat_id < 0:
            if self.groups[chat_id].bot_status not in {"member", "administrator"}:
                raise forbidden("bot was kicked from the group chat")
            return
        chat = self.private_chats[chat_id]
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")

    def keep_private_chat(self, chat: PrivateChat) -> None:
        self.keeping.put("private_chat", chat.person_id, dataclasses.asdict(chat))
        self.events.tell("person", person=chat.person_id)

    def keep_group(self, group: GroupChat) -> None:
        self.keeping.put("group", -group.id, group.as_json())

    def keep_profile(self) -> None:
        self.keeping.put("profile", 0, dataclasses.asdict(self.profile))
        self.events.tell("profile")

    # -- messages -----------------------------------------------------------------------------------------------

    def timestamp(self) -> int:
        return int(self.now().timestamp())

    def chat_messages(self, chat_id: int) -> list[Message]:
        """The messages of a chat, oldest first."""
        return list(self._messages.get(chat_id, {}).values())

    def message_in(self, chat_id: int, message_id: int) -> Message | None:
        return self._messages.get(chat_id, {}).get(message_id)

    def _remember(self, message: Message) -> None:
        # Ids grow, so that a chat's dictionary stays in order.
        self._messages.setdefault(message.chat_id, {})[message.message_id] = message

    def post(
        self,
        *,
        chat_id: int,
        sender_id: int,
        content: Json,
        source: str = "",
        markup: Markup | None = None,
        reply_to: int | None = None,
        silent: bool = False,
        date: int | None = None,
    ) -> Message:
        """Put a new message into a chat and tell the page."""
        markup = markup or Markup()
        self._last_message_id += 1
        message = Message(
            message_id=self._last_message_id,
            chat_id=chat_id,
            sender_id=sender_id,
            from_bot=sender_id == self.bot_id,
            date=self.timestamp() if date is None else date,
            content=content,
            source=source,
            inline=markup.inline,
            reply_markup=markup.reply,
            reply_to=reply_to,
            silent=silent,
        )
        self._remember(message)
        self.keeping.put("last_message_id", 0, self._last_message_id)
        self.keep_message(message)
        return message

    def keep_message(self, message: Message) -> None:
        self.keeping.put("message", message.message_id, message.as_json())
        self.events.tell("message", chat=message.chat_id, message_id=message.message_id)

    def delete(self, message: Message) -> None:
        del self._messages[message.chat_id][message.message_id]
        self.keeping.drop("message", message.message_id)
        self.events.tell("deleted", chat=message.chat_id, message_id=message.message_id)

    def reply_keyboard(self, chat_id: int) -> Message | None:
        """The message whose reply keyboard is on the screen, None when there is none."""
        for message in reversed(self.chat_messages(chat_id)):
            if message.from_bot and message.reply_markup is not None:
                return message if message.reply_markup.get("keyboard") else None
        return None

    def api_message(self, message: Message, *, with_reply: bool = True) -> Json:
        """The message as a Bot API ``Message``."""
        body: dict[str, Any] = {
            "message_id": message.message_id,
            "from": self.user(message.sender_id),
            "chat": self.chat_object(message.chat_id),
            "date": message.date,
        }
        if message.edit_date is not None:
            body["edit_date"] = message.edit_date
        if with_reply and message.reply_to is not None:
            replied = self.message_in(message.chat_id, message.reply_to)
            if replied is not None:
                body["reply_to_message"] = self.api_message(replied, with_reply=False)
        body |= message.content
        if message.inline:
            body["reply_markup"] = {"inline_keyboard": message.inline}
        return body

    def end_waiting(self) -> None:
        """End long polls and event streams, so that a server can stop at once."""
        self.closing = True
        self.events.close()
        self.updates.wake()
