"""The post-visit form as reps fill it: four taps for a C customer, everything for an A."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.domain.forms.catalogue import depth_for
from bot.domain.forms.context import Asked, Context, Pick
from bot.domain.forms.draft import Draft, read_draft
from bot.domain.forms.engine import advance, begin, filled, reopen
from bot.domain.forms.kinds_choice import OptionsKind
from bot.domain.forms.kinds_combined import many
from bot.domain.forms.kinds_shared import Media, ShareRange
from bot.domain.forms.kinds_words import NewPerson, OwnWords
from bot.domain.forms.post_visit import NEED, ObjectionMet, PostVisit, ProductShown, PromiseMade
from bot.domain.forms.replies import (
    Action,
    Edit,
    Move,
    OwnText,
    SharedContact,
    SharedPhoto,
    SharedVoice,
    Tap,
    Text,
    read_button,
)
from bot.domain.forms.showing import show, summary
from bot.domain.funnel import DealEnd, DealEvidence
from bot.domain.screen import Json
from bot.domain.vocabulary import (
    CommitmentKind,
    DealStage,
    Depth,
    Grade,
    Need,
    ObjectionKind,
    ObjectionResult,
    PromiseKind,
    PurposeReached,
    ServiceLevel,
    TookPlace,
    TrialFeedback,
)

ZONE = ZoneInfo("Asia/Singapore")
CONTEXT = Context(
    now=datetime(2026, 11, 23, 16, 0, tzinfo=ZONE),
    sources={
        "contacts": (Pick(key="7", label="Mei Lim"), Pick(key="8", label="Arjun Rao")),
        "products": (Pick(key="1", label="Latte cup"), Pick(key="2", label="Decanter")),
        "opportunities": (Pick(key="5", label="Autumn order"),),
        "suppliers": (Pick(key="3", label="BeanCo"),),
        "answers.price": (Pick(key="answers.price.trial", label="start small"),),
    },
    suggestions={"post_visit.next_visit": ("2026-12-09",)},
    labels={
        "took_place.met": ("Met", "见到了", "見到了"),
        "need.price": ("Price", "价格"),
        "need.delivery": ("Delivery", "交货"),
        "promise_kind.price_list": ("Price list", "价目表"),
    },
)


def run(draft: Draft, *actions: Action, context: Context = CONTEXT) -> Draft:
    """Apply actions, none of which may be refused, through JSON at each step."""
    for action in actions:
        draft = read_draft(advance(PostVisit, draft, action, context).dump())
        assert facts(draft).get("fault") is None, (action, facts(draft))
    return draft


def facts(draft: Draft, context: Context = CONTEXT) -> dict[str, Json]:
    return show(PostVisit, draft, context).facts


def test_a_quick_report_is_four_taps_and_saved_by_the_last() -> None:
    draft, positions = begin(PostVisit, depth_for(Grade.C)), []
    for tap in ("met", "partly", "trial", "2026-12-09"):
        shown = facts(draft)
        positions.append((shown["at"], shown["of"]))
        draft = run(draft, Tap(tap))
    assert positions == [(1, 4), (2, 4), (3, 4), (4, 4)]
    report = filled(PostVisit, draft)
    assert (report.took_place, report.purpose_reached) == (TookPlace.MET, PurposeReached.PARTLY)
    assert (report.commitment, report.next_visit) == (CommitmentKind.TRIAL, date(2026, 12, 9))
    assert report.needs == ()


def test_a_visit_that_found_nobody_is_three_taps() -> None:
    draft = run(begin(PostVisit, Depth.QUICK), Tap("not_met"), Tap("away"), Tap("2026-12-09"))
    assert draft.is_finished
    assert filled(PostVisit, draft).purpose_reached is None


def test_a_rescheduled_visit_is_two_taps() -> None:
    draft = run(begin(PostVisit, Depth.QUICK), Tap("rescheduled"), Tap("20261125T1000"))
    assert filled(PostVisit, draft).new_time == datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)


def test_the_suggested_day_is_the_first_button() -> None:
    draft = run(begin(PostVisit, Depth.QUICK), Tap("met"), Tap("yes"), Tap("none"))
    options = facts(draft)["options"]
    assert isinstance(options, list)
    assert options[0] == {
        "token": "2026-12-09",
        "shown": {"as": "day", "value": "2026-12-09"},
        "picked": False,
        "suggested": True,
    }


def test_a_need_in_own_words_is_confirmed_back_like_a_listed_one() -> None:
    draft = run(begin(PostVisit, depth_for(Grade.B, is_key_account=True)), Text("见到了"))
    draft = run(draft, Move.DONE, Tap("warm"), Tap("yes"), Tap("price"), OwnText("a lid for hot soup"), Move.DONE)
    options = facts(draft)["options"]
    assert isinstance(options, list)
    listed, own = (one for one in options if isinstance(one, dict))
    assert own["shown"] == {"as": "text", "text": "a lid for hot soup"}
    draft = run(draft, Tap(str(own["token"])), Tap(str(listed["token"])), Text("a lid for hot soup"), Move.DONE)
    answer = draft.answers["needs_confirmed"].value
    assert many(NEED).load(answer) == (OwnWords(text="a lid for hot soup"), Need.PRICE)


def test_a_full_report_holds_everything_that_was_said() -> None:
    draft = run(begin(PostVisit, depth_for(Grade.B, is_key_account=True)), Text("见到了"))
    draft = run(draft, Tap("7"), SharedContact("Tan Wei", "+65 8123 4567"), Move.DONE, Tap("warm"), Tap("yes"))
    draft = run(draft, Text("price, delivery"), Move.DONE, Tap("price"), Move.DONE)
    draft = run(draft, Tap("1"), Tap("3"), Tap("liked"), Tap("2"), Tap("1"), Move.SKIP, Move.DONE)
    draft = run(draft, Tap("price"), Tap("answers.price.trial"), Tap("resolved"), Move.DONE)
    draft = run(draft, Tap("order"), Text("SGD 6.4k"), Text("Friday"))
    draft = run(draft, Text("price list"), Text("周五下午三点"), Tap("sample"), Tap("20261124T1000"), Move.DONE)
    draft = run(
        draft, Tap("5"), Tap("proposal"), Tap("offer_asked"), Text("12000"), Tap("3"), Move.DONE, Text("40-60%")
    )
    draft = run(draft, Text("BeanCo cut prices"), Tap("4"), Tap("experience"), Tap("3"), Text("Late delivery"))
    draft = run(
        draft,
        Tap("beyond"),
        Text("They said nobody else came on a Sunday"),
        Tap("2026-12-09"),
        Text("Call before coming"),
    )
    draft = run(draft, SharedPhoto("p1"), SharedPhoto("p2"), Move.DONE, SharedVoice("v1", 12))
    assert draft.is_reviewing
    report = filled(PostVisit, run(draft, Move.CONFIRM))
    assert report.who_met == (Pick(key="7", label="Mei Lim"), NewPerson(name="Tan Wei", phone="+6581234567"))
    assert (report.needs, report.needs_confirmed) == ((Need.PRICE, Need.DELIVERY), (Need.PRICE,))
    assert report.products == (
        ProductShown(product=Pick(key="1", label="Latte cup"), interest=3, trial=TrialFeedback.LIKED),
        ProductShown(product=Pick(key="2", label="Decanter"), interest=1, trial=None),
    )
    assert report.objections == (
        ObjectionMet(
            objection=ObjectionKind.PRICE,
            answer=Pick(key="answers.price.trial", label="start small"),
            result=ObjectionResult.RESOLVED,
        ),
    )
    assert (report.commitment, report.commitment_amount) == (CommitmentKind.ORDER, Decimal(6400))
    assert report.commitment_due == date(2026, 11, 27)
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=ZONE)
    assert report.promises == (
        PromiseMade(what=PromiseKind.PRICE_LIST, percent=None, days=None, value=None, terms=None, due=friday),
        PromiseMade(
            what=PromiseKind.SAMPLE,
            percent=None,
            days=None,
            value=None,
            terms=None,
            due=datetime(2026, 11, 24, 10, 0, tzinfo=ZONE),
        ),
    )
    assert (report.deal_stage, report.deal_amount) == (DealStage.PROPOSAL, Decimal(12000))
    assert (report.deal_evidence, report.deal_end) == (DealEvidence.OFFER_ASKED, None)
    assert (report.our_share, report.perceived, report.expected) == (ShareRange(low=40, high=60), 3, 4)
    assert (report.complaint, report.service_level) == ("Late delivery", ServiceLevel.BEYOND)
    assert report.service_evidence == "They said nobody else came on a Sunday"
    assert report.photos == (Media(media="p1"), Media(media="p2"))
    assert report.voice == Media(media="v1", duration_s=12)


@pytest.mark.parametrize(
    ("stage", "question", "offered"),
    [
        ("after_sales", "deal_evidence", ["order_placed", "contract_signed", "nothing_yet"]),
        ("contact", "deal_evidence", ["talked", "meeting_set", "nothing_yet"]),
        ("lost", "deal_end", [one.value for one in DealEnd]),
    ],
)
def test_a_move_asks_what_shows_it_and_an_end_why(stage: str, question: str, offered: list[str]) -> None:
    field = PostVisit.spec.field(question)
    assert field is not None
    given = {"took_place": TookPlace.MET, "opportunity": Pick(key="1", label="x"), "deal_stage": DealStage(stage)}
    asked = Asked(key=field.key, context=CONTEXT, given=given)
    assert isinstance(field.kind, OptionsKind)
    assert [option.token for option in field.kind.options(asked)] == offered


def test_words_that_are_on_no_list_are_offered_and_taken_only_when_wanted() -> None:
    draft = run(begin(PostVisit, Depth.CORE), Tap("met"), Move.SKIP, Tap("yes"))
    refused = advance(PostVisit, draft, Text("smaller packs"), CONTEXT)
    assert facts(refused)["fault"] == {
        "code": "not_on_list_yet",
        "params": {"text": "smaller packs"},
        "offer": True,
    }
    draft = run(refused, Move.OWN, Tap("price"), Move.DONE)
    assert draft.answers["needs"].value == [{"words": "smaller packs"}, "price"]


def test_own_words_open_a_record_too() -> None:
    draft = run(begin(PostVisit, Depth.CORE), Tap("met"), Move.SKIP, Tap("yes"), Move.SKIP, Move.SKIP, Tap("none"))
    draft = advance(PostVisit, draft, Text("a birthday card"), CONTEXT)
    draft = run(draft, Move.OWN, Text("in 3 days"), Move.DONE)
    assert draft.answers["promises"].value
    kept = PostVisit.spec.field("promises")
    assert kept is not None
    loaded = kept.kind.load(draft.answers["promises"].value)
    assert loaded[0].what == OwnWords(text="a birthday card")


def test_a_photo_sent_at_another_question_is_kept_with_the_photos() -> None:
    draft = run(begin(PostVisit, Depth.FULL), Tap("met"), SharedPhoto("p1"))
    assert facts(draft)["key"] == "post_visit.who_met"
    assert facts(draft)["kept"] == "post_visit.photos"
    assert draft.answers["photos"].value == [{"photo": "p1"}]


def test_a_photo_sent_inside_a_record_leaves_the_record_open() -> None:
    draft = run(begin(PostVisit, Depth.FULL), Tap("met"), Move.SKIP, Move.SKIP, Tap("yes"), Move.SKIP, Tap("1"))
    draft = run(draft, SharedPhoto("p1"))
    assert facts(draft)["key"] == "product_shown.interest"
    assert draft.answers["photos"].value == [{"photo": "p1"}]


def test_a_changed_mind_hides_answers_and_keeps_them() -> None:
    draft = run(begin(PostVisit, Depth.QUICK), Tap("met"), Tap("yes"), Tap("trial"), Move.BACK, Move.BACK, Move.BACK)
    away = run(draft, Tap("not_met"), Tap("away"), Tap("2026-12-09"))
    assert filled(PostVisit, away).commitment is None
    again = run(reopen(away), Edit("took_place"), Tap("met"), Move.CONFIRM)
    assert filled(PostVisit, again).commitment is CommitmentKind.TRIAL


def test_a_saved_quick_report_can_be_deepened() -> None:
    quick = run(begin(PostVisit, Depth.QUICK), Tap("met"), Tap("yes"), Tap("order"), Tap("2026-12-09"))
    more = reopen(quick, Depth.CORE)
    assert facts(more)["key"] == "post_visit.who_met"
    assert more.answers == quick.answers


def test_a_report_finished_days_later_asks_again_for_a_day_that_has_passed() -> None:
    draft = run(begin(PostVisit, Depth.CORE), Tap("met"), Move.REVIEW, Edit("next_visit"), Tap("2026-11-24"))
    later = Context(now=CONTEXT.now + timedelta(days=3))
    stopped = advance(PostVisit, draft, Move.CONFIRM, later)
    shown = facts(stopped, later)
    assert not stopped.is_finished
    assert shown["key"] == "post_visit.next_visit"
    assert shown["fault"] == {"code": "when_in_past", "params": {"day": "2026-11-24"}, "offer": False}


def test_a_review_can_be_saved_before_the_end_when_nothing_needed_is_missing() -> None:
    draft = run(begin(PostVisit, Depth.CORE), Tap("met"), Tap("7"), Move.REVIEW, Move.CONFIRM)
    assert filled(PostVisit, draft).who_met == (Pick(key="7", label="Mei Lim"),)


def test_the_record_line_says_what_was_given() -> None:
    draft = run(begin(PostVisit, Depth.QUICK), Tap("met"), Move.SKIP, Tap("trial"), Tap("2026-12-09"))
    keys = [line["key"] for line in summary(PostVisit, draft) if isinstance(line, dict)]
    assert keys == ["post_visit.took_place", "post_visit.commitment", "post_visit.next_visit"]


@pytest.mark.parametrize(("grade", "key_account", "depth"), [
    (Grade.A, False, Depth.FULL), (Grade.B, False, Depth.CORE), (Grade.C, False, Depth.QUICK),
    (Grade.D, False, Depth.QUICK), (None, False, Depth.CORE), (Grade.D, True, Depth.FULL),
])  # fmt: skip
def test_depth_follows_grade(grade: Grade | None, key_account: bool, depth: Depth) -> None:
    assert depth_for(grade, is_key_account=key_account) is depth


@pytest.mark.parametrize("args", [["a", "met"], ["s"], ["e", "needs"], ["o", "1"], ["x", "0"], ["p", "2"], ["m"]])
def test_a_button_says_one_action(args: list[str]) -> None:
    assert read_button(args) is not None


@pytest.mark.parametrize("args", [[], ["nonsense"], ["o", "-1"], ["a"], ["p", "x"]])
def test_what_no_button_says_is_an_error(args: list[str]) -> None:
    with pytest.raises(ValueError, match="no form button"):
        read_button(args)
