"""Tells what is due: prepared outside any transaction, decided and told in one, by whichever process is first."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.domain.people import Acting
from bot.domain.screen import Place, Screen
from bot.services.notices import ledger, manners
from bot.services.notices.ledger import Due, Fate, Why
from bot.services.people import acting_by_member
from bot.services.work import Work
from bot.store import outbox
from bot.store.tables import Member, Notice
from bot.store.unit import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A notice being told. ``prepared`` is what the teller made beforehand, without a transaction."""

    work: Work
    notice: Notice
    member: Member
    rings: bool
    prepared: Any

    async def push(self, screen: Screen) -> None:
        """Have the screen sent, once. What rings comes below everything; what is silent edits its living message."""
        assert self.member.chat_id is not None
        place = Place.BELOW if self.rings else screen.place
        await outbox.show(
            self.work.session,
            self.member.chat_id,
            replace(screen, rings=self.rings, place=place),
            due_at=self.work.now,
            member_id=self.work.acting.member_id,
            key=f"push:{self.notice.key}",
            not_after=manners.worthless_after(self.notice, self.work.acting, self.member),
        )


Tell = Callable[[Telling], Awaitable[bool]]
Prepare = Callable[[Store, Acting, Notice, datetime], Awaitable[Any]]
Conclude = Callable[[Work, Notice], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """One kind of notice. ``tell`` gives False where there is nothing to say any more.

    ``prepare`` does heavy reading and thinking before, outside a transaction; ``conclude`` runs in the transaction
    that settles the notice, told or dropped: it plans the next one.
    """

    tell: Tell
    prepare: Prepare | None = None
    conclude: Conclude | None = None


async def tell_due(store: Store, now: datetime, tellers: Mapping[str, Teller]) -> int:
    """Tell everything that is due, each notice in a transaction of its own. Gives how many were settled."""
    settled = 0
    while True:
        async with store.read() as session:
            batch = await ledger.due_now(session, now)
        if not batch:
            return settled
        for due in sorted(batch, key=lambda due: _is_slow(tellers, due)):
            settled += await _tell_one(store, due, now, tellers)


def _is_slow(tellers: Mapping[str, Teller], due: Due) -> bool:
    """Whether others should go first: a hundred routes take a minute to plan, and a brief cannot wait that long."""
    teller = tellers.get(due.kind)
    return teller is not None and teller.prepare is not None


async def _tell_one(store: Store, due: Due, now: datetime, tellers: Mapping[str, Teller]) -> bool:
    try:
        teller = tellers[due.kind]
        prepared = await _prepare(store, due, now, teller) if teller.prepare else None
        async with store.begin() as session:
            # The member's row is the lock under which rings are counted and notices are merged.
            member = await _lock_member(session, due.member_id)
            notice = await ledger.claim(session, due.notice_id, now)
            if notice is None:
                return False
            acting = await acting_by_member(session, due.member_id)
            work = Work(session=session, acting=acting, now=now)
            await _settle(work, notice, member, teller, prepared)
    except Unavailable:
        raise
    except Exception as error:  # a bug in one notice must not silence everybody else's
        log.exception("notice %s failed", due.notice_id)
        async with store.begin() as session:
            if await ledger.claim(session, due.notice_id, now) is not None:
                await ledger.conclude(session, due.notice_id, Fate.FAILED, repr(error))
    return True


async def _settle(work: Work, notice: Notice, member: Member, teller: Teller, prepared: Any) -> None:
    assert notice.id is not None
    verdict = await manners.judge(work.session, notice, member, work.acting, work.now)
    if verdict.moves_to is not None:
        await ledger.move(work.session, notice.id, verdict.moves_to, verdict.why)
        return
    fate, why, rang = Fate.DROPPED, verdict.why, False
    if verdict.tells:
        telling = Telling(work=work, notice=notice, member=member, rings=verdict.rings, prepared=prepared)
        if await teller.tell(telling):
            fate, rang = Fate.TOLD, verdict.rings
        else:
            why = Why.NOTHING_TO_SAY
    await ledger.conclude(work.session, notice.id, fate, why.value, rang=rang)
    if teller.conclude is not None:
        await teller.conclude(work, notice)


async def _prepare(store: Store, due: Due, now: datetime, teller: Teller) -> Any:
    """What the teller makes beforehand, where the notice would be told as things stand."""
    assert teller.prepare is not None
    async with store.read() as session:
        notice = (await session.exec(select(Notice).where(col(Notice.id) == due.notice_id))).one_or_none()
        if notice is None or notice.settled_at is not None:
            return None
        member = (await session.exec(select(Member).where(col(Member.id) == due.member_id))).one()
        acting = await acting_by_member(session, due.member_id)
        verdict = await manners.judge(session, notice, member, acting, now)
    return await teller.prepare(store, acting, notice, now) if verdict.tells else None


async def _lock_member(session: AsyncSession, member_id: int) -> Member:
    query = select(Member).where(col(Member.id) == member_id).with_for_update(key_share=True)
    return (await session.exec(query)).one()
