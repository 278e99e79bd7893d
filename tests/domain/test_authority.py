"""How far a rep goes alone, what "up to" offers, and when somebody else is asked."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain.authority import (
    AuthorityKind,
    Limit,
    Standing,
    answer_by,
    authority_of,
    escalates_at,
    less_to_grant,
    said_size,
    size_from,
    sizes_to_offer,
    stands,
)
from bot.domain.vocabulary import PromiseKind

DISCOUNT, CREDIT, GIFT = AuthorityKind.DISCOUNT, AuthorityKind.CREDIT, AuthorityKind.GIFT
EIGHT = Limit(own=800)
SINGAPORE = ZoneInfo("Asia/Singapore")


def test_up_to_the_limit_is_the_reps_own_and_beyond_it_asks() -> None:
    assert stands(DISCOUNT, 800, EIGHT) is Standing.OWN
    assert stands(DISCOUNT, 801, EIGHT) is Standing.ASKS


def test_a_second_limit_lets_the_rep_act_first() -> None:
    limit = Limit(own=800, act_first=1000)
    assert stands(DISCOUNT, 1000, limit) is Standing.ACT_FIRST
    assert stands(DISCOUNT, 1001, limit) is Standing.ASKS


def test_this_years_gifts_count_against_the_cap() -> None:
    cap = Limit(own=20_000)
    assert stands(GIFT, 5_000, cap, used=15_000) is Standing.OWN
    assert stands(GIFT, 5_000, cap, used=15_001) is Standing.ASKS


def test_a_special_term_and_a_team_without_limits_always_ask() -> None:
    assert stands(AuthorityKind.SPECIAL_TERM, None, Limit(own=10**9)) is Standing.ASKS
    assert stands(DISCOUNT, 1, Limit()) is Standing.ASKS


def test_a_second_limit_under_the_first_is_no_limit() -> None:
    with pytest.raises(ValueError, match="not under the first"):
        Limit(own=800, act_first=500)


@pytest.mark.parametrize(
    ("kind", "size", "own", "less"),
    [
        (DISCOUNT, 1200, 800, 1000),
        (DISCOUNT, 900, 800, None),  # no whole percent lies between
        (CREDIT, 60, 30, 45),
        (GIFT, 50_000, 20_000, 35_000),
        (AuthorityKind.SPECIAL_TERM, None, 0, None),
    ],
)
def test_up_to_offers_a_round_size_between_the_limit_and_what_was_asked(
    kind: AuthorityKind, size: int | None, own: int, less: int | None
) -> None:
    assert less_to_grant(kind, size, Limit(own=own)) == less


def test_sizes_are_kept_exactly_and_said_plainly() -> None:
    assert size_from(DISCOUNT, Decimal("12.5"), "SGD") == 1250
    assert said_size(DISCOUNT, 1250, "SGD") == "12.5"
    assert said_size(DISCOUNT, 1000, "SGD") == "10"
    assert size_from(CREDIT, 60, "SGD") == 60
    assert size_from(GIFT, Decimal("279.40"), "SGD") == 27_940
    assert said_size(GIFT, 27_940, "SGD") == "279.40"
    assert said_size(AuthorityKind.SPECIAL_TERM, None, "SGD") is None


def test_only_sizes_beyond_the_own_limit_are_offered_to_ask_for() -> None:
    assert sizes_to_offer(DISCOUNT, EIGHT) == (1000, 1200, 1500, 2000)
    assert sizes_to_offer(GIFT, Limit()) == ()


def test_every_kind_of_authority_is_a_promise_and_a_call_back_is_none() -> None:
    assert {authority_of(kind.value) for kind in PromiseKind} - {None} == set(AuthorityKind)
    assert authority_of("call_back") is None
    assert authority_of(None) is None


def test_an_answer_is_due_at_noon_of_the_next_working_day_and_others_are_asked_halfway() -> None:
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=SINGAPORE)

    def is_working(day: date) -> bool:
        return day.isoweekday() < 6

    by = answer_by(friday, SINGAPORE, is_working)
    assert by == datetime(2026, 11, 30, 12, 0, tzinfo=SINGAPORE)
    assert escalates_at(friday, by) - friday == by - escalates_at(friday, by)
