"""/start: an invitation binds the account; a stranger is told how to get one."""

from sqlmodel import col, func, select

from bot.domain.errors import Refused
from bot.domain.languages import language_of
from bot.domain.screen import Json, Screen
from bot.handlers.turn import Handler, Turn, command
from bot.services import joining
from bot.store import outbox
from bot.store.customers import visible_customers
from bot.store.tables import Customer


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
        mine = visible_customers(acting).where(col(Customer.ended_at).is_(None)).subquery()
        count = (await session.exec(select(func.count()).select_from(mine))).one()
        facts: dict[str, Json] = {"name": acting.name, "role": acting.role.value, "customers": count}
        await turn.reply(session, Screen(template="replies/welcome", facts=facts))
        await outbox.set_menu(session, acting, due_at=turn.now)
