"""Promises in own words that give more than a rep may: found, and asked for with one tap."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.authority import Standing, said_size, stands
from bot.domain.authority_words import Given, given_in
from bot.domain.people import Acting
from bot.domain.screen import Json
from bot.domain.vocabulary import PromiseSide, PromiseState
from bot.services.approvals.asking import ask_for_promise
from bot.services.approvals.limits import limits_of
from bot.services.work import Work
from bot.store.promises import get_promise
from bot.store.tables import ApprovalRequest, Promise


async def beyond_own(
    session: AsyncSession, acting: Acting, promises: Sequence[Promise]
) -> dict[int | None, dict[str, Json]]:
    """What the acting rep's open promises in own words give beyond the own authority, by promise.

    Not of those that were asked for already.
    """
    given = {
        promise.id: words
        for promise in promises
        if promise.owner_id == acting.member_id and (words := _words(promise)) is not None
    }
    if not given or acting.leads or not acting.records:
        return {}
    asked = select(col(ApprovalRequest.promise_id)).where(
        col(ApprovalRequest.team_id) == acting.team_id, col(ApprovalRequest.promise_id).in_(given)
    )
    known = set((await session.exec(asked)).all())
    limits = await limits_of(session, acting.team_id)
    return {
        identity: {
            "kind": words.kind.value,
            "size": said_size(words.kind, words.size, acting.currency),
            "words": "",
            "currency": acting.currency,
        }
        for identity, words in given.items()
        if identity not in known and stands(words.kind, words.size, limits[words.kind]) is not Standing.OWN
    }


def _words(promise: Promise) -> Given | None:
    is_open = promise.side is PromiseSide.OURS and promise.state is PromiseState.OPEN
    return given_in(promise.text) if is_open and promise.kind is None else None


async def ask_for_words(work: Work, promise_id: int) -> Promise:
    """Have a manager asked for what a promise says in own words. Once; a promise that gives nothing asks nothing."""
    promise = await get_promise(work.session, work.acting, promise_id)
    if promise.id in await beyond_own(work.session, work.acting, [promise]):
        given = _words(promise)
        assert given is not None
        await ask_for_promise(work, promise, kind=given.kind, size=given.size)
    return promise


async def beyond_of_report(session: AsyncSession, acting: Acting, report_id: int) -> list[Json]:
    """The same of a report's promises, each with its promise."""
    query = select(Promise).where(col(Promise.team_id) == acting.team_id, col(Promise.report_id) == report_id)
    found = await beyond_own(session, acting, (await session.exec(query.order_by(col(Promise.id)))).all())
    return [{**facts, "promise": identity} for identity, facts in found.items()]
