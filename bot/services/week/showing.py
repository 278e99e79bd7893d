"""The screens of a week: the list by days, one day, one stop, who is not visited, and the map picture."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.services.week.plan import PlannedWeek, WeekDay, WeekStop
from bot.services.week.survey import WEEK
from bot.store.tables import WeekPlan

NAMES_SHOWN = 4
NOT_VISITED_SHOWN = 10
LOCK_TIMES = ("09:00", "10:00", "11:00", "14:00", "15:00", "16:00")


def living_name(starts_on: date) -> str:
    """The name of the message that a week lives in."""
    return f"week:{starts_on.isoformat()}"


def compact(on: date) -> str:
    """A date as buttons carry it."""
    return f"{on:%Y%m%d}"


def week_of(row: WeekPlan) -> PlannedWeek:
    """The planned week in a row. Raises Refused("week_not_ready") while it is computed."""
    week = PlannedWeek.from_json(row.plan)
    if week is None:
        raise Refused("week_not_ready")
    return week


def week_screen(
    week: PlannedWeek, week_id: int, revision: int, *, is_accepted: bool, acting: Acting, part: int | None = None
) -> Screen:
    """The week by days; several weeks by weeks, or one ``part`` of them by days."""
    living = living_name(week.starts_on)
    several = week.weeks > 1
    is_overview = several and part is None
    if several and part is not None:
        if not 0 <= part < week.weeks:
            raise Refused("old_button")
        week = replace(week.part(part), weeks=week.weeks)
    facts: dict[str, Json] = {
        **_common(week, week_id, revision),
        "weeks": week.weeks,
        "part": part,
        "parts": [_part_line(week, number) for number in range(week.weeks)] if is_overview else [],
        **week_facts(week, acting),
        "is_accepted": is_accepted,
        "leads": acting.leads,
    }
    return Screen(template="replies/weeks" if is_overview else "replies/week", facts=facts, living=living)


def week_facts(week: PlannedWeek, acting: Acting) -> dict[str, Json]:
    """What a week is in numbers, and its days with the stops that matter most."""
    return {
        "starts_on": week.starts_on.isoformat(),
        "visits": week.visits,
        "due": week.due,
        "distance_m": week.distance_m,
        "days": [_day_line(day) for day in week.days],
        "off": [on.isoformat() for on in week.off],
        "not_visited": len(week.not_visited),
        "risk": str(from_minor(week.risked_minor, acting.currency)),
        "currency": acting.currency,
        "next_on": compact(week.starts_on + timedelta(days=WEEK * week.weeks)),
    }


def failure_screen(starts_on: date) -> Screen:
    """A week that could not be planned."""
    facts: dict[str, Json] = {"starts_on": starts_on.isoformat(), "code": compact(starts_on)}
    return Screen(template="replies/week_failed", facts=facts, living=living_name(starts_on))


def _part_line(week: PlannedWeek, number: int) -> Json:
    part = week.part(number)
    return {
        "on": part.starts_on.isoformat(),
        "visits": part.visits,
        "distance_m": part.distance_m,
        "days": [{"on": day.on.isoformat(), "count": len(day.stops)} for day in part.days],
        "off": [on.isoformat() for on in part.off],
    }


def _common(week: PlannedWeek, week_id: int, revision: int) -> dict[str, Json]:
    return {"starts_on": week.starts_on.isoformat(), "week_id": week_id, "revision": revision}


def _day_line(day: WeekDay) -> Json:
    pinned = [stop for stop in day.stops if stop.pinned]
    others = sorted((stop for stop in day.stops if not stop.pinned), key=lambda stop: -stop.priority)
    shown = sorted([*pinned, *others][:NAMES_SHOWN], key=lambda stop: stop.start)
    return {
        "on": day.on.isoformat(),
        "code": compact(day.on),
        "count": len(day.stops),
        "distance_m": day.distance_m,
        "home_by": day.home_by.isoformat(),
        "overtime_min": day.overtime_s // 60,
        "stops": [{"name": stop.name, "pinned": stop.pinned, "at": stop.start.isoformat()} for stop in shown],
        "more": len(day.stops) - len(shown),
    }


def day_screen(week: PlannedWeek, row: WeekPlan, on: date, acting: Acting) -> Screen:
    """One day of the week, every stop. Raises Refused("old_button") for a day that the week has not."""
    day = week.day_of(on)
    if day is None or row.id is None:
        raise Refused("old_button")
    stake = sum(stop.stake_minor for stop in day.stops)
    facts: dict[str, Json] = {
        **_common(week, row.id, row.revision),
        "on": on.isoformat(),
        "code": compact(on),
        "part": week.part_of(on),
        "distance_m": day.distance_m,
        "home_by": day.home_by.isoformat(),
        "overtime_min": day.overtime_s // 60,
        "stake": str(from_minor(stake, acting.currency)),
        "currency": acting.currency,
        "stops": [_stop_facts(number, stop) for number, stop in enumerate(day.stops, start=1)],
    }
    return Screen(template="replies/week_day", facts=facts, living=living_name(week.starts_on))


def _stop_facts(number: int, stop: WeekStop) -> Json:
    return {
        "number": number,
        "customer_id": stop.customer_id,
        "name": stop.name,
        "grade": stop.grade,
        "at": stop.start.isoformat(),
        "until": stop.departure.isoformat(),
        "pinned": stop.pinned,
        "kept": stop.kept,
        "late_min": stop.late_s // 60,
    }


def stop_screen(week: PlannedWeek, row: WeekPlan, customer_id: int, on: date) -> Screen:
    """One stop, and what can be done with it. Raises Refused("old_button")."""
    stop, day = week.stop_of(customer_id, on), week.day_of(on)
    if stop is None or day is None or row.id is None:
        raise Refused("old_button")
    taken = week.dates_of(customer_id)
    facts: dict[str, Json] = {
        **_common(week, row.id, row.revision),
        "on": on.isoformat(),
        "code": compact(on),
        "stop": _stop_facts(day.stops.index(stop) + 1, stop),
        "days": [
            {"on": each.on.isoformat(), "code": compact(each.on)}
            for each in week.days
            if each.on not in taken and abs((each.on - on).days) <= WEEK
        ],
        "times": [{"label": time, "code": time.replace(":", "")} for time in LOCK_TIMES],
    }
    return Screen(template="replies/week_stop", facts=facts, living=living_name(week.starts_on))


def not_visited_screen(week: PlannedWeek, row: WeekPlan, acting: Acting) -> Screen:
    """Who is due and not visited, why, and what that risks."""
    assert row.id is not None
    entries: list[Json] = [
        {
            "number": number,
            "customer_id": entry.customer_id,
            "name": entry.name,
            "grade": entry.grade,
            "stake": str(from_minor(entry.stake_minor, acting.currency)),
            "why": entry.why,
        }
        for number, entry in enumerate(week.not_visited[:NOT_VISITED_SHOWN], start=1)
    ]
    facts: dict[str, Json] = {
        **_common(week, row.id, row.revision),
        "count": len(week.not_visited),
        "risk": str(from_minor(week.risked_minor, acting.currency)),
        "currency": acting.currency,
        "entries": entries,
    }
    return Screen(template="replies/week_left", facts=facts, living=living_name(week.starts_on))


def put_screen(week: PlannedWeek, row: WeekPlan, customer_id: int) -> Screen:
    """On which day somebody who is not visited shall be. Raises Refused("old_button")."""
    entry = next((each for each in week.not_visited if each.customer_id == customer_id), None)
    if entry is None or row.id is None:
        raise Refused("old_button")
    facts: dict[str, Json] = {
        **_common(week, row.id, row.revision),
        "customer_id": customer_id,
        "name": entry.name,
        "grade": entry.grade,
        "why": entry.why,
        "days": [{"on": each.on.isoformat(), "code": compact(each.on)} for each in week.days],
    }
    return Screen(template="replies/week_put", facts=facts, living=living_name(week.starts_on))


def lock_seconds(code: str) -> int:
    """A button's time as seconds of the day. Raises Refused("old_button")."""
    known = {time.replace(":", ""): time for time in LOCK_TIMES}
    if code not in known:
        raise Refused("old_button")
    hour, minute = known[code].split(":")
    return int(hour) * 3600 + int(minute) * 60


def only_part(week: PlannedWeek, number: int) -> PlannedWeek:
    """One of several weeks. Raises Refused("old_button")."""
    if not 0 <= number < week.weeks:
        raise Refused("old_button")
    return week.part(number)


def only_day(week: PlannedWeek, day: WeekDay | None) -> PlannedWeek:
    """The week with one of its days only. Raises Refused("old_button")."""
    if day is None:
        raise Refused("old_button")
    return replace(week, days=(day,))


def feed_screen(address: str | None) -> Screen:
    """The address of a private calendar; None: it is void."""
    return Screen(template="replies/calendar_feed", facts={"address": address}, living="calendar", place=Place.BELOW)


def calendar_screen(week: PlannedWeek, media: int, *, can_follow: bool) -> Screen:
    """The calendar file."""
    facts: dict[str, Json] = {
        "starts_on": week.starts_on.isoformat(),
        "visits": week.visits,
        "can_follow": can_follow,
    }
    living = f"{living_name(week.starts_on)}:ics"
    return Screen(template="replies/week_calendar", facts=facts, living=living, place=Place.BELOW, document=str(media))
