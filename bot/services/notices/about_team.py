"""What a manager hears of the team: the digest in the evening, the week on Monday; an admin: the monthly back-test."""

from datetime import date, datetime

from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.services.digest import digest_screen
from bot.services.notices.telling import Telling
from bot.services.scoring.backtesting import backtest_screen
from bot.services.weekly import is_empty, weekly_screen
from bot.store.unit import Store


async def prepare_digest(store: Store, acting: Acting, on: date, now: datetime) -> Screen:
    """Read the team's day without holding up anybody who writes."""
    async with store.read() as session:
        return await digest_screen(session, acting, on, now)


async def prepare_weekly(store: Store, acting: Acting, on: date, now: datetime) -> Screen | None:
    """The week before the notice's; None where nothing happened in it."""
    async with store.read() as session:
        screen = await weekly_screen(session, acting, on, now)
    return None if is_empty(screen) else screen


async def prepare_backtest(store: Store, acting: Acting, on: date, now: datetime) -> Screen:
    """Replay the past year."""
    return await backtest_screen(store, acting, now)


async def tell_prepared(telling: Telling) -> bool:
    """What was read and worked out beforehand."""
    if not isinstance(telling.prepared, Screen):
        return False
    await telling.push(telling.prepared)
    return True
