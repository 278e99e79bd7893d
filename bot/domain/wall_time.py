"""Wall-clock times as instants: computed for each date, whatever the zone's rules do on it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a zone's clocks show a time on a date.

    In a gap (clocks go forward) it is the first valid instant after it; in a fold (clocks go back) the first of two.
    """
    local = datetime.combine(day, wall, zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap the two folds bracket the change; the change itself is the first valid instant.
    early, late = sorted((instant, local.replace(fold=1).astimezone(UTC)))
    return _first_after_change(early - timedelta(hours=1), late + timedelta(hours=1), zone)


def _first_after_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the one offset change between two instants, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
