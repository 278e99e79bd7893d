"""What people hear of approvals: a manager that something waits, the rep that it was answered, or that nobody did."""

from sqlmodel import col, select

from bot.domain.authority import RequestState
from bot.services.approvals.deciding import expire
from bot.services.approvals.showing import request_screen
from bot.services.notices.telling import Telling
from bot.services.work import Work
from bot.store.tables import ApprovalRequest, Notice


async def tell_manager(telling: Telling) -> bool:
    """A request, or a reply to a question about it, as long as an answer helps."""
    request = await _request(telling.work, telling.notice)
    if request is None or not telling.work.acting.leads or await expire(telling.work, request):
        return False
    return await _push(telling, request, RequestState.WAITING)


async def tell_question(telling: Telling) -> bool:
    """A manager asks back."""
    request = await _request(telling.work, telling.notice)
    return request is not None and await _push(telling, request, RequestState.WAITING)


async def tell_answer(telling: Telling) -> bool:
    """The answer, with words for the customer."""
    request = await _request(telling.work, telling.notice)
    answered = (RequestState.APPROVED, RequestState.PARTLY, RequestState.REFUSED)
    return request is not None and await _push(telling, request, *answered)


async def tell_expired(telling: Telling) -> bool:
    """Nobody answered in time."""
    request = await _request(telling.work, telling.notice)
    if request is None:
        return False
    await expire(telling.work, request)
    return await _push(telling, request, RequestState.EXPIRED)


async def expire_untold(work: Work, notice: Notice) -> None:
    """A request expires also when its rep could not be told."""
    request = await _request(work, notice)
    if request is not None:
        await expire(work, request)


async def _push(telling: Telling, request: ApprovalRequest, *states: RequestState) -> bool:
    if request.state not in states:
        return False
    work = telling.work
    await telling.push(await request_screen(work.session, work.acting, request, work.now))
    return True


async def _request(work: Work, notice: Notice) -> ApprovalRequest | None:
    query = select(ApprovalRequest).where(
        col(ApprovalRequest.team_id) == work.acting.team_id, col(ApprovalRequest.id) == notice.subject_id
    )
    return (await work.session.exec(query)).one_or_none()
