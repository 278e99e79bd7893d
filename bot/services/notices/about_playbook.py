"""What a manager hears of the playbook: the words that reps propose, each with its own two buttons."""

from dataclasses import replace

from bot.domain.screen import Place
from bot.services.notices.telling import Telling
from bot.services.playbook.showing import proposals_screen


async def tell_proposals(telling: Telling) -> bool:
    """All that waits; nothing when it has been decided meanwhile."""
    screen = await proposals_screen(telling.work.session, telling.work.acting)
    if not screen.facts["items"]:
        return False
    await telling.push(replace(screen, place=Place.BELOW))
    return True
