"""What a brief asks: the biggest gaps first, never what is known."""

from dataclasses import replace

import pytest

from bot.domain.brief import QUESTIONS_SHOWN, Known, choose_questions, letters, next_letter, questions_by_gap
from bot.domain.playbook import Entry, Letter, Section, Spin
from bot.domain.vocabulary import ContactRole, Language, Need
from bot.playbook import load_playbook

BANK = load_playbook(Language.EN).of(Section.QUESTIONS)
NOTHING = Known(
    has_share=False,
    missing_roles=(ContactRole.DECIDER, ContactRole.BUYER),
    has_decider=False,
    needs=(),
    has_suppliers=False,
    has_satisfaction=False,
    has_open_deal=False,
    has_orders=True,
)
EVERYTHING = Known(
    has_share=True,
    missing_roles=(),
    has_decider=True,
    needs=(Need.DELIVERY, Need.PRICE),
    has_suppliers=True,
    has_satisfaction=True,
    has_open_deal=False,
    has_orders=True,
)
DEAL = replace(EVERYTHING, has_open_deal=True)


def asked(known: Known) -> list[str]:
    """The questions by their names."""
    return [one.key.removeprefix("questions.") for one in choose_questions(known, BANK)]


def test_a_customer_of_whom_nothing_is_known_is_asked_for_share_decider_and_needs() -> None:
    assert asked(NOTHING) == ["gap.share", "gap.decider", "gap.needs"]


def test_what_is_known_is_not_asked_again_and_needs_are_followed_up() -> None:
    assert asked(EVERYTHING) == ["delivery.implication", "price.implication", "delivery.payoff"]


def test_a_need_in_own_words_is_a_need() -> None:
    known = replace(EVERYTHING, needs=(), has_other_needs=True)
    assert "gap.needs" not in asked(known)
    assert len(asked(known)) == 2  # growth and the next step: no question of the bank is about their own words


def test_a_prospect_is_asked_about_its_suppliers_and_not_about_our_share() -> None:
    prospect = replace(NOTHING, has_orders=False)
    assert "gap.suppliers" in asked(prospect)
    assert "gap.share" not in asked(prospect)


@pytest.mark.parametrize(
    ("known", "letter", "question"),
    [
        (DEAL, Letter.BUDGET, "gap.budget"),
        (replace(DEAL, has_budget=True), Letter.TIMING, "gap.timing"),
        (replace(DEAL, has_decider=False), Letter.AUTHORITY, "gap.decider"),
        (replace(DEAL, needs=(), has_decider=False), Letter.NEED, "gap.needs"),
    ],
)
def test_only_the_next_letter_of_an_open_deal_is_asked(known: Known, letter: Letter, question: str) -> None:
    assert next_letter(known) is letter
    assert question in asked(known)


def test_letters_fill_themselves_and_no_deal_needs_none() -> None:
    assert letters(replace(DEAL, has_budget=True)) == {
        Letter.NEED: True, Letter.AUTHORITY: True, Letter.BUDGET: True, Letter.TIMING: False,
    }  # fmt: skip
    assert next_letter(replace(DEAL, has_budget=True, has_timing=True)) is None
    assert next_letter(EVERYTHING) is None


def test_questions_come_in_spin_order() -> None:
    orders = [
        [list(Spin).index(one.traits.spin) for one in choose_questions(known, BANK) if one.traits]
        for known in (NOTHING, EVERYTHING, DEAL, replace(NOTHING, has_open_deal=True))
    ]
    assert all(order == sorted(order) and len(order) == QUESTIONS_SHOWN for order in orders)


def test_a_teams_own_question_on_a_need_goes_before_the_shipped_one() -> None:
    own = Entry(key="questions.delivery.t5", text="Who waits at the ramp?", entry_id=5, is_shipped=False)
    chosen = choose_questions(EVERYTHING, [own, *BANK])
    assert own in chosen


def test_the_whole_bank_is_offered_once_with_the_gaps_first() -> None:
    offered = questions_by_gap(NOTHING, BANK)
    assert {one.key for one in offered} == {one.key for one in BANK}
    assert len(offered) == len(BANK)
    assert [one.key for one in offered[:2]] == ["questions.gap.share", "questions.gap.decider"]


def test_an_open_complaint_is_asked_about_and_nothing_is_sold() -> None:
    questions = asked(replace(EVERYTHING, has_complaint=True))
    assert "gap.satisfaction" in questions
    assert not {"gap.growth", "gap.next_step", "gap.budget"} & set(questions)
