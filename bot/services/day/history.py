"""The part of a day that has been: stops that are done, under way, skipped, or over without a report."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.vocabulary import VisitState
from bot.services.day.route import Route, Stop
from bot.store.tables import Visit

REPORT_GRACE = timedelta(minutes=20)
"""After its planned end a visit without a report is missing one (METHOD.md section 10)."""

UNPLANNED_TAKES = timedelta(minutes=20)
MADE = frozenset({VisitState.STARTED, VisitState.DONE})


def keep_history(
    route: Route | None,
    visits: Mapping[int, Visit],
    now: datetime,
    *,
    skipped: frozenset[int],
    is_started: bool,
    again: int | None,
) -> tuple[Stop, ...]:
    """The stops that a new plan must leave as they are, in order of time, visits that nobody planned among them.

    A stop of a started day whose planned end is past counts as visited, its report missing; ``again`` is the customer
    to whom the rep says to be going now whatever stands here.
    """
    kept = []
    for stop in route.stops if route else ():
        visit = visits.get(stop.customer_id) if stop.customer_id else None
        if stop.customer_id is None:
            is_over = is_started and stop.start <= now
        elif stop.customer_id == again:
            is_over = visit is not None and visit.state in MADE
        else:
            is_over = (
                stop.customer_id in skipped
                or (visit is not None and visit.state in MADE)
                or (is_started and stop.departure + REPORT_GRACE < now)
            )
        if is_over:
            kept.append(stop)
    return with_unplanned(tuple(kept), visits)


def with_unplanned(stops: tuple[Stop, ...], visits: Mapping[int, Visit]) -> tuple[Stop, ...]:
    """The stops with the visits that were made without a plan, in order of time."""
    known = {stop.customer_id for stop in stops}
    extra = [
        _unplanned(visit)
        for customer_id, visit in visits.items()
        if customer_id not in known and visit.state in MADE and _made_at(visit) is not None
    ]
    return tuple(sorted([*stops, *extra], key=lambda stop: stop.arrival))


def _unplanned(visit: Visit) -> Stop:
    at = _made_at(visit)
    assert at is not None
    end = max(at + UNPLANNED_TAKES, visit.done_at or at)
    return Stop(customer_id=visit.customer_id, arrival=at, start=at, departure=end, reasons=({"code": "unplanned"},))


def _made_at(visit: Visit) -> datetime | None:
    return visit.checked_in_at or visit.done_at


def last_place(history: tuple[Stop, ...], visits: Mapping[int, Visit], *, skipped: frozenset[int]) -> int | None:
    """The customer where the rep was last, as far as it is known."""
    places = [stop for stop in history if stop.customer_id is not None and stop.customer_id not in skipped]

    def when(stop: Stop) -> datetime:
        visit = visits.get(stop.customer_id or 0)
        return (visit and (visit.checked_in_at or visit.done_at)) or stop.arrival

    return max(places, key=when).customer_id if places else None
