"""What a rep hears of care: one silent message a day with all that is due, and an emergency by itself."""

from dataclasses import replace

from sqlmodel import col

from bot.domain.screen import Place
from bot.services.care.showing import due_now, list_screen, one_screen
from bot.services.care.touching import touched
from bot.services.notices.telling import Telling
from bot.store.care import visible_prompts
from bot.store.tables import CarePrompt


async def tell_care(telling: Telling) -> bool:
    """The list of the day, below everything; nothing where touches have answered it all."""
    if not await due_now(telling.work):
        return False
    await telling.push(await list_screen(telling.work, below=True))
    return True


async def tell_care_now(telling: Telling) -> bool:
    """An emergency that nobody has helped with yet."""
    work = telling.work
    query = visible_prompts(work.acting).where(col(CarePrompt.id) == telling.notice.subject_id)
    found = (await work.session.exec(query)).one_or_none()
    if found is None or found[0].settled_at is not None:
        return False
    prompt, customer = found
    if await touched(work.session, work.acting.team_id, [prompt]):
        return False
    screen = await one_screen(work, prompt, customer, living=f"emergency:{prompt.id}")
    await telling.push(replace(screen, place=Place.BELOW))
    return True
