"""Sick, off, weekends and holidays, and the working Saturdays of the Chinese calendar."""

from datetime import date, datetime

from bot.domain.vocabulary import DayOffKind, Grade, VisitState
from bot.services.day import DayKind, kind_of_day, morning_screen, propose_morning
from bot.services.work import Work
from bot.store.unit import Store
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
ELEVEN = datetime.fromisoformat("2026-11-23T11:00:00+08:00")
MORNING = datetime.fromisoformat("2026-11-23T07:30:00+08:00")


async def test_sick_in_one_tap_moves_the_visits_and_lists_whom_to_call(story: Story) -> None:
    store = story.app.store
    ids = [await builders.add_customer(store, name=f"Shop {number}", grade=Grade.C) for number in range(6)]
    fixed = await builders.add_customer(store, name="Raffles City", grade=Grade.A, phone="+65 6123 4567")
    await builders.add_visit(store, fixed, MONDAY, appointment_at=ELEVEN)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await story.rep.taps("Change")
    await story.rep.taps("Sick today")
    story.rep.sees_now("Mon 23 Nov · sick", "6 visits moved: Tue 24 Nov (4), Wed 25 Nov (2)")
    story.rep.sees_now("11:00 Raffles City · +65 6123 4567")
    moved = [(await builders.visits_of(store, customer))[0] for customer in ids]
    assert {visit.on for visit in moved} == {date(2026, 11, 24), date(2026, 11, 25)}
    await story.rep.taps("✓ called Raffles City")
    assert (await builders.visits_of(store, fixed))[0].state is VisitState.CANCELLED
    assert "Raffles" not in story.rep.screen
    await story.rep.says("/today")
    story.rep.sees_now("sick")


async def test_a_day_off_can_be_taken_back(story: Story) -> None:
    store = story.app.store
    ids = [await builders.add_customer(store, name=f"Shop {number}") for number in range(3)]
    await story.rep.says("/today")
    await story.rep.taps("Start")
    before = [(await builders.visits_of(store, customer))[0].planned_at for customer in ids]
    await story.rep.taps("Change")
    await story.rep.taps("Day off")
    story.rep.sees_now("day off", "3 visits moved")
    await story.rep.taps("Undo, I work today")
    story.rep.sees_now("0 of 3 done")
    visits = [(await builders.visits_of(store, customer))[0] for customer in ids]
    assert [visit.on for visit in visits] == [MONDAY] * 3
    assert [visit.planned_at for visit in visits] == before


async def test_a_day_off_before_the_start_moves_nothing(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Shop")
    await story.rep.says("/today")
    await story.rep.taps("Change")
    await story.rep.taps("Sick today")
    story.rep.sees_now("No visits had to be moved")
    message = story.rep.messages[-1].message_id
    await story.rep.does("taps_data", message, "day.off:sick")
    await story.rep.taps("Undo, I work today")
    story.rep.sees_now("1 visit")


async def test_visits_move_past_weekends_and_holidays(story: Story) -> None:
    store = story.app.store
    customer = await builders.add_customer(store, name="Shop")
    await story.sleep_until("2026-12-24T09:00:00+08:00")  # a Thursday before Christmas Day and a weekend
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await story.rep.taps("Change")
    await story.rep.taps("Sick today")
    assert (await builders.visits_of(store, customer))[0].on == date(2026, 12, 28)


async def test_a_weekend_has_no_route_unless_the_rep_wants_one(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Shop")
    await story.sleep_until("2026-11-28T09:00:00+08:00")
    await story.rep.says("/today")
    story.rep.sees_now("Sat 28 Nov · not a working day")
    await story.rep.taps("Plan today")
    story.rep.sees_now("Sat 28 Nov · 1 visit")
    await story.rep.says("/today")
    story.rep.sees_now("1 visit")


async def test_a_public_holiday_is_named_as_one(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Shop")
    await story.sleep_until("2026-12-25T09:00:00+08:00")
    await story.rep.says("/today")
    story.rep.sees_now("public holiday")


async def test_a_working_saturday_of_the_chinese_calendar_is_planned(store: Store) -> None:
    team = await builders.add_team(store, country="CN", timezone="Asia/Shanghai", currency="CNY")
    await builders.add_member(store, team, chat_id=101)
    await builders.add_customer(store, name="阳光咖啡")
    acting = await builders.acting_for(store)
    saturday, holiday, sunday = date(2026, 10, 10), date(2026, 10, 1), date(2026, 10, 11)
    now = datetime.fromisoformat("2026-10-10T07:30:00+08:00")
    proposal = await propose_morning(store, acting, saturday, now)
    async with store.begin() as session:
        work = Work(session=session, acting=acting, now=now)
        assert await kind_of_day(session, acting, saturday) is DayKind.WORKING
        assert await kind_of_day(session, acting, holiday) is DayKind.HOLIDAY
        assert await kind_of_day(session, acting, sunday) is DayKind.WEEKEND
        screen = await morning_screen(work, saturday, proposal)
        assert screen is not None
        assert screen.facts["visits"] == 1
        assert screen.living == "day:2026-10-10"
        assert await morning_screen(work, holiday, proposal) is None


async def test_the_morning_plans_by_itself_where_nothing_was_planned(store: Store) -> None:
    team = await builders.add_team(store)
    await builders.add_member(store, team, chat_id=101)
    await builders.add_customer(store, name="Shop")
    acting = await builders.acting_for(store)
    proposal = await propose_morning(store, acting, MONDAY, MORNING)
    async with store.begin() as session:
        screen = await morning_screen(Work(session=session, acting=acting, now=MORNING), MONDAY, proposal)
    assert screen is not None
    assert screen.facts["visits"] == 1


async def test_on_a_day_off_there_is_no_morning(store: Store) -> None:
    team = await builders.add_team(store)
    await builders.add_member(store, team, chat_id=101)
    await builders.add_customer(store, name="Shop")
    await builders.add_day_off(store, MONDAY, kind=DayOffKind.SICK)
    acting = await builders.acting_for(store)
    assert await propose_morning(store, acting, MONDAY, MORNING) is None
    async with store.begin() as session:
        assert await kind_of_day(session, acting, MONDAY) is DayKind.SICK
        assert await morning_screen(Work(session=session, acting=acting, now=MORNING), MONDAY, None) is None
