"""Days that nobody would make up: every one gets a best effort, and a reason for whoever is not in it."""

from datetime import date, datetime

from bot.domain.opening_hours import OpeningHours
from bot.domain.vocabulary import Grade
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
HALF_PAST_TEN = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
EIGHT = datetime.fromisoformat("2026-11-23T08:00:00+08:00")


async def test_appointments_that_are_past_or_exclude_each_other_and_places_that_are_none_are_all_explained(
    story: Story,
) -> None:
    store = story.app.store
    ids = {}
    for name, place in (
        ("Early", builders.HOME), ("First", builders.HOME), ("Second", builders.HOME), ("No pin", (None, None)),
        ("Null island", (0.0, 0.0)), ("London", (51.5, -0.1)),
    ):  # fmt: skip
        ids[name] = await builders.add_customer(store, name=name, grade=Grade.B, lat=place[0], lng=place[1])
    for name, at in (("Early", EIGHT), ("First", HALF_PAST_TEN), ("Second", HALF_PAST_TEN)):
        await builders.add_visit(store, ids[name], MONDAY, appointment_at=at)
    await story.until("2026-11-23T09:30:00+08:00")
    await story.rep.says("/today")
    story.rep.sees_now("4 visits", "stops without a pin", "First 📌 B · appointment", "Second 📌 B · 30 min late")
    await story.rep.taps("Left out 2 ▸")
    story.rep.sees_now("Early 📌 B · 52 · its time has passed: call", "London B · 42 · too far for today")
    await story.rep.says("/week")
    story.rep.sees_now("visits", "not visited")
    await story.rep.says("/capacity")
    story.rep.sees_now("/settings: set where your day starts")


async def test_nobody_open_and_nobody_with_a_place_is_still_an_answer(story: Story) -> None:
    closed = OpeningHours(weekdays="7").to_json()
    await builders.add_customer(story.app.store, name="Sundays only", opening=closed)
    await builders.add_customer(story.app.store, name="London", lat=51.5, lng=-0.1)
    await builders.change_member(story.app.store, start_lat=1.30, start_lng=103.85)
    await story.rep.says("/today")
    story.rep.sees_now("2 customers are due, but none can be visited today:", "Sundays only", "too far for today")
    await story.rep.taps("Left out 2 ▸")
    story.rep.sees_now("Sundays only", "closed", "London", "too far for today")
    await story.rep.says("/week")
    await story.rep.taps("Not visited 2 ▸")
    story.rep.sees_now("Sundays only", "London", "too far for a day")
