"""A visit form that was open, or saved, before the playbook came into it: nothing that was said is lost."""

from datetime import UTC, datetime

from bot.domain.forms.context import Context, Pick
from bot.domain.forms.engine import advance, filled, load_draft
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.replies import Move, Tap, Text
from bot.domain.forms.showing import show, summary
from bot.domain.screen import Json
from bot.domain.vocabulary import ObjectionKind, ObjectionResult

ANSWER = Pick(key="answers.price.trial", label="start small")
CONTEXT = Context(now=datetime(2026, 11, 23, 8, tzinfo=UTC), sources={"answers.price": (ANSWER,)})


def record(form: str, **answers: Json) -> dict[str, Json]:
    """A sub-record as the first version kept it."""
    kept: dict[str, Json] = {name: {"value": value} for name, value in answers.items()}
    return {"form": form, "version": 1, "depth": "full", "answers": kept}


def older(form: str, depth: str, answers: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {
        "form": form,
        "version": 1,
        "depth": depth,
        "answers": {name: {"value": value} for name, value in answers.items()},
        **more,
    }


def test_an_open_preparation_keeps_the_answers_typed_before() -> None:
    objection = record("expected_objection", objection="price", answer="Cost per cup", fact="Won 5 of 8")
    product = record(
        "product_match", product={"key": "1", "label": "Decanter"}, need="price", justification="Pays back"
    )
    stored = older("pre_visit", "core", {"purpose": "sign_order", "products": [product], "objections": [objection]})
    draft = load_draft(PreVisit, stored)
    assert draft.version == PreVisit.spec.version
    draft = advance(PreVisit, draft, Move.REVIEW, CONTEXT)
    form = filled(PreVisit, advance(PreVisit, draft, Move.CONFIRM, CONTEXT))
    assert form.objections[0].answer == OwnWords(text="Cost per cup")
    assert form.objections[0].fact == "Won 5 of 8"
    assert form.products[0].justification == OwnWords(text="Pays back")


def test_an_objection_half_told_goes_on_with_the_new_question() -> None:
    half = record("objection_met", objection="price", handling="explained")
    stored = older(
        "post_visit", "core", {"took_place": "met", "who_met": [], "purpose_reached": "yes", "needs": []},
        pending={"objections": [half]}, at="objections", inside=0,
    )  # fmt: skip
    stored["version"] = PostVisit.spec.version  # the form around it did not change
    draft = load_draft(PostVisit, stored)
    assert show(PostVisit, draft, CONTEXT).facts["key"] == "objection_met.answer"
    for action in (Tap(ANSWER.key), Tap("resolved"), Move.DONE):
        draft = advance(PostVisit, draft, action, CONTEXT)
        assert draft.fault is None
    [told] = PostVisit.spec.fields[9].kind.load(draft.answers["objections"].value)
    assert (told.objection, told.answer, told.result) == (ObjectionKind.PRICE, ANSWER, ObjectionResult.RESOLVED)


def test_what_is_picked_but_not_done_outlives_a_new_version_where_it_can_be_read() -> None:
    stored = older(
        "pre_visit", "full", {"purpose": "sign_order"},
        pending={"proof": ["brand"], "materials": ["a fax"], "objections": [record("expected_objection")]},
    )  # fmt: skip
    draft = load_draft(PreVisit, stored)
    assert draft.pending["proof"] == ("brand",)
    assert "materials" not in draft.pending
    assert len(draft.pending["objections"]) == 1


def test_a_saved_preparation_of_before_is_still_read() -> None:
    objection = record("expected_objection", objection="price", answer="Cost per cup")
    stored = older("pre_visit", "core", {"purpose": "sign_order", "objections": [objection]})
    lines = summary(PreVisit, load_draft(PreVisit, stored))
    assert {"as": "text", "text": "Cost per cup"} in lines[1]["shown"]["items"][0]  # type: ignore[index,call-overload,operator] # JSON


def test_own_words_are_taken_as_they_come_and_a_number_means_the_line() -> None:
    draft = load_draft(PreVisit, older("pre_visit", "core", {"purpose": "sign_order"}))
    draft = advance(PreVisit, draft, Move.SKIP, CONTEXT)
    for _ in range(10):
        if show(PreVisit, draft, CONTEXT).facts["key"] == "pre_visit.objections":
            break
        draft = advance(PreVisit, draft, Move.SKIP, CONTEXT)
    typed = advance(PreVisit, advance(PreVisit, draft, Tap("price"), CONTEXT), Text("Starting is cheap"), CONTEXT)
    picked = advance(PreVisit, advance(PreVisit, draft, Tap("price"), CONTEXT), Text("1"), CONTEXT)
    answers = [one.pending["objections"][0]["answers"]["answer"]["value"] for one in (typed, picked)]  # type: ignore[index,call-overload] # JSON
    assert answers == [{"words": "Starting is cheap"}, {"key": ANSWER.key, "label": ANSWER.label}]
