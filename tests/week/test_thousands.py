"""Five thousand customers of one rep: a week, its weighing and who is near are still answers."""

from datetime import date, datetime
from typing import Any

from sqlmodel import insert

from bot.domain.geo import Pin
from bot.domain.vocabulary import Grade
from bot.services.capacity import capacity_facts
from bot.services.nearby import offers_within
from bot.services.week.solving import solve_week
from bot.services.week.survey import survey_week
from bot.services.week.task import WeekTask
from bot.services.week.wishes import Wishes
from bot.store.tables import Customer
from bot.store.unit import Store
from tests import builders

COUNT = 5_000
MORNING = datetime.fromisoformat("2026-11-23T07:25:00+08:00")
TEN = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


async def test_five_thousand_customers_are_weighed_planned_and_offered(store: Store) -> None:
    await builders.add_member(store, await builders.add_team(store), chat_id=101)
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    acting = await builders.acting_for(store)
    async with store.begin() as session:
        rows: list[dict[str, Any]] = [
            {
                "team_id": acting.team_id,
                "owner_id": acting.member_id,
                "name": f"Stall {number}",
                "name_key": f"stall {number}",
                "lat": 1.25 + 0.0004 * (number % 500),
                "lng": 103.70 + 0.001 * (number % 300),
                "grade": (Grade.A, Grade.B, Grade.C, Grade.D)[number % 4],
                "tags": [],
                "extra": {},
                "created_at": builders.LONG_AGO,
            }
            for number in range(COUNT)
        ]
        await session.exec(insert(Customer), params=rows)
    async with store.read() as session:
        survey = await survey_week(session, acting, date(2026, 11, 23), MORNING)
        near = await offers_within(session, acting, TEN, Pin(lat=1.3, lng=103.8), 40 * 60)
    facts = capacity_facts(survey)
    assert facts["a_fits"] is False
    assert facts["customers"] == COUNT
    week = solve_week(WeekTask(survey=survey, wishes=Wishes()), budget_s=0.5)
    assert week.visits > 20
    assert len(week.not_visited) > COUNT / 2
    assert any(offer.fits for offer in near)
