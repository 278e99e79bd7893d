"""Answering a request: the first answer counts, the rep hears it at once, every other screen shows it."""

from sqlmodel import col, select

from bot.domain.authority import GRANTED, AuthorityKind, RequestState, authority_of, less_to_grant
from bot.domain.errors import Refused
from bot.domain.vocabulary import PromiseState
from bot.services.approvals.asking import remember
from bot.services.approvals.gifts import log_gift
from bot.services.approvals.limits import limits_of
from bot.services.approvals.showing import request_screen
from bot.services.notices import ledger
from bot.services.notices.ledger import Kind
from bot.services.people import acting_as
from bot.services.work import Work
from bot.store import outbox
from bot.store.approvals import get_request, move_state
from bot.store.tables import ApprovalRequest, LivingMessage, Member, Promise, PromiseEvent, Team


async def approve(work: Work, request_id: int) -> ApprovalRequest:
    """Grant all that was asked for."""
    request = await _to_decide(work, request_id)
    return await _decide(work, request, RequestState.APPROVED, granted=request.size)


async def approve_up_to(work: Work, request_id: int, granted: int | None) -> ApprovalRequest:
    """Grant less, or the offered part of it. What is not under the size is a plain approval."""
    request = await _to_decide(work, request_id)
    if granted is None:
        limit = (await limits_of(work.session, work.acting.team_id))[request.kind]
        granted = less_to_grant(request.kind, request.size, limit)
    if granted is None or granted <= 0 or request.size is None:
        raise Refused("button_unknown")
    if granted >= request.size:
        return await _decide(work, request, RequestState.APPROVED, granted=request.size)
    return await _decide(work, request, RequestState.PARTLY, granted=granted)


async def refuse(work: Work, request_id: int) -> ApprovalRequest:
    return await _decide(work, await _to_decide(work, request_id), RequestState.REFUSED, granted=None)


async def question(work: Work, request_id: int, words: str) -> ApprovalRequest:
    """Ask the rep back; the request goes on waiting."""
    request = await _to_decide(work, request_id)
    if request.state is RequestState.WAITING:
        await remember(work, request, "question", words)
        await _tell_rep(work, request, Kind.APPROVAL_QUESTION)
    return request


async def expire(work: Work, request: ApprovalRequest) -> bool:
    """Close a request whose time has passed without an answer. False: it was answered, or its time is still ahead."""
    if request.expires_at is None or request.expires_at > work.now:
        return False
    return await move_state(work.session, request, RequestState.WAITING, state=RequestState.EXPIRED)


async def _to_decide(work: Work, request_id: int) -> ApprovalRequest:
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    request = await get_request(work.session, work.acting, request_id)
    if request.member_id == work.acting.member_id:
        raise Refused("own_request")
    await expire(work, request)
    return request


async def _decide(work: Work, request: ApprovalRequest, state: RequestState, *, granted: int | None) -> ApprovalRequest:
    """The first answer counts. An expired request can still be granted, since the rep may yet use it, not refused."""
    before = RequestState.WAITING
    if request.state is RequestState.EXPIRED and state in GRANTED:
        before = RequestState.EXPIRED
    values = {"state": state, "granted": granted, "decided_by": work.acting.member_id, "decided_at": work.now}
    if not await move_state(work.session, request, before, **values):
        return request
    assert request.id is not None
    await remember(work, request, state.value)
    for kind in (Kind.APPROVAL, Kind.APPROVAL_EXPIRED, Kind.APPROVAL_REPLY, Kind.APPROVAL_QUESTION):
        await ledger.withdraw(work.session, kind=kind, subject_id=request.id)
    if state in GRANTED:
        await _give(work, request)
    await _tell_rep(work, request, Kind.APPROVAL_ANSWER)
    await show_others(work, request)
    return request


async def _give(work: Work, request: ApprovalRequest) -> None:
    """What was granted is what was promised; a gift is logged."""
    if request.kind is AuthorityKind.GIFT and request.granted and not request.acted_first:
        await log_gift(
            work,
            request.customer_id,
            request.granted,
            member_id=request.member_id,
            words=request.words,
            for_whom=request.for_whom,
            request_id=request.id,
            promise_id=request.promise_id,
        )
    if request.promise_id is None:
        return
    query = select(Promise).where(col(Promise.team_id) == request.team_id, col(Promise.id) == request.promise_id)
    promise = (await work.session.exec(query)).one_or_none()
    if promise is None or promise.id is None or promise.state is not PromiseState.OPEN:
        return
    if authority_of(promise.kind) is not None:  # what was said in own words stays as it was said
        promise.size = request.granted
    work.session.add(
        PromiseEvent(
            team_id=request.team_id,
            promise_id=promise.id,
            member_id=work.acting.member_id,
            at=work.now,
            event=request.state.value,
            due_at=promise.due_at,
        )
    )
    await work.session.flush()


async def _tell_rep(work: Work, request: ApprovalRequest, kind: Kind) -> None:
    await ledger.plan(
        work.session,
        team_id=request.team_id,
        member_id=request.member_id,
        kind=kind,
        subject_id=request.id,
        due_at=work.now,
    )


async def show_others(work: Work, request: ApprovalRequest) -> None:
    """Edit, silently, the message of everybody else who has this request on screen."""
    query = (
        select(Member, Team)
        .join(LivingMessage, col(LivingMessage.chat_id) == col(Member.chat_id))
        .where(
            col(Member.team_id) == request.team_id,
            col(Team.id) == col(Member.team_id),
            col(Member.left_at).is_(None),
            col(Member.id) != work.acting.member_id,
            col(LivingMessage.name) == f"approval:{request.id}",
        )
    )
    for member, team in (await work.session.exec(query)).all():
        reader = acting_as(member, team)
        assert reader.chat_id is not None
        if not reader.leads and reader.member_id != request.member_id:
            continue
        screen = await request_screen(work.session, reader, request, work.now)
        await outbox.show(work.session, reader.chat_id, screen, due_at=work.now, member_id=reader.member_id)
