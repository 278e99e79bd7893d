"""What the screen of a day shows: its lines with their state, fitted to a phone, the totals, and what was left out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.planning.problem import NoteCode
from bot.domain.screen import Json
from bot.domain.vocabulary import Grade, VisitState
from bot.services.day.candidates import visits_on
from bot.services.day.history import REPORT_GRACE, with_unplanned
from bot.services.day.route import Route, Stop, Words
from bot.services.navigation import NamedPin, pin_of, route_url
from bot.store.customers import is_served_by
from bot.store.tables import Customer, DayPlan, Visit

LINES = 12
HEAD_LINES = 2
NUMBERS_A_ROW = 6
NOTES_SHOWN = (NoteCode.OVERTIME, NoteCode.NO_LUNCH, NoteCode.PLACE_UNKNOWN, NoteCode.START_UNKNOWN)


class StopState(StrEnum):
    AHEAD = "ahead"
    STARTED = "started"
    DONE = "done"
    SKIPPED = "skipped"
    MISSING = "missing"  # over, and no report


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A kept route beside what has become of it. ``stops`` holds unplanned visits too."""

    row: DayPlan
    route: Route
    stops: tuple[Stop, ...]
    visits: Mapping[int, Visit]
    customers: Mapping[int, Customer]
    now: datetime

    def state_of(self, stop: Stop) -> StopState:
        """What has become of a visit."""
        customer_id = stop.customer_id or 0
        visit = self.visits.get(customer_id)
        if visit is not None and visit.state is VisitState.DONE:
            return StopState.DONE
        is_over = self.end_of(stop) + REPORT_GRACE < self.now
        if visit is not None and visit.state is VisitState.STARTED:
            return StopState.MISSING if is_over else StopState.STARTED
        if customer_id in self.route.skipped or (visit is not None and visit.state is VisitState.MISSED):
            return StopState.SKIPPED
        return StopState.MISSING if is_over and self.row.started_at is not None else StopState.AHEAD

    def end_of(self, stop: Stop) -> datetime:
        """When a visit should be over: as long after the check-in as was planned, else the planned end."""
        visit = self.visits.get(stop.customer_id or 0)
        reached = visit.checked_in_at if visit is not None else None
        return stop.departure if reached is None else reached + (stop.departure - stop.start)

    @property
    def visit_stops(self) -> tuple[Stop, ...]:
        return tuple(stop for stop in self.stops if not stop.is_lunch)

    def number_of(self, customer_id: int) -> int | None:
        """The number that the screen gives a stop."""
        ids = [stop.customer_id for stop in self.visit_stops]
        return ids.index(customer_id) + 1 if customer_id in ids else None

    @property
    def ahead(self) -> tuple[Stop, ...]:
        """The visits that are still to be made, in order."""
        return tuple(stop for stop in self.visit_stops if self.state_of(stop) is StopState.AHEAD)


async def view_day(session: AsyncSession, acting: Acting, row: DayPlan, route: Route, now: datetime) -> DayView:
    """A kept route with its visits and customers. A customer that was erased or handed over is gone from it."""
    visits = await visits_on(session, acting, row.on)
    stops = with_unplanned(route.stops, visits)
    wanted = {stop.customer_id for stop in stops} | {entry.customer_id for entry in route.left_out}
    query = select(Customer).where(
        col(Customer.team_id) == acting.team_id,
        is_served_by(acting),
        col(Customer.id).in_([customer for customer in wanted if customer is not None]),
    )
    customers = {customer.id: customer for customer in (await session.exec(query)).all() if customer.id is not None}

    def reached(stop: Stop) -> datetime:
        visit = visits.get(stop.customer_id or 0)
        return (visit and visit.checked_in_at) or stop.arrival

    known = [stop for stop in stops if stop.is_lunch or stop.customer_id in customers]
    return DayView(
        row=row,
        route=route,
        stops=tuple(sorted(known, key=reached)),
        visits=visits,
        customers=customers,
        now=now,
    )


def day_facts(view: DayView, acting: Acting, *, everything: bool = False) -> dict[str, Json]:
    """The facts of the day's screen, at most twelve lines of them unless ``everything`` is wanted."""
    route = view.route
    visits = view.visit_stops
    kept = [stop for stop in visits if view.state_of(stop) is not StopState.SKIPPED]
    done = [stop for stop in kept if view.state_of(stop) is StopState.DONE]
    left = [entry for entry in route.left_out if entry.customer_id in view.customers]
    notes = [note for note in NOTES_SHOWN if note.value in route.notes][: 1 if view.row.started_at is None else 0]
    lines = [_line(view, stop, acting) for stop in view.stops]
    room = LINES - HEAD_LINES - len(notes) - bool(left)
    hidden_over, shown, hidden_more = (0, lines, 0) if everything else fit_lines(lines, room)
    first_left = left[0] if left else None
    return {
        "on": view.row.on.isoformat(),
        "plan_id": view.row.id,
        "revision": view.row.revision,
        "started": view.row.started_at is not None,
        "visits": len(kept),
        "done": len(done),
        "distance_m": route.distance_m,
        "home_by": route.home_by.isoformat(),
        "ends_at_home": route.ends_at_home,
        "over": not view.ahead and bool(kept),
        "a_planned": min(route.a_due, sum(stop.grade == Grade.A for stop in kept)),
        "a_due": route.a_due,
        "stake": str(from_minor(sum(stop.stake_minor for stop in kept), acting.currency)),
        "currency": acting.currency,
        "lines": list(shown),
        "hidden_over": hidden_over,
        "hidden_more": hidden_more,
        "notes": [note.value for note in notes],
        "overtime_min": route.overtime_s // 60,
        "left_count": len(left),
        "left_name": view.customers[first_left.customer_id].name if first_left else "",
        "left_grade": first_left.grade if first_left else None,
        "left_why": first_left.why if first_left else {},
        "map_url": _map_url(view, acting),
        "next_id": view.ahead[0].customer_id if view.ahead else None,
        "next_name": view.customers[view.ahead[0].customer_id or 0].name if view.ahead else "",
        "numbers": _numbers(view),
    }


def fit_lines(lines: Sequence[dict[str, Json]], room: int) -> tuple[int, list[dict[str, Json]], int]:
    """(how many finished lines are folded, the lines shown, how many are cut): together at most ``room`` lines.

    What is finished at the beginning folds into one line before anything that is still ahead is cut.
    """
    shown, folded = list(lines), 0
    while len(shown) + bool(folded) > room and shown and shown[0]["state"] in (StopState.DONE, StopState.SKIPPED):
        shown.pop(0)
        folded += 1
    if len(shown) + bool(folded) <= room:
        return folded, shown, 0
    visible = room - bool(folded) - 1
    return folded, shown[:visible], len(shown) - visible


def _line(view: DayView, stop: Stop, acting: Acting) -> dict[str, Json]:
    if stop.customer_id is None:
        return {"lunch": True, "at": stop.start.isoformat(), "state": StopState.AHEAD.value}
    visit = view.visits.get(stop.customer_id)
    state = view.state_of(stop)
    reached = visit.checked_in_at if visit is not None and visit.checked_in_at is not None else None
    shown_at = reached or (stop.start if stop.pinned else stop.arrival)
    return {
        "lunch": False,
        "number": view.number_of(stop.customer_id),
        "name": view.customers[stop.customer_id].name,
        "at": shown_at.isoformat(),
        "grade": stop.grade,
        "pinned": stop.pinned,
        "state": state.value,
        "late_min": stop.late_s // 60,
        "reason": shown_words(stop.reasons[0], acting) if stop.reasons else None,
    }


def shown_words(words: Words, acting: Acting) -> Words:
    """A reason with its amount as a decimal, ready for a template."""
    minor = words.get("amount_minor")
    return {**words, "amount": str(from_minor(minor, acting.currency))} if isinstance(minor, int) else words


def _numbers(view: DayView) -> list[Json]:
    """The buttons that open a stop, in rows of about the same width."""
    buttons: list[Json] = [
        {"number": number, "customer_id": stop.customer_id} for number, stop in enumerate(view.visit_stops, start=1)
    ]
    rows = math.ceil(len(buttons) / NUMBERS_A_ROW)
    width = math.ceil(len(buttons) / rows) if rows else 1
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def _map_url(view: DayView, acting: Acting) -> str | None:
    places = []
    for stop in view.ahead:
        customer = view.customers[stop.customer_id or 0]
        pin = pin_of(customer)
        if pin is not None:
            places.append(NamedPin(pin=pin, name=customer.name))
    return route_url(places, acting.country, acting.map_app)
