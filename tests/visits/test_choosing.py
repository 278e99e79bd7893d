"""/prep and /report offer whom they may be about: today's stops first, an earlier day's too."""

from datetime import timedelta

from bot.domain.vocabulary import Grade
from tests.builders import add_customer, add_touch, add_visit
from tests.story import MORNING, Story


async def add_some(story: Story) -> None:
    for number in range(5):
        customer = await add_customer(
            story.app.store, name=f"Shop {number}", grade=Grade.B, lat=1.30 + number / 100, lng=103.85
        )
        await add_touch(story.app.store, customer, MORNING - timedelta(days=20))


async def test_stops_of_the_plan_can_be_prepared_with_lunch_among_them(story: Story) -> None:
    await add_some(story)
    await story.rep.says("/today")
    await story.rep.says("/prep")
    story.rep.sees_now("Prepare a visit")
    assert any("Shop" in label for label in story.rep.buttons)


async def test_a_visit_of_yesterday_can_be_recorded(story: Story) -> None:
    customer = await add_customer(story.app.store, name="Shop 1", grade=Grade.C)
    await add_visit(story.app.store, customer, MORNING.date() - timedelta(days=3))
    await story.rep.says("/report")
    story.rep.sees_now("No open visit on this day")
    for label in ("Yesterday", "A day earlier", "A day earlier"):
        await story.rep.taps(label)
    story.rep.sees_now("Record a visit · Fri 20 Nov")
    await story.rep.taps("Shop 1")
    for label in ("Met", "Yes", "Nothing"):
        await story.rep.taps(label)
    await story.rep.taps(story.rep.buttons[0])
    story.rep.sees_now("✓ Shop 1")


async def test_a_report_older_than_a_week_is_refused_in_words(story: Story) -> None:
    await story.rep.taps_data("reports:8")
    story.rep.sees_now("Reports reach 7 days back")
