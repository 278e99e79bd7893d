"""The manager's digest: from real rows, only the team's, rings once, opens into sections."""

from datetime import date, datetime, timedelta

from bot.domain.vocabulary import CommitmentKind, Grade, PromiseSide, Role, VisitState
from bot.services.digest import digest_screen
from bot.services.scoring.refreshing import refresh_team
from bot.store.unit import Store
from tests import builders
from tests.notices.promising import promise_by
from tests.notices.test_promises import rung
from tests.story import MORNING, Story

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


def at(wall: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{wall}:00+08:00")


async def fill_day(story: Story) -> None:
    """A day of two reps: visits, an order agreed, promises, a complaint, and a customer whose orders stopped."""
    store = story.app.store
    raffles = await builders.add_customer(store, name="Raffles City", grade=Grade.A)
    await builders.add_visit(store, raffles, MONDAY, state=VisitState.DONE, done_at=at("10:30"))
    suntec = await builders.add_customer(store, name="Suntec City", grade=Grade.A)
    await builders.add_visit(store, suntec, MONDAY, state=VisitState.CANCELLED)
    bugis = await builders.add_customer(store, name="Bugis Junction", grade=Grade.B, owner=builders.OTHER_REP)
    await builders.add_visit(store, bugis, MONDAY, appointment_at=at("10:00"))
    await builders.add_visit(store, bugis, TUESDAY)
    for month in (5, 6, 7, 8):
        await builders.add_order(store, bugis, date(2026, month, 10), amount_minor=400_000)
    await refresh_team(store, story.team_id, at("02:00"))
    await builders.add_complaint(store, raffles, at("09:00") - timedelta(days=3))
    await promise_by(
        story,
        "Raffles City",
        "",
        "2026-11-27T17:00:00+08:00",
        side=PromiseSide.THEIRS,
        kind=CommitmentKind.ORDER,
        amount_minor=640_000,
    )
    await promise_by(story, "Raffles City", "price list", "2026-11-23T12:00:00+08:00")
    await promise_by(story, "Bugis Junction", "call the chef", "2026-11-23T15:00:00+08:00", owner=builders.OTHER_REP)


async def test_the_digest_comes_at_half_past_six_and_says_the_day(story: Story) -> None:
    await fill_day(story)
    await story.until("2026-11-23T12:00:05+08:00")
    await story.rep.taps("Done")
    await story.until("2026-11-23T18:29:00+08:00")
    assert not any("Team North" in text for text in rung(story.manager))
    await story.until("2026-11-23T18:30:05+08:00")
    assert story.manager.screen.splitlines() == [
        "Team North · Mon 23 Nov · 2 reps",
        "Visits 1 of 2 · A 1/1 · B 0/1 · agreed SGD 6,400 (1 order)",
        "⚠ Bugis Junction (B): orders stopped, gap 3.4x · Arjun Nair goes tomorrow",
        "⚠ Arjun Nair: 1 report open",
        "Promises: 1 kept, 1 late, 0 due today · complaints: 1 open, day 4",
        "Tomorrow: 1 visit",
    ]
    assert story.manager.buttons == ["Reps", "Risks 1", "Promises", "Complaints 1", "Week", "Why now?"]


async def test_sections_open_in_the_same_message_and_lead_back(story: Story) -> None:
    await fill_day(story)
    await story.until("2026-11-23T18:30:05+08:00")
    count = len(story.manager.messages)
    await story.manager.taps("Reps")
    story.manager.sees_now("⚠ Arjun Nair: 0 of 1 · 1 report open", "Tan Wei Ling: 1 of 1")
    await story.manager.taps("‹ Digest")
    await story.manager.taps("Risks 1")
    story.manager.sees_now("⚠ Bugis Junction (B): gap 3.4x · SGD 16,000 · Arjun Nair · visit tomorrow")
    await story.manager.taps("‹ Digest")
    await story.manager.taps("Promises")
    story.manager.sees_now("Raffles City: price list, late since 12:00 · Tan Wei Ling", "Bugis Junction: call the chef")
    await story.manager.taps("‹ Digest")
    await story.manager.taps("Complaints 1")
    story.manager.sees_now("⚠ Raffles City: “late delivery”, day 4")
    assert len(story.manager.messages) == count


async def test_the_digest_rings_once_and_is_one_message_however_often_it_is_opened(story: Story) -> None:
    await fill_day(story)
    await story.until("2026-11-23T11:00:00+08:00")
    await story.manager.says("/digest")
    story.manager.sees_now("Team North")
    assert not any("Team North" in text for text in rung(story.manager))
    await story.until("2026-11-23T18:31:00+08:00")
    assert sum("Team North" in text for text in rung(story.manager)) == 1
    await story.until("2026-11-23T23:00:00+08:00")
    await story.manager.says("/digest")
    shown = [message for message in story.manager.messages if message.from_bot and "Team North" in message.text]
    assert [message.silent for message in shown] == [True]


async def test_a_rep_has_no_digest(story: Story) -> None:
    await story.rep.says("/digest")
    story.rep.sees_now("Your role does not do this.")
    await story.rep.taps_data("dg.reps:20261123")
    assert not any("Reps" in message.text for message in story.rep.messages)


async def test_an_empty_team_is_told_what_to_do_next(story: Story) -> None:
    await story.manager.says("/digest")
    story.manager.sees_now("Your team has no customers yet", "Excel or CSV")
    await story.manager.taps_data("dg.reps:not-a-date")
    story.manager.sees_now("Your team has no customers yet")


async def test_another_teams_day_is_not_in_it(store: Store) -> None:
    for team, rep, manager, chat in (("North", "Ann", "Mo", 100), ("South", "Bo", "Ma", 200)):
        team_id = await builders.add_team(store, name=team)
        await builders.add_member(store, team_id, name=rep, chat_id=chat)
        await builders.add_member(store, team_id, name=manager, role=Role.MANAGER, chat_id=chat + 1)
        customer_id = await builders.add_customer(store, name=f"Customer of {team}", owner=rep, grade=Grade.A)
        await builders.add_visit(store, customer_id, MONDAY, state=VisitState.DONE)
        await builders.add_complaint(store, customer_id, MORNING)
        await builders.add_promise(store, customer_id, MORNING - timedelta(days=1))
    acting = await builders.acting_for(store, "Mo")
    async with store.read() as session:
        front = await digest_screen(session, acting, MONDAY, MORNING)
        sections = [
            await digest_screen(session, acting, MONDAY, MORNING, section=section)
            for section in ("reps", "risks", "promises", "complaints")
        ]
    assert (front.facts["done"], front.facts["planned"], front.facts["complaints"]) == (1, 1, 1)
    assert front.facts["promises"] == {"kept": 0, "late": 1, "due": 0}
    shown = str([screen.facts for screen in (front, *sections)])
    assert "Customer of North" in shown
    assert "South" not in shown
    assert "Bo" not in shown


async def test_a_rep_with_too_much_for_tomorrow_is_named(story: Story) -> None:
    store = story.app.store
    for number in range(9):
        customer_id = await builders.add_customer(store, name=f"Customer {number}", grade=Grade.A)
        await builders.add_visit(store, customer_id, TUESDAY)
        await builders.add_follow_up(store, customer_id, TUESDAY)
    await story.manager.says("/digest")
    story.manager.sees_now("Tomorrow: 9 visits · Tan Wei Ling 12 % over capacity")
