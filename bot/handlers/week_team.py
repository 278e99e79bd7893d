"""The team's weeks, for managers: /week of who leads and does not sell, and the button Team of who does both."""

from bot.domain.errors import Refused
from bot.handlers.capacity import week_in
from bot.handlers.today import number
from bot.handlers.turn import LEADERS, Handler, Turn, tap
from bot.services.week import team
from bot.services.week.survey import week_to_plan
from bot.services.work_calendar import working_days_of

MOST_WEEKS = 4


def handlers() -> list[Handler]:
    return [
        tap("team.week", show_team, roles=LEADERS),
        tap("team.plan", plan_team, roles=LEADERS),
        tap("team.ok", accept_team, roles=LEADERS),
        tap("team.rep", show_rep, roles=LEADERS),
    ]


async def show_team(turn: Turn, args: list[str]) -> None:
    """team.week:<monday>, or the coming one."""
    tapped = turn.tapped is not None
    async with turn.read() as session:
        if tapped and args:
            starts_on = week_in(args, 0)
        else:
            starts_on = week_to_plan(turn.acting, turn.now, await working_days_of(session, turn.acting))
        screen = await team.team_screen(session, turn.acting, starts_on, below=not tapped)
    await turn.show(screen)


async def plan_team(turn: Turn, args: list[str]) -> None:
    """team.plan:<monday>:<weeks>: want everybody's weeks; they are computed beside all turns."""
    starts_on, weeks = week_in(args, 0), number(args, 1)
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused("old_button")
    async with turn.begin() as work:
        await team.ask_for_team(work, starts_on, weeks)
        await work.show(await team.team_screen(work.session, work.acting, starts_on, below=False))


async def accept_team(turn: Turn, args: list[str]) -> None:
    """team.ok:<monday>: the proposals become planned visits."""
    starts_on = week_in(args, 0)
    async with turn.begin() as work:
        await team.accept_for_team(work, starts_on)
        await work.session.flush()
        await work.show(await team.team_screen(work.session, work.acting, starts_on, below=False))


async def show_rep(turn: Turn, args: list[str]) -> None:
    """team.rep:<monday>:<member>:<part>"""
    async with turn.read() as session:
        screen = await team.rep_screen(session, turn.acting, week_in(args, 0), number(args, 1), number(args, 2))
    await turn.show(screen)
