"""The general chat: language, settings, help, groups, and what nobody asked for."""

import pytest
from sqlmodel import select

from bot.domain.vocabulary import Language, Role
from bot.simulator.people import Json
from bot.store.tables import Awaiting, Member, Notice
from tests import builders
from tests.customers.test_seeing import join
from tests.story import Story


async def own_row(story: Story, name: str = builders.REP) -> Member:
    async with story.app.store.read() as session:
        return (await session.exec(select(Member).where(Member.name == name))).one()


def menu(story: Story, person_id: int) -> dict[str, str]:
    entries: list[Json] = story.simulator.commands(person_id)
    return {str(entry["command"]): str(entry["description"]) for entry in entries}


async def test_the_menu_follows_role_and_language(story: Story) -> None:
    assert menu(story, story.rep.id)["today"] == "today's route"
    assert "digest" not in menu(story, story.rep.id)
    assert "digest" in menu(story, story.manager.id)
    assert "report" not in menu(story, story.manager.id)
    service = await join(story, 104, Role.SERVICE, name="Zhang Wei")
    assert set(menu(story, service.id)) == {
        "customers",
        "care",
        "complaints",
        "notices",
        "settings",
        "language",
        "help",
    }
    assert menu(story, service.id)["customers"] == "找客户"


async def test_changing_the_language_changes_the_menu_and_all_later_messages(story: Story) -> None:
    await story.rep.says("/language")
    await story.rep.taps("繁體中文")
    story.rep.sees_now("今後我用繁體中文")
    assert menu(story, story.rep.id)["customers"] == "找客戶"
    await story.rep.says("/customers")
    story.rep.sees_now("你還沒有客戶。")
    await story.rep.says("/language")
    await story.rep.taps("简体中文")
    await story.rep.says("/customers")
    story.rep.sees_now("你还没有客户。")


async def test_a_stranger_is_answered_in_the_language_of_the_phone(story: Story) -> None:
    await story.phone(105).says("/start")
    story.phone(105).sees_now("請向主管索取邀請連結")
    await story.phone(104).says("你好")
    story.phone(104).sees_now("请向主管要邀请链接")


async def test_working_hours_are_chosen_by_buttons_and_never_backwards(story: Story) -> None:
    await story.rep.says("/settings")
    story.rep.sees_now("Work 09:00–18:00 · Mon Tue Wed Thu Fri", "Quiet 20:00–07:30", "As your team: Singapore")
    await story.rep.taps("Hours")
    await story.rep.taps("08:30–17:30")
    await story.rep.taps("End −30")
    await story.rep.taps("‹ Settings")
    story.rep.sees_now("Work 08:30–17:00")
    newest = next(message for message in reversed(story.rep.messages) if message.from_bot)
    await story.rep.does("taps_data", newest.message_id, "set.hours:1800-0900")
    story.rep.sees_now("Work has to end after it begins.")
    assert (await own_row(story)).work_from.hour == 8


async def test_working_days_move_the_next_notices_and_one_day_stays(story: Story) -> None:
    await story.rep.says("/settings")
    await story.rep.taps("Days")
    for day in ("Mon", "Tue", "Wed", "Thu"):
        await story.rep.taps(f"☑ {day}")
    assert (await own_row(story)).working_weekdays == "5"
    async with story.app.store.read() as session:
        member = await own_row(story)
        pending = select(Notice).where(Notice.member_id == member.id, Notice.settled_at == None)  # noqa: E711 - SQL
        due = {notice.kind: notice.on for notice in (await session.exec(pending)).all()}
    assert {day.isoweekday() for day in due.values() if day} == {5}
    await story.rep.taps("☑ Fri")
    story.rep.sees_now("At least one day is worked.")
    assert (await own_row(story)).working_weekdays == "5"


async def test_the_start_place_is_shared_and_taken_back(story: Story) -> None:
    await story.rep.says("/settings")
    await story.rep.taps("Start place")
    await story.rep.taps("Share a place")
    await story.rep.shares_location(1.3521, 103.8198)
    story.rep.sees_now("Start place: set")
    assert (await own_row(story)).start_lat == pytest.approx(1.3521)
    async with story.app.store.read() as session:
        assert not (await session.exec(select(Awaiting))).all()
    await story.rep.taps("Start place")
    await story.rep.taps("The first customer")
    assert (await own_row(story)).start_lat is None


async def test_quiet_hours_and_time_zone_are_chosen_by_buttons(story: Story) -> None:
    await story.rep.says("/settings")
    await story.rep.taps("Quiet hours")
    await story.rep.taps("22:00–08:00")
    await story.rep.taps("‹ Settings")
    await story.rep.taps("Time zone")
    await story.rep.taps("Taipei")
    await story.rep.taps("‹ Settings")
    story.rep.sees_now("Quiet 22:00–08:00", "Taipei")
    assert (await own_row(story)).timezone == "Asia/Taipei"
    await story.rep.taps("Time zone")
    await story.rep.taps("As your team: Singapore")
    assert (await own_row(story)).timezone is None


async def test_help_fits_a_phone_and_says_who_sees_what(story: Story) -> None:
    for phone in (story.rep, story.manager, await join(story, 104, Role.SERVICE, name="Zhang Wei")):
        await phone.says("/language")
        await phone.taps("English")
        await phone.says("/help")
        phone.sees_now("Who sees what", "No other team sees anything")
        assert len(phone.screen.splitlines()) <= 12
    story.rep.sees("Of a check-in only the distance")
    await story.stranger.says("/help")
    story.stranger.sees_now("Ask your manager for an invitation link")


async def test_in_a_group_the_bot_says_one_sentence_and_leaves(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    group = story.simulator.adds_bot_to_group(story.rep.id, "Sales North")
    story.simulator.says(story.rep.id, "/customers raffles", chat_id=group)
    await story.settle()
    said = [message.text for message in story.simulator.chat(group) if message.from_bot]
    assert said == ["I talk about customers in private chats only, so I leave this group. Write to me directly."]
    assert any(call.method.lower() == "leavechat" for call in story.simulator.calls)


async def test_who_blocks_the_bot_is_noted_and_welcome_back(story: Story) -> None:
    await story.rep.does("blocks_bot")
    assert (await own_row(story)).unreachable_since is not None
    story.manager.sees_now("Tan Wei Ling has blocked me")
    await story.rep.does("unblocks_bot")
    assert (await own_row(story)).unreachable_since is None


async def test_what_nobody_asked_for_gets_a_hint(story: Story) -> None:
    await story.rep.says("/frobnicate")
    story.rep.sees_now("That command is not known.")
    await story.rep.does("sends_voice", "note.ogg", b"OggS" + b"0" * 100)
    story.rep.sees_now("A voice note belongs to a report")
    await story.rep.does("shares_contact", "+6591234567", "Mei Lim")
    story.rep.sees_now("A contact belongs to a customer")
    newest = next(message for message in reversed(story.rep.messages) if message.from_bot)
    await story.rep.does("taps_data", newest.message_id, "frobnicate:1")
    story.rep.sees_now("That button is from an earlier time.")


async def test_an_edited_message_is_not_taken_for_a_new_one(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    said = story.simulator.says(story.rep.id, "rafles")
    await story.settle()
    mine = next(message for message in reversed(story.rep.messages) if not message.from_bot)
    await story.rep.does("edits", mine.message_id, "raffles")
    story.rep.sees_now("I do not read edits.")
    assert said


async def test_each_language_reads_the_same_screens(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City", phone="+65 6338 7766", tags=["hotel"])
    for label in ("English", "简体中文", "繁體中文"):
        await story.rep.says("/language")
        await story.rep.taps(label)
        for words in ("/customers", "/settings", "/help", "raffles"):
            await story.rep.says(words)
            assert "went wrong" not in story.rep.screen
    assert (await own_row(story)).language is Language.ZH_HANT
