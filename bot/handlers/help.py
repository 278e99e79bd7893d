"""/help, and what nobody else takes: groups, edited messages, unknown commands, stickers, old buttons."""

from telegram import Chat, ChatMember
from telegram.ext import ChatMemberHandler, MessageHandler, filters
from telegram.ext.filters import ChatType, UpdateType

from bot.domain.screen import Json, Place, Screen
from bot.handlers.turn import Callback, Handler, Turn, command, guarded, message, tap
from bot.services.audience import mark_reachable, mark_unreachable
from bot.store import outbox

GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})
_LIVING = "hint"


def first_handlers() -> list[Handler]:
    """What must be asked before all others: groups, where nothing is told, and edits, which answer nothing."""
    membership: Handler = ChatMemberHandler(guarded(change_membership, None), ChatMemberHandler.MY_CHAT_MEMBER)
    return [
        membership,
        MessageHandler(~ChatType.PRIVATE, guarded(leave_group, None)),
        MessageHandler(UpdateType.EDITED_MESSAGE & ChatType.PRIVATE, guarded(hint_at_edit, None)),
    ]


def handlers() -> list[Handler]:
    return [command("help", show_help, roles=None)]


def last_handlers() -> list[Handler]:
    """Hints for what has no use outside a form. Asked last but for the free text that searches."""
    return [
        message(filters.COMMAND, _hint("command")),
        message(filters.LOCATION, _hint("location")),
        message(filters.VOICE | filters.VIDEO_NOTE | filters.AUDIO, _hint("voice")),
        message(filters.PHOTO | filters.VIDEO, _hint("photo")),
        message(filters.CONTACT, _hint("contact")),
        message(~filters.TEXT & ~filters.StatusUpdate.ALL, _hint("other")),
        tap(".*", _hint("button")),
    ]


async def show_help(turn: Turn, args: list[str]) -> None:
    """What the bot does for this role, and who sees what."""
    acting = turn.member
    facts: dict[str, Json] = {
        "role": acting.role.value if acting else None,
        "records": acting.records if acting else False,
        "leads": acting.leads if acting else False,
        **_language(turn),
    }
    await turn.show(Screen(template="replies/help", facts=facts))


def _language(turn: Turn) -> dict[str, Json]:
    """For somebody who is no member: the language that Telegram tells."""
    user = turn.update.effective_user
    return {"language_code": user.language_code or "en"} if turn.member is None and user else {}


def _hint(what: str) -> Callback:
    async def hint(turn: Turn, args: list[str]) -> None:
        facts: dict[str, Json] = {"what": what, "records": turn.acting.records}
        screen = Screen(template="replies/help_hint", facts=facts, living=_LIVING, place=Place.BELOW)
        async with turn.begin() as work:
            await work.show(screen, over_tapped=False)

    return hint


async def hint_at_edit(turn: Turn, args: list[str]) -> None:
    """An edit of what was said answers nothing. A moving live location is an edit too, and nobody's mistake."""
    edited = turn.update.edited_message
    if edited is None or edited.location is not None:
        return
    await _hint("edit")(turn, args)


async def leave_group(turn: Turn, args: list[str]) -> None:
    """Say one sentence, once a day, and leave: customers are nobody else's business."""
    chat = turn.update.effective_chat
    if chat is None:
        return
    async with turn.session() as session:
        screen = Screen(template="replies/group", facts=_language(turn))
        if chat.type != Chat.CHANNEL:
            await outbox.show(
                session,
                chat.id,
                screen,
                due_at=turn.now,
                member_id=turn.member.member_id if turn.member else None,
                key=f"group:{chat.id}:{turn.now:%Y-%m-%d}",
            )
        await outbox.leave(session, chat.id, due_at=turn.now)


async def change_membership(turn: Turn, args: list[str]) -> None:
    """Added to a group: leave it. Blocked or let in again by a person: remember whether that one can be reached."""
    change, chat = turn.update.my_chat_member, turn.update.effective_chat
    if change is None or chat is None:
        return
    is_gone = change.new_chat_member.status in GONE
    if chat.type == Chat.PRIVATE:
        async with turn.session() as session:
            if is_gone:
                await mark_unreachable(session, chat.id, turn.now)
            else:
                await mark_reachable(session, chat.id)
    elif not is_gone:
        await leave_group(turn, args)
