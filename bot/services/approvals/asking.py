"""Asking for what exceeds a rep's authority: the request, whom it goes to and when, and what the rep adds to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.domain.authority import (
    AuthorityKind,
    RequestState,
    Standing,
    answer_by,
    authority_of,
    escalates_at,
    stands,
)
from bot.domain.errors import Refused
from bot.domain.forms.approvals import ApprovalFacts
from bot.domain.forms.kinds_words import OwnWords
from bot.domain.money import to_minor
from bot.domain.screen import Json
from bot.domain.vocabulary import PromiseSide
from bot.services.approvals.gifts import given_this_year, log_gift
from bot.services.approvals.limits import limits_of
from bot.services.approvals.whom import first_to_ask, who_decides
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.work import Work
from bot.services.work_calendar import working_days_of
from bot.store.approvals import get_request, move_state
from bot.store.customers import get_customer
from bot.store.tables import ApprovalEvent, ApprovalRequest, AuditEntry, Promise

LONGEST_WAIT = timedelta(days=7)
"""A promise that is due later than this waits for its answer no longer than any other request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a rep wants to give. ``back_by`` is when the customer was told to hear of it."""

    customer_id: int
    kind: AuthorityKind
    size: int | None
    words: str = ""
    for_whom: str = ""
    promise_id: int | None = None
    back_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Within the own authority there is no request."""

    standing: Standing
    request: ApprovalRequest | None = None


async def ask(work: Work, wish: Wish) -> Outcome:
    """Have a manager asked where the wish exceeds the rep's authority; within it, or after it was done, log a gift.

    Those who lead decide themselves. Raises Refused for a customer that is not visible.
    """
    if not work.acting.records:
        raise Refused("not_for_your_role")
    await get_customer(work.session, work.acting, wish.customer_id)
    limit = (await limits_of(work.session, work.acting.team_id))[wish.kind]
    is_gift = wish.kind is AuthorityKind.GIFT
    used = await given_this_year(work.session, work.acting, wish.customer_id, work.today) if is_gift else 0
    standing = Standing.OWN if work.acting.leads else stands(wish.kind, wish.size, limit, used=used)
    request = None if standing is Standing.OWN else await _enter(work, wish, standing)
    if is_gift and wish.size and standing is not Standing.ASKS:
        await log_gift(
            work,
            wish.customer_id,
            wish.size,
            member_id=work.acting.member_id,
            words=wish.words,
            for_whom=wish.for_whom,
            request_id=request.id if request else None,
            promise_id=wish.promise_id,
        )
    return Outcome(standing=standing, request=request)


async def ask_for_promise(
    work: Work, promise: Promise, *, kind: AuthorityKind | None = None, size: int | None = None
) -> None:
    """Have a manager asked for what one of our promises gives beyond the rep's authority.

    ``kind`` and ``size`` are given for a promise that says it in own words.
    """
    if kind is None:
        kind, size = authority_of(promise.kind) if promise.side is PromiseSide.OURS else None, promise.size
    if kind is None:
        return
    due_at = promise.due_at
    back_by = due_at if due_at is not None and work.now < due_at <= work.now + LONGEST_WAIT else None
    wish = Wish(
        customer_id=promise.customer_id,
        kind=kind,
        size=size,
        words=promise.text,
        promise_id=promise.id,
        back_by=back_by,
    )
    await ask(work, wish)


async def _enter(work: Work, wish: Wish, standing: Standing) -> ApprovalRequest:
    acting, acted_first = work.acting, standing is Standing.ACT_FIRST
    by = wish.back_by or answer_by(work.now, acting.zone, await working_days_of(work.session, acting))
    request = ApprovalRequest(
        team_id=acting.team_id,
        customer_id=wish.customer_id,
        member_id=acting.member_id,
        promise_id=wish.promise_id,
        kind=wish.kind,
        size=wish.size,
        words=wish.words,
        for_whom=wish.for_whom,
        state=RequestState.WAITING,
        acted_first=acted_first,
        asked_at=work.now,
        expires_at=None if acted_first else by,
    )
    work.session.add(request)
    await work.session.flush()
    await remember(work, request, "acted_first" if acted_first else "asked")
    await plan_telling(work, request)
    return request


async def plan_telling(work: Work, request: ApprovalRequest) -> None:
    """Have one manager told now, the others halfway to the end, and the rep when it has come without an answer.

    Where nobody else decides, the one who was asked is asked again halfway.
    What was done already has no end, and is ratified as soon as a question would be answered.
    """
    is_working = await working_days_of(work.session, work.acting)
    until = request.expires_at or answer_by(work.now, work.acting.zone, is_working)
    leaders = await who_decides(work.session, request.team_id, but=request.member_id)
    first = await first_to_ask(work, leaders)
    if first is not None:
        await _tell(work, first.id, Kind.APPROVAL, request, work.now)
        for leader in [one for one in leaders if one is not first] or [first]:
            await _tell(work, leader.id, Kind.APPROVAL, request, escalates_at(work.now, until))
    if request.expires_at is not None:
        await _tell(work, request.member_id, Kind.APPROVAL_EXPIRED, request, request.expires_at)


async def _tell(work: Work, member_id: int | None, kind: Kind, request: ApprovalRequest, at: datetime) -> None:
    assert member_id is not None
    await ledger.plan(
        work.session, team_id=request.team_id, member_id=member_id, kind=kind, subject_id=request.id, due_at=at
    )


async def add_facts(work: Work, request_id: int, form: ApprovalFacts) -> ApprovalRequest:
    """Add what the manager should know. What has been answered stays as it is."""
    request = await _own_request(work, request_id)
    if request.state is not RequestState.WAITING:
        return request
    if form.reason is not None:
        request.reason = form.reason.text if isinstance(form.reason, OwnWords) else form.reason.value
    if form.order_amount is not None:
        request.order_minor = to_minor(form.order_amount, work.acting.currency)
    if form.answer_by is not None and not request.acted_first:
        request.expires_at = form.answer_by
        for kind in (Kind.APPROVAL, Kind.APPROVAL_EXPIRED):
            await ledger.withdraw(work.session, kind=kind, subject_id=request_id)
        await plan_telling(work, request)
    await remember(work, request, "added")
    return request


async def reply(work: Work, request_id: int, words: str) -> ApprovalRequest:
    """Answer the manager's question."""
    request = await _own_request(work, request_id)
    if request.state is not RequestState.WAITING:
        return request
    await remember(work, request, "reply", words)
    question = select(col(ApprovalEvent.member_id)).where(
        col(ApprovalEvent.request_id) == request_id, col(ApprovalEvent.event) == "question"
    )
    asker = (await work.session.exec(question.order_by(col(ApprovalEvent.id).desc()).limit(1))).first()
    if asker is not None:
        await _tell(work, asker, Kind.APPROVAL_REPLY, request, work.now)
    return request


async def withdraw(work: Work, request_id: int) -> ApprovalRequest:
    """Take a request back. One that has been answered stays as it is."""
    request = await _own_request(work, request_id)
    await _withdraw(work, request)
    return request


async def withdraw_of_promise(work: Work, promise: Promise) -> None:
    """A promise that was withdrawn asks for nothing."""
    query = select(ApprovalRequest).where(
        col(ApprovalRequest.team_id) == work.acting.team_id, col(ApprovalRequest.promise_id) == promise.id
    )
    for request in (await work.session.exec(query)).all():
        await _withdraw(work, request)


async def _withdraw(work: Work, request: ApprovalRequest) -> None:
    if await move_state(work.session, request, RequestState.WAITING, state=RequestState.WITHDRAWN, decided_at=work.now):
        assert request.id is not None
        for kind in (Kind.APPROVAL, Kind.APPROVAL_EXPIRED, Kind.APPROVAL_REPLY):
            await ledger.withdraw(work.session, kind=kind, subject_id=request.id)
        await remember(work, request, "withdrawn")


async def ask_again(work: Work, request_id: int) -> ApprovalRequest:
    """A new request for what nobody answered in time."""
    old = await _own_request(work, request_id)
    if old.state is not RequestState.EXPIRED:
        return old
    wish = Wish(
        customer_id=old.customer_id,
        kind=old.kind,
        size=old.size,
        words=old.words,
        for_whom=old.for_whom,
        promise_id=old.promise_id,
    )
    again = await _enter(work, wish, Standing.ASKS)
    again.reason, again.order_minor = old.reason, old.order_minor
    await move_state(work.session, old, RequestState.EXPIRED, state=RequestState.WITHDRAWN)
    return again


async def _own_request(work: Work, request_id: int) -> ApprovalRequest:
    request = await get_request(work.session, work.acting, request_id)
    if request.member_id != work.acting.member_id:
        raise Refused("no_such_request")
    return request


async def remember(work: Work, request: ApprovalRequest, event: str, words: str = "") -> None:
    """A line of the history, and one of the audit, which holds no words."""
    assert request.id is not None
    change: dict[str, Json] = {"kind": request.kind.value, "size": request.size, "granted": request.granted}
    work.session.add_all(
        [
            ApprovalEvent(
                team_id=request.team_id,
                request_id=request.id,
                member_id=work.acting.member_id,
                at=work.now,
                event=event,
                words=words,
            ),
            AuditEntry(
                team_id=request.team_id,
                member_id=work.acting.member_id,
                at=work.now,
                action=f"approval_{event}",
                subject="approval",
                subject_id=request.id,
                change=change,
            ),
        ]
    )
    await work.session.flush()
