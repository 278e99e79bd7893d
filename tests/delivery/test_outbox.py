"""The outbox: what is due is sent in order, once, and no trouble with one message stops the others."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from telegram import Bot
from telegram.error import InvalidToken

from bot.domain.screen import Place, Screen
from bot.domain.vocabulary import Language, Role
from bot.pacing import RateLimiter
from bot.rendering import Renderer
from bot.sending import ATTEMPTS, Sender
from bot.services.clock import Clock, real_now
from bot.store import outbox
from bot.store.tables import LivingMessage, Media, Outbox
from bot.store.unit import Store
from tests.builders import add_team
from tests.delivery.conftest import ADA, BO, READ_TIMEOUT_S, TOKEN, Api, cancel, eventually
from tests.story import MORNING, NoLimit, Story

WORDS = "you are already in"
RENDERER = Renderer()


def named(name: str, **options: Any) -> Screen:
    """A screen that shows a name."""
    return Screen(template="replies/welcome_back", facts={"name": name}, **options)


class Post:
    """A sender with its database, and shorthands for what tests put in and look at."""

    def __init__(self, store: Store, bot: Bot, **options: Any) -> None:
        self.store, self.clock = store, Clock(MORNING)
        self.menus: list[int] = []
        options.setdefault("limiter", NoLimit())
        self.sender = Sender(store, bot, RENDERER, self.clock, asyncio.Event(), self._set_menu, **options)

    async def _set_menu(self, chat_id: int, _language: Language, _role: Role, _records: bool) -> None:
        self.menus.append(chat_id)

    async def put(self, chat_id: int, screen: Screen, *, in_s: float = 0, **options: Any) -> bool:
        due_at = self.clock.now() + timedelta(seconds=in_s)
        async with self.store.begin() as session:
            return await outbox.show(session, chat_id, screen, due_at=due_at, **options)

    async def send_all(self) -> None:
        while await self.sender.send_one():
            pass

    async def rows(self) -> list[Outbox]:
        async with self.store.read() as session:
            return list((await session.exec(select(Outbox).order_by(col(Outbox.id)))).all())

    async def fates(self) -> list[str | None]:
        return [row.fate for row in await self.rows()]

    async def end_pauses(self) -> None:
        """Let every lease and every pause be over."""
        async with self.store.begin() as session:
            await outbox.release_all(session)

    async def pauses_s(self) -> list[float]:
        """How long each unsettled row still rests."""
        return [
            (row.leased_until - real_now()).total_seconds()
            for row in await self.rows()
            if row.settled_at is None and row.leased_until is not None
        ]


@pytest.fixture
def post(store: Store, bot: Bot) -> Post:
    return Post(store, bot)


def names(api: Api, person_id: int) -> list[str]:
    return [text.partition(",")[0] for text in api.texts(person_id)]


async def test_a_chat_gets_its_messages_in_order_and_the_answers_of_others_go_first(post: Post, api: Api) -> None:
    await post.put(ADA, named("push 1"))
    await post.put(ADA, named("answer after it"), interactive=True)
    await post.put(BO, named("answer"), interactive=True)
    await post.sender.send_one()
    assert (names(api, BO), names(api, ADA)) == (["answer"], [])
    await post.send_all()
    assert names(api, ADA) == ["push 1", "answer after it"]
    assert await post.fates() == ["sent"] * 3


async def test_many_senders_keep_the_order_of_each_chat(post: Post, api: Api) -> None:
    for number in range(12):
        for chat in (ADA, BO):
            await post.put(chat, named(f"{number:02}"))
    running = asyncio.create_task(post.sender.run())

    async def all_there() -> bool:
        return len(names(api, ADA)) == len(names(api, BO)) == 12

    await eventually(all_there)
    await cancel(running)
    assert names(api, ADA) == sorted(names(api, ADA))
    assert names(api, BO) == sorted(names(api, BO))


async def test_nothing_is_sent_before_its_time_or_after_its_use(post: Post, api: Api) -> None:
    now = post.clock.now()
    await post.put(ADA, named("later"), in_s=3_600)
    await post.put(ADA, named("worthless by now"), not_after=now - timedelta(seconds=1))
    await post.put(ADA, named("now"), not_after=now + timedelta(hours=1))
    await post.send_all()
    assert names(api, ADA) == ["now"]
    assert await post.fates() == [None, "expired", "sent"]
    post.clock.move_to(now + timedelta(seconds=3_601))
    await post.send_all()
    assert names(api, ADA) == ["now", "later"]


async def test_a_key_forbids_a_second_message(post: Post, api: Api) -> None:
    assert await post.put(ADA, named("morning"), key="push:1:morning:2026-11-23")
    assert not await post.put(ADA, named("morning again"), key="push:1:morning:2026-11-23")
    await post.send_all()
    assert not await post.put(ADA, named("morning, once more"), key="push:1:morning:2026-11-23")
    await post.send_all()
    assert names(api, ADA) == ["morning"]


async def test_the_message_of_a_sender_that_died_is_sent_when_its_lease_ends(post: Post, api: Api) -> None:
    await post.put(ADA, named("first"))
    await post.put(ADA, named("second"))
    then = real_now() - outbox.LEASE - timedelta(seconds=1)
    async with post.store.begin() as session:
        ids = await outbox.takeable(session, now=post.clock.now(), real_now=then)
        assert len(ids) == 1
        assert await outbox.claim(session, ids, then) is not None
    async with post.store.begin() as session:
        assert await outbox.claim(session, ids, then) is None
        assert not await outbox.takeable(session, now=post.clock.now(), real_now=then), "its chat waits"
    await post.send_all()
    assert names(api, ADA) == ["first", "second"]


async def test_two_processes_send_each_message_once(post: Post, bot: Bot, database_url: str, api: Api) -> None:
    for number in range(30):
        await post.put((ADA, BO)[number % 2], named(f"{number:02}"))
    other = Post(Store(database_url), bot)
    tasks = [asyncio.create_task(one.sender.run()) for one in (post, other)]

    async def all_settled() -> bool:
        return await post.fates() == ["sent"] * 30

    await eventually(all_settled)
    for task in tasks:
        await cancel(task)
    await other.store.close()
    assert sorted(names(api, ADA) + names(api, BO)) == [f"{number:02}" for number in range(30)]


async def test_a_living_message_is_edited_and_an_unchanged_one_counts_as_sent(post: Post, api: Api) -> None:
    for name in ("morning", "morning", "noon"):
        await post.put(ADA, named(name, living="day:2026-11-23"))
    await post.send_all()
    assert names(api, ADA) == ["noon"]
    assert await post.fates() == ["sent"] * 3
    assert len({row.message_id for row in await post.rows()}) == 1


async def test_a_tapped_message_is_edited_and_belongs_to_what_it_shows_now(post: Post, api: Api) -> None:
    await post.put(ADA, named("day", living="day:2026-11-23"))
    await post.send_all()
    tapped = api.simulator.chat(ADA)[-1].message_id
    await post.put(ADA, named("card", living="card:7"), over=tapped)
    await post.send_all()
    assert names(api, ADA) == ["card"]
    await post.put(ADA, named("day changed", living="day:2026-11-23"))
    await post.send_all()
    assert names(api, ADA) == ["card", "day changed"], "the card that is being read stays"


async def test_a_screen_below_takes_the_place_of_its_living_message(post: Post, api: Api) -> None:
    await post.put(ADA, named("old", living="list:customers"))
    await post.put(ADA, named("something else"))
    await post.put(ADA, named("new", living="list:customers", place=Place.BELOW))
    await post.send_all()
    assert names(api, ADA) == ["something else", "new"]


async def test_a_deletion_that_fails_repeats_no_message(post: Post, api: Api) -> None:
    await post.put(ADA, named("old", living="list:customers"))
    await post.put(ADA, named("new", living="list:customers", place=Place.BELOW))
    api.simulator.fail_next("deleteMessage", status=502)
    await post.send_all()
    assert names(api, ADA) == ["old", "new"]
    await post.end_pauses()
    await post.send_all()
    assert names(api, ADA) == ["new"]
    assert api.calls("sendMessage") == 2


async def test_a_message_that_is_gone_is_sent_anew(post: Post, api: Api) -> None:
    await post.put(ADA, named("day", living="day:2026-11-23"))
    await post.send_all()
    gone = api.simulator.chat(ADA)[-1].message_id
    async with post.store.begin() as session:
        await outbox.delete_message(session, ADA, gone, due_at=post.clock.now())
    await post.put(ADA, named("day again", living="day:2026-11-23"))
    await post.put(ADA, named("over the gone one", living="card:1"), over=gone)
    await post.send_all()
    assert names(api, ADA) == ["day again", "over the gone one"]


async def test_a_living_message_is_cleared_away_also_when_it_is_gone_already(post: Post, api: Api) -> None:
    await post.put(ADA, named("keyboard", living="ask"))
    for _ in range(2):
        async with post.store.begin() as session:
            await outbox.clear(session, ADA, "ask", due_at=post.clock.now())
    await post.send_all()
    assert names(api, ADA) == []
    async with post.store.read() as session:
        assert (await session.exec(select(LivingMessage))).all() == []


async def test_a_flood_warning_pauses_that_chat_alone(post: Post, api: Api) -> None:
    await post.put(ADA, named("one"))
    await post.put(ADA, named("two"))
    await post.put(BO, named("other"))
    api.simulator.fail_next("sendMessage", status=429, retry_after=7)
    await post.send_all()
    assert (names(api, ADA), names(api, BO)) == ([], ["other"])
    (pause_s,) = await post.pauses_s()
    assert 5 <= pause_s <= 7
    await post.end_pauses()
    await post.send_all()
    assert names(api, ADA) == ["one", "two"]


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_that_fails_is_asked_again_and_the_chat_keeps_its_order(
    post: Post, api: Api, status: int
) -> None:
    await post.put(ADA, named("one"))
    await post.put(ADA, named("two"))
    for _ in range(3):
        api.simulator.fail_next("sendMessage", status=status)
    for pause_s in (2, 4, 8):
        await post.send_all()
        assert names(api, ADA) == []
        assert (await post.pauses_s())[0] == pytest.approx(pause_s, abs=1)
        await post.end_pauses()
    await post.send_all()
    assert names(api, ADA) == ["one", "two"]


async def test_a_message_at_which_the_server_always_fails_is_given_up_at_last(post: Post, api: Api) -> None:
    await post.put(ADA, named("poison"))
    await post.put(ADA, named("next"))
    async with post.store.begin() as session:
        (await session.exec(select(Outbox).order_by(col(Outbox.id)))).all()[0].attempts = ATTEMPTS - 1
    api.simulator.fail_next("sendMessage", status=500)
    await post.send_all()
    assert await post.fates() == ["refused", "sent"]


async def test_an_unreachable_server_is_tried_for_as_long_as_it_takes(store: Store, api: Api) -> None:
    async with Bot(TOKEN, base_url=f"{api.root}/bot") as bot:
        post = Post(store, bot)
        bot._base_url = "http://127.0.0.1:9/bot"  # nobody listens at the discard port
        await post.put(ADA, named("patient"))
        for _ in range(3):
            await post.send_all()
            await post.end_pauses()
        (row,) = await post.rows()
        assert (row.fate, row.attempts, row.in_doubt) == (None, 0, False)


async def test_an_answer_that_never_comes_doubles_a_message_once_at_most(post: Post, api: Api) -> None:
    await post.put(ADA, named("twice"))
    await post.put(ADA, named("next"))
    for _ in range(2):
        api.simulator.fail_next("sendMessage", delay_s=3 * READ_TIMEOUT_S)
    for _ in range(4):
        await post.send_all()
        await post.end_pauses()
    assert names(api, ADA) == ["twice", "twice", "next"]
    assert await post.fates() == ["refused", "sent"]


async def test_one_lost_answer_after_other_failures_still_gets_its_second_try(post: Post, api: Api) -> None:
    await post.put(ADA, named("important"))
    for failure in ({"status": 500}, {"status": 429, "retry_after": 1}, {"delay_s": 3 * READ_TIMEOUT_S}):
        api.simulator.fail_next("sendMessage", **failure)
    for _ in range(4):
        await post.send_all()
        await post.end_pauses()
    assert names(api, ADA) == ["important", "important"]
    assert await post.fates() == ["sent"]


async def test_an_edit_whose_answer_is_lost_doubles_nothing(post: Post, api: Api) -> None:
    await post.put(ADA, named("day", living="day"))
    await post.put(ADA, named("day later", living="day"))
    for _ in range(3):
        api.simulator.fail_next("editMessageText", delay_s=3 * READ_TIMEOUT_S)
    for _ in range(5):
        await post.send_all()
        await post.end_pauses()
    assert names(api, ADA) == ["day later"]
    assert await post.fates() == ["sent", "sent"]


async def test_a_dropped_connection_is_tried_again(post: Post, api: Api) -> None:
    await post.put(ADA, named("dropped"))
    api.simulator.fail_next("sendMessage", drop_connection=True)
    for _ in range(2):
        await post.send_all()
        await post.end_pauses()
    assert names(api, ADA) == ["dropped", "dropped"], "the server had taken it: at least once, not at most"
    assert await post.fates() == ["sent"]


@pytest.mark.parametrize(
    "broken",
    [
        Screen(template="replies/welcome_back", facts={}),
        Screen(template="replies/there_is_no_such_template", facts={}),
        Screen(template="replies/day", facts={"route": 7, "day": "not a day"}),
        Screen(template="replies/sorry", facts={}, document="987654"),
    ],
    ids=["fact-missing", "no-template", "wrong-facts", "no-bytes"],
)
async def test_a_screen_that_cannot_be_made_does_not_stop_the_chat(
    post: Post, api: Api, broken: Screen, caplog: pytest.LogCaptureFixture
) -> None:
    await post.put(ADA, broken, interactive=True)
    await post.put(ADA, named("next"))
    await post.send_all()
    assert names(api, ADA)[0] == "next"
    assert "nothing was changed" in api.texts(ADA)[1], "whoever waits for the answer is told"
    assert await post.fates() == ["refused", "sent", "sent"]
    assert "could not make" in caplog.text


async def test_an_apology_that_fails_begs_no_second_one(post: Post, api: Api) -> None:
    await post.put(ADA, Screen(template="replies/welcome_back", facts={}), interactive=True)
    await post.sender.send_one()
    api.simulator.fail_next("sendMessage", status=400)
    await post.send_all()
    assert await post.fates() == ["refused", "refused"]


async def test_a_refused_message_does_not_stop_the_chat(post: Post, api: Api) -> None:
    await post.put(ADA, named("refused"))
    await post.put(999, named("to nobody"))
    await post.put(ADA, named("next"))
    api.simulator.fail_next("sendMessage", status=400)
    await post.send_all()
    assert names(api, ADA) == ["next"]
    assert await post.fates() == ["refused", "refused", "sent"]


async def test_a_token_that_is_no_longer_known_stops_the_sender_and_loses_nothing(post: Post, api: Api) -> None:
    await post.put(ADA, named("kept"))
    api.simulator.fail_next("sendMessage", status=401)
    with pytest.raises(InvalidToken):
        await post.send_all()
    assert await post.fates() == [None]


@pytest.mark.parametrize("kind", ["picture", "document"])
async def test_stored_bytes_are_sent_with_their_caption(post: Post, api: Api, kind: str) -> None:
    await add_team(post.store)
    async with post.store.begin() as session:
        media = Media(
            team_id=1, sha256="0" * 64, content_type="image/png", name="route.png", content=PNG, created_at=MORNING
        )
        session.add(media)
    await post.put(ADA, named("look", **{kind: str(media.id)}))
    await post.send_all()
    message = api.simulator.chat(ADA)[-1]
    assert message.media is not None
    assert message.media.kind == {"picture": "photo", "document": "document"}[kind]
    assert message.text.startswith("look")
    if kind == "document":
        assert message.media.content == PNG


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


async def test_a_long_wait_of_the_limits_gives_the_sender_to_others(store: Store, bot: Bot, api: Api) -> None:
    class GroupIsFull(RateLimiter):
        def wait_s(self, chat_id: int, *, is_answer: bool = True) -> float:
            return 40.0 if chat_id == ADA else 0.0

    post = Post(store, bot, limiter=GroupIsFull())
    await post.put(ADA, named("waits"))
    await post.put(BO, named("goes"))
    await post.send_all()
    assert (names(api, ADA), names(api, BO)) == ([], ["goes"])
    assert (await post.pauses_s())[0] == pytest.approx(40, abs=2)


async def test_settled_rows_keep_no_facts_and_are_dropped_after_days(post: Post) -> None:
    await post.put(ADA, named("secret name"))
    await post.send_all()
    assert (await post.rows())[0].screen == {}
    async with post.store.begin() as session:
        assert await outbox.purge(session, real_now() - timedelta(days=7)) == 0
        assert await outbox.purge(session, real_now() + timedelta(seconds=1)) == 1


async def test_a_rep_who_blocks_the_bot_is_reported_to_the_manager_once(story: Story) -> None:
    for _ in range(2):
        story.simulator.blocks_bot(story.rep.id)
        for text in ("one", "two"):
            async with story.app.store.begin() as session:
                await outbox.show(session, story.rep.id, named(text), due_at=story.app.clock.now())
        await story.settle()
    told = [message.text for message in story.manager.messages if "Tan Wei Ling has blocked me" in message.text]
    assert len(told) == 1
    story.simulator.unblocks_bot(story.rep.id)
    await story.rep.says("/help")
    assert "nothing was changed" not in story.rep.screen
