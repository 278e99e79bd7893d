"""From the numbers of a searched route back to a day plan that a rep can read, with reasons and notes."""

from collections.abc import Sequence

from bot.domain.planning.insertion import best_place
from bot.domain.planning.model import LUNCH, Model, earliest_start
from bot.domain.planning.problem import (
    Candidate,
    DayPlan,
    LeftOut,
    LeftOutReason,
    Note,
    NoteCode,
    PlannedStop,
    Shift,
    StopKind,
)
from bot.domain.planning.settling import Settled
from bot.domain.planning.timeline import Timeline, time_route


def present_route(
    model: Model, route: int, items: Sequence[int], *, shift: Shift, candidates: Sequence[Candidate]
) -> DayPlan:
    """The plan of one route, without its left-out list: stops with times, totals and notes."""
    timeline = _without_idle_lunch(model, route, items, shift)
    first_leg_s = timeline.arrivals_s[1] - timeline.departures_s[0]
    departs_s = timeline.starts_s[1] - first_leg_s if len(timeline.items) > 2 else timeline.departures_s[0]
    stops = []
    for place in range(1, len(timeline.items) - 1):
        arrival_s = departs_s + first_leg_s if place == 1 else timeline.arrivals_s[place]
        stops.append(_stop(model, timeline, place, arrival_s, candidates))
    home_nodes = timeline.nodes[-2], timeline.nodes[-1]
    home_travel_s, home_distance_m = int(model.seconds[home_nodes]), int(model.metres[home_nodes])
    overtime_s = max(0, timeline.arrivals_s[-1] - shift.ends_s)
    lunch_missed = (
        shift.lunch is not None
        and LUNCH not in timeline.items
        and shift.lunch.is_needed(departs_s=departs_s, home_by_s=timeline.arrivals_s[-1])
    )
    return DayPlan(
        stops=tuple(stops),
        left_out=(),
        departs_s=departs_s,
        home_by_s=timeline.arrivals_s[-1],
        home_travel_s=home_travel_s,
        home_distance_m=home_distance_m,
        travel_s=sum(stop.travel_s for stop in stops) + home_travel_s,
        distance_m=sum(stop.distance_m for stop in stops) + home_distance_m,
        prize=sum(candidates[item].prize for item in timeline.items[1:-1] if item != LUNCH),
        overtime_s=overtime_s,
        notes=_notes(stops, overtime_s, lunch_missed=lunch_missed, shift=shift),
    )


def _without_idle_lunch(model: Model, route: int, items: Sequence[int], shift: Shift) -> Timeline:
    """The route's times; lunch is dropped where the day leaves time to eat before or after it."""
    timeline = time_route(model, route, items)
    assert timeline is not None, "a search returns only routes that can be driven"
    if LUNCH not in items or shift.lunch is None:
        return timeline
    shorter = time_route(model, route, [item for item in items if item != LUNCH])
    assert shorter is not None, "without lunch everything is earlier, never later"
    departs_s = shorter.starts_s[1] - (shorter.arrivals_s[1] - shorter.departures_s[0])
    needed = shift.lunch.is_needed(departs_s=departs_s, home_by_s=shorter.arrivals_s[-1])
    return timeline if needed and len(items) > 1 else shorter


def _stop(model: Model, timeline: Timeline, place: int, arrival_s: int, candidates: Sequence[Candidate]) -> PlannedStop:
    item = timeline.items[place]
    leg = timeline.nodes[place - 1], timeline.nodes[place]
    start_s = timeline.starts_s[place]
    candidate = None if item == LUNCH else candidates[item]
    late_s = 0
    if candidate is not None and not any(w.opens_s <= start_s <= w.closes_s for w in candidate.windows):
        late_s = start_s - max(window.closes_s for window in candidate.windows)
    return PlannedStop(
        kind=StopKind.LUNCH if candidate is None else StopKind.VISIT,
        key=None if candidate is None else candidate.key,
        arrival_s=arrival_s,
        start_s=start_s,
        departure_s=timeline.departures_s[place],
        travel_s=int(model.seconds[leg]),
        distance_m=int(model.metres[leg]),
        late_s=late_s,
        place_known=candidate is None or candidate.pin is not None,
    )


def _notes(stops: Sequence[PlannedStop], overtime_s: int, *, lunch_missed: bool, shift: Shift) -> tuple[Note, ...]:
    notes = [
        Note(code=NoteCode.LATE, params={"key": stop.key, "late_s": stop.late_s})
        for stop in stops
        if stop.late_s and stop.key is not None
    ]
    if overtime_s:
        notes.append(Note(code=NoteCode.OVERTIME, params={"overtime_s": overtime_s}))
    if lunch_missed:
        notes.append(Note(code=NoteCode.NO_LUNCH))
    unknown = sum(not stop.place_known for stop in stops)
    if unknown:
        notes.append(Note(code=NoteCode.PLACE_UNKNOWN, params={"count": unknown}))
    if shift.start is None:
        notes.append(Note(code=NoteCode.START_UNKNOWN))
    return tuple(notes)


def explain_left_out(
    settled: Settled, sequences: Sequence[Sequence[int]], candidates: Sequence[Candidate]
) -> list[LeftOut]:
    """Why each candidate of the model that no route visits is left out, in the candidates' order."""
    visited = {item for items in sequences for item in items}
    timelines = [time_route(settled.model, route, items) for route, items in enumerate(sequences)]
    left_out = []
    for item, candidate in enumerate(candidates):
        if item in visited:
            continue
        if item in settled.refused:
            reason, numbers = settled.refused[item]
            params: dict[str, str | int] = dict(numbers)
            if "with" in numbers:
                params = {"with_key": candidates[numbers["with"]].key}
            left_out.append(LeftOut(key=candidate.key, reason=reason, params=params))
        else:
            left_out.append(_explain_optional(settled.model, timelines, item, candidate))
    return left_out


def _explain_optional(model: Model, timelines: Sequence[Timeline | None], item: int, candidate: Candidate) -> LeftOut:
    reasons = [_why_never(model, route, item) for route in range(model.routes) if model.allowed[item, route]]
    if reasons and all(reason is not None for reason in reasons):
        reason = reasons[0] or LeftOutReason.NO_ROOM
        if reason is not LeftOutReason.TOO_FAR:
            return LeftOut(key=candidate.key, reason=reason)
        distance_m = min(int(model.metres[model.start_node(route), item]) for route in range(model.routes))
        return LeftOut(key=candidate.key, reason=reason, params={"distance_m": distance_m})
    for route, timeline in enumerate(timelines):
        place = best_place(model, route, timeline, item) if timeline and model.allowed[item, route] else None
        if place is not None and place[0] >= model.prize[item]:
            return LeftOut(key=candidate.key, reason=LeftOutReason.NOT_WORTH, params={"travel_s": int(place[0])})
    return LeftOut(key=candidate.key, reason=LeftOutReason.NO_ROOM)


def _why_never(model: Model, route: int, item: int) -> LeftOutReason | None:
    """Why a day with nothing else in it could not hold the visit; None if it could."""
    leaves_s, ends_s = model.leaves_s[route], model.ends_s[route]
    service_s = model.service_s[item]
    there_s = int(model.seconds[model.start_node(route), item])
    back_s = int(model.seconds[item, model.end_node(route)])
    if leaves_s + service_s > ends_s:
        return LeftOutReason.NO_ROOM
    if leaves_s + there_s + service_s + back_s > ends_s:
        return LeftOutReason.TOO_FAR
    if earliest_start(model.windows[item], leaves_s + there_s) + service_s + back_s > ends_s:
        return LeftOutReason.CLOSED
    return None
