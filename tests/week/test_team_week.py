"""The team's weeks as its manager plans them, and several weeks as a rep asks for them."""

from datetime import date

from sqlmodel import col, select

from bot.domain.vocabulary import Grade, VisitState
from bot.services.week.plan import PlannedWeek
from bot.store.tables import Visit, WeekPlan
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)


async def add_shops(story: Story, owner: str, count: int) -> None:
    await builders.change_member(story.app.store, owner, start_lat=1.30, start_lng=103.85)
    for number in range(count):
        await builders.add_customer(
            story.app.store,
            name=f"{owner[:5]} {number}",
            owner=owner,
            grade=(Grade.A, Grade.B, Grade.C)[number % 3],
            lat=1.28 + 0.006 * number,
            lng=103.85,
        )


async def rows_of(story: Story) -> dict[int, WeekPlan]:
    async with story.app.store.read() as session:
        return {row.member_id: row for row in (await session.exec(select(WeekPlan))).all()}


async def count_planned(story: Story) -> int:
    async with story.app.store.read() as session:
        return len((await session.exec(select(Visit).where(col(Visit.state) == VisitState.PLANNED))).all())


async def test_a_manager_plans_the_team_and_accepts_for_all(story: Story) -> None:
    await add_shops(story, builders.REP, 5)
    await add_shops(story, builders.OTHER_REP, 4)
    await builders.change_member(story.app.store, builders.MANAGER, sells=False)
    await story.manager.says("/week")
    story.manager.sees_now("Team week from Mon 23 Nov · 0 visits", "Tan Wei Ling · not planned yet")
    await story.manager.taps("Plan a week")
    story.manager.sees_now("⏳ being planned")
    await story.manager.taps("Refresh")
    rows = await rows_of(story)
    assert len(rows) == 2
    total = sum(week.visits for row in rows.values() if (week := PlannedWeek.from_json(row.plan)))
    story.manager.sees_now(f"Team week from Mon 23 Nov · {total} visits")
    await story.manager.taps("Accept for all")
    assert story.manager.screen.count("✓ accepted") == 2
    assert await count_planned(story) == total
    await story.manager.taps_data(f"team.rep:20261123:{min(rows)}:0")
    story.manager.sees_now("Week from Mon 23 Nov", "✓ accepted")
    await story.rep.says("/week")
    story.rep.sees_now("✓ accepted")
    assert "Team" not in story.rep.buttons


async def test_a_rep_cannot_plan_or_read_the_team(story: Story) -> None:
    await add_shops(story, builders.OTHER_REP, 2)
    await story.rep.says("/help")
    for data in ("team.week", "team.plan:20261123:1", "team.ok:20261123", "team.rep:20261123:2:0"):
        await story.rep.taps_data(data)
    assert await rows_of(story) == {}
    await story.manager.says("/help")
    for data in ("team.plan:20261123:9", "team.rep:20261123:99999:0", "team.plan:x:1", "team.rep:20261123:1:0"):
        await story.manager.taps_data(data)
    assert await rows_of(story) == {}


async def test_a_rep_plans_four_weeks_looks_into_one_and_goes_back_to_one(story: Story) -> None:
    await add_shops(story, builders.REP, 6)
    await story.rep.says("/week 5")
    story.rep.sees_now("One to 4 weeks can be planned")
    await story.rep.says("/week 4")
    story.rep.sees_now("4 weeks from Mon 23 Nov", "Week from Mon 14 Dec")
    (row,) = (await rows_of(story)).values()
    week = PlannedWeek.from_json(row.plan)
    assert week is not None
    assert len(week.days) == 20
    assert len(week.dates_of(1)) >= 7
    await story.rep.taps("Week 2 ▸")
    story.rep.sees_now("Week from Mon 30 Nov")
    await story.rep.taps("Map picture")
    await story.rep.taps_data(f"week.all:{row.id}:7")
    await story.rep.taps_data(f"week.map:{row.id}:w9")
    await story.rep.taps_data(f"week.all:{row.id}")
    await story.rep.taps("Accept")
    assert await count_planned(story) == week.visits
    await story.rep.taps("1 wk")
    story.rep.sees_now("Week from Mon 23 Nov")
    assert len((await rows_of(story))[row.member_id].plan["days"]) == 5
