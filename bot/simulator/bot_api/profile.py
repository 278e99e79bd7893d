"""Methods about the bot itself, its commands, files and chats."""

import re
from collections.abc import Callable
from typing import Any

from bot.simulator.bot_api.parameters import Parameters
from bot.simulator.files import DOWNLOAD_LIMIT_BYTES
from bot.simulator.people import Json
from bot.simulator.refusals import ApiRefusal, bad_request
from bot.simulator.world import World

COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
COMMANDS_LIMIT = 100
COMMAND_DESCRIPTION_LENGTH = 256
LANGUAGE = re.compile(r"[a-z]{2}")
TEXT_LENGTHS = {"name": 64, "description": 512, "short_description": 120}
TEXT_REFUSALS = {
    "name": "BOT_TITLE_INVALID",
    "description": "BOT_DESCRIPTION_TOO_LONG",
    "short_description": "BOT_SHORT_DESCRIPTION_TOO_LONG",
}
WIDE_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def get_me(world: World, given: Parameters) -> Json:
    return {
        **world.bot_user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, given: Parameters) -> Json:
    chat_id = world.find_chat(given.text("chat_id"))
    if chat_id > 0 and not world.private_chats[chat_id].started:
        raise bad_request("chat not found")
    if chat_id < 0:
        world.check_writable(chat_id)
    return {
        **world.chat_object(chat_id),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def leave_chat(world: World, given: Parameters) -> bool:
    chat_id = world.find_chat(given.text("chat_id"))
    if chat_id > 0:
        raise bad_request("chat member status can't be changed in private chats")
    world.check_writable(chat_id)
    group = world.groups[chat_id]
    group.bot_status = "left"
    world.keep_group(group)
    return True


def get_file(world: World, given: Parameters) -> Json:
    file_id = given.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    try:
        stored = world.files.by_id(file_id)
    except ApiRefusal:
        raise bad_request("invalid file_id") from None
    if stored.size > DOWNLOAD_LIMIT_BYTES:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.file_unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


def _language(given: Parameters) -> str:
    language = given.text("language_code")
    if language and not LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _scope_key(world: World, given: Parameters) -> str:
    scope = given.json("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in WIDE_SCOPES:
        return f"{kind}:{_language(given)}"
    if kind not in CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat_id = world.find_chat(str(scope.get("chat_id", "")))
    return f"{kind}/{chat_id}:{_language(given)}"


def _checked_command(command: Any) -> Json:
    if not isinstance(command, dict) or "command" not in command or "description" not in command:
        raise bad_request('can\'t parse BotCommand: Object with fields "command" and "description" expected')
    if not COMMAND.fullmatch(str(command["command"])):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"]).strip()) <= COMMAND_DESCRIPTION_LENGTH:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": str(command["command"]).removeprefix("/"), "description": str(command["description"])}


def set_my_commands(world: World, given: Parameters) -> bool:
    """Commands of one scope and language; the language is two letters, so zh-hans and zh-hant share "zh"."""
    commands = given.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope_key(world, given)
    checked = [_checked_command(command) for command in commands]
    if checked:
        world.profile.commands[key] = checked
    else:
        world.profile.commands.pop(key, None)
    world.keep_profile()
    return True


def get_my_commands(world: World, given: Parameters) -> list[Json]:
    return world.profile.commands.get(_scope_key(world, given), [])


def delete_my_commands(world: World, given: Parameters) -> bool:
    world.profile.commands.pop(_scope_key(world, given), None)
    world.keep_profile()
    return True


def commands_of(world: World, person_id: int) -> list[Json]:
    """The command menu of a person: the narrowest scope and language that the bot filled."""
    language = world.people[person_id].language_code.partition("-")[0].lower()
    for scope in (f"chat/{person_id}", "all_private_chats", "default"):
        for key in (f"{scope}:{language}", f"{scope}:"):
            if key in world.profile.commands:
                return world.profile.commands[key]
    return []


def _set_text(name: str) -> Callable[[World, Parameters], bool]:
    def set_text(world: World, given: Parameters) -> bool:
        text = given.text(name)
        if len(text) > TEXT_LENGTHS[name]:
            raise bad_request(TEXT_REFUSALS[name])
        key = f"{name}:{_language(given)}"
        if text:
            world.profile.texts[key] = text
        else:
            world.profile.texts.pop(key, None)
        world.keep_profile()
        return True

    return set_text


def _get_text(name: str) -> Callable[[World, Parameters], Json]:
    def get_text(world: World, given: Parameters) -> Json:
        fallback = "Roundsman" if name == "name" else ""
        own = world.profile.texts.get(f"{name}:{_language(given)}")
        return {name: own or world.profile.texts.get(f"{name}:", fallback)}

    return get_text


def set_chat_menu_button(world: World, given: Parameters) -> bool:
    button = given.json("menu_button", "MenuButton") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in {"commands", "web_app", "default"}:
        raise bad_request("can't parse MenuButton: unsupported type specified")
    chat_id = given.text("chat_id")
    world.profile.menu_buttons[str(world.find_chat(chat_id)) if chat_id else "default"] = button
    world.keep_profile()
    return True


def get_chat_menu_button(world: World, given: Parameters) -> Json:
    buttons = world.profile.menu_buttons
    return buttons.get(given.text("chat_id"), buttons.get("default", {"type": "commands"}))


def say_goodbye(world: World, given: Parameters) -> bool:
    """``logOut`` and ``close`` move a bot between servers; there is one server here, so both just agree."""
    return True


METHODS: dict[str, Callable[[World, Parameters], Any]] = {
    "getMe": get_me,
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _set_text("name"),
    "getMyName": _get_text("name"),
    "setMyDescription": _set_text("description"),
    "getMyDescription": _get_text("description"),
    "setMyShortDescription": _set_text("short_description"),
    "getMyShortDescription": _get_text("short_description"),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "logOut": say_goodbye,
    "close": say_goodbye,
}
