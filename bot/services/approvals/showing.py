"""A request as its reader sees it: all that a manager needs on one screen, or what the rep can say meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.authority import (
    PERCENT_UNIT,
    AskReason,
    AuthorityKind,
    RequestState,
    less_to_grant,
    said_size,
)
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import DealStage
from bot.services.approvals.gifts import given_this_year
from bot.services.approvals.limits import has_limits, limits_of
from bot.services.notices.ledger import Fate, Kind
from bot.store.approvals import still_waiting, visible_requests
from bot.store.tables import (
    ApprovalEvent,
    ApprovalRequest,
    Customer,
    CustomerJudgement,
    Member,
    Notice,
    Opportunity,
    Order,
    Promise,
    ShareEstimate,
)

PAGE = 8
THREAD_SHOWN = 4
CLOSED_DEALS = (DealStage.LOST, DealStage.ABANDONED, DealStage.AFTER_SALES)
LIST = "approvals"


async def request_screen(
    session: AsyncSession,
    acting: Acting,
    request: ApprovalRequest,
    now: datetime,
    *,
    template: str = "replies/approval",
    menu: str | None = None,
) -> Screen:
    """A request with its buttons. ``menu`` shows the questions to ask in their place."""
    facts = _line(acting, request, now, await _known(session, [request]))
    limit = (await limits_of(session, request.team_id))[request.kind]
    less = less_to_grant(request.kind, request.size, limit)
    facts |= {
        "limit": said_size(request.kind, limit.own, acting.currency) if limit.own else None,
        "less": said_size(request.kind, less, acting.currency) if less else None,
        "thread": await _thread(session, request),
        **await _whom_asked(session, request),
        "others": await count_waiting(session, acting, now) - 1 if _waits_for(facts) else 0,
        "unset": bool(facts["decides"]) and not await has_limits(session, request.team_id),
        "menu": menu,
        **await _money(session, acting, request),
        **await _standing(session, request),
        **await _gifts(session, acting, request, now),
    }
    return Screen(template=template, facts=facts, living=f"approval:{request.id}")


async def list_screen(
    session: AsyncSession, acting: Acting, now: datetime, *, page: int = 0, below: bool = False
) -> Screen:
    """What waits for an answer, soonest end first; below it a rep sees what was answered of late."""
    waiting = visible_requests(acting).where(*still_waiting(now))  # type: ignore[arg-type] # conditions of one table
    count = int((await session.exec(select(func.count()).select_from(waiting.subquery()))).one())
    pages = max(1, -(-count // PAGE))
    page = min(max(page, 0), pages - 1)
    ordered = waiting.order_by(
        col(ApprovalRequest.expires_at).is_(None), col(ApprovalRequest.expires_at), col(ApprovalRequest.id)
    )
    requests = list((await session.exec(ordered.offset(page * PAGE).limit(PAGE))).all())
    answered = visible_requests(acting).where(
        or_(col(ApprovalRequest.state) != RequestState.WAITING, col(ApprovalRequest.expires_at) <= now)
    )
    latest = answered.order_by(col(ApprovalRequest.asked_at).desc(), col(ApprovalRequest.id).desc()).limit(3)
    done = list((await session.exec(latest)).all()) if page == 0 else []
    known = await _known(session, [*requests, *done])
    facts: dict[str, Json] = {
        "items": [_line(acting, one, now, known) for one in requests],
        "answered": [_line(acting, one, now, known) for one in done],
        "count": count,
        "page": page,
        "pages": pages,
        "first": page * PAGE + 1,
        "leads": acting.leads,
        "currency": acting.currency,
    }
    place = Place.BELOW if below else Place.EDIT
    return Screen(template="replies/approvals", facts=facts, living=LIST, place=place)


async def count_waiting(session: AsyncSession, acting: Acting, now: datetime) -> int:
    """How many requests wait for somebody who leads."""
    waiting = visible_requests(acting).where(*still_waiting(now))  # type: ignore[arg-type] # conditions of one table
    return int((await session.exec(select(func.count()).select_from(waiting.subquery()))).one())


async def unratified(session: AsyncSession, acting: Acting, now: datetime, *, at_most: int) -> list[Json]:
    """What reps did first and nobody has ratified, longest ago first."""
    query = visible_requests(acting).where(
        col(ApprovalRequest.state) == RequestState.WAITING, col(ApprovalRequest.acted_first)
    )
    found = (await session.exec(query.order_by(col(ApprovalRequest.id)).limit(at_most))).all()
    known = await _known(session, found)
    return [_line(acting, one, now, known) for one in found]


@dataclass(frozen=True, slots=True)
class _Known:
    """The people and customers that some requests name, by id."""

    people: Mapping[int | None, Member]
    customers: Mapping[int | None, Customer]


async def _known(session: AsyncSession, requests: Sequence[ApprovalRequest]) -> _Known:
    named = {one.member_id for one in requests} | {one.decided_by for one in requests if one.decided_by}
    people = (await session.exec(select(Member).where(col(Member.id).in_(named)))).all()
    about = {one.customer_id for one in requests}
    customers = (await session.exec(select(Customer).where(col(Customer.id).in_(about)))).all()
    return _Known({one.id: one for one in people}, {one.id: one for one in customers})


def _line(acting: Acting, request: ApprovalRequest, now: datetime, known: _Known) -> dict[str, Json]:
    asker, customer = known.people[request.member_id], known.customers[request.customer_id]
    state = request.state
    if state is RequestState.WAITING and request.expires_at is not None and request.expires_at <= now:
        state = RequestState.EXPIRED
    known_reasons = {reason.value for reason in AskReason}
    return {
        "id": request.id,
        "kind": request.kind.value,
        "size": said_size(request.kind, request.size, acting.currency),
        "granted": said_size(request.kind, request.granted, acting.currency),
        "words": request.words,
        "for_whom": request.for_whom,
        "currency": acting.currency,
        "customer": customer.name,
        "customer_id": customer.id,
        "grade": customer.grade.value if customer.grade else None,
        "who": asker.name,
        "has_left": asker.left_at is not None,
        "reason": request.reason if request.reason in known_reasons else None,
        "reason_words": "" if request.reason in known_reasons else request.reason,
        "state": state.value,
        "acted_first": request.acted_first,
        "expires_at": request.expires_at.isoformat() if request.expires_at else None,
        "decided_by": known.people[request.decided_by].name if request.decided_by else None,
        "decided_at": request.decided_at.isoformat() if request.decided_at else None,
        "decides": acting.leads and request.member_id != acting.member_id,
        "own": request.member_id == acting.member_id,
        "promise_id": request.promise_id,
    }


def _waits_for(facts: Mapping[str, Json]) -> bool:
    """Whether the reader is to answer."""
    return bool(facts["decides"]) and facts["state"] == RequestState.WAITING


async def _whom_asked(session: AsyncSession, request: ApprovalRequest) -> dict[str, Json]:
    """Who was asked first, or None where nobody could be; and when again, where nobody else decides."""
    query = (
        select(Member.name, col(Notice.due_at))
        .join(Notice, col(Notice.member_id) == col(Member.id))
        .where(
            col(Notice.subject_id) == request.id,
            col(Notice.kind) == Kind.APPROVAL,
            func.coalesce(Notice.fate, "") != Fate.WITHDRAWN,
        )
    )
    rows = (await session.exec(query.order_by(col(Notice.due_at)))).all()
    is_alone = len(rows) > 1 and len({name for name, _ in rows}) == 1
    return {
        "asked": rows[0][0] if rows else None,
        "asked_again": rows[-1][1].isoformat() if is_alone else None,
    }


async def _thread(session: AsyncSession, request: ApprovalRequest) -> list[Json]:
    query = (
        select(ApprovalEvent)
        .where(col(ApprovalEvent.request_id) == request.id, col(ApprovalEvent.event).in_(["question", "reply"]))
        .order_by(col(ApprovalEvent.id).desc())
        .limit(THREAD_SHOWN)
    )
    events = list((await session.exec(query)).all())
    return [{"event": one.event, "words": one.words} for one in reversed(events)]


async def _money(session: AsyncSession, acting: Acting, request: ApprovalRequest) -> dict[str, Json]:
    """The order that it is about, and what stays of the margin where one is known."""
    minor, source, rival = request.order_minor, "said", ""
    deals = select(Opportunity).where(
        col(Opportunity.customer_id) == request.customer_id, col(Opportunity.stage).not_in(CLOSED_DEALS)
    )
    deal = (await session.exec(deals.order_by(col(Opportunity.amount_minor).desc().nulls_last()).limit(1))).first()
    if deal is not None:
        rival = deal.competitor
        if minor is None:
            minor, source = deal.amount_minor, "deal"
    if minor is None:
        orders = select(Order).where(
            col(Order.customer_id) == request.customer_id,
            col(Order.currency) == acting.currency,
            col(Order.amount_minor) > 0,
        )
        last = (await session.exec(orders.order_by(col(Order.ordered_on).desc()).limit(1))).first()
        minor, source = (last.amount_minor if last else None), "last"
    judged = select(col(CustomerJudgement.margin_percent)).where(
        col(CustomerJudgement.customer_id) == request.customer_id
    )
    margin = (await session.exec(judged)).first()
    after = margin
    if margin is not None and request.kind is AuthorityKind.DISCOUNT and request.size:
        kept = 1 - request.size / PERCENT_UNIT / 100
        after = round(100 * (kept - (1 - margin / 100)) / kept) if kept > 0 else None
    return {
        "order": None if minor is None else str(from_minor(minor, acting.currency)),
        "order_from": source,
        "margin": margin,
        "margin_after": after,
        "rival": rival,
    }


async def _standing(session: AsyncSession, request: ApprovalRequest) -> dict[str, Json]:
    """Our share with the one before, and who else supplies."""
    query = (
        select(ShareEstimate)
        .where(col(ShareEstimate.customer_id) == request.customer_id)
        .order_by(col(ShareEstimate.at).desc(), col(ShareEstimate.id).desc())
        .limit(10)
    )
    known = (await session.exec(query)).all()
    shares = [
        (one.low_percent + one.high_percent) // 2
        for one in known
        if one.low_percent is not None and one.high_percent is not None
    ]
    named = next((one.suppliers.split("\n")[0] for one in known if one.suppliers), "")
    return {
        "share": shares[0] if shares else None,
        "share_before": shares[1] if len(shares) > 1 else None,
        "supplier": named,
    }


async def _gifts(session: AsyncSession, acting: Acting, request: ApprovalRequest, now: datetime) -> dict[str, Json]:
    if request.kind is not AuthorityKind.GIFT:
        return {"gifts_used": None}
    used = await given_this_year(session, acting, request.customer_id, acting.local(now).date())
    return {"gifts_used": str(from_minor(used, acting.currency))}


async def own_screen(
    session: AsyncSession, acting: Acting, customer_id: int, kind: AuthorityKind, size: int | None
) -> Screen:
    """Nobody needs to be asked: it is within the own authority."""
    limit = (await limits_of(session, acting.team_id))[kind]
    facts: dict[str, Json] = {
        "id": customer_id,
        "kind": kind.value,
        "size": said_size(kind, size, acting.currency),
        "limit": said_size(kind, limit.own, acting.currency) if limit.own else None,
        "words": "",
        "currency": acting.currency,
        "leads": acting.leads,
    }
    return Screen(template="replies/approval_own", facts=facts)


async def requests_of_report(session: AsyncSession, acting: Acting, report_id: int) -> list[Json]:
    """What a report's promises ask a manager for."""
    query = (
        select(ApprovalRequest)
        .join(Promise, col(Promise.id) == col(ApprovalRequest.promise_id))
        .where(
            col(ApprovalRequest.team_id) == acting.team_id,
            col(Promise.report_id) == report_id,
            col(ApprovalRequest.state) == RequestState.WAITING,
        )
    )
    return [
        {
            "id": one.id,
            "kind": one.kind.value,
            "size": said_size(one.kind, one.size, acting.currency),
            "words": one.words,
            "currency": acting.currency,
            "acted_first": one.acted_first,
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
        }
        for one in (await session.exec(query)).all()
    ]


async def requests_of_promises(
    session: AsyncSession, acting: Acting, promise_ids: set[int | None]
) -> dict[int | None, dict[str, Json]]:
    """The newest request of each promise, in a few words."""
    query = (
        select(ApprovalRequest)
        .where(col(ApprovalRequest.team_id) == acting.team_id, col(ApprovalRequest.promise_id).in_(promise_ids))
        .order_by(col(ApprovalRequest.id))
    )
    return {
        one.promise_id: {
            "id": one.id,
            "state": one.state.value,
            "granted": said_size(one.kind, one.granted, acting.currency),
        }
        for one in (await session.exec(query)).all()
    }
