"""Check-in: what is kept of a location, what is asked before, and what happens without one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.domain.vocabulary import DistanceBand, VisitState
from bot.store.tables import Awaiting, Customer, Inbox, Outbox, Visit
from tests import builders
from tests.story import Story

MONDAY = date(2026, 11, 23)
HERE = builders.HOME
ASKED = "Share your location"


async def begin(story: Story, **customer: Any) -> int:
    """One customer on the route of a started day, its stop open."""
    customer_id = await builders.add_customer(story.app.store, name="Raffles City", **customer)
    await story.rep.says("/today")
    await story.rep.taps("Start")
    await story.rep.taps("1")
    return customer_id


async def visit_of(story: Story, customer_id: int) -> Visit:
    (visit,) = await builders.visits_of(story.app.store, customer_id)
    return visit


@pytest.mark.parametrize(
    ("north", "band"),
    [
        (0.0002, DistanceBand.UNDER_100_M),
        (0.003, DistanceBand.UNDER_500_M),
        (0.01, DistanceBand.UNDER_2_KM),
        (0.2, DistanceBand.FAR),
    ],
)
async def test_a_shared_location_starts_the_visit_and_leaves_only_a_band(
    story: Story, north: float, band: DistanceBand
) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    story.rep.sees(ASKED)
    assert story.simulator.reply_keyboard(story.rep.id) == [["📍 Share my location"]]
    await story.rep.shares_location(HERE[0] + north, HERE[1])
    visit = await visit_of(story, customer_id)
    assert visit.state is VisitState.STARTED
    assert visit.distance_band is band
    assert visit.check_in_flag is None
    story.rep.sees_now("▶ checked in 07:25")
    assert story.rep.buttons[0] == "Report"
    assert story.simulator.reply_keyboard(story.rep.id) == []
    assert not [message for message in story.rep.messages if message.from_bot and ASKED in message.text]


async def test_no_coordinates_of_the_rep_stay_in_the_database(story: Story) -> None:
    await begin(story)
    await story.rep.taps("Check in")
    await story.rep.shares_location(1.23456, 103.65432)
    await story.rep.shares_location(1.23456, 103.65432)
    await story.rep.taps("Plan again from here")
    async with story.app.store.read() as session:
        for table in (Inbox, Outbox, Visit, Awaiting, Customer):
            for row in (await session.exec(select(table))).all():
                assert "123456" not in str(row).replace(".", ""), table
                assert "10365432" not in str(row).replace(".", ""), table


async def test_an_old_or_forwarded_location_is_flagged_and_not_blocked(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.rep.shares_location(*HERE, when=datetime.now(UTC) - timedelta(hours=1))
    assert (await visit_of(story, customer_id)).check_in_flag == "old"
    story.rep.sees_now("the location was old")
    other = await builders.add_customer(story.app.store, name="Second")
    await story.rep.does("taps_data", story.rep.messages[-1].message_id, f"checkin:{other}")
    await story.rep.shares_location(*HERE, forwarded=True)
    assert (await visit_of(story, other)).check_in_flag == "forwarded"


async def test_without_a_location_the_visit_starts_all_the_same(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.rep.taps("Without location")
    visit = await visit_of(story, customer_id)
    assert visit.state is VisitState.STARTED
    assert visit.distance_band is None
    assert story.simulator.reply_keyboard(story.rep.id) == []
    async with story.app.store.read() as session:
        assert (await session.exec(select(Awaiting))).all() == []


async def test_going_back_takes_the_question_away(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.rep.taps("‹ Back")
    story.rep.sees_now("Raffles City", "to 0")
    assert story.simulator.reply_keyboard(story.rep.id) == []
    assert (await visit_of(story, customer_id)).state is VisitState.PLANNED


async def test_a_check_in_survives_a_restart_in_its_middle(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.restart()
    await story.rep.shares_location(*HERE)
    assert (await visit_of(story, customer_id)).state is VisitState.STARTED


async def test_a_second_check_in_or_an_old_button_changes_nothing(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.rep.taps("Without location")
    first = await visit_of(story, customer_id)
    await story.pass_time(minutes=10)
    for data in (f"checkin.bare:{customer_id}", f"checkin:{customer_id}"):
        await story.rep.does("taps_data", story.rep.messages[-1].message_id, data)
        story.rep.sees_now("▶ checked in 07:25")
    assert (await visit_of(story, customer_id)).checked_in_at == first.checked_in_at


async def test_the_first_check_in_sets_a_missing_pin_after_a_question(story: Story) -> None:
    customer_id = await begin(story, lat=None, lng=None)
    await story.rep.taps("Check in")
    story.rep.sees_now("no pin yet")
    await story.rep.taps("Yes, set the pin here")
    await story.rep.shares_location(1.31, 103.86)
    async with story.app.store.read() as session:
        customer = await session.get(Customer, customer_id)
    assert customer is not None
    assert (customer.lat, customer.lng) == (1.31, 103.86)
    assert (await visit_of(story, customer_id)).distance_band is DistanceBand.UNDER_100_M


async def test_a_pin_is_not_set_where_the_rep_says_no(story: Story) -> None:
    customer_id = await begin(story, lat=None, lng=None)
    await story.rep.taps("Check in")
    await story.rep.taps("Without location")
    async with story.app.store.read() as session:
        customer = await session.get(Customer, customer_id)
    assert customer is not None
    assert customer.lat is None
    assert (await visit_of(story, customer_id)).state is VisitState.STARTED


async def test_an_unplanned_visit_starts_now_and_stands_in_the_day(story: Story) -> None:
    await begin(story)
    other = await builders.add_customer(story.app.store, name="By chance", visits_per_week=0)
    await builders.add_touch(story.app.store, other, datetime.fromisoformat("2026-11-20T09:00:00+08:00"))
    await story.rep.does("taps_data", story.rep.messages[-1].message_id, f"checkin:{other}")
    await story.rep.shares_location(*HERE)
    assert (await visit_of(story, other)).state is VisitState.STARTED
    await story.rep.taps("‹ Day")
    story.rep.sees_now("▶ 07:25 By chance")


async def test_a_location_out_of_the_blue_asks_what_it_is_for(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.shares_location(*HERE)
    story.rep.sees_now("Nearest: Raffles City · under 100 m away", "not kept")
    await story.rep.taps("Check in: Raffles City")
    visit = await visit_of(story, customer_id)
    assert visit.state is VisitState.STARTED
    assert visit.distance_band is DistanceBand.UNDER_100_M
    assert not [message for message in story.rep.messages if message.from_bot and "Nearest" in message.text]


async def test_a_location_out_of_the_blue_can_be_where_the_route_goes_on(story: Story) -> None:
    await begin(story)
    await story.rep.shares_location(1.40, 103.95)
    await story.rep.taps("Plan again from here")
    story.rep.sees_now("0 of 1 done")
    assert " 20 km" in story.rep.screen.splitlines()[0]


async def test_the_route_is_planned_from_where_the_rep_is(story: Story) -> None:
    await begin(story)
    await story.rep.taps("‹ Day")
    await story.rep.taps("Change")
    await story.rep.taps("From here")
    story.rep.sees("used for this plan only")
    await story.rep.shares_location(1.40, 103.95)
    story.rep.sees_now("0 of 1 done")
    assert story.simulator.reply_keyboard(story.rep.id) == []


async def test_a_live_location_is_not_followed(story: Story) -> None:
    customer_id = await begin(story)
    await story.rep.taps("Check in")
    await story.rep.shares_location(*HERE, live=True)
    assert (await visit_of(story, customer_id)).state is VisitState.STARTED


async def test_checking_in_at_a_stop_starts_a_day_that_was_not_started(story: Story) -> None:
    ids = [await builders.add_customer(story.app.store, name=name) for name in ("One", "Two")]
    await story.rep.says("/today")
    await story.rep.taps("1")
    await story.rep.taps("Check in")
    await story.rep.shares_location(*HERE)
    states = [(await visit_of(story, customer)).state for customer in ids]
    assert sorted(states) == [VisitState.PLANNED, VisitState.STARTED]


async def test_a_stranger_and_a_service_member_are_not_asked_for_locations(story: Story) -> None:
    await story.stranger.shares_location(*HERE)
    story.stranger.sees_now("invitation")


@pytest.mark.parametrize("asks", ["nearby", "check in"])
async def test_a_command_takes_a_question_for_a_location_away(story: Story, asks: str) -> None:
    await begin(story)
    if asks == "nearby":
        await story.rep.says("/nearby")
    else:
        await story.rep.taps("Check in")
    assert story.simulator.reply_keyboard(story.rep.id) != []
    await story.rep.says("/promises")
    assert story.simulator.reply_keyboard(story.rep.id) == []
    await story.rep.shares_location(*HERE)
    story.rep.sees_now("What is this location for?")
