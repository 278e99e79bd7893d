"""The simulator in one object: what people do, what they see, and the trouble that a test orders."""

from collections import deque

from bot.simulator.bot_api.profile import commands_of
from bot.simulator.membership import Membership
from bot.simulator.messages import MediaView, Message, MessageView, view_buttons
from bot.simulator.people import Json, Person
from bot.simulator.tapping import Tapping
from bot.simulator.world import Call, Failure


class Simulator(Membership, Tapping):
    """All methods are synchronous and may be called from any thread.

    What a person does becomes an update that waits for the bot; ``chat`` shows what the bot did. Nothing here waits
    for the bot's answer. Writing is in ``writing``, tapping in ``tapping``, groups and blocking in ``membership``.
    """

    def chat(self, person_id: int) -> list[MessageView]:
        """The chat as its person sees it, oldest first; deleted messages are gone. Takes a group's id too."""
        with self.world.lock:
            return [self._view(message) for message in self.world.chat_messages(person_id)]

    def reply_keyboard(self, person_id: int) -> list[list[str]]:
        """The labels of the reply keyboard on the screen, row by row; empty when there is none."""
        with self.world.lock:
            holder = self.world.reply_keyboard(person_id)
            rows = [] if holder is None or holder.reply_markup is None else holder.reply_markup["keyboard"]
            return [[str(button["text"]) for button in row] for row in rows]

    def commands(self, person_id: int) -> list[Json]:
        """The command menu of the person: ``command`` and ``description`` each."""
        with self.world.lock:
            return commands_of(self.world, person_id)

    @property
    def people(self) -> list[Person]:
        return list(self.world.people.values())

    @property
    def calls(self) -> list[Call]:
        """Every Bot API call so far (the last 20,000), oldest first."""
        with self.world.lock:
            return list(self.world.calls)

    @property
    def update_ids(self) -> list[int]:
        """The ids of all updates, oldest first."""
        with self.world.lock:
            return self.world.updates.all_ids

    @property
    def pending_update_count(self) -> int:
        """How many updates the bot has not confirmed yet."""
        with self.world.lock:
            return self.world.updates.pending_count

    def _view(self, message: Message) -> MessageView:
        kind = message.media_kind
        markup = message.reply_markup or {}
        return MessageView(
            message_id=message.message_id,
            from_bot=message.from_bot,
            text=message.text,
            source=message.source,
            buttons=view_buttons(message.inline),
            reply_keyboard=tuple(tuple(str(each["text"]) for each in row) for row in markup.get("keyboard", [])),
            media=None if kind is None else self._media(message, kind),
            edited=message.edit_date is not None,
            silent=message.silent,
            date=message.date,
            reply_to=message.reply_to,
            entities=tuple(message.entities),
        )

    def _media(self, message: Message, kind: str) -> MediaView:
        details = message.content[kind]
        file_id = details[-1]["file_id"] if kind == "photo" else details.get("file_id")
        content = None if file_id is None else self.world.files.content(self.world.files.by_id(file_id))
        return MediaView(kind=kind, details=details, content=content)

    def redelivers(self, update_id: int) -> None:
        """Let a confirmed update come once more."""
        with self.world.lock:
            self.world.updates.redeliver(update_id)

    def fail_next(
        self,
        method: str,
        status: int = 500,
        retry_after: int | None = None,
        drop_connection: bool = False,
        delay_s: float = 0.0,
    ) -> None:
        """Let the next call of a method fail; several orders queue up.

        By default the call has no effect and answers ``status`` (429 with ``retry_after`` in seconds). With
        ``drop_connection`` the call does its work and the answer is lost: over a socket the client sees a broken
        connection, in process a ``ConnectionResetError``. With ``delay_s`` the call does its work and answers late,
        so that a client's read timeout strikes.
        """
        with self.world.lock:
            waiting = self.world.failures.setdefault(method, deque())
            waiting.append(
                Failure(status=status, retry_after_s=retry_after, drop_connection=drop_connection, delay_s=delay_s)
            )

    def end_waiting(self) -> None:
        """End long polls and the page's streams, so that a server can stop without waiting for them."""
        self.world.end_waiting()

    def close(self) -> None:
        """End everything and let go of the data file. Nothing may be asked of this simulator afterwards."""
        self.world.end_waiting()
        self.world.keeping.close()
