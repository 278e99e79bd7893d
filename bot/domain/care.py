"""Service after and between visits: which prompts a customer gives rise to, when, and which touch answers them.

METHOD.md sections 1 and 10. A prompt tells the rep; the bot itself never writes to a customer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.screen import Json
from bot.domain.urgency import spread_start
from bot.domain.vocabulary import ServiceLevel, TouchKind

IsWorkingDay = Callable[[date], bool]


class CareKind(StrEnum):
    """What there is to care for, the most pressing first. Values are stored, so they never change."""

    EMERGENCY = "emergency"
    SERVICE = "service"  # two visits in a row at "basic"
    SATISFACTION = "satisfaction"  # perceived less than expected
    BIRTHDAY = "birthday"
    AFTER_SALES = "after_sales"
    REORDER = "reorder"
    REFERRAL = "referral"
    NURTURE = "nurture"
    HOLIDAY = "holiday"
    NEWS = "news"


class Trouble(StrEnum):
    """A customer's emergency: a chance to be remembered for years."""

    FLOOD = "flood"
    BREAKDOWN = "breakdown"
    INSPECTION = "inspection"
    OTHER = "other"


PRESSING = (CareKind.EMERGENCY, CareKind.SERVICE, CareKind.SATISFACTION)
SHARED = (CareKind.HOLIDAY, CareKind.NEWS)
"""One text suits all customers: they are answered together."""

_SPOKEN = frozenset({TouchKind.VISIT, TouchKind.VIDEO, TouchKind.CALL})
COVERED_BY: Mapping[CareKind, frozenset[TouchKind]] = MappingProxyType(
    {
        CareKind.EMERGENCY: _SPOKEN,
        CareKind.SERVICE: frozenset({TouchKind.VISIT}),
        CareKind.SATISFACTION: _SPOKEN,
        CareKind.BIRTHDAY: frozenset(TouchKind),
        CareKind.AFTER_SALES: _SPOKEN,
        CareKind.REORDER: _SPOKEN,
        CareKind.REFERRAL: frozenset(),  # only its own answer says that it was asked
        CareKind.NURTURE: frozenset(TouchKind),
        CareKind.HOLIDAY: frozenset(TouchKind),
        CareKind.NEWS: frozenset(TouchKind),
    }
)
"""Which touches answer a prompt without a word: a wrong service is put right at a visit, a greeting by any sign."""

AFTER_SALES_DAYS = (3, 30, 90)
NURTURE_DAYS = 14
KEY_ACCOUNT_REFERRAL_DAYS = 90
REFERRAL_REST_DAYS = 60
"""A customer is asked for an introduction at most so often."""

CATCH_UP_DAYS = 7
"""What fell due while nobody ran, or before an import, is entered this long after; older is history."""

FREQUENT_GAP_DAYS = 14.0
"""Who orders this often hears from us anyway: no touch points after each order."""

LEAST_GAP = -1
"""Perceived minus expected from which satisfaction is an alert."""

BELATED_DAYS = 2
_LOOK_BACK_DAYS = 10
_LONGEST_REORDER_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One thing to do for one customer. ``key`` is its own for ever: it is entered once.

    A touch on ``counts_from`` or later may answer it; after ``until`` it is worth nothing.
    """

    customer_id: int
    kind: CareKind
    key: str
    due_on: date
    counts_from: date
    until: date
    facts: Mapping[str, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.counts_from <= self.due_on <= self.until:
            raise ValueError(f"a prompt lies between its first and last day: {self}")


def is_covered(kind: CareKind, touches: Sequence[TouchKind]) -> bool:
    """Whether touches since the prompt's ``counts_from`` answer it."""
    return any(touch in COVERED_BY[kind] for touch in touches)


def working_day_before(day: date, is_working: IsWorkingDay) -> date:
    """The date itself where it is worked, else the last one before that is: good wishes come early, not late."""
    back = (day - timedelta(days=count) for count in range(_LOOK_BACK_DAYS))
    return next((one for one in back if is_working(one)), day)


def working_day_from(day: date, is_working: IsWorkingDay) -> date:
    """The date itself where it is worked, else the next one that is."""
    ahead = (day + timedelta(days=count) for count in range(_LOOK_BACK_DAYS))
    return next((one for one in ahead if is_working(one)), day)


def after_sales(
    customer_id: int, ordered_on: date, gap_days: float | None, points: Sequence[int], today: date
) -> Prompt | None:
    """The touch point after the last order that has come, METHOD.md section 10: 3, 30, 90 days by default.

    A point that the customer's own next order overtakes (``gap_days`` or later) is none, nor has a frequent buyer any.
    """
    if gap_days is not None and gap_days < FREQUENT_GAP_DAYS:
        return None
    for days in sorted(points, reverse=True):
        due_on = ordered_on + timedelta(days=days)
        overtaken = gap_days is not None and days >= gap_days
        if overtaken or not _is_fresh(due_on, today):
            continue
        return Prompt(
            customer_id=customer_id,
            kind=CareKind.AFTER_SALES,
            key=f"after_sales:{ordered_on}:{days}",
            due_on=due_on,
            counts_from=due_on - timedelta(days=min(days // 3, 14)),
            until=due_on + timedelta(days=max(7, days // 3)),
            facts={"days": days, "ordered_on": ordered_on.isoformat()},
        )
    return None


def reorder(customer_id: int, ordered_on: date, own_gap_days: float | None, today: date) -> Prompt | None:
    """A re-order that is due by the customer's own median gap; None where it has no rhythm of its own yet."""
    if own_gap_days is None:
        return None
    gap = max(1, round(own_gap_days))
    due_on = ordered_on + timedelta(days=gap)
    if not _is_fresh(due_on, today):
        return None
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.REORDER,
        key=f"reorder:{ordered_on}",
        due_on=due_on,
        counts_from=due_on - timedelta(days=min(3, gap // 3)),
        until=due_on + timedelta(days=min(max(7, gap), _LONGEST_REORDER_DAYS)),
        facts={"gap": gap, "ordered_on": ordered_on.isoformat()},
    )


def nurture_due(
    *, since: date, last_touch_on: date | None, every_days: int, busiest: str, is_working: IsWorkingDay
) -> date:
    """When a customer that refused is due for help without selling: the cadence counts from the last touch.

    It moves on to the next of the customer's ``busiest`` ISO weekdays ("15": Monday, Friday), when a hand is needed.
    """
    due_on = max(since, last_touch_on or since) + timedelta(days=every_days)
    if busiest:
        week = (due_on + timedelta(days=count) for count in range(7))
        due_on = next((day for day in week if str(day.isoweekday()) in busiest and is_working(day)), due_on)
    return working_day_from(due_on, is_working)


def nurture(customer_id: int, due_on: date, today: date, *, touches: int, every_days: int) -> Prompt | None:
    """The prompt of a cadence that has come; the first is entered however long ago it fell due."""
    if due_on > today:
        return None
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.NURTURE,
        key=f"nurture:{due_on}",
        due_on=due_on,
        counts_from=due_on,
        until=max(due_on, today) + timedelta(days=max(every_days, 1)),
        facts={"touches": touches, "every": every_days},
    )


def key_account_referral(
    customer_id: int, today: date, *, every_days: int, last_asked_on: date | None, has_open_complaint: bool
) -> Prompt | None:
    """The regular ask of a key account: each has its own day of the cycle, so that no day asks them all."""
    if has_open_complaint or was_asked_lately(last_asked_on, today):
        return None
    place = today.toordinal() + round(spread_start(customer_id) * every_days)
    if place % every_days >= CATCH_UP_DAYS:
        return None
    due_on = today - timedelta(days=place % every_days)
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.REFERRAL,
        key=f"referral:{place // every_days}",
        due_on=due_on,
        counts_from=due_on,
        until=today + timedelta(days=every_days // 3),
        facts={"after": "key_account"},
    )


def referral_after_visit(customer_id: int, report_id: int, level: ServiceLevel, today: date) -> Prompt:
    """The ask after a visit that went beyond expectation: now is when they like to say yes."""
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.REFERRAL,
        key=f"referral:r{report_id}",
        due_on=today,
        counts_from=today,
        until=today + timedelta(days=10),
        facts={"after": level.value},
    )


def was_asked_lately(last_asked_on: date | None, today: date) -> bool:
    """Whether an introduction was asked for too recently to ask again."""
    return last_asked_on is not None and (today - last_asked_on).days < REFERRAL_REST_DAYS


def is_good_moment_to_ask(
    level: ServiceLevel | None, *, has_open_complaint: bool, last_asked_on: date | None, today: date
) -> bool:
    """After a visit at "beyond expectation" or better, never with an open complaint, not too often."""
    earned = level in (ServiceLevel.BEYOND, ServiceLevel.MOVING)
    return earned and not has_open_complaint and not was_asked_lately(last_asked_on, today)


def service_alert(customer_id: int, report_id: int, today: date) -> Prompt:
    """Basic service twice in a row: it dissatisfies, though nothing went wrong."""
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.SERVICE,
        key=f"service:r{report_id}",
        due_on=today,
        counts_from=today,
        until=today + timedelta(days=30),
    )


def satisfaction_alert(customer_id: int, report_id: int, today: date, *, gap: int, source: str | None) -> Prompt:
    """They found less than they expected. Raises ValueError for a gap that is no alert."""
    if gap > LEAST_GAP:
        raise ValueError(f"a gap of {gap} is no alert, {LEAST_GAP} is")
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.SATISFACTION,
        key=f"satisfaction:r{report_id}",
        due_on=today,
        counts_from=today,
        until=today + timedelta(days=30),
        facts={"gap": gap, "source": source},
    )


def emergency(customer_id: int, trouble: Trouble, today: date, *, stamp: str, note: str = "") -> Prompt:
    """A customer's emergency: help the same day. ``stamp`` tells two of them apart."""
    return Prompt(
        customer_id=customer_id,
        kind=CareKind.EMERGENCY,
        key=f"emergency:{stamp}",
        due_on=today,
        counts_from=today,
        until=today + timedelta(days=5),
        facts={"what": trouble.value, "note": note},
    )


def _is_fresh(due_on: date, today: date) -> bool:
    return due_on <= today <= due_on + timedelta(days=CATCH_UP_DAYS)
