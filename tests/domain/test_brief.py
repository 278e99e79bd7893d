"""What a brief asks: the biggest gaps first, never what is known."""

from bot.domain.brief import QUESTIONS_SHOWN, Known, choose_questions
from bot.domain.vocabulary import ContactRole

NOTHING = Known(
    has_share=False,
    roles=frozenset(),
    has_decider=False,
    needs_heard=0,
    has_suppliers=False,
    has_satisfaction=False,
    has_open_deal=False,
    has_orders=True,
)
EVERYTHING = Known(
    has_share=True,
    roles=frozenset({ContactRole.DECIDER}),
    has_decider=True,
    needs_heard=2,
    has_suppliers=True,
    has_satisfaction=True,
    has_open_deal=False,
    has_orders=True,
)


def test_a_customer_of_whom_nothing_is_known_is_asked_for_share_decider_and_needs() -> None:
    assert choose_questions(NOTHING) == ["share", "decider", "needs"]


def test_what_is_known_is_not_asked_again() -> None:
    asked = choose_questions(EVERYTHING)
    assert len(asked) == QUESTIONS_SHOWN
    assert not {"share", "decider", "needs", "satisfaction"} & set(asked)


def test_a_prospect_is_asked_about_its_suppliers_and_not_about_our_share() -> None:
    prospect = Known(
        has_share=False,
        roles=frozenset(),
        has_decider=False,
        needs_heard=0,
        has_suppliers=False,
        has_satisfaction=False,
        has_open_deal=False,
        has_orders=False,
    )
    assert "suppliers" in choose_questions(prospect)
    assert "share" not in choose_questions(prospect)
