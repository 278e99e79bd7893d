"""Several notices in one message: each keeps its buttons, and what a tap answers changes its own part only."""

from collections.abc import Sequence

from bot.domain.screen import GATHERED, Json, Screen
from bot.services.work import Work
from bot.store import outbox


async def gathered_screen(work: Work, lead_id: int, screens: Sequence[Screen]) -> Screen:
    """One screen of several. Messages in which their parts lived before give way to it."""
    assert work.acting.chat_id is not None
    parts: dict[str, Json] = {}
    for number, screen in enumerate(screens):
        if screen.living is not None:
            await outbox.clear(work.session, work.acting.chat_id, screen.living, due_at=work.now)
        parts[screen.living or str(number)] = {
            "template": screen.template,
            "facts": dict(screen.facts),
            "living": screen.living,
        }
    return Screen(template=GATHERED, facts={"parts": list(parts.values())}, living=f"gathered:{lead_id}")
