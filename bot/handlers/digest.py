"""/digest: the team's day so far, its sections and the week before, for those who lead."""

from datetime import UTC, date, datetime
from functools import partial

from bot.handlers.turn import LEADERS, Handler, Turn, command, tap
from bot.services.digest import SECTIONS, digest_screen
from bot.services.weekly import set_leaderboard, weekly_screen


def handlers() -> list[Handler]:
    sections = [tap(f"dg.{name}", partial(show_section, name), roles=LEADERS) for name in SECTIONS]
    return [
        command("digest", show_digest, roles=LEADERS),
        tap("wk", show_week, roles=LEADERS),
        tap("wk.board", switch_leaderboard, roles=LEADERS),
        *sections,
    ]


async def show_digest(turn: Turn, args: list[str]) -> None:
    """Today so far, below everything."""
    today = turn.acting.local(turn.now).date()
    async with turn.read() as session:
        screen = await digest_screen(session, turn.acting, today, turn.now, below=True)
    await turn.show(screen)


async def show_section(section: str, turn: Turn, args: list[str]) -> None:
    """A section of the digest of the date that the button names."""
    on = _date(args[0] if args else "") or turn.acting.local(turn.now).date()
    async with turn.read() as session:
        screen = await digest_screen(session, turn.acting, on, turn.now, section=section)
    await turn.show(screen)


async def show_week(turn: Turn, args: list[str]) -> None:
    """wk:<date>: the week before."""
    on = _date(args[0] if args else "") or turn.acting.local(turn.now).date()
    async with turn.read() as session:
        screen = await weekly_screen(session, turn.acting, on, turn.now)
    await turn.show(screen)


async def switch_leaderboard(turn: Turn, args: list[str]) -> None:
    """wk.board:<date>:<0 or 1>"""
    on = _date(args[0] if args else "") or turn.acting.local(turn.now).date()
    async with turn.begin() as work:
        await set_leaderboard(work, shown=args[1:] == ["1"])
        await work.session.flush()
        await work.show(await weekly_screen(work.session, work.acting, on, work.now))


def _date(code: str) -> date | None:
    try:
        return datetime.strptime(code, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None
