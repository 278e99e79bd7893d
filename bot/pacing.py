"""Telegram's limits on sending: overall a second, a chat a second with short bursts, a group a minute.

What nobody waits for leaves some of the overall limit to answers.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable

OVERALL_A_SECOND = 30
UNASKED_A_SECOND = 25
CHAT_A_SECOND = 1.0
CHAT_BURST = 8
GROUP_A_MINUTE = 20


class RateLimiter:
    """Says how long a message to a chat has to wait. Counts what this process sends."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._overall: deque[float] = deque()
        self._tokens: dict[int, tuple[float, float]] = {}
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)

    def wait_s(self, chat_id: int, *, is_answer: bool = True) -> float:
        """Take a place for one message to a chat. Gives 0 when it may go now, else the seconds to wait."""
        now = self._clock()
        tokens = self._tokens_of(chat_id, now)
        limit = OVERALL_A_SECOND if is_answer else UNASKED_A_SECOND
        wait = max(_window_wait(self._overall, now, limit, 1.0), (1 - tokens) / CHAT_A_SECOND)
        if chat_id < 0:
            wait = max(wait, _window_wait(self._groups[chat_id], now, GROUP_A_MINUTE, 60.0))
        if wait > 0:
            return wait
        self._overall.append(now)
        self._tokens[chat_id] = (tokens - 1, now)
        if chat_id < 0:
            self._groups[chat_id].append(now)
        return 0.0

    def _tokens_of(self, chat_id: int, now: float) -> float:
        tokens, at = self._tokens.get(chat_id, (float(CHAT_BURST), now))
        return min(float(CHAT_BURST), tokens + (now - at) * CHAT_A_SECOND)


def _window_wait(sent: deque[float], now: float, limit: int, span_s: float) -> float:
    """How long until fewer than ``limit`` were sent in the last ``span_s`` seconds."""
    while sent and now - sent[0] >= span_s:
        sent.popleft()
    return 0.0 if len(sent) < limit else span_s - (now - sent[-limit])
