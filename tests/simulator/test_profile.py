"""The bot's own data: name, descriptions, commands, chats."""

from typing import Any

import pytest

from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MANAGER, MEI, Bot


def one(name: str) -> list[dict[str, str]]:
    return [{"command": name, "description": f"About {name}"}]


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.call("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (4200, True, "roundsman_bot")


async def test_a_person_sees_the_commands_of_the_narrowest_scope(simulator: Simulator, bot: Bot) -> None:
    await bot.call("setMyCommands", commands=one("start"))
    await bot.call("setMyCommands", commands=one("kaishi"), language_code="zh")
    await bot.call("setMyCommands", commands=one("digest"), scope={"type": "chat", "chat_id": MANAGER})

    def menus() -> list[str]:
        return [simulator.commands(person)[0]["command"] for person in (MEI, JIAN, MANAGER)]

    assert menus() == ["start", "kaishi", "digest"]
    await bot.call("setMyCommands", commands=one("all"), scope={"type": "all_private_chats"})
    assert menus() == ["all", "all", "digest"]
    assert await bot.call("getMyCommands", language_code="zh") == one("kaishi")
    await bot.call("deleteMyCommands", scope={"type": "all_private_chats"})
    assert menus() == ["start", "kaishi", "digest"]


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"commands": [{"command": "To Day", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "x", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "x", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": one("x") * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": one("x"), "language_code": "zh-hans"}, "invalid language code specified"),
        ({"commands": one("x"), "scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
        (
            {"commands": one("x"), "scope": {"type": "planet"}},
            "can't parse BotCommandScope: unsupported type specified",
        ),
        ({}, "expected an Array of BotCommand"),
    ],
)
async def test_bad_commands_are_refused(bot: Bot, params: dict[str, Any], description: str) -> None:
    assert await bot.refusal("setMyCommands", **params) == (400, f"Bad Request: {description}")


async def test_names_and_descriptions_have_languages_and_limits(bot: Bot) -> None:
    await bot.call("setMyName", name="Rounds")
    await bot.call("setMyDescription", description="Plans visits")
    await bot.call("setMyShortDescription", short_description="Visits", language_code="en")
    assert (await bot.call("getMe"))["first_name"] == "Rounds"
    assert await bot.call("getMyDescription", language_code="zh") == {"description": "Plans visits"}
    assert await bot.call("getMyShortDescription") == {"short_description": ""}
    assert (await bot.refusal("setMyName", name="x" * 65))[0] == 400
    assert (await bot.refusal("setMyDescription", description="x" * 513))[0] == 400
    assert (await bot.refusal("setMyShortDescription", short_description="x" * 121))[0] == 400


async def test_chats_are_known_once_they_began(met: Simulator, bot: Bot) -> None:
    assert (await bot.call("getChat", chat_id=MEI))["first_name"] == "Mei"
    assert await bot.refusal("getChat", chat_id=MANAGER) == (400, "Bad Request: chat not found")
    assert await bot.call("setChatMenuButton", chat_id=MEI, menu_button={"type": "commands"}) is True
    assert (await bot.refusal("setChatMenuButton", menu_button={"type": "cake"}))[0] == 400
    assert await bot.call("pinChatMessage", chat_id=MEI, message_id=met.chat(MEI)[0].message_id) is True
    assert await bot.refusal("pinChatMessage", chat_id=MEI, message_id=999) == (
        400,
        "Bad Request: message to pin not found",
    )
    assert await bot.call("close") is True
    assert await bot.call("logOut") is True


async def test_the_bot_leaves_a_group_and_is_out(simulator: Simulator, bot: Bot) -> None:
    group = simulator.adds_bot_to_group(MEI, "Team")
    [joined, _] = await bot.updates()
    assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert joined["my_chat_member"]["chat"]["type"] == "group"
    await bot.call("sendMessage", chat_id=group, text="I speak in private only.")
    assert await bot.call("leaveChat", chat_id=group) is True
    assert await bot.refusal("sendMessage", chat_id=group, text="x") == (
        403,
        "Forbidden: bot was kicked from the group chat",
    )
    assert (await bot.refusal("leaveChat", chat_id=MEI))[0] == 400
