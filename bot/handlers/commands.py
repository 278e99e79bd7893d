"""The command menu: registered per language; members get their role's own when they join."""

from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScopeChat, BotCommandScopeDefault

from bot.domain.vocabulary import Language, Role
from bot.rendering import Renderer

REP_COMMANDS = ("today", "prep", "report", "customers", "add", "promises", "resume", "settings", "language", "help")
COMMANDS: dict[Role, Sequence[str]] = {
    Role.REP: REP_COMMANDS,
    Role.SERVICE: ("customers", "settings", "language", "help"),
    Role.MANAGER: ("digest", *REP_COMMANDS),
    Role.ADMIN: ("digest", *REP_COMMANDS),
}


async def register_commands(bot: Bot, renderer: Renderer) -> None:
    """Register what a stranger may do, in Telegram's languages."""
    for code, language in ((None, Language.EN), ("en", Language.EN), ("zh", Language.ZH_HANS)):
        await bot.set_my_commands(_described(renderer, language, ("start", "help")), BotCommandScopeDefault(), code)


async def register_for_chat(bot: Bot, renderer: Renderer, chat_id: int, role: Role, language: Language) -> None:
    """Register a member's own menu, in the language that the member reads."""
    await bot.set_my_commands(_described(renderer, language, COMMANDS[role]), BotCommandScopeChat(chat_id))


def _described(renderer: Renderer, language: Language, names: Sequence[str]) -> list[BotCommand]:
    texts = renderer.texts("commands", language).descriptions
    return [BotCommand(name, texts[name]) for name in names]
