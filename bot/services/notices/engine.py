"""Runs the notices: makes sure that the recurring ones stand, and tells what is due."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.services.computing import Compute, ComputeHere
from bot.services.day import propose_morning
from bot.services.notices import (
    about_approvals,
    about_care,
    about_complaints,
    about_day,
    about_playbook,
    about_promises,
    about_relations,
    about_scores,
    about_team,
    ledger,
    recurring,
    telling,
    watching,
)
from bot.services.notices.ledger import Kind
from bot.services.notices.telling import Teller
from bot.services.promises.reminding import plan_lost_reminders
from bot.store.unit import Store

TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        Kind.MORNING: Teller(tell=about_day.tell_morning, prepare=propose_morning, conclude=recurring.plan_next),
        Kind.MISSING: Teller(tell=about_day.tell_missing, conclude=recurring.plan_next),
        Kind.DIGEST: Teller(
            tell=about_team.tell_prepared, prepare=about_team.prepare_digest, conclude=recurring.plan_next
        ),
        Kind.WEEKLY: Teller(
            tell=about_team.tell_prepared, prepare=about_team.prepare_weekly, conclude=recurring.plan_next
        ),
        Kind.BACKTEST: Teller(
            tell=about_team.tell_prepared, prepare=about_team.prepare_backtest, conclude=recurring.plan_next
        ),
        Kind.BRIEF: Teller(tell=about_day.tell_brief),
        Kind.REFRESH: Teller(tell=about_day.tell_refresh),
        Kind.PROMISE: Teller(
            tell=about_promises.tell_promise,
            conclude=about_promises.plan_following,
            together=about_promises.promises_in_one,
        ),
        Kind.PROMISE_LATE: Teller(tell=about_promises.tell_promise, together=about_promises.promises_in_one),
        Kind.HELP: Teller(tell=about_promises.tell_help),
        Kind.PLAYBOOK: Teller(tell=about_playbook.tell_proposals),
        Kind.FALLS: Teller(tell=about_scores.tell_falls),
        Kind.RELATION_FALLS: Teller(tell=about_relations.tell_relation_falls),
        Kind.CARE: Teller(tell=about_care.tell_care),
        Kind.CARE_NOW: Teller(tell=about_care.tell_care_now),
        Kind.STAGE_REVIEW: Teller(tell=about_relations.tell_stage_review, conclude=about_relations.review_untold),
        Kind.APPROVAL: Teller(tell=about_approvals.tell_manager),
        Kind.APPROVAL_REPLY: Teller(tell=about_approvals.tell_manager),
        Kind.APPROVAL_ANSWER: Teller(tell=about_approvals.tell_answer),
        Kind.APPROVAL_QUESTION: Teller(tell=about_approvals.tell_question),
        Kind.APPROVAL_EXPIRED: Teller(tell=about_approvals.tell_expired, conclude=about_approvals.expire_untold),
        Kind.COMPLAINT: Teller(tell=about_complaints.tell_complaint),
        Kind.COMPLAINT_DUE: Teller(tell=about_complaints.tell_complaint, conclude=about_complaints.plan_following),
        Kind.WORDING: Teller(tell=about_complaints.tell_wording),
    }
)


async def plan_all(store: Store, now: datetime) -> None:
    """Make sure that every active member's recurring notices stand, and a reminder of every open promise."""
    await recurring.follow_zone_rules(store, now)
    await recurring.plan_missing(store, now)
    await plan_lost_reminders(store, now)


async def tell_due(store: Store, now: datetime, compute: Compute | None = None) -> int:
    """Turn every due notice into messages; ``compute`` prepares what needs thought. Gives how many were settled."""
    await watching.note_visits(store, now)
    return await telling.tell_due(store, now, TELLERS, compute or ComputeHere(store))


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next instant at which a notice, a message or a visit's own time is due."""
    instants = [await ledger.next_due(session, after=after), await watching.next_due(session, after=after)]
    return min((instant for instant in instants if instant is not None), default=None)
