"""How forms are declared, and what the engine promises beside the post-visit form."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from mypy import api

from bot.domain.errors import Refused
from bot.domain.forms.add_contact import NewContact
from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.asking import Form, answered, ask, form
from bot.domain.forms.catalogue import FORMS, form_named
from bot.domain.forms.context import Context, Pick
from bot.domain.forms.draft import Answer, Draft, read_draft
from bot.domain.forms.engine import advance, begin, filled, load_draft
from bot.domain.forms.kinds_choice import choice, yes_no
from bot.domain.forms.kinds_shared import Spot
from bot.domain.forms.kinds_words import NewPerson, OwnWords, name, number, text
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.records import records
from bot.domain.forms.replies import (
    Action,
    Edit,
    Move,
    OpenRecord,
    RemoveRecord,
    SharedContact,
    SharedLocation,
    SharedPhoto,
    Tap,
    Text,
    TurnPage,
)
from bot.domain.forms.showing import show
from bot.domain.vocabulary import ClosingTechnique, CommitmentKind, Depth, Grade, Material, Need, Purpose, Role

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Singapore"))
CONTEXT = Context(
    now=NOW,
    sources={"contacts": (Pick(key="7", label="Mei Lim"),), "products": (Pick(key="1", label="Latte cup"),)},
    suggestions={
        "pre_visit.agree_to": ("A date for the tasting",),
        "pre_visit.latent_needs": (["price", {"words": "smaller packs"}],),
        "pre_visit.smallest_step": ("trial",),
    },
)


def run(kind: type[Form], draft: Draft, *actions: Action) -> Draft:
    for action in actions:
        draft = advance(kind, draft, action, CONTEXT)
        assert draft.fault is None, (action, draft.fault)
    return draft


def facts(kind: type[Form], draft: Draft) -> dict[str, Any]:
    return show(kind, draft, CONTEXT).facts


def test_a_kind_that_does_not_match_its_annotation_is_refused_by_mypy(tmp_path: Path) -> None:
    source = tmp_path / "wrong.py"
    source.write_text(
        "from datetime import date\n"
        "from bot.domain.forms.asking import Form, answered, ask, form\n"
        "from bot.domain.forms.kinds_choice import choice\n"
        "from bot.domain.forms.kinds_combined import many\n"
        "from bot.domain.forms.kinds_when import day\n"
        "from bot.domain.forms.kinds_words import amount, text\n"
        "from bot.domain.vocabulary import Need, Role\n"
        "@form('wrong', version=1)\n"
        "class Wrong(Form):\n"
        "    right: date | None = ask(day())\n"
        "    right_too: str = ask(text(), skippable=False)\n"
        "    right_as_well: tuple[Need, ...] = ask(many(choice(Need)))\n"
        "    kind: str | None = ask(amount())\n"
        "    members: Role | None = ask(choice(Need))\n"
        "    skippable: str = ask(text())\n"
        "    hidden: str = ask(text(), when=answered('kind'))\n"
        "    many: tuple[Need, ...] = ask(choice(Need))\n"
        "Wrong(right=1)\n",
        encoding="utf-8",
    )
    project = Path(__file__).parents[2]
    output, _, status = api.run(["--config-file", str(project / "pyproject.toml"), str(source)])
    wrong = {int(line.split(":")[1]) for line in output.splitlines() if ": error:" in line}
    assert (status, wrong) == (1, {13, 14, 15, 16, 17, 18})


def test_a_filled_form_is_frozen() -> None:
    draft = run(AddCustomer, begin(AddCustomer, Depth.QUICK), Text("Cafe"), Move.SKIP, Move.SKIP, Move.SKIP)
    with pytest.raises(AttributeError):
        filled(AddCustomer, draft).name = "Other"  # type: ignore[misc] # that it cannot be set is what is tested


def test_a_condition_on_a_later_question_is_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="not asked before"):

        @form("wrong", version=1)
        class Wrong(Form):
            second: str | None = ask(text(), when=answered("third"))
            third: str | None = ask(text())


def test_a_field_name_too_long_for_a_button_is_refused_when_declared() -> None:
    with pytest.raises(ValueError, match="at most"):

        @form("wrong", version=1)
        class Wrong(Form):
            a_name_that_is_much_too_long: str | None = ask(text())


def test_a_new_customer_is_four_steps_with_a_pin() -> None:
    draft, positions = begin(AddCustomer, Depth.QUICK), []
    replies: list[Action] = [
        Text("Tom & <b>Jerry</b>"), SharedLocation(1.29, 103.85), Tap("B"), SharedContact("Mei Lim", "+65 8123 4567"),
    ]  # fmt: skip
    for reply in replies:
        shown = facts(AddCustomer, draft)
        positions.append((shown["at"], shown["of"], shown["keyboard"]))
        draft = run(AddCustomer, draft, reply)
    assert positions == [(1, 4, None), (2, 4, "location"), (3, 4, None), (4, 4, None)]
    customer = filled(AddCustomer, draft)
    assert customer.name == "Tom & <b>Jerry</b>"
    assert customer.place == Spot(latitude=1.29, longitude=103.85)
    assert (customer.grade, customer.contact) == (Grade.B, NewPerson(name="Mei Lim", phone="+6581234567"))


def test_an_address_does_where_the_location_is_refused() -> None:
    draft = run(AddCustomer, begin(AddCustomer, Depth.QUICK), Text("Cafe"), Text("1 Raffles Place"))
    assert draft.answers["place"].value == {"address": "1 Raffles Place", "latitude": None, "longitude": None}


def test_a_bad_answer_is_refused_and_the_right_one_goes_on() -> None:
    draft = begin(AddCustomer, Depth.QUICK)
    for wrong, code in (("🎉", "name_without_letters"), ("x" * 5000, "text_too_long"), (" ", "text_empty")):
        draft = advance(AddCustomer, draft, Text(wrong), CONTEXT)
        assert draft.fault is not None
        assert draft.fault.code == code
    assert run(AddCustomer, draft, Text("Cafe")).answers["name"] == Answer(value="Cafe")


def test_what_is_needed_cannot_be_skipped() -> None:
    draft = advance(AddCustomer, begin(AddCustomer, Depth.QUICK), Move.SKIP, CONTEXT)
    assert draft.fault is not None
    assert draft.fault.code == "cannot_skip"


def test_a_full_preparation_holds_everything() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.FULL), Tap("sign_order"), Text("A trial month"), Tap("7"), Move.DONE)
    draft = run(PreVisit, draft, Tap("finance"), Move.DONE, Text("Family firm"), Tap("strong"), Text("BeanCo"))
    draft = run(PreVisit, draft, Move.DONE, Tap("25-49"), Tap("delivery"), Move.DONE, Text("Ask of the harvest"))
    draft = run(PreVisit, draft, Text("Cycling"), Text("Who signs?"), Move.DONE, Tap("certificate"), Move.DONE)
    draft = run(PreVisit, draft, Tap("1"), Tap("price"), Text("Pays back in a month"), Move.DONE)
    draft = run(PreVisit, draft, Tap("price"), Text("Cost per cup"), Text("Won 5 of 8"), Move.DONE)
    draft = run(
        PreVisit, draft, Tap("trial"), Text("8 % off"), Tap("trial"), Tap("samples"), Tap("contract"), Move.DONE
    )
    plan = filled(PreVisit, run(PreVisit, draft, Move.CONFIRM))
    assert (plan.purpose, plan.closing, plan.smallest_step) == (
        Purpose.SIGN_ORDER, ClosingTechnique.TRIAL, CommitmentKind.TRIAL,
    )  # fmt: skip
    assert plan.suppliers == (OwnWords(text="BeanCo"),)
    assert plan.materials == (Material.SAMPLES, Material.CONTRACT)
    assert plan.questions == (OwnWords(text="Who signs?"),)
    assert plan.products[0].justification == OwnWords(text="Pays back in a month")
    assert plan.objections[0].fact == "Won 5 of 8"


def test_a_quick_preparation_is_three_questions() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.QUICK), Tap("check_progress"), Tap("trial"), Tap("samples"), Move.DONE)
    assert draft.is_finished


def test_a_suggested_text_is_a_button() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"))
    (option,) = facts(PreVisit, draft)["options"]
    assert option["shown"] == {"as": "text", "text": "A date for the tasting"}
    assert run(PreVisit, draft, Tap(option["token"])).answers["agree_to"].value == "A date for the tasting"


def test_suggested_picks_are_taken_together() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"), Move.SKIP, Move.SKIP)
    option = facts(PreVisit, draft)["options"][0]
    assert option["suggested"]
    after = run(PreVisit, draft, Tap(option["token"]))
    kept = after.answers["latent_needs"].value
    assert kept == ["price", {"words": "smaller packs"}]


def test_a_suggested_option_stands_first() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.QUICK), Tap("sign_order"))
    options = facts(PreVisit, draft)["options"]
    assert [one["token"] for one in options[:2]] == ["trial", "order"]


def test_a_suggestion_that_is_gone_shows_the_question_again() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"))
    token = facts(PreVisit, draft)["options"][0]["token"]
    after = advance(PreVisit, draft, Tap(token), Context(now=NOW))
    assert after.fault is not None
    assert (after.fault.code, after.answers) == ("option_gone", draft.answers)


def test_going_back_does_not_lose_the_answers_ahead() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"), Text("A trial"), Tap("7"))
    back = run(PreVisit, draft, Move.BACK, Move.BACK)
    assert facts(PreVisit, back)["key"] == "pre_visit.purpose"
    assert facts(PreVisit, back)["options"][1]["picked"]
    again = run(PreVisit, back, Move.KEEP)
    assert facts(PreVisit, again)["key"] == "pre_visit.whom_to_meet"
    assert facts(PreVisit, again)["picked"] == 1


def test_a_skipped_question_is_not_asked_again_and_can_be_answered_from_the_review() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.QUICK), Tap("sign_order"), Move.SKIP)
    draft = run(PreVisit, draft, Move.REVIEW)
    states = [line["state"] for line in facts(PreVisit, draft)["lines"]]
    assert states == ["answered", "skipped", "open"]
    draft = run(PreVisit, draft, Edit("smallest_step"), Tap("order"))
    assert draft.is_reviewing


def test_an_answer_is_cleared_by_skipping_it() -> None:
    draft = run(PreVisit, begin(PreVisit, Depth.QUICK), Tap("sign_order"), Tap("order"), Move.BACK)
    assert facts(PreVisit, draft)["can_clear"]
    assert run(PreVisit, draft, Move.SKIP).answers["smallest_step"] == Answer(is_skipped=True)


def test_a_record_can_be_changed_and_removed() -> None:
    draft = run(
        PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"), Edit("objections"), Tap("price"), Text("Per cup")
    )
    draft = run(PreVisit, draft, Tap("no_need"), Text("Ask why"), OpenRecord(0), Edit("answer"), Text("Cost per cup"))
    assert show(PreVisit, draft, CONTEXT).template == "forms/review"
    draft = run(PreVisit, draft, Move.CONFIRM)
    answers = [record["cells"][1]["text"] for record in facts(PreVisit, draft)["records"]]
    assert answers == ["Cost per cup", "Ask why"]
    draft = run(PreVisit, draft, OpenRecord(1), RemoveRecord(1))
    assert len(facts(PreVisit, draft)["records"]) == 1


def test_an_option_that_a_record_has_is_not_offered_again() -> None:
    draft = run(
        PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"), Edit("objections"), Tap("price"), Text("Per cup")
    )
    assert "price" not in [one["token"] for one in facts(PreVisit, draft)["options"]]


def test_a_record_left_halfway_waits_and_stops_the_list_from_being_done() -> None:
    @form("part", version=1, saves_at=tuple(Depth))
    class Part(Form):
        name: str = ask(name(), skippable=False)
        count: int = ask(number(1, 9), skippable=False)

    @form("whole", version=1)
    class Whole(Form):
        parts: tuple[Part, ...] = ask(records(Part, most=2))

    draft = run(Whole, begin(Whole, Depth.FULL), Text("bolt"), Move.BACK, Move.BACK)
    assert [one["is_whole"] for one in facts(Whole, draft)["records"]] == [False]
    stopped = advance(Whole, draft, Move.DONE, CONTEXT)
    assert facts(Whole, stopped)["key"] == "part.count"
    assert facts(Whole, stopped)["fault"]["code"] == "answer_needed"
    assert facts(Whole, advance(Whole, draft, Move.CONFIRM, CONTEXT))["key"] == "part.count"
    draft = run(Whole, stopped, Text("3"), Text("nut"), Text("4"))
    full = advance(Whole, draft, Text("gear"), CONTEXT)
    assert full.fault is not None
    assert full.fault.code == "too_many"
    parts = filled(Whole, run(Whole, full, Move.DONE, Move.CONFIRM)).parts
    assert parts == (Part(name="bolt", count=3), Part(name="nut", count=4))


def test_an_older_draft_keeps_what_can_still_be_read() -> None:
    @form("survey", version=2)
    class Survey(Form):
        kind: Need | None = ask(choice(Need))
        role: Role | None = ask(choice(Role))
        is_new: bool | None = ask(yes_no())

    stored = Draft(
        form="survey", version=1, depth=Depth.FULL, at="dropped",
        answers={"kind": Answer(value="price"), "role": Answer(value="king"), "dropped": Answer(value="x")},
    ).dump()  # fmt: skip
    draft = load_draft(Survey, stored)
    assert facts(Survey, draft)["key"] == "survey.role"
    saved = filled(Survey, run(Survey, draft, Tap("rep"), Tap("yes"), Move.CONFIRM))
    assert (saved.kind, saved.role, saved.is_new) == (Need.PRICE, Role.REP, True)


@pytest.mark.parametrize("data", [{}, {"form": "x"}, {"form": "x", "version": "y", "depth": "full", "answers": {}}])
def test_a_draft_that_is_none_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="answer_unreadable"):
        read_draft(data)


def test_a_draft_of_another_form_is_refused() -> None:
    with pytest.raises(Refused, match="answer_unreadable"):
        load_draft(PreVisit, begin(AddCustomer, Depth.QUICK).dump())


def test_an_unfinished_draft_fills_no_form() -> None:
    with pytest.raises(Refused, match="answer_needed"):
        filled(PreVisit, begin(PreVisit, Depth.QUICK))


def test_a_photo_that_no_question_wants_is_refused() -> None:
    draft = advance(PreVisit, begin(PreVisit, Depth.QUICK), SharedPhoto("p"), CONTEXT)
    assert draft.fault is not None
    assert draft.fault.code == "reply_not_taken"


def test_a_long_list_has_pages() -> None:
    contacts = tuple(Pick(key=str(number), label=f"Person {number}") for number in range(20))
    context = Context(now=NOW, sources={"contacts": contacts})
    draft = run(PreVisit, begin(PreVisit, Depth.CORE), Tap("sign_order"), Move.SKIP)
    pages = [show(PreVisit, advance(PreVisit, draft, TurnPage(page), context), context).facts for page in range(3)]
    tokens = [[one["token"] for one in page["options"]] for page in pages]  # type: ignore[index, union-attr, call-overload] # facts are JSON
    assert [len(page) for page in tokens] == [9, 9, 2]
    assert [token for page in tokens for token in page] == [pick.key for pick in contacts]


def test_every_form_is_found_by_its_name() -> None:
    assert {form_named(name) for name in FORMS} == {PreVisit, *FORMS.values()}
    assert form_named("add_contact") is NewContact
    with pytest.raises(Refused, match="form_unknown"):
        form_named("none")
