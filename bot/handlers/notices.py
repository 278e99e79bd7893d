"""What a person can do about notices: ask why one came, have it again later, be asked no more, see what comes."""

from datetime import UTC, datetime

from telegram.ext import CommandHandler
from telegram.ext.filters import REPLY, ChatType

from bot.handlers.customers import number_in
from bot.handlers.turn import EVERYBODY, LEADERS, Handler, Turn, command, guarded, tap
from bot.services.notices import explaining, outlook


def handlers() -> list[Handler]:
    return [
        CommandHandler("why", guarded(show_why_of_message, EVERYBODY), filters=ChatType.PRIVATE & REPLY),
        tap("nt", show_why),
        tap("nt.later", ask_again),
        tap("nt.mute", mute),
        command("notices", show_coming),
        tap("nt.coming", show_coming_of),
        tap("nt.came", show_what_came),
        tap("nt.team", show_team, roles=LEADERS),
    ]


async def show_why_of_message(turn: Turn, args: list[str]) -> None:
    """/why in answer to a notice."""
    answered = turn.message.reply_to_message if turn.message else None
    assert answered is not None
    async with turn.read() as session:
        notice_id = await explaining.notice_of_message(session, turn.acting, answered.message_id)
        screen = await explaining.notice_screen(session, turn.acting, notice_id, turn.now)
    await turn.show(screen)


async def show_why(turn: Turn, args: list[str]) -> None:
    """nt:<notice>: below, so that the notice keeps its own buttons."""
    async with turn.begin() as work:
        screen = await explaining.notice_screen(work.session, work.acting, number_in(args), work.now)
        await work.show(screen, over_tapped=False)


async def ask_again(turn: Turn, args: list[str]) -> None:
    """nt.later:<notice>:<UTC minute>: an old button whose time has passed changes nothing."""
    notice_id, at = number_in(args), _instant(args[1] if len(args) > 1 else "")
    async with turn.begin() as work:
        planned = at is not None and await explaining.ask_again(work, notice_id, at)
        screen = await explaining.notice_screen(
            work.session, work.acting, notice_id, work.now, again_at=at if planned else None
        )
        await work.show(screen)


async def mute(turn: Turn, args: list[str]) -> None:
    """nt.mute:<notice>:<1 or 0>"""
    notice_id = number_in(args)
    async with turn.begin() as work:
        kind = await explaining.kind_of(work.session, work.acting, notice_id)
        await explaining.set_muted(work, kind, args[1:] == ["1"])
        await work.show(await explaining.notice_screen(work.session, work.acting, notice_id, work.now))


async def show_coming(turn: Turn, args: list[str]) -> None:
    """What comes over the next days, below everything."""
    async with turn.read() as session:
        screen = await outlook.coming_screen(session, turn.acting, turn.now, below=True)
    await turn.show(screen)


async def show_coming_of(turn: Turn, args: list[str]) -> None:
    """nt.coming:<member, 0 for oneself>:<days>"""
    member_id, days = number_in(args), number_in(args, 1)
    async with turn.read() as session:
        screen = await outlook.coming_screen(session, turn.acting, turn.now, days=days, member_id=member_id)
    await turn.show(screen)


async def show_what_came(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await outlook.recent_screen(session, turn.acting)
    await turn.show(screen)


async def show_team(turn: Turn, args: list[str]) -> None:
    async with turn.read() as session:
        screen = await outlook.team_screen(session, turn.acting, turn.now)
    await turn.show(screen)


def _instant(code: str) -> datetime | None:
    try:
        return datetime.strptime(code, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
