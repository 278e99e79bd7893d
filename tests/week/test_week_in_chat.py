"""/week as a rep lives it: planned behind a progress line, changed by taps, accepted into planned visits."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, VisitState
from bot.services.day.solving import UnsoundPlanError
from bot.services.week import making
from bot.services.week.plan import PlannedWeek
from bot.services.week.task import WeekTask
from bot.store.tables import Visit, WeekPlan
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


async def add_many(story: Story, count: int = 14) -> list[int]:
    store = story.app.store
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    ids = []
    for number in range(count):
        ids.append(
            await builders.add_customer(
                store,
                name=f"Shop {number:02d}",
                grade=(Grade.A, Grade.B, Grade.C)[number % 3],
                lat=1.28 + 0.006 * (number % 5),
                lng=103.80 + 0.012 * (number % 7),
            )
        )
        await builders.add_order(store, ids[-1], MONDAY - timedelta(days=90), 10_000 * (number + 1))
    return ids


async def row_of(story: Story) -> WeekPlan:
    async with story.app.store.read() as session:
        return (await session.exec(select(WeekPlan))).one()


async def week_of(story: Story) -> PlannedWeek:
    week = PlannedWeek.from_json((await row_of(story)).plan)
    assert week is not None
    return week


async def planned_visits(story: Story) -> list[Visit]:
    async with story.app.store.read() as session:
        query = select(Visit).where(col(Visit.state) == VisitState.PLANNED).order_by(col(Visit.on))
        return list((await session.exec(query)).all())


async def test_the_week_is_planned_behind_a_progress_line_and_takes_its_place(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    story.rep.sees_now("Week from Mon 23 Nov · ", "Mon 23 Nov", "Fri 27 Nov", "until ")
    assert len([each for each in story.rep.messages if each.from_bot and "Week from" in each.text]) == 1
    assert story.rep.buttons[:2] == ["Accept", "Another suggestion"]
    week = await week_of(story)
    a_dates = [week.dates_of(stop.customer_id) for day in week.days for stop in day.stops if stop.grade == "A"]
    assert all(len(dates) == 2 and max(dates) - min(dates) >= timedelta(days=2) for dates in a_dates)


async def test_accepting_makes_planned_visits_once_and_today_keeps_to_them(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    message = story.rep.messages[-1].message_id
    data = story.rep.data_of("Accept")
    await story.rep.taps("Accept")
    story.rep.sees_now("✓ accepted")
    await story.rep.does("taps_data", message, data)
    week = await week_of(story)
    visits = await planned_visits(story)
    assert {(visit.customer_id, visit.on) for visit in visits} == {
        (stop.customer_id, day.on) for day in week.days for stop in day.stops
    }
    assert len(visits) == week.visits
    await story.rep.says("/today")
    if "Whole list" in story.rep.buttons:  # how many stops a day has is the planner's business
        await story.rep.taps("Whole list")
    monday = week.day_of(MONDAY)
    assert monday is not None
    story.rep.sees_now(*(stop.name for stop in monday.stops))
    for stop in (
        stop
        for day in week.days[1:]
        for stop in day.stops
        if stop.customer_id not in {each.customer_id for each in monday.stops}
    ):
        assert stop.name not in story.rep.screen


async def test_a_day_that_has_begun_stays_as_it_is_when_the_week_is_planned(story: Story) -> None:
    await add_many(story, 12)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    begun = {visit.customer_id for visit in await planned_visits(story)}
    assert len(begun) > 5
    await story.rep.says("/week")
    monday = (await week_of(story)).day_of(MONDAY)
    assert monday is not None
    assert begun <= {stop.customer_id for stop in monday.stops}


async def test_a_stop_moves_to_another_day_and_stays_there(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    stop = next(stop for day in (await week_of(story)).days if day.on == MONDAY for stop in day.stops)
    await story.rep.taps("Mon")
    story.rep.sees_now("Mon 23 Nov · ", stop.name)
    number = next(line.split()[0] for line in story.rep.screen.splitlines() if stop.name in line)
    await story.rep.taps(number)
    story.rep.sees_now(stop.name, "Another day, a fixed time")
    target = next(label for label in story.rep.buttons if label.startswith("→"))
    await story.rep.taps(target)
    week = await week_of(story)
    moved_to = next(day.on for day in week.days if f"{day.on:%a}" in target)
    assert moved_to in week.dates_of(stop.customer_id)
    assert MONDAY not in week.dates_of(stop.customer_id)
    await story.rep.taps("Another suggestion")
    assert moved_to in (await week_of(story)).dates_of(stop.customer_id)


async def test_a_locked_time_is_kept_and_becomes_an_appointment(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    row, week = await row_of(story), await week_of(story)
    day = next(day for day in week.days if day.stops)
    stop = day.stops[0]
    await story.rep.taps_data(f"week.lock:{row.id}:{row.revision}:{stop.customer_id}:{day.on:%Y%m%d}:1500")
    story.rep.sees_now("15:00 📌 " + stop.name)
    await story.rep.taps("Accept")
    (visit,) = [
        each for each in await planned_visits(story) if (each.customer_id, each.on) == (stop.customer_id, day.on)
    ]
    assert visit.appointment_at == datetime.fromisoformat(f"{day.on}T15:00:00+08:00")


async def test_who_is_left_out_is_named_and_can_get_a_day_again(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    row, week = await row_of(story), await week_of(story)
    stop = week.days[0].stops[0]
    await story.rep.taps_data(f"week.out:{row.id}:{row.revision}:{stop.customer_id}")
    story.rep.sees_now("1 who is due is not visited")
    assert not (await week_of(story)).dates_of(stop.customer_id)
    await story.rep.taps("Not visited 1 ▸")
    story.rep.sees_now(f"1 {stop.name}", "left out by you", "They bought SGD")
    await story.rep.taps("1")
    await story.rep.taps("→ Wed")
    assert (await week_of(story)).dates_of(stop.customer_id) == {WEDNESDAY}


async def test_a_double_tap_changes_the_week_once(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    row, week = await row_of(story), await week_of(story)
    data = f"week.out:{row.id}:{row.revision}:{week.days[0].stops[0].customer_id}"
    await story.rep.taps_data(data)
    after = await row_of(story)
    await story.rep.taps_data(data)
    assert (await row_of(story)).revision == after.revision


async def test_another_suggestion_is_another_one(story: Story) -> None:
    await add_many(story, 40)
    await story.rep.says("/week")
    first = await week_of(story)
    await story.rep.taps("Another suggestion")
    assert (await week_of(story)).days != first.days


async def test_what_was_agreed_before_stays_on_its_day_when_the_week_is_planned_again(story: Story) -> None:
    ids = await add_many(story)
    await builders.add_visit(story.app.store, ids[4], TUESDAY)
    at = datetime.fromisoformat("2026-11-26T11:00:00+08:00")
    await builders.add_visit(story.app.store, ids[5], at.date(), appointment_at=at)
    await story.rep.says("/week")
    for _ in range(2):
        week = await week_of(story)
        assert TUESDAY in week.dates_of(ids[4])
        stop = week.stop_of(ids[5], at.date())
        assert stop is not None
        assert stop.start == at
        await story.rep.taps("Another suggestion")


async def test_a_week_that_cannot_hold_everybody_says_who_is_not_visited_and_what_that_risks(story: Story) -> None:
    await add_many(story, 60)
    await builders.change_member(story.app.store, work_until=time(13, 0))
    await story.rep.says("/week")
    assert re.search(r"⚠ \d+ who are due are not visited · SGD [\d,]+ a year", story.rep.screen)
    assert len(story.rep.screen.splitlines()) <= 14
    await story.rep.taps(next(label for label in story.rep.buttons if label.startswith("Not visited")))
    story.rep.sees_now("no room this week; waits longer")


async def test_leave_is_no_day_of_the_week_and_named_as_off(story: Story) -> None:
    await add_many(story)
    await builders.add_day_off(story.app.store, WEDNESDAY)
    await story.rep.says("/week")
    story.rep.sees_now("off: Wed 25 Nov")
    assert [day.on for day in (await week_of(story)).days] == [
        MONDAY, TUESDAY, MONDAY + timedelta(days=3), MONDAY + timedelta(days=4),
    ]  # fmt: skip


async def test_a_week_whose_search_fails_is_told_and_can_be_tried_again(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(task: WeekTask) -> PlannedWeek:
        raise UnsoundPlanError(f"a mistake in the week of {task.survey.starts_on}")

    await add_many(story, 4)
    with monkeypatch.context() as patched:
        patched.setattr(making, "solve_week", fail)
        await story.rep.says("/week")
    story.rep.sees_now("Week from Mon 23 Nov", "could not be planned just now")
    await story.rep.taps("Try again")
    story.rep.sees_now("Week from Mon 23 Nov · ")
    assert "Accept" in story.rep.buttons


async def test_the_map_picture_and_the_calendar_file_come_below_the_week(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    await story.rep.taps("Map picture")
    story.rep.sees_now("Week from Mon 23 Nov", "straight lines, no streets")
    await story.rep.taps("Calendar file")
    story.rep.sees_now("Open the file")
    assert {"sendPhoto", "sendDocument"} <= set(story.simulator_calls())


async def test_odd_customers_still_make_a_week(story: Story) -> None:
    store = story.app.store
    await builders.add_customer(store, name="No pin", lat=None, lng=None)
    await builders.add_customer(store, name="Null island", lat=0.0, lng=0.0)
    await builders.add_customer(store, name="London", lat=51.5, lng=-0.1)
    for number in range(5):
        await builders.add_customer(store, name=f"Same {number}", lat=1.3, lng=103.85)
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    await story.rep.says("/week")
    story.rep.sees_now("7 visits", "1 who is due is not visited")
    await story.rep.taps("Not visited 1 ▸")
    story.rep.sees_now("London", "too far for a day")


async def test_a_rep_without_customers_or_start_place_gets_an_answer(story: Story) -> None:
    await story.rep.says("/week")
    story.rep.sees_now("Nobody is due this week.")
    await builders.add_customer(story.app.store, name="Only one")
    await story.other_rep.says("/week")
    story.other_rep.sees_now("Nobody is due this week.")


async def test_another_reps_week_and_mangled_buttons_are_refused_in_words(story: Story) -> None:
    await add_many(story)
    await story.rep.says("/week")
    row = await row_of(story)
    await story.other_rep.says("/help")
    for data in (f"week.all:{row.id}", f"week.ok:{row.id}:{row.revision}", f"week.map:{row.id}", f"week.ics:{row.id}"):
        await story.other_rep.taps_data(data)
    assert await planned_visits(story) == []
    for data in (
        "week.day:x:1", f"week.day:{row.id}:20261399", f"week.stop:{row.id}:1:20261130", "week.move:1",
        f"week.lock:{row.id}:{row.revision}:1:20261123:2561", "week:99999999",
    ):  # fmt: skip
        await story.rep.taps_data(data)
    assert (await row_of(story)).revision == row.revision


async def test_the_week_reads_naturally_in_both_chinese_scripts(story: Story) -> None:
    await add_many(story)
    for language, words in (("zh_Hans", ("确认", "换一个方案")), ("zh_Hant", ("確認", "換一個方案"))):
        await builders.change_member(story.app.store, language=language)
        await story.rep.says("/week")
        story.rep.sees_now("11月23日")
        assert story.rep.buttons[:2] == list(words)


async def test_todays_route_is_a_picture_too_and_says_why_where_there_is_none(story: Story) -> None:
    await story.rep.says("/help")
    await story.rep.taps_data("map:today")
    story.rep.sees_now("no route today")
    await add_many(story, 5)
    await story.rep.says("/today")
    await story.rep.taps("Change")
    await story.rep.taps("Map picture")
    story.rep.sees_now("Mon 23 Nov · 5 visits", "straight lines, no streets")
    assert story.simulator_calls()["sendPhoto"] == 1
