"""Missing reports answered with one tap in the message that asks for them, taken back with one."""

from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.vocabulary import Depth, Grade
from bot.store.tables import FollowUp, Report, Touch, Visit
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
SIX = "2026-11-23T18:00:05+08:00"


async def evening(story: Story, *hours: int, grade: Grade = Grade.C) -> list[int]:
    """Visits of the day of which nobody has told, as they are asked for at six."""
    visits = []
    for number, hour in enumerate(hours, 1):
        customer = await builders.add_customer(story.app.store, name=f"Shop {number}", grade=grade)
        at = datetime.fromisoformat(f"2026-11-23T{hour:02}:00:00+08:00")
        visits.append(await builders.add_visit(story.app.store, customer, MONDAY, appointment_at=at))
    await story.sleep_until(SIX)
    return visits


async def reports(story: Story) -> list[Report]:
    async with story.app.store.read() as session:
        query = select(Report).where(col(Report.undone_at).is_(None)).order_by(col(Report.id))
        return list((await session.exec(query)).all())


async def test_each_is_answered_with_one_tap_and_taken_back_with_one(story: Story) -> None:
    visits = await evening(story, 10, 12, 14)
    story.rep.sees_now("3 reports still open", "1 Shop 1 10:00", "3 Shop 3 14:00")
    count = len(story.rep.messages)
    await story.rep.taps("1 ✓")
    story.rep.sees_now("2 reports still open", "1 Shop 1 10:00 ✓ met, as planned", "Your day: 1 of 3")
    await story.rep.taps("2 ✗")
    await story.rep.taps("3 ↷")
    story.rep.sees_now("✓ All reported", "Shop 2 12:00 ✓ nobody there", "Shop 3 14:00 ✓ did not go")
    assert len(story.rep.messages) == count
    saved = await reports(story)
    assert [(one.visit_id, one.depth) for one in saved] == [(visit, Depth.QUICK) for visit in visits]
    async with story.app.store.read() as session:
        states = dict((await session.exec(select(col(Visit.id), col(Visit.state)))).all())
        touched = (await session.exec(select(Touch.report_id).where(col(Touch.report_id).is_not(None)))).all()
        assert len((await session.exec(select(FollowUp))).all()) == 3  # the next visit, from the frequency
    assert [states[visit] for visit in visits] == ["done", "missed", "missed"]
    assert list(touched) == [saved[0].id]

    await story.rep.taps("2 ↶")
    story.rep.sees_now("1 report still open", "2 Shop 2 12:00")
    await story.rep.taps_data(f"mr:{visits[0]}:n")  # an old button: what is said stays
    story.rep.sees_now("Shop 1 10:00 ✓ met, as planned")
    await story.rep.taps("2 ✓")
    assert len(await reports(story)) == 3


async def test_all_at_once_and_more_is_added_to_one(story: Story) -> None:
    await evening(story, 10, 12, grade=Grade.A)
    await story.rep.taps("All as planned ✓")
    story.rep.sees_now("✓ All reported")
    assert len(await reports(story)) == 2
    await story.rep.taps("1 +")
    story.rep.sees_now("Shop 1", "Who")


async def test_a_long_day_is_answered_part_after_part_and_nothing_unseen(story: Story) -> None:
    await evening(story, 9, 10, 11, 12, 13, 14, 15)
    story.rep.sees_now("7 reports still open", "6 Shop 6 14:00", "and 1 more")
    await story.rep.taps("2 ✓")
    await story.rep.taps("These 5 as planned ✓")
    story.rep.sees_now("1 report still open", "• Shop 7 15:00")
    assert len(await reports(story)) == 6
    await story.rep.taps("Met, as planned")
    story.rep.sees_now("✓ All reported")


async def test_a_form_that_was_begun_is_finished_by_the_tap_and_another_stays_open(story: Story) -> None:
    visits = await evening(story, 10, 12)
    await story.rep.taps("1 ✎")
    await story.rep.taps("Met")
    await story.rep.taps("2 ✎")
    await story.rep.taps("Met")
    await story.rep.taps("Partly")
    await story.rep.taps_data(f"mr:{visits[0]}:y")
    saved = (await reports(story))[0]
    assert saved.answers["answers"]["purpose_reached"] == {"value": "yes"}
    await story.rep.says("/resume")
    story.rep.sees_now("Shop 2")


async def test_a_stranger_to_the_visit_and_a_day_to_come_are_refused(story: Story) -> None:
    visits = await evening(story, 10, 12)
    tomorrow = await builders.add_visit(
        story.app.store,
        await builders.add_customer(story.app.store, name="Shop 9"),
        date(2026, 11, 24),
    )
    await story.rep.taps_data(f"mr:{tomorrow}:y")
    await story.rep.taps_data("mr.all:20261124")
    await story.rep.taps_data("mr.all:yesterday")
    await story.rep.taps_data(f"mr:{visits[0]}:q")
    await story.other_rep.says("/today")
    await story.other_rep.taps_data(f"mr:{visits[0]}:y")
    assert await reports(story) == []
