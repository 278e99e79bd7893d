"""The app's one clock: real time plus an offset taken at start."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the app's time. Only the demo moves it; leases, retries and rate limits use real time."""

    def __init__(self, start: datetime | None = None) -> None:
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        """The app's instant, in UTC."""
        return datetime.now(UTC) + self._offset

    def move_to(self, instant: datetime) -> None:
        """Set the clock forward; an instant that has passed, if only just now, leaves it where it is."""
        self._offset = max(self._offset, instant - datetime.now(UTC))


def real_now() -> datetime:
    """The machine's instant, in UTC."""
    return datetime.now(UTC)
