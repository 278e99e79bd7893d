"""Taps on inline buttons that wait for ``answerCallbackQuery``."""

import secrets
import time
from dataclasses import dataclass

from bot.simulator.refusals import bad_request

# Telegram does not publish how long a query may be answered; half a minute of real time refuses the slow bots.
LIFETIME_S = 30.0


@dataclass(slots=True, kw_only=True)
class Tap:
    """One tap; ``born_s`` is on the monotonic clock."""

    query_id: str
    person_id: int
    chat_id: int
    message_id: int
    born_s: float
    answered: bool = False
    text: str = ""
    show_alert: bool = False


class Callbacks:
    """The taps of this run. An answer is taken once and in time."""

    def __init__(self) -> None:
        self._taps: dict[str, Tap] = {}

    def add(self, *, person_id: int, chat_id: int, message_id: int) -> Tap:
        tap = Tap(
            query_id=str(secrets.randbelow(10**18) + 10**18),
            person_id=person_id,
            chat_id=chat_id,
            message_id=message_id,
            born_s=time.monotonic(),
        )
        self._taps[tap.query_id] = tap
        return tap

    def answer(self, query_id: str, text: str, *, show_alert: bool) -> Tap:
        """Mark the tap as answered. Raises Telegram's refusal for an unknown, answered or old one."""
        tap = self._taps.get(query_id)
        if tap is None or tap.answered or time.monotonic() - tap.born_s > LIFETIME_S:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        tap.answered, tap.text, tap.show_alert = True, text, show_alert
        return tap

    def expire_all(self) -> None:
        for tap in self._taps.values():
            tap.born_s -= 2 * LIFETIME_S

    @property
    def all_taps(self) -> list[Tap]:
        """Every tap of this run, oldest first."""
        return list(self._taps.values())
