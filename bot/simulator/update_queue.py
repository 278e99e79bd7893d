"""Updates on their way to the bot: each stays until the bot confirms it, as on Telegram."""

import asyncio
from collections.abc import Sequence

from bot.simulator.keeping import Keeping
from bot.simulator.people import Json
from bot.simulator.refusals import conflict

UPDATES_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONFIRMED_KEPT = 2_000
FIRST_UPDATE_ID = 500_001


class Poll:
    """One waiting ``getUpdates``; ``wake`` may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        self.terminated = False

    def wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        await self._event.wait()
        self._event.clear()


class UpdateQueue:
    """Pending updates in order, those confirmed, and whoever waits for the next one."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._pending: dict[int, Json] = dict(keeping.every("pending"))
        self._confirmed: dict[int, Json] = dict(keeping.every("confirmed"))
        self._again: dict[int, bool] = {}
        self.allowed: list[str] = keeping.get("allowed_updates", 0) or []
        self._poll: Poll | None = None
        self._watchers: set[Poll] = set()

    def add(self, kind: str, body: Json) -> int | None:
        """Queue an update; returns its id, or None when the bot did not ask for this kind."""
        if not self.is_allowed(kind):
            return None
        newest = max((*self._pending, *self._confirmed), default=FIRST_UPDATE_ID - 1)
        update_id = newest + 1
        self._pending[update_id] = {"update_id": update_id, kind: body}
        self._keeping.put("pending", update_id, self._pending[update_id])
        self.wake()
        return update_id

    def is_allowed(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UPDATES_ON_REQUEST

    def allow(self, kinds: Sequence[str]) -> None:
        self.allowed = list(kinds)
        self._keeping.put("allowed_updates", 0, self.allowed)

    def confirm_before(self, offset: int) -> None:
        """Forget what lies before the offset; a negative one counts from the end of the queue."""
        if offset < 0:
            kept = sorted(self._pending)[offset:]
            offset = kept[0] if kept else 0
        for update_id in [known for known in self._pending if known < offset]:
            self.confirm(update_id)
        for update_id in [known for known, delivered in self._again.items() if delivered]:
            del self._again[update_id]

    def confirm(self, update_id: int) -> None:
        self._again.pop(update_id, None)
        update = self._pending.pop(update_id, None)
        if update is None:
            return
        self._keeping.drop("pending", update_id)
        self._confirmed[update_id] = update
        self._keeping.put("confirmed", update_id, update)
        if len(self._confirmed) > CONFIRMED_KEPT:
            oldest = min(self._confirmed)
            del self._confirmed[oldest]
            self._keeping.drop("confirmed", oldest)

    def ready(self, limit: int) -> list[Json]:
        """The oldest updates that wait, those asked for again first."""
        again = [self._again_body(update_id) for update_id, delivered in self._again.items() if not delivered]
        batch = (again + [self._pending[update_id] for update_id in sorted(self._pending)])[:limit]
        for update in batch:
            if update["update_id"] in self._again:
                self._again[update["update_id"]] = True
        return batch

    def _again_body(self, update_id: int) -> Json:
        return self._confirmed[update_id]

    def redeliver(self, update_id: int) -> None:
        """Make a confirmed update come once more, as Telegram does when a confirmation was lost."""
        if update_id in self._pending:
            return
        if update_id not in self._confirmed:
            raise KeyError(f"no update {update_id} was ever confirmed")
        self._again[update_id] = False
        self.wake()

    def drop_pending(self) -> None:
        for update_id in list(self._pending):
            self.confirm(update_id)

    @property
    def pending_count(self) -> int:
        return len(self._pending)

    @property
    def all_ids(self) -> list[int]:
        """Every update id still remembered, oldest first."""
        return sorted({*self._pending, *self._confirmed})

    def begin_poll(self) -> Poll:
        """Register a poller. Telegram ends the earlier one with 409 when a second begins."""
        if self._poll is not None:
            self._poll.terminated = True
            self._poll.wake()
        self._poll = Poll()
        return self._poll

    def end_poll(self, poll: Poll) -> None:
        if self._poll is poll:
            self._poll = None

    def check_alone(self, poll: Poll) -> None:
        if poll.terminated:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")

    def watch(self) -> Poll:
        """Somebody else who wants to be woken by new updates: the webhook."""
        watcher = Poll()
        self._watchers.add(watcher)
        return watcher

    def unwatch(self, watcher: Poll) -> None:
        self._watchers.discard(watcher)

    def wake(self) -> None:
        """Wake whoever waits for news."""
        for waiting in (self._poll, *self._watchers):
            if waiting is not None:
                waiting.wake()
