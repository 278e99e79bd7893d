"""/settings and /language: a member's own times, start place and language, chosen by buttons, without typing."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.geo import Pin
from bot.domain.people import Acting
from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import Language
from bot.handlers.turn import LEADERS, Handler, Turn, command, tap
from bot.services import awaiting, preferences
from bot.services.check_in import ASKING, stop_asking
from bot.services.notices.explaining import set_muted
from bot.services.notices.outlook import mutes_screen
from bot.services.people import acting_by_member
from bot.services.travel_times import calibrating
from bot.services.work import Work

Build = Callable[[AsyncSession, Acting], Awaitable[Screen]]


def handlers() -> list[Handler]:
    return [
        command("settings", show_settings),
        command("language", show_languages),
        tap("lang", choose_language),
        tap("set", show_settings),
        tap("set.hours", choose_hours),
        tap("set.days", choose_days),
        tap("set.quiet", choose_quiet),
        tap("set.zone", choose_zone),
        tap("set.maps", choose_maps),
        tap("set.travel", choose_travel, roles=LEADERS),
        tap("set.place", show_place),
        tap("set.place.ask", ask_place),
        tap("set.place.clear", clear_place),
        tap("set.lang", show_languages),
        tap("set.asks", choose_asks),
        tap("set.rings", choose_rings, roles=LEADERS),
    ]


async def show_settings(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await preferences.settings_screen(session, turn.acting, below=turn.tapped is None)
    await turn.show(screen)


async def show_languages(turn: Turn, args: list[str]) -> None:
    place = Place.BELOW if turn.tapped is None else Place.EDIT
    await turn.show(Screen(template="replies/language", living=preferences.LIVING, place=place))


async def choose_language(turn: Turn, args: list[str]) -> None:
    """lang:<code>: all messages from this one on, and the menu, are in that language."""
    try:
        language = Language(args[0])
    except (IndexError, ValueError) as error:
        raise Refused("button_unknown") from error
    async with turn.begin() as work:
        await preferences.set_language(work, language)
        await work.show(Screen(template="replies/language_done", living=preferences.LIVING))


async def _ask_or_change(turn: Turn, value: str, ask: Build, change: Callable[[Work, str], Awaitable[None]]) -> None:
    """Without a value show the choices; with one make the change and show them again, as they are now."""
    if not value:
        async with turn.read() as session:
            screen = await ask(session, turn.acting)
        await turn.show(screen)
        return
    async with turn.begin() as work:
        await change(work, value)
        acting = await acting_by_member(work.session, work.acting.member_id)
        await work.show(await ask(work.session, acting))


async def choose_hours(turn: Turn, args: list[str]) -> None:
    """set.hours, set.hours:0830-1730"""
    await _ask_or_change(turn, "".join(args), preferences.hours_screen, _set_hours)


async def _set_hours(work: Work, value: str) -> None:
    begin, _, end = value.partition("-")
    await preferences.set_hours(work, preferences.read_time(begin), preferences.read_time(end))


async def choose_quiet(turn: Turn, args: list[str]) -> None:
    """set.quiet, set.quiet:2000-0730"""
    await _ask_or_change(turn, "".join(args), preferences.quiet_screen, _set_quiet)


async def _set_quiet(work: Work, value: str) -> None:
    begin, _, end = value.partition("-")
    await preferences.set_quiet(work, preferences.read_time(begin), preferences.read_time(end))


async def choose_days(turn: Turn, args: list[str]) -> None:
    """set.days, set.days:12345; an empty list of days is refused."""
    if args == [""]:
        raise Refused("no_working_day")
    await _ask_or_change(turn, "".join(args), preferences.days_screen, preferences.set_weekdays)


async def choose_zone(turn: Turn, args: list[str]) -> None:
    """set.zone, set.zone:Asia/Taipei, set.zone:team"""
    await _ask_or_change(turn, "".join(args), preferences.zone_screen, _set_zone)


async def _set_zone(work: Work, value: str) -> None:
    await preferences.set_zone(work, None if value == "team" else value)


async def choose_maps(turn: Turn, args: list[str]) -> None:
    """set.maps, set.maps:waze"""
    await _ask_or_change(turn, "".join(args), preferences.maps_screen, preferences.set_map_app)


async def choose_asks(turn: Turn, args: list[str]) -> None:
    """set.asks, set.asks:<kind>:<1 for muted>"""
    if not args:
        async with turn.read() as session:
            screen = await mutes_screen(session, turn.acting)
        await turn.show(screen)
        return
    async with turn.begin() as work:
        await set_muted(work, args[0], args[1:] == ["1"])
        await work.show(await mutes_screen(work.session, work.acting))


async def choose_rings(turn: Turn, args: list[str]) -> None:
    """set.rings, set.rings:<number>"""
    await _ask_or_change(turn, "".join(args), preferences.rings_screen, _set_rings)


async def _set_rings(work: Work, value: str) -> None:
    await preferences.set_rings(work, int(value) if value.isascii() and value.isdecimal() else 0)


async def choose_travel(turn: Turn, args: list[str]) -> None:
    """set.travel, set.travel:1.2, set.travel:learn"""
    await _ask_or_change(turn, "".join(args), calibrating.travel_screen, calibrating.set_travel_factor)


async def show_place(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await preferences.place_screen(session, turn.acting)
    await turn.show(screen)


async def ask_place(turn: Turn, args: list[str]) -> None:
    """A message of its own carries the reply keyboard, since such a message cannot be edited."""
    async with turn.begin() as work:
        await awaiting.ask(work, awaiting.Kind.START_PLACE)
        screen = Screen(template="replies/settings_place_ask", living=ASKING, place=Place.BELOW)
        await work.show(screen, over_tapped=False)


async def take_start_place(turn: Turn, pin: Pin) -> None:
    """A shared location that was asked for as the start place."""
    async with turn.begin() as work:
        await stop_asking(work)
        await preferences.set_start_place(work, pin)
        await work.show(await preferences.settings_screen(work.session, work.acting, below=True))


async def clear_place(turn: Turn, args: list[str]) -> None:
    async with turn.begin() as work:
        await preferences.set_start_place(work, None)
        await work.show(await preferences.place_screen(work.session, work.acting))
