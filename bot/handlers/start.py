"""/start: an invitation binds the account; a stranger is told how to get one."""

from bot.domain.errors import Refused
from bot.domain.screen import Screen
from bot.domain.vocabulary import Language
from bot.handlers.turn import Handler, Turn, command
from bot.services import joining


def handlers() -> list[Handler]:
    return [command("start", start, roles=None)]


async def start(turn: Turn, args: list[str]) -> None:
    """Join with an invitation, or say hello again to a member."""
    if not args:
        await turn.show(Screen(template="replies/welcome_back", facts={"name": turn.acting.name}))
        return
    user, chat = turn.update.effective_user, turn.update.effective_chat
    if user is None or chat is None:
        raise Refused("stranger")
    async with turn.session() as session:
        acting = await joining.accept(
            session,
            args[0],
            telegram_id=user.id,
            chat_id=chat.id,
            name=user.full_name,
            language=language_of(user.language_code),
            now=turn.now,
        )
        turn.member = acting
        facts = {"name": acting.name, "role": acting.role.value}
        await turn.reply(session, Screen(template="replies/welcome", facts=facts))


def language_of(code: str | None) -> Language | None:
    """The language behind Telegram's code, or None where the product does not speak it."""
    tag = (code or "").lower().replace("_", "-")
    if tag.startswith("zh"):
        traditional = any(mark in tag for mark in ("hant", "-tw", "-hk", "-mo"))
        return Language.ZH_HANT if traditional else Language.ZH_HANS
    return Language.EN if tag.startswith("en") else None
