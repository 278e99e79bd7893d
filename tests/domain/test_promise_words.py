"""Promises in free words, and shares of few cases."""

from datetime import datetime

import pytest

from bot.domain.promise_words import is_promise, read_promise
from bot.domain.proportions import Interval, wilson
from bot.domain.vocabulary import PromiseSide

MONDAY = datetime.fromisoformat("2026-11-23T10:00:00+08:00")


@pytest.mark.parametrize(
    ("text", "what", "due"),
    [
        ("promise: quote by Friday", "quote", "2026-11-27T17:00"),
        ("Promised: call back tomorrow 10am", "call back", "2026-11-24T10:00"),
        ("promise: look at Friday delivery by next Tuesday 3pm", "look at Friday delivery", "2026-12-01T15:00"),
        ("promise: send the photos in 3 days", "send the photos", "2026-11-26T17:00"),
        ("承诺：周五前报价", "报价", "2026-11-27T17:00"),
        ("承诺：明天上午10点前把报价发给张总", "把报价发给张总", "2026-11-24T10:00"),
        ("承诺: 报价，周五", "报价", "2026-11-27T17:00"),
        ("承諾：週五前報價", "報價", "2026-11-27T17:00"),
        ("承諾：三天內給報價單", "給報價單", "2026-11-26T17:00"),
    ],
)
def test_what_and_when_are_read_apart(text: str, what: str, due: str) -> None:
    said = read_promise(text, MONDAY)
    assert said is not None
    assert (said.side, said.what, said.whom) == (PromiseSide.OURS, what, "")
    assert said.due_at == datetime.fromisoformat(f"{due}:00+08:00")


@pytest.mark.parametrize(
    ("text", "whom", "side"),
    [
        ("promise Raffles City: samples", "Raffles City", PromiseSide.OURS),
        ("promise to Suntec: samples", "Suntec", PromiseSide.OURS),
        ("承诺 鼎丰：样品", "鼎丰", PromiseSide.OURS),
        ("commitment Raffles: order", "Raffles", PromiseSide.THEIRS),
        ("客户承诺：下单", "", PromiseSide.THEIRS),
        ("客戶承諾：下單", "", PromiseSide.THEIRS),
    ],
)
def test_the_customer_and_the_side_stand_before_the_colon(text: str, whom: str, side: PromiseSide) -> None:
    said = read_promise(text, MONDAY)
    assert said is not None
    assert (said.whom, said.side, said.due_at) == (whom, side, None)


def test_a_time_that_has_passed_is_said_and_not_taken() -> None:
    said = read_promise("promise: quote by yesterday", MONDAY)
    assert said is not None
    assert (said.what, said.due_at, said.past_on) == ("quote", None, "2026-11-22")


@pytest.mark.parametrize(
    "text", ["Promise Hotel", "compromise: none", "a promise: kept", "Raffles: price", "承诺", "promise:"]
)
def test_what_begins_otherwise_is_a_search(text: str) -> None:
    assert not is_promise(text)


def test_wilsons_interval_is_wide_for_few_and_never_leaves_the_scale() -> None:
    assert wilson(7, 8) == Interval(low=53, high=98)  # 0.5291 - 0.9776
    assert wilson(0, 3) == Interval(low=0, high=56)  # 0 - 0.5615
    assert wilson(81, 263) == Interval(low=26, high=37)  # Newcombe (1998): 0.2553 - 0.3662
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="hits"):
        wilson(4, 3)
