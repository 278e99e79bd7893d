"""/week: the week as a list, its days and stops, and everything that a rep can change about it with a tap."""

import asyncio
from collections.abc import Callable
from datetime import date

from bot.domain.errors import Refused
from bot.domain.screen import Place, Screen
from bot.handlers.capacity import week_in
from bot.handlers.today import number
from bot.handlers.turn import Handler, Turn, command, tap
from bot.handlers.week_team import show_team
from bot.services.calendar_feed import WEEK_FILE, calendar_of, close_feed, feed_address, open_feed
from bot.services.day.showing import current_view
from bot.services.maps.picture import CONTENT_TYPE, draw_map
from bot.services.media import keep_media
from bot.services.week import mapping, showing
from bot.services.week.accepting import accept_week
from bot.services.week.making import ask
from bot.services.week.plan import PlannedWeek
from bot.services.week.survey import week_to_plan
from bot.services.week.turns import give_turn_up
from bot.services.week.wishes import Wishes
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store import week_plans
from bot.store.tables import WeekPlan

CALENDAR_TYPE = "text/calendar"
MOST_WEEKS = 4
PART = "w"
"""Before the number of one of several weeks, where a button may also carry a date."""


def handlers() -> list[Handler]:
    """Handlers of the week."""
    return [
        command("week", show_week),
        tap("week", show_week),
        tap("week.all", show_list),
        tap("week.ok", accept),
        tap("week.again", suggest_another),
        tap("week.span", change_span),
        tap("week.day", show_day),
        tap("week.stop", show_stop),
        tap("week.left", show_not_visited),
        tap("week.pick", pick_day),
        tap("week.move", move),
        tap("week.lock", lock),
        tap("week.out", leave_out),
        tap("week.put", put),
        tap("week.map", show_map),
        tap("map", show_today_map),
        tap("week.ics", send_calendar),
        tap("week.feed", open_calendar_feed),
        tap("week.unfeed", close_calendar_feed),
    ]


async def show_week(turn: Turn, args: list[str]) -> None:
    """The week as it is kept; one that was never planned is planned now, behind a progress line."""
    if not turn.acting.records and turn.acting.leads:
        await show_team(turn, [])
        return
    if not turn.acting.records:
        raise Refused("no_own_route")
    asked = week_in(args, 0) if turn.tapped is not None and args else None
    weeks = _weeks(args) if turn.tapped is None and args else None
    async with turn.read() as session:
        starts_on = asked or week_to_plan(turn.acting, turn.now, await working_days_of(session, turn.acting))
    async with turn.begin() as work:
        row = await week_plans.get_week(work.session, work.acting, starts_on)
        wishes = Wishes.from_json(row.wishes) if row else Wishes()
        other_span = weeks is not None and weeks != wishes.weeks
        if row is None or row.asked_at is not None or other_span or PlannedWeek.from_json(row.plan) is None:
            await ask(work, starts_on, wishes.over(weeks or wishes.weeks))
        else:
            await _show(work, row)


def _weeks(args: list[str]) -> int:
    """How many weeks are asked for. Raises Refused("weeks_out_of_range")."""
    if args[0] not in list(map(str, range(1, MOST_WEEKS + 1))):
        raise Refused("weeks_out_of_range", most=MOST_WEEKS)
    return int(args[0])


async def _show(work: Work, row: WeekPlan, part: int | None = None) -> None:
    assert row.id is not None
    week = showing.week_of(row)
    accepted = row.accepted_at is not None
    screen = showing.week_screen(week, row.id, row.revision, is_accepted=accepted, acting=work.acting, part=part)
    place = Place.BELOW if work.tapped is None else Place.EDIT
    await work.show(Screen(template=screen.template, facts=screen.facts, living=screen.living, place=place))


async def _own_week(work: Work, args: list[str]) -> tuple[WeekPlan, PlannedWeek]:
    row = await week_plans.get_own_week(work.session, work.acting, number(args, 0))
    if row is None:
        raise Refused("old_button")
    return row, showing.week_of(row)


async def show_list(turn: Turn, args: list[str]) -> None:
    """Back to the whole week, to several, or to one of several."""
    async with turn.begin() as work:
        row, _ = await _own_week(work, args)
        await _show(work, row, number(args, 1) if len(args) > 1 else None)


async def accept(turn: Turn, args: list[str]) -> None:
    """The week becomes planned visits."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        await accept_week(work, row, week, number(args, 1))
        kept = await week_plans.get_own_week(work.session, work.acting, number(args, 0))
        assert kept is not None
        await _show(work, kept)


async def show_day(turn: Turn, args: list[str]) -> None:
    """One day, every stop."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        await work.show(showing.day_screen(week, row, _date(args, 1), work.acting))


async def show_stop(turn: Turn, args: list[str]) -> None:
    """One stop, and what can be done with it."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        await work.show(showing.stop_screen(week, row, number(args, 1), _date(args, 2)))


async def show_not_visited(turn: Turn, args: list[str]) -> None:
    """Who is due and not visited, and why."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        await work.show(showing.not_visited_screen(week, row, work.acting))


async def pick_day(turn: Turn, args: list[str]) -> None:
    """A day for somebody who is not visited."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        await work.show(showing.put_screen(week, row, number(args, 1)))


Change = Callable[[PlannedWeek, Wishes], Wishes]


async def _change(turn: Turn, args: list[str], change: Change, *, gives_up: int | None = None) -> None:
    """Take a wish, once for each revision that a button was under, and plan the week again around it.

    ``gives_up`` is a customer whose turn it is no more, where others serve it.
    """
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        if row.revision != number(args, 1):
            await _show(work, row)
        else:
            if gives_up is not None:
                await give_turn_up(work, row.starts_on, week.weeks, gives_up)
            await ask(work, row.starts_on, change(week, Wishes.from_json(row.wishes)))


async def suggest_another(turn: Turn, args: list[str]) -> None:
    """Another suggestion for the same week."""
    await _change(turn, args, lambda _, wishes: wishes.another())


async def change_span(turn: Turn, args: list[str]) -> None:
    """One week, or up to four at once."""
    weeks = _weeks(args[2:3] or [""])
    await _change(turn, args, lambda _, wishes: wishes.over(weeks))


async def move(turn: Turn, args: list[str]) -> None:
    """A stop goes to another day."""
    customer_id, begin, to = number(args, 2), _date(args, 3), _date(args, 4)

    def change(week: PlannedWeek, wishes: Wishes) -> Wishes:
        _need_stop(week, customer_id, begin)
        _need_day(week, to)
        return wishes.move(customer_id, week.dates_of(customer_id), begin, to)

    await _change(turn, args, change)


async def lock(turn: Turn, args: list[str]) -> None:
    """A stop gets a fixed time."""
    customer_id, on, code = number(args, 2), _date(args, 3), args[4] if len(args) > 4 else ""

    def change(week: PlannedWeek, wishes: Wishes) -> Wishes:
        _need_stop(week, customer_id, on)
        return wishes.lock(customer_id, week.dates_of(customer_id), on, showing.lock_seconds(code))

    await _change(turn, args, change)


async def leave_out(turn: Turn, args: list[str]) -> None:
    """A customer is not visited this week, or by a colleague who serves it too."""
    customer_id = number(args, 2)
    await _change(turn, args, lambda _, wishes: wishes.leave_out(customer_id), gives_up=customer_id)


async def put(turn: Turn, args: list[str]) -> None:
    """Somebody who was not visited gets a day."""
    customer_id, to = number(args, 2), _date(args, 3)

    def change(week: PlannedWeek, wishes: Wishes) -> Wishes:
        _need_day(week, to)
        return wishes.take_back(customer_id, to)

    await _change(turn, args, change)


def _need_stop(week: PlannedWeek, customer_id: int, on: date) -> None:
    if week.stop_of(customer_id, on) is None:
        raise Refused("old_button")


def _need_day(week: PlannedWeek, on: date) -> None:
    if week.day_of(on) is None:
        raise Refused("old_button")


def _date(args: list[str], place: int) -> date:
    value = number(args, place)
    try:
        return date(value // 10_000, value // 100 % 100, value % 100)
    except ValueError as error:
        raise Refused("old_button") from error


async def show_map(turn: Turn, args: list[str]) -> None:
    """The week as a picture, or one of its days, below the list."""
    async with turn.read() as session:
        row = await week_plans.get_own_week(session, turn.acting, number(args, 0))
        if row is None:
            raise Refused("old_button")
        week = showing.week_of(row)
        living = showing.living_name(week.starts_on)
        if len(args) > 1 and args[1].startswith(PART):
            week = showing.only_part(week, number([args[1].removeprefix(PART)], 0))
        elif len(args) > 1:
            week = showing.only_day(week, week.day_of(_date(args, 1)))
        routes = await mapping.map_routes(session, turn.acting, week)
    picture = await asyncio.to_thread(draw_map, routes)
    async with turn.begin() as work:
        name = f"{living}.png".replace(":", "-")
        media = await keep_media(
            work.session, work.acting.team_id, name=name, content_type=CONTENT_TYPE, content=picture, now=work.now
        )
        await work.show(mapping.map_screen(week, media), over_tapped=False)


async def show_today_map(turn: Turn, args: list[str]) -> None:
    """Today's route as a picture, below it."""
    on = turn.acting.local(turn.now).date()
    async with turn.read() as session:
        view = await current_view(session, turn.acting, on, turn.now)
        route = await mapping.today_route(session, turn.acting, view)
    picture = await asyncio.to_thread(draw_map, [route])
    async with turn.begin() as work:
        media = await keep_media(
            work.session,
            work.acting.team_id,
            name=f"{on:%Y%m%d}.png",
            content_type=CONTENT_TYPE,
            content=picture,
            now=work.now,
        )
        await work.show(mapping.today_map_screen(on, view, media), over_tapped=False)


async def send_calendar(turn: Turn, args: list[str]) -> None:
    """The week as a file that any calendar takes."""
    async with turn.begin() as work:
        row, week = await _own_week(work, args)
        accepted = row.accepted_at is not None
        content = await calendar_of(work.session, work.acting, week, work.now, is_accepted=accepted)
        media = await keep_media(
            work.session,
            work.acting.team_id,
            name=WEEK_FILE.format(day=showing.compact(week.starts_on)),
            content_type=CALENDAR_TYPE,
            content=content,
            now=work.now,
        )
        await work.show(showing.calendar_screen(week, media, can_follow=turn.public_url is not None), over_tapped=False)


async def open_calendar_feed(turn: Turn, args: list[str]) -> None:
    """A private address that a calendar follows; asking again makes the one before void."""
    if turn.public_url is None:
        raise Refused("no_public_address")
    async with turn.begin() as work:
        token = await open_feed(work)
        await work.show(showing.feed_screen(feed_address(turn.public_url, token)), over_tapped=False)


async def close_calendar_feed(turn: Turn, args: list[str]) -> None:
    """The address is void from now on."""
    async with turn.begin() as work:
        await close_feed(work)
        await work.show(showing.feed_screen(None))
