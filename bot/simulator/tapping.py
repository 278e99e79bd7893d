"""What people tap: inline buttons, also old and forged ones."""

from collections.abc import Sequence

from bot.simulator.callbacks import Tap
from bot.simulator.messages import Message
from bot.simulator.people import Json
from bot.simulator.picking import NotOnScreen, pick
from bot.simulator.world import World

CHAT_INSTANCE_BASE = 7_000_000_000_000


class Tapping:
    """The part of the simulator by which people tap. A tap becomes a callback query that waits for the bot."""

    world: World

    def taps(self, person_id: int, label_or_data: str, message_id: int | None = None) -> int | None:
        """Tap an inline button: the newest message that has it wins, unless ``message_id`` names one.

        The button is found by its exact label, else by its callback data, else by an unambiguous beginning of its
        label. Raises ``NotOnScreen`` with the labels that are visible.
        """
        with self.world.lock:
            messages = [message for message in self.world.chat_messages(person_id) if message.inline]
            if message_id is not None:
                messages = [message for message in messages if message.message_id == message_id]
            message, button = _find_button(messages, label_or_data)
            return self._tap(person_id, message, button)[1]

    def taps_data(self, person_id: int, message_id: int, data: str) -> int | None:
        """Send callback data that need not be on the screen: an old button of a message, or a forged one."""
        with self.world.lock:
            message = self.world.message_in(person_id, message_id)
            if message is None:
                raise NotOnScreen(f"no message {message_id} in the chat of person {person_id}")
            return self._tap(person_id, message, {"text": data, "callback_data": data})[1]

    def taps_button(self, person_id: int, message_id: int, row: int, column: int) -> Tap:
        """Tap the button in that row and column, as the chat page does. Returns the tap."""
        with self.world.lock:
            message = self.world.message_in(person_id, message_id)
            rows = message.inline or [] if message is not None else []
            if message is None or row >= len(rows) or column >= len(rows[row]):
                raise NotOnScreen(f"no button {row}/{column} under message {message_id}")
            return self._tap(person_id, message, rows[row][column])[0]

    def _tap(self, person_id: int, message: Message, button: Json) -> tuple[Tap, int | None]:
        if "callback_data" not in button:
            raise NotOnScreen(f"the button {button['text']!r} opens a link; it sends nothing to the bot")
        tap = self.world.callbacks.add(person_id=person_id, chat_id=message.chat_id, message_id=message.message_id)
        update_id = self.world.updates.add(
            "callback_query",
            {
                "id": tap.query_id,
                "from": self.world.user(person_id),
                "message": self.world.api_message(message),
                "chat_instance": str(CHAT_INSTANCE_BASE + message.chat_id),
                "data": button["callback_data"],
            },
        )
        return tap, update_id

    def lets_queries_expire(self) -> None:
        """From now on every tap made so far is too old to be answered."""
        with self.world.lock:
            self.world.callbacks.expire_all()

    @property
    def answers(self) -> list[Tap]:
        """Every tap of this run with ``answered``, ``text`` and ``show_alert``, oldest first."""
        return self.world.callbacks.all_taps


def _find_button(messages: Sequence[Message], wanted: str) -> tuple[Message, Json]:
    """The newest button with that label, else with that data, else the newest message where the label is begun."""
    every = [(message, button) for message in reversed(messages) for row in message.inline or [] for button in row]
    for name in ("text", "callback_data"):
        for message, button in every:
            if button.get(name) == wanted:
                return message, button
    for message in reversed(messages):
        begun = [button for found, button in every if found is message and button["text"].startswith(wanted)]
        if len(begun) == 1:
            return message, begun[0]
    return pick(wanted, [(button["text"], (message, button)) for message, button in every], "the inline keyboards")
