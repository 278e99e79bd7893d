"""The playbook: one schema, the same keys in all languages, a team's words over it, and what worked."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.playbook import (
    SLOTS,
    Change,
    EntryState,
    Playbook,
    Section,
    Spin,
    names_in,
    read_playbook,
)
from bot.domain.vocabulary import Language
from bot.domain.what_worked import TOO_FEW_BELOW, Tally, ranked
from bot.playbook import FOLDER, load_playbook

CHINESE_CHARACTERS = 45  # what two lines of a phone hold
ENGLISH = load_playbook(Language.EN)


@pytest.mark.parametrize("language", list(Language))
def test_every_language_says_the_same_things(language: Language) -> None:
    book = load_playbook(language)
    assert list(book.entries) == list(ENGLISH.entries)
    assert {key: one.traits for key, one in book.entries.items()} == {
        key: one.traits for key, one in ENGLISH.entries.items()
    }
    placeholders = {key for key, one in ENGLISH.entries.items() if "{category}" in one.text}
    assert {key for key, one in book.entries.items() if "{category}" in one.text} == placeholders


@pytest.mark.parametrize("language", [Language.ZH_HANS, Language.ZH_HANT])
def test_chinese_is_short_enough_for_a_phone(language: Language) -> None:
    for one in load_playbook(language).entries.values():
        assert max(len(one.text), len(one.fact)) <= CHINESE_CHARACTERS, one.key


def test_the_scripts_are_not_mixed() -> None:
    simplified = {one.text for one in load_playbook(Language.ZH_HANS).entries.values()}
    traditional = {one.text for one in load_playbook(Language.ZH_HANT).entries.values()}
    assert not set("户价应证报单顾这们说见问样货") & set("".join(traditional))
    assert not set("戶價應證報單顧這們說見問樣貨") & set("".join(simplified))


def test_every_place_has_something_to_say_and_every_objection_several_answers() -> None:
    for section, slots in SLOTS.items():
        for slot in slots:
            said = ENGLISH.of(section, slot)
            assert len(said) >= (3 if section is Section.ANSWERS else 1), (section, slot)
            assert all(one.fact for one in said if section is Section.ANSWERS)
    for need in ("quality", "price", "supplier_quality", "delivery", "terms"):
        traits = [one.traits for one in ENGLISH.of(Section.QUESTIONS, need) if one.traits]
        assert {one.spin for one in traits} == {Spin.PROBLEM, Spin.IMPLICATION, Spin.PAYOFF}
        assert {one.is_open for one in traits} == {True, False}


def _drop(book: dict[str, Any]) -> None:
    del book["answers"]["price"]


def _empty(book: dict[str, Any]) -> None:
    book["proof"]["brand"]["award"] = " "


def _unknown_stage(book: dict[str, Any]) -> None:
    book["stages"]["honeymoon"] = "x"


def _no_fact(book: dict[str, Any]) -> None:
    del book["answers"]["price"]["trial"]["fact"]


def _too_long(book: dict[str, Any]) -> None:
    book["nurture"]["idea"]["hand"] = "x" * 91


def _placeholder(book: dict[str, Any]) -> None:
    book["questions"]["gap"]["share"] = "What of {product}?"


def _no_traits(book: dict[str, Any]) -> None:
    book["questions"]["price"]["new"] = "What else?"


def _like_own(book: dict[str, Any]) -> None:
    book["nurture"]["idea"]["t7"] = "x"


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (_drop, "price"), (_empty, "proof.brand.award"), (_unknown_stage, "honeymoon"),
        (_no_fact, "answers.price.trial"), (_too_long, "nurture.idea.hand"), (_placeholder, "questions.gap.share"),
        (_no_traits, "questions.price.new"), (_like_own, "nurture.idea.t7"),
    ],
)  # fmt: skip
def test_data_that_break_the_schema_are_refused_by_name(breaks: Callable[[dict[str, Any]], None], said: str) -> None:
    data, traits = (tomllib.loads((FOLDER / f"{name}.toml").read_text("utf8")) for name in ("en", "traits"))
    broken = copy.deepcopy(data)
    breaks(broken)
    with pytest.raises(ValueError, match=said.replace(".", r"\.")):
        read_playbook(broken, traits)


def adapted(*changes: Change) -> Playbook:
    return ENGLISH.adapted(changes, "coffee")


def test_a_team_names_its_trade_and_without_a_name_the_words_still_read() -> None:
    question = "questions.gap.share"
    assert "your coffee comes" in adapted().entries[question].text
    assert "your supplies comes" in ENGLISH.adapted(()).entries[question].text


def test_a_team_rewords_hides_and_adds_and_its_own_come_first() -> None:
    key = "answers.price.trial"
    place = {"section": Section.ANSWERS, "slot": "price"}
    reworded = Change(entry_id=1, state=EntryState.SHOWN, shipped_key=key, text="one month, free", **place)  # type: ignore[arg-type] # section and slot are given by name
    hidden = Change(entry_id=2, state=EntryState.HIDDEN, shipped_key="answers.price.compared", **place)  # type: ignore[arg-type] # as above
    own = Change(entry_id=3, state=EntryState.SHOWN, text="the machine is on us", **place)  # type: ignore[arg-type] # as above
    waiting = Change(entry_id=4, state=EntryState.PROPOSED, text="free cake", **place)  # type: ignore[arg-type] # as above
    said = adapted(reworded, hidden, own, waiting).of(Section.ANSWERS, "price")
    assert [one.key for one in said] == [
        "answers.price.t3", "answers.price.cost_per_use", "answers.price.in_return", key,
    ]  # fmt: skip
    assert said[-1].text == "one month, free"


def test_a_word_on_an_entry_that_is_shipped_no_more_is_harmless() -> None:
    gone = Change(
        entry_id=1, section=Section.ANSWERS, slot="price", state=EntryState.HIDDEN, shipped_key="answers.price.x"
    )
    assert adapted(gone).of(Section.ANSWERS, "price") == adapted().of(Section.ANSWERS, "price")


def test_too_few_are_said_to_be_too_few() -> None:
    assert not Tally(tried=TOO_FEW_BELOW - 1, worked=TOO_FEW_BELOW - 1).says_something
    five_of_eight = Tally(tried=8, worked=5)
    assert five_of_eight.says_something
    assert (five_of_eight.interval.low, five_of_eight.interval.high) == (31, 86)
    assert (Tally().interval.low, Tally().interval.high) == (0, 100)
    with pytest.raises(ValueError, match="2 of 1"):
        Tally(tried=1, worked=2)


def test_what_worked_leads_what_is_new_keeps_its_turn_and_what_fails_goes_last() -> None:
    tallies = {
        "fails": Tally(tried=20, worked=1),
        "works": Tally(tried=20, worked=16),
        "works in few": Tally(tried=6, worked=5),
        "one lucky win": Tally(tried=1, worked=1),
    }
    given = ["fails", "new", "one lucky win", "works in few", "works"]
    assert ranked(given, tallies) == ["works", "works in few", "new", "one lucky win", "fails"]
    assert ranked(["b", "a"], {}) == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As at raffles city: they saved", ["Raffles City"]),
        ("像海底捞那样先试一个月", ["海底捞"]),
        ("ask what Mei said", ["Mei"]),
        ("as Tan Wei says", ["Tan Wei"]),
        ("the mark of a good cup", []),
        ("a city with raffles", []),
    ],
)
def test_a_customers_name_in_the_playbook_is_found(text: str, found: list[str]) -> None:
    assert names_in(text, ["Raffles City", "海底捞", ""], ["Mei", "Mark", "Tan Wei"]) == found
