"""When a customer may be called or visited: contact hours, and the midday rest where it is the custom."""

from datetime import date

from bot.domain.opening_hours import ANY_TIME, OpeningHours
from bot.domain.planning.problem import Window
from bot.domain.planning.windows import starting_windows

HOUR_S = 3600
WEEKDAY_FROM_S = 8 * HOUR_S
OTHER_DAY_FROM_S = 9 * HOUR_S
UNTIL_S = 20 * HOUR_S
REST_FROM_S = 12 * HOUR_S
REST_UNTIL_S = 13 * HOUR_S + HOUR_S // 2
SUMMER_REST_UNTIL_S = 14 * HOUR_S + HOUR_S // 2

MIDDAY_REST_COUNTRIES = frozenset({"CN", "TW"})
_TROPIC_DEGREES = 23.44
_NORTHERN_SUMMER = frozenset({6, 7, 8})
_SOUTHERN_SUMMER = frozenset({12, 1, 2})


def contact_span(day: date, *, is_public_working_day: bool) -> Window:
    """The hours of a date, in the customer's zone: weekdays from 08:00, weekends and holidays from 09:00, to 20:00.

    A working Saturday is a weekday here (METHOD.md section 10).
    """
    opens_s = WEEKDAY_FROM_S if is_public_working_day else OTHER_DAY_FROM_S
    return Window(opens_s=opens_s, closes_s=UNTIL_S)


def midday_rest(day: date, *, country: str, lat: float | None) -> Window | None:
    """The rest of a date, an hour longer in summer: by hemisphere, no summer in the tropics or where ``lat`` is None.

    None where midday rest is not the custom.
    """
    if country not in MIDDAY_REST_COUNTRIES:
        return None
    is_summer = False
    if lat is not None and abs(lat) >= _TROPIC_DEGREES:
        is_summer = day.month in (_NORTHERN_SUMMER if lat > 0 else _SOUTHERN_SUMMER)
    return Window(opens_s=REST_FROM_S, closes_s=SUMMER_REST_UNTIL_S if is_summer else REST_UNTIL_S)


def visit_windows(
    day: date,
    *,
    is_public_working_day: bool,
    country: str,
    lat: float | None,
    service_s: int,
    opening: OpeningHours = ANY_TIME,
) -> tuple[Window, ...]:
    """When a visit of ``service_s`` may start: all of it in contact and opening hours, and clear of the midday rest.

    None on a weekday on which the customer is closed. A customer that asked for it is visited during the rest.
    """
    rest = None if opening.in_rest else midday_rest(day, country=country, lat=lat)
    return starting_windows(
        opening.within(contact_span(day, is_public_working_day=is_public_working_day), day),
        service_s=service_s,
        rests=[] if rest is None else [rest],
    )
