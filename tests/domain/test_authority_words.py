"""Own words that give something away, in three languages, and those that do not."""

import pytest

from bot.domain.authority import AuthorityKind
from bot.domain.authority_words import Given, given_in

DISCOUNT, CREDIT, FREE, GIFT = (
    AuthorityKind.DISCOUNT,
    AuthorityKind.CREDIT,
    AuthorityKind.FREE_GOODS,
    AuthorityKind.GIFT,
)


@pytest.mark.parametrize(
    ("text", "kind", "size"),
    [
        ("12 % off the autumn order", DISCOUNT, 1200),
        ("a discount of 7.5% on large packs", DISCOUNT, 750),
        ("discount", DISCOUNT, None),
        ("price 10 percent lower", DISCOUNT, 1000),
        ("给他优惠5个点", DISCOUNT, 500),
        ("八五折供货", DISCOUNT, 1500),
        ("给九折", DISCOUNT, 1000),
        ("8.8折", DISCOUNT, 1200),
        ("降價 3%", DISCOUNT, 300),
        ("5％的折扣", DISCOUNT, 500),
        ("打折", DISCOUNT, None),
        ("60 days to pay", CREDIT, 60),
        ("payment terms 45 days", CREDIT, 45),
        ("账期延到60天", CREDIT, 60),
        ("90天帳期", CREDIT, 90),
        ("two free cases", FREE, None),
        ("buy 10 get 1", FREE, None),
        ("买十送一", FREE, None),
        ("加贈贈品", FREE, None),
        ("a birthday gift for the buyer", GIFT, None),
        ("带一份礼品", GIFT, None),
    ],
)
def test_words_that_give_something_are_read_with_their_size(text: str, kind: AuthorityKind, size: int | None) -> None:
    assert given_in(text) == Given(kind=kind, size=size)


@pytest.mark.parametrize(
    "text",
    [
        "price list",
        "free samples on Monday",
        "free delivery",
        "send the certificate within 5 days",
        "quote for the large pack",
        "call back about the 20 % that broke",
        "周五前报价单",
        "免费送货",
        "送样品过去",
        "30天内换新机",
        "骨折的货架修好",
        "增加10%的产能说明",
    ],
)
def test_usual_words_of_service_are_none(text: str) -> None:
    assert given_in(text) is None
