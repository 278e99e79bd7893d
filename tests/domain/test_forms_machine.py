"""Whatever a person does at a form in whatever order: no answer is lost, there is always a next question, and only a
whole form is saved."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.forms.add_customer import AddCustomer
from bot.domain.forms.asking import Form
from bot.domain.forms.context import Context, Pick
from bot.domain.forms.draft import Draft
from bot.domain.forms.engine import advance, begin, filled, load_draft, reopen
from bot.domain.forms.position import items_of
from bot.domain.forms.post_visit import PostVisit
from bot.domain.forms.pre_visit import PreVisit
from bot.domain.forms.records import Records
from bot.domain.forms.replies import (
    Action,
    Edit,
    Move,
    OpenRecord,
    RemoveRecord,
    SharedContact,
    SharedLocation,
    SharedPhoto,
    SharedVoice,
    Tap,
    Text,
    TurnPage,
)
from bot.domain.forms.showing import Shown, show, summary
from bot.domain.forms.walking import first_fault, walk
from bot.domain.screen import Json
from bot.domain.vocabulary import Depth

ZONE = ZoneInfo("Asia/Singapore")
SOURCES = {
    "contacts": (Pick(key="7", label="Mei Lim"), Pick(key="8", label="Mei Tan")),
    "products": (Pick(key="1", label="Latte cup"), Pick(key="2", label="Decanter")),
    "opportunities": (Pick(key="5", label="Autumn order"),),
}
SUGGESTIONS: dict[str, tuple[Json, ...]] = {
    "post_visit.next_visit": ("2026-12-09",),
    "pre_visit.agree_to": ("a date for the tasting",),
    "pre_visit.latent_needs": (["price", {"words": "smaller packs"}],),
}
TYPED = st.sampled_from(
    ["price", "Mei", "Mei Lim", "2", "Friday", "tomorrow 3pm", "下周二下午三点", "3/4", "-5",
     "1,240", "6.4k", "40-60", "🙂",
     "  ", "x" * 5000, "<b>&", "Tan Wei 8123 4567", "price, terms", "yesterday"]
)  # fmt: skip
SHARED = st.sampled_from(
    [SharedPhoto("p1"), SharedPhoto("p2"), SharedVoice("v", 3), SharedContact("Ann", "+6581234567"),
     SharedContact("🙂", "1"), SharedLocation(1.3, 103.8, ""), SharedLocation(0.0, 0.0, ""), SharedLocation(99.0, 1.0)]
)  # fmt: skip


class FormMachine(RuleBasedStateMachine):
    """Drives one form by its own screens; every step goes through JSON, as it does between two processes."""

    form: type[Form]
    draft: Draft
    now: datetime

    @initialize(form=st.sampled_from([PostVisit, PreVisit, AddCustomer]), depth=st.sampled_from(list(Depth)))
    def open(self, form: type[Form], depth: Depth) -> None:
        self.now = datetime(2026, 11, 23, 16, 0, tzinfo=ZONE)
        self.form, self.draft = form, begin(form, depth)

    @property
    def context(self) -> Context:
        return Context(now=self.now, sources=SOURCES, suggestions=SUGGESTIONS)

    @property
    def shown(self) -> Shown:
        return show(self.form, self.draft, self.context)

    @property
    def current(self) -> str | None:
        """The outer form's question on screen, or None in the review."""
        facts: dict[str, Any] = self.shown.facts
        if facts["path"]:
            return str(facts["path"][0]["key"].split(".")[1])
        return facts.get("field")

    def records_said(self, draft: Draft) -> int:
        """How many sub-records say something."""
        fields = [field for field in self.form.spec.fields if isinstance(field.kind, Records)]
        items = [item for field in fields for item in items_of(draft, field)]
        return sum(isinstance(item, dict) and bool(item["answers"]) for item in items)

    def do(self, action: Action) -> None:
        before, current, dumped = self.draft, self.current, json.dumps(self.draft.dump())
        after = advance(self.form, before, action, self.context)
        stored = json.loads(json.dumps(after.dump()))
        assert load_draft(self.form, stored) == after
        assert json.dumps(before.dump()) == dumped
        self.draft = after
        if after.fault and not isinstance(action, Edit) and action is not Move.CONFIRM:
            assert (after.answers, after.pending) == (before.answers, before.pending)
        takes_away = action is Move.SKIP or isinstance(action, RemoveRecord)
        assert takes_away or self.records_said(after) >= self.records_said(before)
        commits = action in (Move.CONFIRM, Move.BACK) or after.is_finished
        for name, items in before.pending.items():
            assert after.pending.get(name) == items or name in (current, after.kept) or commits
        for name, answer in before.answers.items():
            changed = after.answers.get(name) != answer
            assert not changed or name in (current, after.kept) or (name in before.pending and commits)

    @precondition(lambda self: not self.draft.is_finished)
    @rule(data=st.data())
    def taps_an_option(self, data: st.DataObject) -> None:
        options: Any = self.shown.facts.get("options") or [{"token": "gone"}]
        self.do(Tap(data.draw(st.sampled_from([one["token"] for one in options]))))

    @rule(token=st.sampled_from(["gone", "~w0", "~w99", "~s00000000", "2020-01-01", "20200101T1000", "0-200", ""]))
    def taps_an_old_button(self, token: str) -> None:
        self.do(Tap(token))

    @rule(text=TYPED)
    def types(self, text: str) -> None:
        self.do(Text(text))

    @rule(reply=SHARED)
    def shares(self, reply: Any) -> None:
        self.do(reply)

    @rule(move=st.sampled_from([Move.SKIP, Move.KEEP, Move.DONE, Move.ADD, Move.OWN, Move.GO_ON]))
    def moves(self, move: Move) -> None:
        self.do(move)

    @rule(index=st.integers(0, 3), what=st.sampled_from([OpenRecord, RemoveRecord, TurnPage]))
    def moves_by_number(self, index: int, what: Any) -> None:
        self.do(what(index))

    @rule()
    def goes_back(self) -> None:
        before, facts = self.draft, self.shown.facts
        self.do(Move.BACK)
        assert self.draft.answers.keys() >= before.answers.keys()
        if self.shown.template == "forms/question" and "can_go_back" in facts and not facts["can_go_back"]:
            assert self.shown.facts["key"] == facts["key"]

    @rule()
    def sees_all_answers(self) -> None:
        before, was_open = self.draft, not self.draft.is_finished
        self.do(Move.REVIEW)
        assert not was_open or self.shown.template == "forms/review"
        assert self.draft.answers == before.answers

    @precondition(lambda self: not self.draft.is_finished)
    @rule(data=st.data())
    def edits_and_returns_to_the_answers(self, data: st.DataObject) -> None:
        self.do(Move.REVIEW)
        fields = walk(self.form.spec, self.draft, self.context).fields
        field = data.draw(st.sampled_from(fields))
        self.do(Edit(field.name))
        assert self.draft.fault is None
        assert self.shown.facts["key"] == field.key
        before = self.draft
        self.do(data.draw(st.sampled_from([Move.BACK, Move.KEEP, Move.SKIP])))
        after = self.draft
        if after.fault is None:
            assert after.is_reviewing
        else:
            assert after.answers == before.answers

    @precondition(lambda self: not self.draft.is_finished)
    @rule(data=st.data())
    def goes_to_a_question(self, data: st.DataObject) -> None:
        """Half of the time to one with sub-records: by answers alone they are rarely reached."""
        fields = walk(self.form.spec, self.draft, self.context).fields
        lists = [field for field in fields if isinstance(field.kind, Records)]
        self.do(Edit(data.draw(st.sampled_from([*fields, *lists * 4])).name))

    @precondition(lambda self: not self.draft.is_finished)
    @rule(data=st.data())
    def records_something(self, data: st.DataObject) -> None:
        """Taps through whatever is asked, as a rep who has much to tell."""
        for _ in range(data.draw(st.integers(2, 6))):
            options: Any = self.shown.facts.get("options")
            self.do(Tap(options[0]["token"]) if options else Move.DONE)

    @precondition(lambda self: not self.draft.is_finished)
    @rule()
    def confirms(self) -> None:
        self.do(Move.CONFIRM)
        after = self.draft
        if after.is_finished:
            assert first_fault(self.form.spec, self.draft, self.context) is None
            assert isinstance(filled(self.form, self.draft), self.form)
            assert summary(self.form, self.draft)
        else:
            # An open record's own review closes the record; else the first fault is shown.
            assert after.fault is not None or self.shown.template == "forms/question"

    @rule(action=st.sampled_from([Move.BACK, Move.SKIP, Tap("met"), Text("price"), Move.CONFIRM, Edit("notes")]))
    @precondition(lambda self: self.draft.is_finished)
    def does_something_after_the_end(self, action: Action) -> None:
        before = self.draft
        self.do(action)
        assert self.draft == before

    @precondition(lambda self: self.draft.is_finished)
    @rule(depth=st.sampled_from(list(Depth)))
    def opens_it_again(self, depth: Depth) -> None:
        before = self.draft
        self.draft = reopen(self.draft, depth)
        assert self.draft.answers == before.answers

    @rule(hours=st.sampled_from([1, 30, 24 * 15]))
    def waits(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def a_position_is_always_known(self) -> None:
        if self.draft.is_finished:
            return
        facts: dict[str, Any] = self.shown.facts
        if self.shown.template == "forms/question":
            assert 1 <= facts["at"] <= facts["of"]
            assert 0 <= facts["page"] < facts["pages"]
            tokens = [one["token"] for one in facts["options"]]
            assert len(set(tokens)) == len(tokens)
        else:
            assert facts["open"] <= len(self.form.spec.fields)
        json.dumps(facts)


FormMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFormMachine = FormMachine.TestCase
