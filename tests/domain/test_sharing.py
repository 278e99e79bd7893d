"""Whose turn a shared customer is: the nearest rep with room, whoever has agreed visits first of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.geo import Pin
from bot.domain.planning.travel import GreatCircleTravel
from bot.domain.sharing import RepWeek, SharedVisits, choose_reps

NORTH, SOUTH = Pin(lat=1.44, lng=103.80), Pin(lat=1.27, lng=103.82)
HOUR_S = 3600


def week(*places: Pin, room_h: float = 30) -> RepWeek:
    return RepWeek(places=places, room_s=round(room_h * HOUR_S), travel=GreatCircleTravel())


def shared(number: int, pin: Pin | None, *, reps: tuple[int, ...] = (1, 2), **values: object) -> SharedVisits:
    return SharedVisits(customer_id=number, pin=pin, visits=1, service_s=HOUR_S, reps=reps, **values)  # type: ignore[arg-type] # the one value left is of the right type


def test_the_rep_who_comes_by_nearest_goes_and_the_next_door_neighbour_follows() -> None:
    weeks = {1: week(NORTH), 2: week(SOUTH)}
    near_south = Pin(lat=1.28, lng=103.82)
    assert choose_reps([shared(7, near_south), shared(8, NORTH), shared(9, None)], weeks) == {7: 2, 8: 1, 9: 1}


def test_a_full_week_leaves_it_to_the_other_and_where_both_are_full_to_the_emptier() -> None:
    assert choose_reps([shared(7, SOUTH)], {1: week(NORTH, room_h=9), 2: week(SOUTH, room_h=0.5)}) == {7: 1}
    assert choose_reps([shared(7, SOUTH)], {1: week(NORTH, room_h=0), 2: week(SOUTH, room_h=0.5)}) == {7: 2}
    many = [shared(number, SOUTH) for number in range(4)]
    assert list(choose_reps(many, {1: week(NORTH), 2: week(SOUTH, room_h=2.1)}).values()) == [2, 2, 1, 1]


def test_whoever_has_agreed_a_visit_goes_and_only_who_serves_it_can() -> None:
    weeks = {1: week(NORTH), 2: week(SOUTH), 3: week()}
    assert choose_reps([shared(7, SOUTH, standing=(1,))], weeks) == {7: 1}
    assert choose_reps([shared(7, SOUTH, reps=(1, 3))], weeks) == {7: 1}
    with pytest.raises(ValueError, match="somebody serves"):
        shared(7, SOUTH, reps=())
    with pytest.raises(ValueError, match="visits stand"):
        shared(7, SOUTH, standing=(9,))


PLACES = st.builds(Pin, lat=st.floats(1, 60), lng=st.floats(-170, 170))


@given(
    st.lists(st.none() | PLACES, max_size=6),
    st.lists(st.lists(PLACES, max_size=3), min_size=2, max_size=3),
    st.floats(-5, 50),
)
def test_everybody_gets_one_of_those_who_serve_it(
    pins: list[Pin | None], places: list[list[Pin]], room_h: float
) -> None:
    weeks = {number: week(*each, room_h=room_h) for number, each in enumerate(places)}
    visits = [shared(number, pin, reps=(0, 1)) for number, pin in enumerate(pins)]
    chosen = choose_reps(visits, weeks)
    assert chosen.keys() == set(range(len(pins)))
    assert set(chosen.values()) <= {0, 1}
