"""When people may be disturbed: a member's quiet hours, and the hours in which a customer can be called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.contact_hours import contact_span, midday_rest
from bot.domain.wall_time import instant_of

RINGS_A_DAY = 6
"""The push budget of METHOD.md section 10."""

IsWorkingDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A daily span of the wall clock, over midnight where it ends before it begins; none where both are the same."""

    begin: time
    end: time
    zone: ZoneInfo

    def end_after(self, instant: datetime) -> datetime | None:
        """When the quiet hours that hold an instant end; None outside of them."""
        local = instant.astimezone(self.zone)
        wall = local.time().replace(tzinfo=None)
        over_midnight = self.end < self.begin
        evening, morning = wall >= self.begin, wall < self.end
        if not (evening or morning if over_midnight else evening and morning):
            return None
        day = local.date() + timedelta(days=over_midnight and evening)
        end = instant_of(day, self.end, self.zone)
        return end if end > instant else None  # clocks that went back repeat an hour: its end came once already

    def begin_of(self, instant: datetime) -> datetime | None:
        """When the quiet hours that hold an instant began; None outside of them."""
        if self.end_after(instant) is None:
            return None
        local = instant.astimezone(self.zone)
        is_morning_after = self.end < self.begin and local.time().replace(tzinfo=None) < self.end
        return instant_of(local.date() - timedelta(days=is_morning_after), self.begin, self.zone)


def next_contact(
    instant: datetime, *, zone: ZoneInfo, country: str, lat: float | None, is_working: IsWorkingDay
) -> datetime:
    """The instant itself where a customer can be called, else when that next begins.

    ``is_working`` is of the customer's country.
    """
    local = instant.astimezone(zone)
    wall_s = (local.hour * 60 + local.minute) * 60 + local.second
    day = local.date()
    span = contact_span(day, is_public_working_day=is_working(day))
    rest = midday_rest(day, country=country, lat=lat)
    if wall_s < span.opens_s:
        return _at_second(day, span.opens_s, zone)
    if wall_s > span.closes_s:
        tomorrow = day + timedelta(days=1)
        opens_s = contact_span(tomorrow, is_public_working_day=is_working(tomorrow)).opens_s
        return _at_second(tomorrow, opens_s, zone)
    if rest is not None and rest.opens_s <= wall_s < rest.closes_s:
        return _at_second(day, rest.closes_s, zone)
    return instant


def _at_second(day: date, second: int, zone: ZoneInfo) -> datetime:
    return instant_of(day, time(second // 3600, second % 3600 // 60), zone)
