"""The team's pace: learnt from the ways between visits, or set by who leads it; plans keep to it."""

from datetime import date, datetime, timedelta

from bot.domain.travel_factor import FEWEST_LEGS, MOST, USUAL, MeasuredLeg, learn_factor
from bot.domain.vocabulary import VisitState
from bot.services.travel_times.calibrating import learn_factors
from bot.services.travel_times.known import model_travel
from bot.store.unit import Store
from tests import builders
from tests.story import Story

NIGHT = datetime.fromisoformat("2026-11-23T03:10:00+08:00")


def test_the_median_of_enough_legs_is_the_factor_and_few_or_odd_ones_are_not() -> None:
    leg = MeasuredLeg(modelled_s=600, measured_s=900)
    assert learn_factor([leg] * (FEWEST_LEGS - 1)) == (USUAL, FEWEST_LEGS - 1)
    assert learn_factor([leg] * FEWEST_LEGS) == (1.5, FEWEST_LEGS)
    parking = MeasuredLeg(modelled_s=60, measured_s=900)
    pause = MeasuredLeg(modelled_s=600, measured_s=4 * 3600)
    backwards = MeasuredLeg(modelled_s=600, measured_s=-5)
    assert learn_factor([leg] * FEWEST_LEGS + [parking, pause, backwards] * 50) == (1.5, FEWEST_LEGS)
    assert learn_factor([MeasuredLeg(modelled_s=200, measured_s=9000)] * FEWEST_LEGS)[0] == MOST


async def test_the_night_learns_from_made_visits_once_and_plans_take_it_up(store: Store) -> None:
    await builders.add_member(store, await builders.add_team(store), chat_id=101)
    shops = [
        await builders.add_customer(store, name=f"Shop {number}", lat=1.30 + 0.03 * number, lng=103.85)
        for number in range(2)
    ]
    assert (await builders.acting_for(store)).travel_factor == USUAL
    for back in range(1, FEWEST_LEGS + 1):
        on = date(2026, 11, 23) - timedelta(days=back)
        begin = datetime.fromisoformat(f"{on}T09:00:00+08:00")
        for number, shop in enumerate(shops):
            at = begin + timedelta(minutes=60 * number)
            await builders.add_visit(
                store, shop, on, state=VisitState.DONE, checked_in_at=at, done_at=at + timedelta(minutes=30)
            )
    assert await learn_factors(store, NIGHT) == 1
    assert await learn_factors(store, NIGHT + timedelta(minutes=5)) == 0
    assert (await builders.acting_for(store)).travel_factor == 2.88  # 3.3 km: 625 s by the model, half an hour driven


def test_a_slower_team_needs_as_much_longer() -> None:
    assert model_travel(2.0).speed_kmh * 2 == model_travel(1.0).speed_kmh


async def test_who_leads_sets_the_pace_in_chat_and_a_rep_cannot(story: Story) -> None:
    await story.manager.says("/settings")
    await story.manager.taps("Travel times")
    story.manager.sees_now("1 times the usual", "25 km/h", "0 of 20")
    await story.manager.taps("×1.5")
    story.manager.sees_now("1.5 times the usual", "17 km/h", "Set by hand")
    assert (await builders.acting_for(story.app.store)).travel_factor == 1.5
    await story.manager.taps("Learn from visits")
    story.manager.sees_now("1 times the usual")
    await story.rep.says("/settings")
    assert "Travel times" not in story.rep.buttons
    await story.rep.taps_data("set.travel:2")
    assert (await builders.acting_for(story.app.store)).travel_factor == 1.0
    for data in ("set.travel:9", "set.travel:x"):
        await story.manager.taps_data(data)
    assert (await builders.acting_for(story.app.store)).travel_factor == 1.0
