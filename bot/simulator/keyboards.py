"""Keyboards as a bot sends them: checked as Telegram checks them before a message is accepted."""

from dataclasses import dataclass
from typing import Any

from bot.simulator.formatting import why_url_is_wrong
from bot.simulator.people import Json
from bot.simulator.refusals import bad_request

CALLBACK_DATA_BYTES = 64
BUTTONS_PER_MESSAGE = 100
BUTTONS_PER_ROW = 8
COPY_TEXT_LENGTH = 256
UNSIMULATED_BUTTONS = ("switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat")
FLAGS_OF_REPLY_KEYBOARD = ("is_persistent", "resize_keyboard", "one_time_keyboard", "selective")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A checked ``reply_markup``: the rows of an inline keyboard, or what happens to the reply keyboard."""

    inline: list[list[Json]] | None = None
    reply: Json | None = None


def check_markup(given: Any, *, private: bool = True) -> Markup:
    """The markup of a call. Raises ``ApiRefusal`` in Telegram's words for what Telegram refuses."""
    if given is None or given == "":
        return Markup()
    if not isinstance(given, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in given:
        rows = _check_inline(given["inline_keyboard"])
        return Markup(inline=rows or None)
    if "keyboard" in given:
        return Markup(reply=_check_reply_keyboard(given, private=private))
    for flag in ("remove_keyboard", "force_reply"):
        if flag in given:
            _check_flag(given, flag)
            return Markup(reply=given if given[flag] else None)
    if given:
        raise bad_request("can't parse reply keyboard markup JSON object")
    return Markup()


def check_inline_only(given: Any) -> list[list[Json]] | None:
    """The rows for an edit, which takes an inline keyboard and nothing else."""
    markup = check_markup(given)
    if markup.reply is not None:
        raise bad_request("inline keyboard expected")
    return markup.inline


def _rows(given: Any, name: str) -> list[list[Any]]:
    if not isinstance(given, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if any(not isinstance(row, list) for row in given):
        raise bad_request(f'field "{name}" must be an Array of Arrays')
    rows = [row for row in given if row]
    if sum(map(len, rows)) > BUTTONS_PER_MESSAGE or any(len(row) > BUTTONS_PER_ROW for row in rows if name[0] == "i"):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return rows


def _check_flag(given: Json, flag: str) -> None:
    if not isinstance(given[flag], bool):
        raise bad_request(f'field "{flag}" must be of type Boolean')


def _check_inline(given: Any) -> list[list[Json]]:
    return [[_check_inline_button(button) for button in row] for row in _rows(given, "inline_keyboard")]


def _button_text(button: Json, what: str) -> str:
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    text = button["text"]
    if not isinstance(text, str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    return text


def _check_inline_button(button: Any) -> Json:
    what = "inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: Object expected")
    text = _button_text(button, what)
    if "url" in button:
        wrong = why_url_is_wrong(str(button["url"]))
        if wrong:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: {wrong}")
    elif "callback_data" in button and button["callback_data"] != "":
        if not isinstance(button["callback_data"], str):
            raise bad_request(f'can\'t parse {what}: Field "callback_data" must be of type String')
        if len(button["callback_data"].encode()) > CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "web_app" in button:
        _check_web_app(button, what)
    elif "copy_text" in button:
        copied = button["copy_text"].get("text") if isinstance(button["copy_text"], dict) else None
        if not copied or len(copied) > COPY_TEXT_LENGTH:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    elif any(kind in button for kind in (*UNSIMULATED_BUTTONS, "pay", "login_url", "callback_game")):
        # Inline mode, payments, games and logins are not simulated: a bot of a team has no use for them.
        raise bad_request("BUTTON_TYPE_INVALID")
    else:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    return button


def _check_web_app(button: Json, what: str) -> None:
    url = str(button["web_app"].get("url", "")) if isinstance(button["web_app"], dict) else ""
    if not url.startswith("https://"):
        raise bad_request(f"{what} Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def _check_reply_keyboard(given: Json, *, private: bool) -> Json:
    for flag in FLAGS_OF_REPLY_KEYBOARD:
        if flag in given:
            _check_flag(given, flag)
    rows = [
        [_check_reply_button(button, private=private) for button in row] for row in _rows(given["keyboard"], "keyboard")
    ]
    if not rows:
        raise bad_request("reply keyboard must be non-empty")
    return {**given, "keyboard": rows}


def _check_reply_button(button: Any, *, private: bool) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    what = "keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: Object expected")
    if not _button_text(button, what).strip():
        raise bad_request("KEYBOARD_BUTTON_INVALID")
    if button.get("request_contact") and not private:
        raise bad_request("phone number can be requested in private chats only")
    if button.get("request_location") and not private:
        raise bad_request("location can be requested in private chats only")
    if "web_app" in button:
        _check_web_app(button, what)
    return button
