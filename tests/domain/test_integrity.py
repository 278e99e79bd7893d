"""Words that read like a bribe or like discrimination, in three languages, and honest words that do not."""

import pytest

from bot.domain.integrity import Doubt, doubts_in


@pytest.mark.parametrize(
    "text",
    [
        "give him a red packet",
        "500 in an envelope for the buyer",
        "a kickback of 5 %",
        "paid her a personal commission",
        "settle it under the table",
        "给采购塞个红包",
        "返点给采购",
        "打到他的私人账户",
        "要给点好处费",
        "給採購塞個紅包",
        "私下給他佣金",
        "這是行賄",
    ],
)
def test_a_bribe_raises_a_doubt(text: str) -> None:
    assert {one.doubt for one in doubts_in([text])} == {Doubt.BRIBE}


@pytest.mark.parametrize(
    "text",
    [
        "no women, please",
        "don't sell to foreigners",
        "not her, because she's pregnant",
        "no Indian buyers",
        "women can't decide this",
        "只要男的接待",
        "不接待外地人",
        "因为她怀孕了，别找她",
        "不賣給外國人",
        "女人不行",
    ],
)
def test_discrimination_raises_a_doubt(text: str) -> None:
    assert {one.doubt for one in doubts_in([text])} == {Doubt.DISCRIMINATION}


@pytest.mark.parametrize(
    "text",
    [
        "mooncake gift box for the whole team",
        "12 % discount, free goods for the opening",
        "lunch with the buyer and her boss",
        "no Chinese New Year delivery, no local stock",
        "only men's sizes, no manual",
        "commission for the referral partner is in the contract",
        "送样品给张总，中秋送月饼礼盒",
        "给客户现金折扣，货到现金支付",
        "红包设计的订单，印三千个",
        "請老闆吃飯，送貨到櫃檯",
    ],
)
def test_honest_business_raises_none(text: str) -> None:
    assert doubts_in([text]) == ()


def test_a_wording_is_named_once_as_it_was_written() -> None:
    found = doubts_in(["Kickback!", "a  kickback", "no women"])
    assert [(one.doubt, one.words) for one in found] == [
        (Doubt.BRIBE, "Kickback"),
        (Doubt.DISCRIMINATION, "no women"),
    ]
