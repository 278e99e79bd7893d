"""The command menu: registered per language; members get their role's own when they join or change language."""

from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScopeChat, BotCommandScopeDefault

from bot.domain.vocabulary import Language, Role
from bot.rendering import Renderer

FORMS = ("today", "prep", "report", "nearby", "week", "capacity")
CUSTOMERS = (
    "customers",
    "add",
    "promises",
    "approvals",
    "complaints",
    "care",
    "resume",
    "platform",
    "funnel",
    "network",
    "opening",
    "playbook",
)
SCORES = ("segments", "stages", "why")
LEADING = ("team", "changes")
OWN = ("notices", "settings", "language", "help")


def commands_for(role: Role, *, records: bool) -> Sequence[str]:
    """The menu of a member: who records visits gets the forms, who leads digest and week, service only reads."""
    if role is Role.SERVICE:
        return ("customers", "care", "complaints", *OWN)
    return (
        *(("digest", *LEADING) if role in (Role.MANAGER, Role.ADMIN) else ()),
        *((*FORMS, "mileage") if records else ("week",)),
        *CUSTOMERS,
        *SCORES,
        *(("scoring", "limits") if role in (Role.MANAGER, Role.ADMIN) else ()),
        *OWN,
    )


async def register_commands(bot: Bot, renderer: Renderer) -> None:
    """Register what a stranger may do, in Telegram's languages."""
    for code, language in ((None, Language.EN), ("en", Language.EN), ("zh", Language.ZH_HANS)):
        await bot.set_my_commands(_described(renderer, language, ("start", "help")), BotCommandScopeDefault(), code)


async def register_for_chat(
    bot: Bot, renderer: Renderer, chat_id: int, language: Language, role: Role, records: bool
) -> None:
    """Register a member's own menu, in the language that the member reads."""
    commands = _described(renderer, language, commands_for(role, records=records))
    await bot.set_my_commands(commands, BotCommandScopeChat(chat_id))


def _described(renderer: Renderer, language: Language, names: Sequence[str]) -> list[BotCommand]:
    texts = renderer.texts("commands", language).descriptions
    return [BotCommand(name, str(texts[name])) for name in names]
