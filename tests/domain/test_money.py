"""Money is exact in both forms."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import from_minor, minor_digits, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("279.40", "SGD", 27940),
        ("4832", "CNY", 483200),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("-5", "EUR", -500),
    ],
)
def test_an_amount_becomes_minor_units_of_its_currency(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


def test_an_amount_shows_all_decimals_of_its_currency() -> None:
    assert str(from_minor(27940, "SGD")) == "279.40"
    assert str(from_minor(1200, "JPY")) == "1200"


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "SGD"), ("1.5", "JPY")])
def test_an_amount_finer_than_the_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="decimals"):
        to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("code", ["", "sgd", "S$", "USDT", "元"])
def test_what_is_no_currency_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        minor_digits(code)


@given(st.integers(min_value=-(2**62), max_value=2**62), st.sampled_from(["SGD", "JPY", "KWD"]))
def test_there_and_back_loses_nothing(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency), currency) == minor
