"""Invitations: who gets in, once, and in what language they are answered."""

from datetime import timedelta

from sqlmodel import select

from bot.domain.vocabulary import Language, Role
from bot.services import joining
from bot.services.people import find_team
from bot.store.tables import Member
from tests import builders
from tests.story import Story


async def invitation(story: Story, role: Role = Role.REP, name: str | None = None) -> str:
    async with story.app.store.begin() as session:
        team = await find_team(session, "North")
        return await joining.invite(session, team, role, name=name, now=story.app.clock.now())


async def member_named(story: Story, name: str) -> Member:
    async with story.app.store.read() as session:
        return (await session.exec(select(Member).where(Member.name == name))).one()


async def test_an_invited_rep_is_welcomed_and_a_stranger_is_told_how_to_get_in(story: Story) -> None:
    story.rep.sees("Tan Wei Ling, you are in.")
    await story.stranger.says("/start")
    story.stranger.sees_now("Ask your manager for an invitation link")


async def test_a_newcomer_is_welcomed_in_the_language_of_the_phone(story: Story) -> None:
    await story.phone(104).says(f"/start {await invitation(story)}")
    story.phone(104).sees_now("张伟，你已加入。", "你还没有客户。")
    await story.phone(105).says(f"/start {await invitation(story)}")
    story.phone(105).sees_now("怡君，你已加入。", "你還沒有客戶。")
    assert (await member_named(story, "张伟")).language is Language.ZH_HANS


async def test_a_rep_who_has_customers_from_an_import_is_told_how_many(story: Story) -> None:
    await invitation(story, name="Siti")
    await builders.add_customer(story.app.store, name="Raffles City", owner="Siti")
    await story.stranger.says(f"/start {await invitation(story, name='Siti')}")
    story.stranger.sees_now("Siti, you are in.", "1 customer is yours.", "/today")


async def test_a_manager_of_an_empty_team_is_told_to_send_a_file(story: Story) -> None:
    story.manager.sees_now("Your team has no customers yet.", "Excel or CSV")


async def test_an_invitation_works_once_and_for_seven_days(story: Story) -> None:
    token = await invitation(story)
    await story.phone(104).says(f"/start {token}")
    await story.stranger.says(f"/start {token}")
    story.stranger.sees_now("This invitation has been used.")
    late = await invitation(story)
    story.app.clock.move_to(story.app.clock.now() + timedelta(days=7, minutes=1))
    await story.stranger.says(f"/start {late}")
    story.stranger.sees_now("This invitation has expired.")
    await story.stranger.says("/start nonsense")
    story.stranger.sees_now("This invitation is not known.")


async def test_a_member_does_not_join_twice(story: Story) -> None:
    await story.rep.says(f"/start {await invitation(story)}")
    story.rep.sees_now("You are already in a team.")
    await story.rep.says("/start")
    story.rep.sees_now("Tan Wei Ling, you are already in.")


async def test_a_new_phone_takes_over_and_the_old_one_is_a_stranger(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Raffles City")
    await story.stranger.says(f"/start {await invitation(story, name=builders.REP)}")
    story.stranger.sees_now("Tan Wei Ling, you are in.")
    await story.stranger.says("raffles")
    story.stranger.sees_now("Raffles City")
    await story.rep.says("raffles")
    story.rep.sees_now("Ask your manager for an invitation link")
