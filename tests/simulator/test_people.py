"""What people do, in process, and what outlives a run."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.simulator.people import Person
from bot.simulator.picking import NotOnScreen
from bot.simulator.server import create_simulator
from bot.simulator.simulator import Simulator
from tests.simulator.conftest import JIAN, MANAGER, MEI, Bot, new_app
from tests.simulator.test_sending import PNG


async def test_the_first_start_carries_the_invitation_and_later_ones_do_not(bot: Bot) -> None:
    app = new_app(start_payloads={MEI: "invite-1"})
    simulator: Simulator = app.state.simulator
    simulator.starts(MEI)
    simulator.starts(MEI)
    simulator.starts(JIAN)
    texts = [message.text for person in (MEI, JIAN) for message in simulator.chat(person)]
    assert texts == ["/start invite-1", "/start", "/start"]


async def test_a_command_carries_its_entity(met: Simulator, bot: Bot) -> None:
    met.says(MEI, "/today please")
    message = (await bot.updates())[-1]["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": MEI,
        "is_bot": False,
        "language_code": "en",
        "first_name": "Mei",
        "last_name": "Lim",
    }


async def test_taps_find_the_newest_button_by_label_data_or_beginning(met: Simulator, bot: Bot) -> None:
    def rows(*pairs: tuple[str, str]) -> dict[str, object]:
        return {"inline_keyboard": [[{"text": label, "callback_data": data}] for label, data in pairs]}

    old = await bot.call("sendMessage", chat_id=MEI, text="old", reply_markup=rows(("Go", "old"), ("Skip", "s")))
    await bot.call("sendMessage", chat_id=MEI, text="new", reply_markup=rows(("Go", "new"), ("Good bye", "bye")))
    for wanted, place in (("Go", None), ("Go", old["message_id"]), ("bye", None), ("Goo", None), ("Sk", None)):
        met.taps(MEI, wanted, place)
    tapped = [update["callback_query"]["data"] for update in await bot.updates() if "callback_query" in update]
    assert tapped == ["new", "old", "bye", "bye", "s"]
    with pytest.raises(NotOnScreen, match=r"'Stop'.*visible: \['Go', 'Good bye', 'Go', 'Skip'\]"):
        met.taps(MEI, "Stop")


async def test_old_and_forged_data_can_be_sent(met: Simulator, bot: Bot) -> None:
    met.taps_data(MEI, met.chat(MEI)[0].message_id, "forged:1")
    assert (await bot.updates())[-1]["callback_query"]["data"] == "forged:1"


async def test_reply_keyboards_come_and_go(met: Simulator, bot: Bot) -> None:
    keyboard = {"keyboard": [[{"text": "Here", "request_location": True}], ["Skip"]]}
    asked = await bot.call("sendMessage", chat_id=MEI, text="where?", reply_markup=keyboard)
    assert met.reply_keyboard(MEI) == [["Here"], ["Skip"]]
    assert met.chat(MEI)[-1].reply_keyboard == (("Here",), ("Skip",))
    with pytest.raises(NotOnScreen, match="shares_location"):
        met.presses(MEI, "Here")
    met.presses(MEI, "Sk")
    assert met.chat(MEI)[-1].text == "Skip"
    await bot.call("deleteMessage", chat_id=MEI, message_id=asked["message_id"])
    assert met.reply_keyboard(MEI) == []
    await bot.call("sendMessage", chat_id=MEI, text="where?", reply_markup=keyboard)
    await bot.call("sendMessage", chat_id=MEI, text="thanks", reply_markup={"remove_keyboard": True})
    assert met.reply_keyboard(MEI) == []
    with pytest.raises(NotOnScreen, match="nothing has that label"):
        met.presses(MEI, "Skip")


async def test_everything_a_phone_can_send_reaches_the_bot(met: Simulator, bot: Bot) -> None:
    when = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    met.shares_location(MEI, 1.29, 103.85, live=True)
    met.shares_location(MEI, 1.29, 103.85, when=when, forwarded=True)
    met.shares_contact(MEI, "+65 1", "Mei", user_id=MEI)
    met.sends_photo(MEI, "shelf.png", PNG, caption="the shelf")
    met.sends_document(MEI, "customers.xlsx", b"PK")
    met.sends_voice(MEI, "note.oga", b"OggS", duration_s=7)
    met.forwards(MEI, "see you on Friday", from_name="Buyer")
    said = met.chat(MEI)[0].message_id
    met.edits(MEI, said, "/start again")
    updates = (await bot.updates())[2:]
    messages = [update["message"] for update in updates if "message" in update]
    assert messages[0]["location"]["live_period"] > 0
    assert messages[1]["forward_origin"]["type"] == "hidden_user"
    assert messages[1]["date"] == int(when.timestamp())
    assert messages[2]["contact"]["user_id"] == MEI
    assert (messages[3]["caption"], messages[3]["photo"][-1]["width"]) == ("the shelf", 2)
    assert messages[4]["document"]["file_name"] == "customers.xlsx"
    assert (messages[5]["voice"]["duration"], messages[5]["voice"]["mime_type"]) == (7, "audio/ogg")
    assert messages[6]["forward_origin"]["sender_user_name"] == "Buyer"
    assert updates[-1]["edited_message"]["text"] == "/start again"
    with pytest.raises(ValueError, match="IMAGE_PROCESS_FAILED"):
        met.sends_photo(MEI, "not.png", b"text")


async def test_in_a_group_the_bot_hears_only_what_concerns_it(met: Simulator, bot: Bot) -> None:
    group = met.adds_bot_to_group(MEI, "Team")
    heard = [met.says(MEI, text, chat_id=group) for text in ("lunch?", "/today", "@roundsman_bot hi")]
    assert [bool(update) for update in heard] == [False, True, True]
    said = await bot.call("sendMessage", chat_id=group, text="In private, please.")
    assert met.says(MEI, "why?", said["message_id"], chat_id=group) is not None
    met.removes_bot_from_group(MEI, group)
    assert met.says(MEI, "/today", chat_id=group) is None
    assert (await bot.updates())[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_who_blocked_the_bot_cannot_write_to_it(met: Simulator) -> None:
    met.blocks_bot(MEI)
    with pytest.raises(NotOnScreen, match="blocked"):
        met.says(MEI, "hello")


async def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "world.db"
    first = new_app(path)
    simulator: Simulator = first.state.simulator
    simulator.starts(MEI)
    simulator.sends_photo(MEI, "shelf.png", PNG)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(first), base_url="http://simulator") as client:
        bot = Bot(client)
        seen = await bot.updates()
        await bot.updates(offset=seen[0]["update_id"] + 1)
        await bot.call("setMyCommands", commands=[{"command": "today", "description": "Route"}])
        sent = await bot.call("sendMessage", chat_id=MEI, text="hello")
    simulator.close()

    second: Simulator = new_app(path).state.simulator
    assert [message.text for message in second.chat(MEI)] == ["/start", "", "hello"]
    media = second.chat(MEI)[1].media
    assert media is not None
    assert media.content == PNG
    assert second.pending_update_count == 1
    assert second.says(MEI, "/today") == seen[-1]["update_id"] + 1
    assert second.chat(MEI)[-1].message_id == sent["message_id"] + 1
    assert second.commands(MEI) == [{"command": "today", "description": "Route"}]
    second.redelivers(seen[0]["update_id"])
    second.close()


def test_a_world_is_made_of_valid_parts() -> None:
    twins = [Person(id=1, first_name="A", language_code="en"), Person(id=1, first_name="B", language_code="en")]
    with pytest.raises(ValueError, match="share an id"):
        create_simulator(token="1:x", people=twins)
    with pytest.raises(ValueError, match="token"):
        create_simulator(token="x", people=[])
    with pytest.raises(ValueError, match="positive"):
        Person(id=-1, first_name="A", language_code="en")


def test_people_may_not_be_met_unasked(simulator: Simulator) -> None:
    assert [person.id for person in simulator.people] == [MEI, JIAN, MANAGER]
    assert simulator.chat(MANAGER) == []
    with pytest.raises(ValueError, match="empty"):
        simulator.says(MANAGER, "  ")
