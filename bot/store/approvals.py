"""Queries of approval requests: every one is scoped by the person who asks."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.authority import RequestState
from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.store.tables import ApprovalRequest


def visible_requests(acting: Acting) -> SelectOfScalar[ApprovalRequest]:
    """A rep's own requests, the team's for those who lead; for service none."""
    query = select(ApprovalRequest).where(col(ApprovalRequest.team_id) == acting.team_id)
    return query if acting.leads else query.where(col(ApprovalRequest.member_id) == acting.member_id)


def still_waiting(now: datetime) -> tuple[object, ...]:
    """The conditions of what an answer still helps."""
    in_time = or_(col(ApprovalRequest.expires_at).is_(None), col(ApprovalRequest.expires_at) > now)
    return col(ApprovalRequest.state) == RequestState.WAITING, in_time


async def get_request(session: AsyncSession, acting: Acting, request_id: int) -> ApprovalRequest:
    """A request by id. Raises Refused("no_such_request") also for one that the person may not see."""
    query = visible_requests(acting).where(col(ApprovalRequest.id) == request_id)
    request = (await session.exec(query)).one_or_none()
    if request is None:
        raise Refused("no_such_request")
    return request


async def move_state(session: AsyncSession, request: ApprovalRequest, before: RequestState, **values: object) -> bool:
    """Change a request that is still in a state. False: somebody was first, and nothing was changed."""
    statement = (
        update(ApprovalRequest)
        .where(col(ApprovalRequest.id) == request.id, col(ApprovalRequest.state) == before)
        .values(**values)
    )
    changed = bool((await session.exec(statement)).rowcount)
    await session.refresh(request)
    return changed
