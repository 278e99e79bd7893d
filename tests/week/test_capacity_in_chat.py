"""/capacity and /nearby as a rep sees them."""

from datetime import date, datetime, time, timedelta

from bot.domain.vocabulary import Grade, VisitState
from bot.services.week.survey import survey_week
from bot.store.unit import Store
from tests import builders
from tests.story import MORNING, Story

MONDAY = date(2026, 11, 23)


async def add_many(story: Story, count: int, *, grade: Grade = Grade.B) -> list[int]:
    """Customers of a rep in Singapore, all long overdue, each with a year's sales of its own."""
    store = story.app.store
    await builders.change_member(store, start_lat=1.30, start_lng=103.85)
    ids = []
    for number in range(count):
        ids.append(
            await builders.add_customer(
                store,
                name=f"Shop {number:02d}",
                grade=grade,
                lat=1.28 + 0.006 * (number % 5),
                lng=103.80 + 0.012 * (number % 7),
            )
        )
        await builders.add_order(store, ids[-1], MONDAY - timedelta(days=90), 10_000 * (number + 1))
    return ids


async def test_a_week_that_fits_says_so_in_numbers(story: Story) -> None:
    await add_many(story, 10)
    await story.rep.says("/capacity")
    story.rep.sees_now("Week from Mon 23 Nov · 5 working days", "Due 10 visits", "room for", "Everything fits")
    assert "not visited" not in story.rep.screen


async def test_a_week_that_does_not_fit_names_who_is_left_and_what_that_risks(story: Story) -> None:
    await add_many(story, 60)
    await builders.change_member(story.app.store, work_until=time(14, 0))
    await story.rep.says("/capacity")
    story.rep.sees_now(
        "Due 60 visits", "B, C and D wait", "customers are due and not visited", "a year", "They bought SGD ",
        "in 12 months", "One more day buys", "less at risk",
    )  # fmt: skip
    assert len(story.rep.screen.splitlines()) <= 20
    await story.rep.taps("Next week ›")
    story.rep.sees_now("Week from Mon 30 Nov")


async def test_grade_a_alone_beyond_the_week_is_told_in_numbers(story: Story) -> None:
    await add_many(story, 40, grade=Grade.A)
    await builders.change_member(story.app.store, work_until=time(12, 0))
    await story.rep.says("/capacity")
    story.rep.sees_now("Grade A alone does not fit: 80 visits due (", "can be made even at 1.5x")


async def test_leave_and_holidays_make_the_week_smaller(story: Story) -> None:
    await add_many(story, 5)
    await builders.add_day_off(story.app.store, MONDAY + timedelta(days=2))
    await story.rep.says("/capacity")
    story.rep.sees_now("4 working days", "off: Wed 25 Nov")
    for _ in range(4):
        await story.rep.taps("Next week ›")
    story.rep.sees_now("Week from Mon 21 Dec · 4 working days · off: Fri 25 Dec")


async def test_a_working_saturday_of_the_chinese_calendar_is_a_day_of_the_week(store: Store) -> None:
    team_id = await builders.add_team(store, country="CN", timezone="Asia/Shanghai", currency="CNY")
    await builders.add_member(store, team_id)
    acting = await builders.acting_for(store)
    morning = datetime.fromisoformat("2026-09-29T08:00:00+08:00")
    async with store.read() as session:
        week = await survey_week(session, acting, date(2026, 10, 5), morning)
    assert week.days == (date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10))
    assert week.off == (date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7))
    assert week.rest_s == 90 * 60


async def test_the_week_reads_naturally_in_both_chinese_scripts(story: Story) -> None:
    await add_many(story, 60)
    await builders.change_member(story.app.store, work_until=time(14, 0))
    for language, words in (("zh_Hans", "家到期却去不了"), ("zh_Hant", "家到期卻去不了")):
        await builders.change_member(story.app.store, language=language)
        await story.rep.says("/capacity")
        story.rep.sees_now(words)


async def test_without_customers_or_places_the_answer_is_still_an_answer(story: Story) -> None:
    await story.rep.says("/capacity")
    story.rep.sees_now("You have no customers yet")
    await builders.add_customer(story.app.store, name="Nowhere", lat=None, lng=None)
    await builders.add_customer(story.app.store, name="Null island", lat=0.0, lng=0.0)
    await story.rep.says("/capacity")
    story.rep.sees_now("2 customers have no pin", "set where your day starts")


async def test_a_manager_who_does_not_sell_has_no_week(story: Story) -> None:
    await builders.change_member(story.app.store, builders.MANAGER, sells=False)
    await story.manager.says("/capacity")
    story.manager.sees_now("no route of its own")


async def test_free_minutes_name_who_is_due_near_by_and_one_tap_adds_a_stop(story: Story) -> None:
    await story.until("2026-11-23T10:00:00+08:00")
    near = await builders.add_customer(story.app.store, name="Near B", grade=Grade.B, lat=1.3005, lng=103.8505)
    await builders.add_customer(story.app.store, name="Far A", grade=Grade.A, lat=1.40, lng=103.95)
    quiet = await builders.add_customer(story.app.store, name="Just seen", grade=Grade.B, lat=1.3, lng=103.85)
    await builders.add_touch(story.app.store, quiet, MORNING - timedelta(days=1))
    await story.rep.says("/nearby")
    story.rep.sees("The location is not kept")
    await story.rep.shares_location(1.3, 103.85)
    story.rep.sees_now("40 free minutes here", "1 Near B B · 31 min")
    assert "Far A" not in story.rep.screen
    assert "Just seen" not in story.rep.screen
    await story.rep.taps("Add Near B")
    story.rep.sees_now("Near B B · added by you")
    await story.rep.taps("Start")
    (visit,) = await builders.visits_of(story.app.store, near)
    assert visit.state is VisitState.PLANNED


async def test_when_nothing_fits_the_minutes_the_shortest_are_named(story: Story) -> None:
    await story.until("2026-11-23T10:00:00+08:00")
    await builders.add_customer(story.app.store, name="Near A", grade=Grade.A, lat=1.3005, lng=103.8505)
    await story.rep.says("/nearby")
    await story.rep.shares_location(1.3, 103.85)
    story.rep.sees_now("Nobody who is due fits into that", "1 Near A A · 46 min")
    await story.rep.taps("60 min")
    story.rep.sees_now("60 free minutes here", "the best use of the time first")


async def test_nobody_is_offered_at_night_or_across_the_sea_and_it_is_explained(story: Story) -> None:
    await builders.add_customer(story.app.store, name="Near", lat=1.3005, lng=103.8505)
    await builders.add_customer(story.app.store, name="No pin", lat=None, lng=None)
    await story.rep.says("/nearby")
    await story.rep.shares_location(51.5, -0.1)
    story.rep.sees_now("Nobody who is due is near and open now")
    await story.until("2026-11-23T22:00:00+08:00")
    await story.rep.says("/nearby")
    await story.rep.shares_location(1.3, 103.85)
    story.rep.sees_now("Nobody who is due is near and open now")


async def test_a_location_that_nobody_asked_for_can_be_free_minutes(story: Story) -> None:
    await story.until("2026-11-23T10:00:00+08:00")
    await builders.add_customer(story.app.store, name="Near C", lat=1.3005, lng=103.8505)
    await story.rep.shares_location(1.3, 103.85)
    await story.rep.taps("Free minutes here")
    story.rep.sees_now("40 free minutes here", "Near C")


async def test_forged_buttons_of_nearby_and_capacity_are_refused_in_words(story: Story) -> None:
    await story.rep.says("/capacity")
    for data in ("near.min:x:0:40", "near.min:99999999:0:40", "near.min:130000:10385000:41", "cap:20269999", "cap:x"):
        await story.rep.taps_data(data)
        assert "not an answer" in story.rep.screen or "old" in story.rep.screen or "button" in story.rep.screen
