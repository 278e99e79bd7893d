"""Methods that change, delete or pin a message, and the answer to a tap."""

from collections.abc import Callable
from typing import Any

from bot.simulator.bot_api.composing import (
    compose_caption,
    compose_text,
    media_content,
    own_message,
    take_file,
)
from bot.simulator.bot_api.parameters import Parameters
from bot.simulator.keyboards import check_inline_only
from bot.simulator.messages import Message
from bot.simulator.people import Json
from bot.simulator.refusals import bad_request
from bot.simulator.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
DELETABLE_S = 48 * 3600
ANSWER_LENGTH = 200
EDITABLE_MEDIA = ("photo", "document")


def edit_message_text(world: World, given: Parameters) -> Json:
    content = compose_text(given, too_long="MESSAGE_TOO_LONG")
    rows = _inline_rows(given)
    message = _editable(world, given)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _apply(world, message, content, given.text("text"), rows)


def edit_message_caption(world: World, given: Parameters) -> Json:
    caption = compose_caption(given.text("caption"), given.text("parse_mode"))
    rows = _inline_rows(given)
    message = _editable(world, given)
    if message.media_kind not in {"photo", "document", "voice"}:
        raise bad_request("there is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    return _apply(world, message, {**kept, **caption}, given.text("caption"), rows)


def edit_message_reply_markup(world: World, given: Parameters) -> Json:
    rows = _inline_rows(given)
    message = _editable(world, given)
    return _apply(world, message, message.content, message.source, rows)


def edit_message_media(world: World, given: Parameters) -> Json:
    media = given.json("media", "input media")
    if not isinstance(media, dict):
        raise bad_request("message content is not specified" if media is None else "object expected as input media")
    if media.get("type") not in EDITABLE_MEDIA:
        raise bad_request("type of the media is invalid")
    caption = compose_caption(str(media.get("caption") or ""), str(media.get("parse_mode") or ""))
    rows = _inline_rows(given)
    message = _editable(world, given)
    stored = take_file(world, media["type"], str(media.get("media", "")), given, "media")
    return _apply(world, message, {**media_content(stored, given), **caption}, str(media.get("caption") or ""), rows)


def delete_message(world: World, given: Parameters) -> bool:
    """In a private chat a bot may also delete what the person wrote; nowhere what is older than 48 hours."""
    message = own_message(world, given, what="delete")
    if world.timestamp() - message.date > DELETABLE_S:
        raise bad_request("message can't be deleted for everyone")
    if not message.from_bot and message.chat_id < 0:
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def pin_chat_message(world: World, given: Parameters) -> bool:
    own_message(world, given, what="pin")
    return True


def answer_callback_query(world: World, given: Parameters) -> bool:
    text = given.text("text")
    if len(text) > ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    tap = world.callbacks.answer(given.text("callback_query_id"), text, show_alert=given.flag("show_alert"))
    world.events.tell(
        "answer",
        chat=tap.person_id,
        query_id=tap.query_id,
        message_id=tap.message_id,
        text=text,
        alert=tap.show_alert,
    )
    return True


def _inline_rows(given: Parameters) -> list[list[Json]] | None:
    return check_inline_only(given.json("reply_markup", "reply keyboard markup"))


def _editable(world: World, given: Parameters) -> Message:
    message = own_message(world, given, what="edit")
    if not message.from_bot or message.reply_markup is not None:
        raise bad_request("message can't be edited")
    return message


def _apply(world: World, message: Message, content: Json, source: str, rows: list[list[Json]] | None) -> Json:
    content_changed = content != message.content
    if not content_changed and rows == message.inline:
        raise bad_request(NOT_MODIFIED)
    message.content, message.source, message.inline = content, source, rows
    if content_changed:
        message.edit_date = world.timestamp()
    world.keep_message(message)
    return world.api_message(message)


METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
    "deleteMessage": delete_message,
    "pinChatMessage": pin_chat_message,
    "answerCallbackQuery": answer_callback_query,
}
