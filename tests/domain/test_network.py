"""The decision network: roles, attitude by influence, who carries the account, and what is left when one leaves."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.network import (
    Introduction,
    Outlook,
    Person,
    Thread,
    imagine_leaving,
    measure_network,
    next_introduction,
)
from bot.domain.vocabulary import ContactRole

TODAY = date(2026, 11, 23)


def person(contact_id: int, **values: Any) -> Person:
    return Person(contact_id=contact_id, name=f"P{contact_id}", **values)


def test_roles_are_covered_or_missing_and_a_gatekeeper_is_neither() -> None:
    found = measure_network(
        [person(1, role=ContactRole.BUYER), person(2, decides=True), person(3, role=ContactRole.GATEKEEPER)], TODAY
    )
    assert found.covered == (ContactRole.DECIDER, ContactRole.BUYER)
    assert found.missing == (ContactRole.COACH, ContactRole.TECHNICAL, ContactRole.FINANCE, ContactRole.USER)


def test_attitude_is_weighted_by_influence_among_those_of_whom_both_are_known() -> None:
    people = [
        person(1, influence=5, attitude=-1),
        person(2, influence=1, attitude=2),
        person(3, influence=4),
        person(4, attitude=2),
    ]
    found = measure_network(people, TODAY)
    assert found.attitude == pytest.approx((5 * -1 + 1 * 2) / 6)
    assert found.attitude_of == 2


def test_nobody_of_known_influence_and_attitude_is_too_few_to_say() -> None:
    assert measure_network([person(1, attitude=2)], TODAY).attitude is None
    assert measure_network([person(1, influence=0, attitude=2)], TODAY).attitude is None


def test_an_empty_network_and_a_contact_with_no_role_are_said_as_such() -> None:
    empty = measure_network([], TODAY)
    assert (empty.people, empty.thread, empty.carrier) == (0, Thread.NOBODY, None)
    unknown = measure_network([person(1)], TODAY)
    assert (unknown.people, unknown.without_role, unknown.covered) == (1, 1, ())


def test_one_close_person_among_strangers_is_a_single_thread() -> None:
    found = measure_network([person(1, influence=3, closeness=3), person(2, influence=5), person(3)], TODAY)
    assert (found.thread, found.carrier_part) == (Thread.SINGLE, 1.0)
    assert found.carrier is not None
    assert found.carrier.contact_id == 1


def test_an_account_leans_on_whoever_holds_more_than_seventy_percent_of_its_ties() -> None:
    leaning = measure_network([person(1, influence=5, closeness=4), person(2, influence=2, closeness=2)], TODAY)
    assert leaning.thread is Thread.LEANS
    assert leaning.carrier_part == pytest.approx(20 / 24)
    even = measure_network([person(1, influence=5, closeness=2), person(2, influence=5, closeness=2)], TODAY)
    assert even.thread is Thread.SEVERAL


def test_who_was_met_within_180_days_carries_a_little_though_nobody_said_how_close() -> None:
    assert person(1, last_met_on=TODAY - timedelta(days=180)).tie(TODAY) == 1
    assert person(1, last_met_on=TODAY - timedelta(days=181)).tie(TODAY) == 0
    assert person(1, last_met_on=TODAY + timedelta(days=1)).tie(TODAY) == 0
    assert person(1, last_met_on=TODAY, closeness=0).tie(TODAY) == 0


def test_when_the_only_one_leaves_nothing_is_left_and_she_can_still_introduce() -> None:
    mei = person(1, role=ContactRole.BUYER, influence=4, attitude=1, closeness=3)
    found = imagine_leaving([mei], mei, TODAY)
    assert (found.outlook, found.lost_part) == (Outlook.NOTHING, 1.0)
    assert found.lost_roles == (ContactRole.BUYER,)
    assert found.introduction == Introduction(role=ContactRole.DECIDER, by=mei)


def test_losing_the_only_decider_leaves_a_thin_account_even_with_two_others() -> None:
    boss = person(1, decides=True, influence=5, closeness=2)
    others = [person(number, role=ContactRole.USER, influence=3, closeness=3) for number in (2, 3)]
    found = imagine_leaving([boss, *others], boss, TODAY)
    assert found.outlook is Outlook.THIN
    assert ContactRole.DECIDER in found.lost_roles


def test_a_wide_network_holds_when_one_leaves() -> None:
    people = [
        person(1, role=ContactRole.DECIDER, influence=5, closeness=3),
        person(2, role=ContactRole.DECIDER, influence=4, closeness=3),
        person(3, role=ContactRole.BUYER, influence=3, closeness=2),
    ]
    assert imagine_leaving(people, people[0], TODAY).outlook is Outlook.HOLDS


def test_the_closest_friendly_person_is_asked_to_introduce_and_an_opponent_never() -> None:
    opponent = person(1, role=ContactRole.DECIDER, closeness=4, attitude=-2)
    friend = person(2, role=ContactRole.USER, closeness=3, attitude=1)
    assert next_introduction([opponent, friend], TODAY) == Introduction(role=ContactRole.BUYER, by=friend)
    assert next_introduction([opponent], TODAY) == Introduction(role=ContactRole.BUYER, by=None)


def test_with_every_role_known_no_introduction_is_needed() -> None:
    everybody = [person(number, role=role) for number, role in enumerate(ContactRole)]
    assert next_introduction(everybody, TODAY) is None


@pytest.mark.parametrize("values", [{"influence": 6}, {"attitude": -3}, {"closeness": 5}, {"influence": -1}])
def test_a_value_off_its_scale_is_refused(values: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=" is "):
        person(1, **values)
