"""What a manager hears of the team: the digest in the evening."""

from datetime import datetime

from bot.domain.people import Acting
from bot.domain.screen import Screen
from bot.services.digest import digest_screen
from bot.services.notices.telling import Telling
from bot.store.tables import Notice
from bot.store.unit import Store


async def prepare_digest(store: Store, acting: Acting, notice: Notice, now: datetime) -> Screen:
    """Read the team's day without holding up anybody who writes."""
    assert notice.on is not None
    async with store.read() as session:
        return await digest_screen(session, acting, notice.on, now)


async def tell_digest(telling: Telling) -> bool:
    """The digest of the day."""
    if not isinstance(telling.prepared, Screen):
        return False
    await telling.push(telling.prepared)
    return True
