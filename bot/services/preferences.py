"""A member's own settings: language, working hours and days, start place, quiet hours, time zone."""

from collections.abc import Sequence
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Language, MapApp
from bot.services.navigation import app_of
from bot.services.notices.manners import RINGS_KEY, recipient_of
from bot.services.notices.recurring import plan_member_anew
from bot.services.people import acting_by_member, own_row
from bot.services.promises.reminding import plan_reminders_anew
from bot.services.work import Work
from bot.store import outbox
from bot.store.tables import Member, Team

LIVING = "settings"
STEP_MINUTES = 30
DAY_MINUTES = 24 * 60
LATEST_MINUTE = DAY_MINUTES - STEP_MINUTES
USUAL_HOURS = ((time(8), time(17)), (time(8, 30), time(17, 30)), (time(9), time(18)), (time(10), time(19)))
USUAL_QUIET = ((time(19), time(7)), (time(20), time(7, 30)), (time(21), time(8)), (time(22), time(8)))
USUAL_ZONES = (
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Hong_Kong",
    "Asia/Kuala_Lumpur",
    "Asia/Jakarta",
    "Asia/Tokyo",
    "Europe/London",
)
WEEK = "1234567"
RINGS_CHOICES = (2, 4, 6, 8, 10)


def read_time(text: str) -> time:
    """A button's 0830 as a time. Raises Refused("button_unknown")."""
    try:
        return time(int(text[:2]), int(text[2:]))
    except ValueError as error:
        raise Refused("button_unknown") from error


def write_time(wall: time) -> str:
    """A time as a button carries it."""
    return f"{wall:%H%M}"


def moved(wall: time, minutes: int) -> time:
    """A time some minutes later or earlier, kept within its day."""
    total = min(max(wall.hour * 60 + wall.minute + minutes, 0), LATEST_MINUTE)
    return time(total // 60, total % 60)


async def settings_screen(session: AsyncSession, acting: Acting, *, below: bool = False) -> Screen:
    """Everything at a glance."""
    member = await own_row(session, acting)
    facts: dict[str, Json] = {
        "name": acting.name,
        "records": acting.records,
        "leads": acting.leads,
        "work_from": _seconds(member.work_from),
        "work_until": _seconds(member.work_until),
        "chosen_days": member.working_weekdays,
        "quiet_from": _seconds(member.quiet_from),
        "quiet_until": _seconds(member.quiet_until),
        "has_start": member.start_lat is not None,
        "map_app": app_of(acting.country, member.map_app).value,
        "zone": acting.zone.key,
        "own_zone": member.timezone is not None,
        "rings": (await recipient_of(session, member, acting)).rings_a_day,
        "muted": len(member.muted_kinds),
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/settings", facts=facts, living=LIVING, place=place)


async def hours_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Usual hours to choose from, and half-hour steps of either end."""
    member = await own_row(session, acting)
    return _span_screen("hours", member.work_from, member.work_until, USUAL_HOURS)


async def quiet_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Usual quiet hours to choose from, and half-hour steps of either end."""
    member = await own_row(session, acting)
    return _span_screen("quiet", member.quiet_from, member.quiet_until, USUAL_QUIET)


def _span_screen(what: str, begin: time, end: time, usual: Sequence[tuple[time, time]]) -> Screen:
    steps: list[Json] = [
        {"end": name, "sign": sign, "span": _span(*span)}
        for name, sign, span in (
            ("from", -1, (moved(begin, -STEP_MINUTES), end)),
            ("from", 1, (moved(begin, STEP_MINUTES), end)),
            ("until", -1, (begin, moved(end, -STEP_MINUTES))),
            ("until", 1, (begin, moved(end, STEP_MINUTES))),
        )
    ]
    facts: dict[str, Json] = {
        "what": what,
        "begin": _seconds(begin),
        "end": _seconds(end),
        "usual": [{"begin": _seconds(one), "end": _seconds(two), "span": _span(one, two)} for one, two in usual],
        "steps": steps,
    }
    return Screen(template="replies/settings_span", facts=facts, living=LIVING)


async def days_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The weekdays, each to be ticked; a tap carries the days as they would be."""
    chosen = (await own_row(session, acting)).working_weekdays
    days: list[Json] = [
        {
            "day": day,
            "on": day in chosen,
            "then": "".join(each for each in WEEK if (each in chosen) is not (each == day)),
        }
        for day in WEEK
    ]
    return Screen(template="replies/settings_days", facts={"days": days}, living=LIVING)


async def zone_screen(session: AsyncSession, acting: Acting) -> Screen:
    """The team's zone and some common ones."""
    member = await own_row(session, acting)
    team = await session.get(Team, acting.team_id)
    assert team is not None
    facts: dict[str, Json] = {"zone": member.timezone, "team_zone": team.timezone, "zones": list[Json](USUAL_ZONES)}
    return Screen(template="replies/settings_zone", facts=facts, living=LIVING)


async def place_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Where the day starts: at a place that is shared, or at the first customer."""
    has_start = (await own_row(session, acting)).start_lat is not None
    return Screen(template="replies/settings_place", facts={"has_start": has_start}, living=LIVING)


async def maps_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Which map app opens when the member taps Navigate."""
    member = await own_row(session, acting)
    facts: dict[str, Json] = {
        "app": app_of(acting.country, member.map_app).value,
        "apps": [app.value for app in MapApp],
    }
    return Screen(template="replies/settings_maps", facts=facts, living=LIVING)


async def set_map_app(work: Work, app: str) -> None:
    """Change the map app. Raises Refused for one that is not known."""
    if app not in list(MapApp):
        raise Refused("button_unknown")
    (await own_row(work.session, work.acting)).map_app = MapApp(app)
    await work.session.flush()


async def set_language(work: Work, language: Language) -> None:
    """Change what everything from now on is written in, the command menu too."""
    (await own_row(work.session, work.acting)).language = language
    await work.session.flush()
    if work.acting.chat_id is not None:
        await outbox.set_menu(work.session, work.acting, due_at=work.now)


async def set_hours(work: Work, begin: time, end: time) -> None:
    """Change the working hours. Raises Refused when they do not end after they begin."""
    if begin >= end:
        raise Refused("hours_backwards")
    member = await own_row(work.session, work.acting)
    member.work_from, member.work_until = begin, end
    await _plan_notices(work)


async def set_quiet(work: Work, begin: time, end: time) -> None:
    """Change the hours in which nothing rings; they may span midnight. Equal times: no quiet hours."""
    member = await own_row(work.session, work.acting)
    member.quiet_from, member.quiet_until = begin, end
    await _plan_notices(work)


async def set_weekdays(work: Work, days: str) -> None:
    """Change the days that are worked. Raises Refused when none is left."""
    if not days:
        raise Refused("no_working_day")
    if any(day not in WEEK for day in days) or len(set(days)) != len(days):
        raise Refused("button_unknown")
    (await own_row(work.session, work.acting)).working_weekdays = "".join(sorted(days))
    await _plan_notices(work)


async def set_zone(work: Work, zone: str | None) -> None:
    """Change the own time zone; None is the team's. Raises Refused for a zone that is none."""
    try:
        if zone is not None:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refused("button_unknown") from error
    (await own_row(work.session, work.acting)).timezone = zone
    await _plan_notices(work)


async def rings_screen(session: AsyncSession, acting: Acting) -> Screen:
    """How many messages may ring at each person of the team on a day."""
    rings = (await recipient_of(session, await own_row(session, acting), acting)).rings_a_day
    facts: dict[str, Json] = {"rings": rings, "choices": list[Json](RINGS_CHOICES)}
    return Screen(template="replies/settings_rings", facts=facts, living=LIVING)


async def set_rings(work: Work, rings: int) -> None:
    """Change the team's budget of rings. Raises Refused for a number that is not offered."""
    if rings not in RINGS_CHOICES:
        raise Refused("button_unknown")
    team = await work.session.get(Team, work.acting.team_id)
    assert team is not None
    team.settings = {**team.settings, RINGS_KEY: rings}
    await work.session.flush()


async def set_start_place(work: Work, pin: Pin | None) -> None:
    """Change where the day starts; None: at the first customer. Only the planner reads it."""
    member: Member = await own_row(work.session, work.acting)
    member.start_lat, member.start_lng = (pin.lat, pin.lng) if pin else (None, None)
    await work.session.flush()


async def _plan_notices(work: Work) -> None:
    """Let what is still to be told follow the member's new times."""
    await work.session.flush()
    await plan_reminders_anew(work)
    await plan_member_anew(work.session, await acting_by_member(work.session, work.acting.member_id), work.now)


def _seconds(wall: time) -> int:
    return (wall.hour * 60 + wall.minute) * 60


def _span(begin: time, end: time) -> str:
    return f"{write_time(begin)}-{write_time(end)}"
