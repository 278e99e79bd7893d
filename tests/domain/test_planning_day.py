"""Day plans: always executable, always explained, and the best there is where that can be checked."""

import dataclasses

import pytest
from hypothesis import given, settings

from bot.domain.geo import Pin
from bot.domain.planning.day import plan_day
from bot.domain.planning.problem import (
    Candidate,
    DayPlan,
    DayProblem,
    LeftOutReason,
    NoteCode,
    Shift,
    StopKind,
    Window,
)
from bot.domain.planning.walk import walk_plan
from tests.domain.planning_days import LUNCH, at, best_of_all, clock, near, ordinary_day, shift, wild_days, worth

UNHURRIED_S = 60.0
"""Iterations end a search in these tests, also on a loaded machine."""


def candidate(key: str, pin: Pin | None, **changes: object) -> Candidate:
    usual: dict[str, object] = {"key": key, "pin": pin, "prize": 30.0, "service_s": 30 * 60}
    return Candidate(**(usual | changes))  # type: ignore[arg-type] # a test names the fields that it changes


def plan(*candidates: Candidate, now_s: int = 0, **changes: object) -> DayPlan:
    problem = DayProblem(shift=shift(**changes), candidates=candidates, now_s=now_s)
    answer = plan_day(problem)
    assert walk_plan(problem, answer) == ()
    return answer


def reasons(answer: DayPlan) -> dict[str, LeftOutReason]:
    return {entry.key: entry.reason for entry in answer.left_out}


def keys(answer: DayPlan) -> list[str | None]:
    return [stop.key for stop in answer.visits]


@given(wild_days())
@settings(max_examples=150, deadline=None)
def test_every_plan_of_any_day_can_be_walked(problem: DayProblem) -> None:
    assert walk_plan(problem, plan_day(problem, iterations=1_000, budget_s=UNHURRIED_S)) == ()


@pytest.mark.parametrize("seed", range(4))
def test_an_ordinary_day_is_full_and_keeps_appointments_and_lunch(seed: int) -> None:
    problem = ordinary_day(seed)
    answer = plan_day(problem, iterations=10_000, budget_s=UNHURRIED_S)
    assert walk_plan(problem, answer) == ()
    assert len(answer.visits) >= 8
    assert {"c0", "c1"} <= {stop.key for stop in answer.visits}
    assert [stop.kind for stop in answer.stops].count(StopKind.LUNCH) == 1
    assert answer.home_by_s <= clock(18)
    assert {entry.reason for entry in answer.left_out} <= {LeftOutReason.NO_ROOM, LeftOutReason.NOT_WORTH}


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = ordinary_day(7, size=25)
    assert plan_day(problem, seed=3, budget_s=UNHURRIED_S) == plan_day(problem, seed=3, budget_s=UNHURRIED_S)


@pytest.mark.parametrize("seed", range(6))
def test_a_tiny_day_is_planned_as_well_as_trying_everything(seed: int) -> None:
    problem = dataclasses.replace(
        ordinary_day(seed, size=6, appointments=1), shift=shift(starts_s=clock(9), ends_s=clock(12), lunch=None)
    )
    assert worth(plan_day(problem, seed=seed)) == pytest.approx(best_of_all(problem))


def test_customers_at_one_point_fill_the_day_without_travel() -> None:
    answer = plan(*(candidate(f"c{number}", near(), prize=40.0) for number in range(40)))
    assert len(answer.visits) == 16
    assert answer.travel_s == 0
    assert set(reasons(answer).values()) == {LeftOutReason.NO_ROOM}


def test_customers_without_a_pin_are_planned_with_assumed_travel_and_said_so() -> None:
    answer = plan(candidate("nowhere", None, prize=60.0), candidate("here", near(1, 1)))
    assert sorted(key or "" for key in keys(answer)) == ["here", "nowhere"]
    assert [stop.place_known for stop in answer.visits if stop.key == "nowhere"] == [False]
    assert NoteCode.PLACE_UNKNOWN in {note.code for note in answer.notes}


def test_a_day_without_a_start_place_begins_at_its_first_stop() -> None:
    answer = plan(candidate("c", near(3, 0)), start=None, end=None)
    assert (answer.travel_s, answer.stops[0].start_s) == (0, clock(9))
    assert NoteCode.START_UNKNOWN in {note.code for note in answer.notes}


def test_a_customer_on_another_continent_is_left_out_as_too_far() -> None:
    answer = plan(candidate("santiago", Pin(lat=-33.4, lng=-70.6), prize=100.0), candidate("here", near(1, 1)))
    assert keys(answer) == ["here"]
    assert reasons(answer) == {"santiago": LeftOutReason.TOO_FAR}


@pytest.mark.parametrize("home", [near(), None])
def test_a_customer_without_a_pin_is_no_bridge_to_another_continent(home: Pin | None) -> None:
    others = [candidate(f"c{number}", near(number, 1)) for number in range(3)]
    santiago = candidate("santiago", Pin(lat=-33.4, lng=-70.6), prize=100.0)
    answer = plan(*others, candidate("nowhere", None), santiago, start=home, end=home)
    assert reasons(answer) == {"santiago": LeftOutReason.TOO_FAR}


def test_an_appointment_that_is_over_is_explained() -> None:
    answer = plan(candidate("gone", near(1, 0), windows=at(10), required=True), now_s=clock(13))
    assert reasons(answer) == {"gone": LeftOutReason.PASSED}
    assert NoteCode.NOTHING_FITS in {note.code for note in answer.notes}


def test_a_rep_who_runs_late_still_goes_to_the_appointment_and_is_told_by_how_much() -> None:
    answer = plan(candidate("a", near(4, 0), windows=at(10), required=True), now_s=clock(10, 2))
    (stop,) = answer.visits
    assert stop.late_s == stop.start_s - clock(10) > 0
    assert [(note.code, note.params["late_s"]) for note in answer.notes] == [(NoteCode.LATE, stop.late_s)]


def test_nothing_optional_makes_a_late_appointment_later() -> None:
    late = candidate("a", near(8, 0), windows=at(10), required=True)
    alone = plan(late, now_s=clock(9, 50))
    among = plan(late, *(candidate(f"c{number}", near(number, 0)) for number in range(8)), now_s=clock(9, 50))
    assert alone.visits[0].late_s == next(stop.late_s for stop in among.visits if stop.key == "a")


def test_of_two_appointments_that_exclude_each_other_the_one_that_counts_more_is_kept() -> None:
    answer = plan(
        candidate("small", near(9, 0), windows=at(11), required=True, prize=20.0),
        candidate("big", near(-9, 0), windows=at(11), required=True, prize=80.0),
    )
    assert keys(answer) == ["big"]
    (entry,) = answer.left_out
    assert (entry.reason, entry.params) == (LeftOutReason.CLASHES, {"with_key": "big"})


def test_appointments_are_put_in_the_order_that_keeps_all_of_them() -> None:
    answer = plan(
        candidate("third", near(5, 0), windows=at(16), required=True, prize=90.0),
        candidate("first", near(-5, 0), windows=at(10), required=True, prize=10.0),
        candidate("second", near(0, 5), windows=at(11), required=True, prize=50.0),
    )
    assert keys(answer) == ["first", "second", "third"]


def test_an_appointment_after_hours_brings_the_rep_home_late_and_says_so() -> None:
    answer = plan(candidate("evening", near(2, 0), windows=at(18), required=True))
    assert answer.overtime_s == answer.home_by_s - clock(18) > 0
    assert NoteCode.OVERTIME in {note.code for note in answer.notes}


def test_a_closed_customer_is_left_out_as_closed() -> None:
    assert reasons(plan(candidate("c", near(1, 0), windows=()))) == {"c": LeftOutReason.CLOSED}
    early = (Window(opens_s=clock(6), closes_s=clock(7)),)
    assert reasons(plan(candidate("c", near(1, 0), windows=early))) == {"c": LeftOutReason.CLOSED}


def test_a_long_way_for_little_is_not_worth_it() -> None:
    assert reasons(plan(candidate("c", near(20, 0), prize=5.0))) == {"c": LeftOutReason.NOT_WORTH}


def test_lunch_is_eaten_at_the_place_of_the_stop_before_it() -> None:
    answer = plan(*(candidate(f"c{number}", near(number, 0), prize=60.0) for number in range(1, 10)))
    place = next(index for index, stop in enumerate(answer.stops) if stop.kind is StopKind.LUNCH)
    lunch = answer.stops[place]
    assert (lunch.travel_s, lunch.distance_m, lunch.departure_s - lunch.start_s) == (0, 0, 3600)
    assert clock(11, 30) <= lunch.start_s <= clock(14)


def test_a_day_that_is_over_at_noon_has_no_lunch_in_it() -> None:
    answer = plan(candidate("c", near(1, 0)))
    assert [stop.kind for stop in answer.stops] == [StopKind.VISIT]


def test_lunch_gives_way_to_appointments_and_the_rep_is_told() -> None:
    every_hour = [
        candidate(f"a{hour}", near(1, 0), windows=at(hour), required=True, service_s=50 * 60) for hour in range(11, 16)
    ]
    answer = plan(*every_hour)
    assert len(answer.visits) == 5
    assert NoteCode.NO_LUNCH in {note.code for note in answer.notes}


def test_the_rep_leaves_as_late_as_the_first_stop_allows() -> None:
    answer = plan(candidate("c", near(5, 0), windows=at(15)))
    assert answer.departs_s + answer.stops[0].travel_s == clock(15)


def test_a_day_without_candidates_is_an_empty_plan() -> None:
    answer = plan()
    assert (answer.stops, answer.left_out, answer.notes) == ((), (), ())
    assert answer.home_by_s == clock(9)


def test_a_day_that_is_already_over_plans_nothing_and_says_why() -> None:
    answer = plan(candidate("c", near(1, 0)), now_s=clock(20))
    assert reasons(answer) == {"c": LeftOutReason.NO_ROOM}


def test_five_thousand_candidates_are_all_answered_for() -> None:
    problem = ordinary_day(1, size=5_000)
    answer = plan_day(problem, iterations=1_000, budget_s=UNHURRIED_S)
    assert walk_plan(problem, answer) == ()
    assert len(answer.left_out) + len(answer.visits) == 5_000


@pytest.mark.parametrize(
    "change",
    [
        {"travel_s": 1},
        {"home_by_s": clock(9)},
        {"stops": ()},
        {"left_out": ()},
        {"departs_s": clock(8)},
    ],
)
def test_a_plan_that_was_tampered_with_does_not_pass_the_walk(change: dict[str, object]) -> None:
    problem = ordinary_day(2)
    answer = plan_day(problem)
    assert walk_plan(problem, dataclasses.replace(answer, **change)) != ()  # type: ignore[arg-type] # see the table


def test_impossible_questions_are_refused_when_they_are_built() -> None:
    with pytest.raises(ValueError, match="a key of its own"):
        DayProblem(shift=Shift(starts_s=0, ends_s=1), candidates=(candidate("a", None), candidate("a", None)))
    with pytest.raises(ValueError, match="closes when or after"):
        Window(opens_s=2, closes_s=1)
    with pytest.raises(ValueError, match="a prize"):
        candidate("a", None, prize=-1.0)
    with pytest.raises(ValueError, match="ends when or after"):
        Shift(starts_s=2, ends_s=1)
    assert LUNCH.duration_s == 3600
