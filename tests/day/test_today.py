"""/today as a rep lives it: the route, its stops, and what can be changed about them."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.vocabulary import Grade, Role, VisitState
from bot.handlers import today
from bot.services import joining
from bot.store.tables import DayPlan, Team
from tests import builders
from tests.story import Phone, Story

MONDAY = date(2026, 11, 23)
ELEVEN = datetime.fromisoformat("2026-11-23T11:00:00+08:00")
NAMES = ("Marina Square", "Suntec City", "Raffles City", "Bugis Junction", "Tampines One")


async def add_five(story: Story, owner: str = builders.REP) -> dict[str, int]:
    """Five customers on a line to the north-east, all due, none visited yet."""
    store = story.app.store
    await builders.change_member(store, owner, start_lat=1.30, start_lng=103.85)
    grades = (Grade.A, Grade.B, Grade.A, Grade.C, Grade.C)
    return {
        name: await builders.add_customer(
            store, name=name, owner=owner, grade=grade, lat=1.29 + 0.01 * place, lng=103.85 + 0.01 * place
        )
        for place, (name, grade) in enumerate(zip(NAMES, grades, strict=True))
    }


async def plan_row(story: Story) -> DayPlan:
    async with story.app.store.read() as session:
        return (await session.exec(select(DayPlan).where(col(DayPlan.on) == MONDAY))).one()


async def test_a_plan_that_takes_long_is_announced_and_then_edited_in(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_five(story)
    monkeypatch.setattr(today, "SAY_AFTER_S", 0)
    await story.rep.says("/today")
    story.rep.sees_now("Marina Square")
    assert not any("Planning your route" in each.text for each in story.rep.messages)
    await story.rep.taps("Start")
    story.rep.sees_now("Marina Square")
    assert len([each for each in story.rep.messages if "Marina Square" in each.text]) == 1


def lines_of(phone: Phone) -> list[str]:
    return phone.screen.splitlines()


def times_of(phone: Phone) -> list[str]:
    """The times of the numbered lines, such as 09:03. The way round is the planner's business."""
    return re.findall(r"^\d+ (?:⚠ |✓ |▶ )?(\d\d:\d\d) ", phone.screen, flags=re.MULTILINE)


async def tap_stop(phone: Phone, name: str) -> None:
    await phone.taps(next(line.split()[0] for line in lines_of(phone) if name in line))


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


async def test_the_morning_shows_the_route_with_times_reasons_and_what_is_at_stake(story: Story) -> None:
    ids = await add_five(story)
    store = story.app.store
    await builders.add_promise(store, ids["Marina Square"], ELEVEN + timedelta(hours=4))
    await builders.add_visit(store, ids["Raffles City"], MONDAY, appointment_at=ELEVEN)
    await builders.add_order(store, ids["Marina Square"], MONDAY - timedelta(days=20), 1_234_500)
    await story.rep.says("/today")
    lines = lines_of(story.rep)
    assert lines[0].startswith("Mon 23 Nov · 5 visits · 1")
    assert "km · home by" in lines[0]
    assert lines[1] == "A today 2 of 2 due · at stake SGD 12,345"
    story.rep.sees_now("Marina Square A · promise due today", "Raffles City 📌 A · appointment", "first visit")
    assert story.rep.buttons == ["Start", "Map", "Change", "1", "2", "3", "4", "5"]


async def test_start_accepts_the_route_and_a_double_tap_changes_nothing(story: Story) -> None:
    ids = await add_five(story)
    await story.rep.says("/today")
    message = story.rep.messages[-1].message_id
    await story.rep.taps("Start")
    await story.rep.does("taps_data", message, f"day.start:{(await plan_row(story)).id}")
    story.rep.sees_now("0 of 5 done")
    for customer in ids.values():
        assert [visit.state for visit in await builders.visits_of(story.app.store, customer)] == [VisitState.PLANNED]
    assert len([each for each in story.rep.messages if each.from_bot and "Mon 23 Nov" in each.text]) == 1


async def test_a_start_button_of_another_day_only_shows_today(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.does("taps_data", story.rep.messages[-1].message_id, "day.start:999999")
    story.rep.sees_now("5 visits")
    assert (await plan_row(story)).started_at is None


async def test_a_stop_says_when_why_and_what_is_open(story: Story) -> None:
    ids = await add_five(story)
    await builders.add_promise(story.app.store, ids["Marina Square"], ELEVEN + timedelta(hours=4))
    await builders.add_order(story.app.store, ids["Marina Square"], MONDAY - timedelta(days=20), 124_000)
    await story.rep.says("/today")
    await tap_stop(story.rep, "Marina")
    story.rep.sees_now(
        " · Marina Square · A", "Why: promise due today; first visit", "Priority ", "grade A 20 +",
        "We promised: price list · today 15:00", "order 3 Nov SGD 1,240",
    )  # fmt: skip
    assert story.rep.buttons[:3] == ["Prepare", "Navigate", "Check in"]
    await story.rep.taps("‹ Day")
    story.rep.sees_now("5 visits")


async def test_a_skipped_stop_stays_in_sight_and_can_come_back(story: Story) -> None:
    ids = await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await tap_stop(story.rep, "Suntec")
    await story.rep.taps("Skip")
    story.rep.sees_now("0 of 4 done", "✗ Suntec City B · skipped")
    assert (await builders.visits_of(story.app.store, ids["Suntec City"]))[0].state is VisitState.MISSED
    await tap_stop(story.rep, "Suntec")
    story.rep.sees_now("skipped today")
    await story.rep.taps("Add to today")
    story.rep.sees_now("0 of 5 done", "Suntec City B · added by you")
    (visit,) = await builders.visits_of(story.app.store, ids["Suntec City"])
    assert visit.state is VisitState.PLANNED


async def test_skipping_twice_is_skipping_once(story: Story) -> None:
    ids = await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    plan = await plan_row(story)
    message = story.rep.messages[-1].message_id
    for _ in range(2):
        await story.rep.does("taps_data", message, f"day.skip:{ids['Suntec City']}:{plan.id}")
    assert (await plan_row(story)).revision == plan.revision + 1


async def test_being_late_moves_the_rest_once_however_often_it_is_tapped(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    plan = await plan_row(story)
    message = story.rep.messages[-1].message_id
    for _ in range(2):
        await story.rep.does("taps_data", message, f"day.late:30:{plan.id}:{plan.revision}")
    assert "09:30" < times_of(story.rep)[0] < "10:00"
    await tap_stop(story.rep, "Suntec")
    await story.rep.taps("Skip")
    assert "09:30" < times_of(story.rep)[0] < "10:00"


async def test_the_rep_decides_where_to_go_next(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await story.rep.taps("5")
    name = story.rep.screen.splitlines()[0].split(" · ")[1]
    await story.rep.taps("Go there next")
    assert name in next(line for line in lines_of(story.rep) if line.startswith("1 "))


async def test_where_nobody_is_the_best_one_near_by_is_offered(story: Story) -> None:
    ids = await add_five(story)
    await builders.add_touch(story.app.store, ids["Suntec City"], datetime.fromisoformat("2026-11-23T07:00:00+08:00"))
    await builders.change_member(story.app.store, work_until=datetime.fromisoformat("2026-11-23T10:30:00").time())
    await story.rep.says("/today")
    await story.rep.taps("Start")
    planned = [line for line in lines_of(story.rep) if line[:1].isdigit()]
    await story.rep.taps("1")
    gone = story.rep.screen.splitlines()[0].split(" · ")[1]
    await story.rep.taps("Not there")
    story.rep.sees_now(f"{gone}: nobody there", "the rest is planned again")
    assert len(planned) < 4
    assert (await builders.visits_of(story.app.store, ids[gone]))[0].state is VisitState.MISSED


async def test_customers_that_do_not_fit_are_named_with_the_reason(story: Story) -> None:
    await add_five(story)
    await builders.change_member(story.app.store, work_until=datetime.fromisoformat("2026-11-23T10:00:00").time())
    await story.rep.says("/today")
    story.rep.sees_now("Left out: ")
    label = next(label for label in story.rep.buttons if label.startswith("Left out"))
    await story.rep.taps(label)
    story.rep.sees_now("left out", "no time left", "The number is the priority")
    await story.rep.taps("1")
    story.rep.sees_now("Not on today's route.")
    await story.rep.taps("Add to today")
    story.rep.sees_now("added by you")


async def test_a_visit_without_a_report_is_marked_twenty_minutes_after_its_end(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    first = (await plan_row(story)).plan["stops"][0]["departure"]
    await story.until((datetime.fromisoformat(first) + timedelta(minutes=19)).isoformat())
    await story.rep.says("/today")
    assert "⚠" not in story.rep.screen
    await story.pass_time(minutes=2)
    await story.rep.says("/today")
    story.rep.sees_now("1 ⚠ ", " · report missing")
    assert story.rep.screen.count("⚠") == 1


async def test_a_proposal_that_was_not_started_is_made_again_from_now(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    assert times_of(story.rep)[0] < "09:30"
    await story.until("2026-11-23T13:00:00+08:00")
    await story.rep.says("/today")
    assert times_of(story.rep)
    assert min(times_of(story.rep)) >= "13:00"


async def test_a_customer_added_during_the_day_can_join_the_route(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await builders.add_customer(story.app.store, name="Just found", grade=Grade.B, lat=1.3, lng=103.86)
    await story.rep.taps("Change")
    await story.rep.taps("Add a stop")
    story.rep.sees_now("1 Just found B")
    await story.rep.taps("Add Just found")
    story.rep.sees_now("0 of 6 done", "Just found B · added by you")


async def test_another_reps_stop_is_refused_also_by_a_forged_button(story: Story) -> None:
    await add_five(story)
    theirs = await builders.add_customer(story.app.store, name="Not mine", owner=builders.OTHER_REP)
    await story.rep.says("/today")
    message = story.rep.messages[-1].message_id
    plan = await plan_row(story)
    for data in (
        f"day.stop:{theirs}",
        f"day.put:{theirs}:{plan.id}",
        f"day.next:{theirs}:{plan.id}",
        f"checkin:{theirs}",
    ):
        await story.rep.does("taps_data", message, data)
        story.rep.sees_now("That customer is not on your list")
    assert await builders.visits_of(story.app.store, theirs) == []


async def test_buttons_of_another_reps_plan_change_nothing(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    plan = await plan_row(story)
    mine = await builders.add_customer(story.app.store, name="Arjun's own", owner=builders.OTHER_REP)
    await story.other_rep.says("/today")
    message = story.other_rep.messages[-1].message_id
    await story.other_rep.does("taps_data", message, f"day.skip:{mine}:{plan.id}")
    story.other_rep.sees_now("1 visit", "Arjun's own")
    await story.other_rep.does("taps_data", message, f"day.start:{plan.id}")
    story.other_rep.sees_now("1 visit")


async def test_a_mangled_button_is_refused_in_words(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    message = story.rep.messages[-1].message_id
    for data in ("day.stop:x", "day.late:17:1:1", "day.off:holiday", "day.from:1:99999999:0", "day.skip"):
        await story.rep.does("taps_data", message, data)
    assert (await plan_row(story)).revision == 1


async def test_a_new_rep_is_told_how_to_get_customers(story: Story) -> None:
    await story.rep.says("/today")
    story.rep.sees_now("no visits", "/add")
    assert story.rep.buttons == []


async def test_service_has_no_route_and_a_manager_who_sells_has_one(story: Story) -> None:
    async with story.app.store.begin() as session:
        team = await session.get(Team, story.team_id)
        assert team is not None
        token = await joining.invite(session, team, Role.SERVICE, name="Siti", now=story.app.clock.now())
    service = story.phone(104)
    await service.says(f"/start {token}")
    await service.says("/today")
    assert "/today" not in service.screen
    service.sees_now("没有自己的路线")
    await builders.change_member(story.app.store, builders.MANAGER, sells=True)
    await builders.add_customer(story.app.store, name="Hers", owner=builders.MANAGER)
    await story.manager.says("/today")
    story.manager.sees_now("1 visit", "Hers")


async def test_after_a_restart_the_day_goes_on(story: Story) -> None:
    await add_five(story)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    before = times_of(story.rep)[0]
    await story.restart()
    await story.rep.taps("Change")
    await story.rep.taps("15 min late")
    assert minutes(times_of(story.rep)[0]) >= minutes(before) + 1
    story.rep.sees_now("0 of 5 done")


async def test_a_long_day_fits_twelve_lines_and_the_whole_list_is_a_tap_away(story: Story) -> None:
    for number in range(16):
        await builders.add_customer(story.app.store, name=f"Stall {number:02d}", grade=Grade.C)
    await story.rep.says("/today")
    assert len([line for line in lines_of(story.rep) if line]) <= 12
    await story.rep.taps("Whole list")
    story.rep.sees_now(*(f"Stall {number:02d}" for number in range(10)))


async def test_the_day_reads_naturally_in_both_chinese_scripts(story: Story) -> None:
    await builders.change_team(story.app.store, country="CN", currency="CNY", timezone="Asia/Shanghai")
    ids = await add_five(story)
    await builders.add_visit(story.app.store, ids["Raffles City"], MONDAY, appointment_at=ELEVEN)
    for language, head, words in (
        ("zh_Hans", "11月23日 周一 · 5家", ("到家", "已预约", "首次拜访", "今日A类 2/2")),
        ("zh_Hant", "11月23日 週一 · 5家", ("到家", "已預約", "首次拜訪", "今日A級 2/2")),
    ):
        await builders.change_member(story.app.store, language=language)
        await story.rep.says("/today")
        story.rep.sees_now(head, *words)
        assert "uri.amap.com" in str(story.rep.messages[-1].buttons)


async def test_any_own_customer_joins_the_route_from_its_card(story: Story) -> None:
    await add_five(story)
    await builders.add_customer(story.app.store, name="Chinatown Point", visits_per_week=0)
    await story.rep.says("/today")
    await story.rep.says("chinatown")
    await story.rep.taps("Add to today")
    story.rep.sees_now("6 visits", "Chinatown Point C · added by you")
