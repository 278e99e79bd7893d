"""The same name is known again however it was typed; different names stay apart."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.names import ADDRESS_KEY_MAX, NAME_KEY_MAX, address_key, name_key
from bot.services.search_text import search_key, search_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Marina Square II", "  marina   SQUARE ii "),
        ("杭州（西湖）店", "杭州(西湖) 店"),
        ("ＡＢＣ Café", "abc café"),
        ("Cafe\u0301 Bleu", "café bleu"),
        ("7-11", "7 11"),
    ],
)
def test_one_name_typed_in_two_ways_has_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Tampines 1", "Tampines 2"), ("#1-12", "#11-2"), ("店一", "店二")])
def test_two_names_have_two_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize("name", ["", "   ", "😀", "❤️", "-- !!", "\u200b"])
def test_a_name_without_letter_or_digit_has_no_key(name: str) -> None:
    assert name_key(name) == ""


@given(st.text())
@example("U\u00af")
def test_a_key_is_its_own_key_and_fits_its_column(text: str) -> None:
    key = name_key(text)
    assert len(key) <= NAME_KEY_MAX
    assert len(address_key(text)) <= ADDRESS_KEY_MAX
    if len(key) < NAME_KEY_MAX:
        assert name_key(key) == key


@pytest.mark.parametrize("query", ["西溪", "杭州", "xixi", "hangzhou", "hzxx", "xxyxcd"])
def test_a_chinese_name_is_found_by_part_pinyin_and_initials(query: str) -> None:
    assert search_key(query) in search_text("杭州西溪印象城店")


@pytest.mark.parametrize("query", ["marina", "SQUARE ii", "msi", "marinasq"])
def test_an_english_name_is_found_by_part_and_initials(query: str) -> None:
    assert search_key(query) in search_text("Marina Square II")


def test_a_mixed_name_is_found_with_its_latin_part_in_full() -> None:
    assert search_key("hzEACd") in search_text("杭州EAC店")
