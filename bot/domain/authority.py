"""How far a rep may go alone, METHOD.md section 9: limits per kind, what goes beyond, and until when it is answered.

A size is a whole number in the unit of its kind: hundredths of a percent, days, or minor units of money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.money import from_minor, to_minor
from bot.domain.wall_time import instant_of

PERCENT_UNIT = 100
ANSWER_BY = time(12, 0)
_SEARCH_DAYS = 60
LEAST_TIME_TO_ANSWER = timedelta(hours=1)


class AuthorityKind(StrEnum):
    DISCOUNT = "discount"
    CREDIT = "credit"
    FREE_GOODS = "free_goods"
    GIFT = "gift"
    SPECIAL_TERM = "special_term"


class RequestState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    PARTLY = "partly"  # up to less than was asked
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def authority_of(promise_kind: str | None) -> AuthorityKind | None:
    """The kind of authority that a promise of a kind needs, or None."""
    return AuthorityKind(promise_kind) if promise_kind in {kind.value for kind in AuthorityKind} else None


GRANTED = frozenset({RequestState.APPROVED, RequestState.PARTLY})


class AskReason(StrEnum):
    """Why it is worth it: what a rep taps instead of typing."""

    RIVAL_OFFER = "rival_offer"
    BIGGER_ORDER = "bigger_order"
    KEEPS_ORDER = "keeps_order"
    WIN_BACK = "win_back"
    AFTER_COMPLAINT = "after_complaint"


class ManagerQuestion(StrEnum):
    """What managers ask back most."""

    IN_RETURN = "in_return"
    RIVAL_PRICE = "rival_price"
    LESS_ENOUGH = "less_enough"
    WHO_DECIDES = "who_decides"


class RepReply(StrEnum):
    """What reps answer most."""

    YES = "yes"
    NO = "no"
    FIND_OUT = "find_out"
    CALL = "call"


class Standing(StrEnum):
    """Where a size stands against the rep's authority."""

    OWN = "own"
    ACT_FIRST = "act_first"  # done at once, ratified the same day
    ASKS = "asks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Up to ``own`` alone, up to ``act_first`` at once with the manager told; None: never."""

    own: int = 0
    act_first: int | None = None

    def __post_init__(self) -> None:
        if self.own < 0 or (self.act_first is not None and self.act_first < self.own):
            raise ValueError(
                f"limits are 0 or more and the second is not under the first: {self.own}, {self.act_first}"
            )


NO_AUTHORITY = Limit()
"""Until a team sets limits, everything asks: a promise that nobody may keep is worse than a question."""


_USUAL_PERCENT, _USUAL_DAYS = 5, 30
_USUAL_GOODS, _USUAL_GIFTS = 100, 30
_UNITS = {
    "USD": 1, "EUR": 1, "GBP": 1, "SGD": 1, "AUD": 1, "CAD": 1, "CHF": 1, "MYR": 5, "CNY": 5, "HKD": 10, "TWD": 30,
    "THB": 30, "PHP": 50, "INR": 50, "JPY": 100, "KRW": 1000, "IDR": 10_000, "VND": 20_000,
}  # fmt: skip
"""What about one US dollar is in other currencies, in round figures."""


def usual_limits(currency: str) -> dict[AuthorityKind, Limit]:
    """What teams often let reps decide alone: set with one tap, then changed. Sums where the currency is known."""
    usual = {
        AuthorityKind.DISCOUNT: Limit(own=_USUAL_PERCENT * PERCENT_UNIT),
        AuthorityKind.CREDIT: Limit(own=_USUAL_DAYS),
    }
    if (unit := _UNITS.get(currency)) is not None:
        usual[AuthorityKind.FREE_GOODS] = Limit(own=to_minor(Decimal(_USUAL_GOODS * unit), currency))
        usual[AuthorityKind.GIFT] = Limit(own=to_minor(Decimal(_USUAL_GIFTS * unit), currency))
    return usual


def stands(kind: AuthorityKind, size: int | None, limit: Limit, *, used: int = 0) -> Standing:
    """Where a size stands; ``used`` is what this year's gifts to the customer come to. A special term always asks."""
    if kind is AuthorityKind.SPECIAL_TERM or size is None:
        return Standing.ASKS
    total = size + used
    if total <= limit.own:
        return Standing.OWN
    return Standing.ACT_FIRST if limit.act_first is not None and total <= limit.act_first else Standing.ASKS


def less_to_grant(kind: AuthorityKind, size: int | None, limit: Limit) -> int | None:
    """What "up to" offers with one tap: halfway from the limit to what was asked, in round steps; None: nothing."""
    if size is None:
        return None
    step = _step(kind, size)
    half = (limit.own + size) // 2 // step * step
    return half if limit.own < half < size else None


def sizes_to_offer(kind: AuthorityKind, limit: Limit) -> tuple[int, ...]:
    """Likely sizes beyond the own limit, as buttons."""
    steps: dict[AuthorityKind, tuple[int, ...]] = {
        AuthorityKind.DISCOUNT: tuple(percent * PERCENT_UNIT for percent in (3, 5, 8, 10, 12, 15, 20, 25, 30)),
        AuthorityKind.CREDIT: (15, 30, 45, 60, 90, 120),
    }
    return tuple(size for size in steps.get(kind, ()) if size > limit.own)[:4]


def _step(kind: AuthorityKind, size: int) -> int:
    if kind is AuthorityKind.DISCOUNT:
        return PERCENT_UNIT
    if kind is AuthorityKind.CREDIT:
        return 5
    return int(10 ** max(0, len(str(size)) - 2))  # two leading digits


def size_from(kind: AuthorityKind, value: Decimal | int | None, currency: str) -> int | None:
    """A percent, days or an amount as people say it, in its kind's unit. None for a special term."""
    if value is None or kind is AuthorityKind.SPECIAL_TERM:
        return None
    if kind is AuthorityKind.DISCOUNT:
        return int(Decimal(value) * PERCENT_UNIT)
    return int(value) if kind is AuthorityKind.CREDIT else to_minor(Decimal(value), currency)


def said_size(kind: AuthorityKind, size: int | None, currency: str) -> str | None:
    """The size as a plain number for a template: 12.5, 60, 279.40."""
    if size is None:
        return None
    if kind is AuthorityKind.DISCOUNT:
        return f"{(Decimal(size) / PERCENT_UNIT).normalize():f}"
    return str(size) if kind is AuthorityKind.CREDIT else str(from_minor(size, currency))


def answer_by(now: datetime, zone: ZoneInfo, is_working: Callable[[date], bool]) -> datetime:
    """Until when an answer helps where the rep has not said: noon of the next working day."""
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=count) for count in range(1, _SEARCH_DAYS))
    return instant_of(next((day for day in days if is_working(day)), today + timedelta(days=1)), ANSWER_BY, zone)


def escalates_at(now: datetime, expires_at: datetime) -> datetime:
    """When somebody else is asked too: halfway to the end."""
    return now + (expires_at - now) / 2
