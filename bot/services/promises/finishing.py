"""What the filled form of a promise does, and the screen that stays."""

from bot.domain.forms.add_promise import AddPromise
from bot.domain.forms.engine import filled
from bot.domain.screen import Screen
from bot.services.forms.drafts import OpenDraft
from bot.services.promises.saying import save_promise
from bot.services.promises.showing import Asked, promise_screen
from bot.services.work import Work


async def finish_promise(work: Work, opened: OpenDraft) -> Screen:
    promise = await save_promise(work, filled(AddPromise, opened.draft))
    asked = Asked(session=work.session, acting=work.acting, now=work.now)
    return await promise_screen(asked, promise, said="made")
