"""Every kind of notice is answered with one tap, or only tells: no kind asks for more."""

from pathlib import Path

import pytest

import bot
from bot.handlers import all_handlers
from bot.services.notices.ledger import Kind

TEMPLATES = Path(bot.__file__).parent / "templates"

TELLS = {
    Kind.DIGEST: "what the team did",
    Kind.WEEKLY: "the team's week",
    Kind.BACKTEST: "figures",
    Kind.FALLS: "customers who fell",
    Kind.RELATION_FALLS: "relationships that fell",
    Kind.REFRESH: "an edit of the day's message",
    Kind.APPROVAL_ANSWER: "the answer",
    Kind.WORDING: "words that somebody kept",
}
"""These ask nothing."""

SETTLED_BY = {
    Kind.MORNING: ("replies/day", ["day.start"]),
    Kind.BRIEF: ("replies/brief", ["checkin"]),
    Kind.MISSING: ("notices/missing", ["mr", "mr.all"]),
    Kind.PROMISE: ("replies/promise_parts", ["pr.done", "pr.later", "pr.cant"]),
    Kind.PROMISE_LATE: ("replies/promise_parts", ["pr.done", "pr.later"]),
    Kind.HELP: ("replies/promise_parts", ["pr.done", "pr.later", "pr.cant"]),
    Kind.CARE: ("replies/care", ["care.tick"]),
    Kind.CARE_NOW: ("replies/care_one", ["care.done", "care.later"]),
    Kind.PLAYBOOK: ("replies/playbook_proposals", ["pb.yes", "pb.no"]),
    Kind.STAGE_REVIEW: ("replies/opening_advance", ["adv"]),
    Kind.APPROVAL: ("replies/approval", ["ap.yes", "ap.less", "ap.no"]),
    Kind.APPROVAL_REPLY: ("replies/approval", ["ap.yes", "ap.no"]),
    Kind.APPROVAL_QUESTION: ("replies/approval", ["ap.r", "ap.take"]),
    Kind.APPROVAL_EXPIRED: ("replies/approval", ["ap.again"]),
    Kind.COMPLAINT: ("replies/complaint", ["cp.solved", "cp.later"]),
    Kind.COMPLAINT_DUE: ("replies/complaint", ["cp.solved", "cp.later", "cp.deny"]),
}
"""Its screen, and the buttons that settle it in one tap; stories press each of them."""


def test_every_kind_is_answered_or_only_tells() -> None:
    assert set(Kind) == set(TELLS) | set(SETTLED_BY)
    assert not set(TELLS) & set(SETTLED_BY)


@pytest.mark.parametrize("kind", SETTLED_BY)
def test_its_screen_has_the_buttons_and_the_bot_takes_them(kind: Kind) -> None:
    name, verbs = SETTLED_BY[kind]
    template = (TEMPLATES / f"{name}.html.j2").read_text(encoding="utf-8")
    patterns = [pattern for handler in all_handlers() if (pattern := getattr(handler, "pattern", None))]
    for verb in verbs:
        assert f'"{verb}"' in template
        assert any(pattern.match(f"{verb}:1") for pattern in patterns)
