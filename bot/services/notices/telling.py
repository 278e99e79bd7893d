"""Tells what is due: prepared outside any transaction, decided and told in one, by whichever process is first."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Unavailable
from bot.domain.notices import TOGETHER, Decision, Pending, Recipient, Rung, Why, decide, first_message, worthless_after
from bot.domain.people import Acting
from bot.domain.screen import Place, Screen
from bot.domain.wall_time import instant_of
from bot.services.computing import Compute
from bot.services.notices import ledger
from bot.services.notices.gathering import gathered_screen
from bot.services.notices.ledger import Fate
from bot.services.notices.manners import FREE_KINDS, MANNERS, recipient_of
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
    prepared: Any = None
    screens: list[Screen] = field(default_factory=list)

    async def push(self, screen: Screen) -> None:
        """Have the screen sent: in a message of its own, or as a part of one with what is due together."""
        self.screens.append(screen)


Tell = Callable[[Telling], Awaitable[bool]]
Prepare = Callable[[Store, Acting, date, datetime], Awaitable[Any]]
Conclude = Callable[[Work, Notice], Awaitable[None]]
Together = Callable[[Work, int], Awaitable[Screen]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """One kind of notice. ``tell`` gives False where there is nothing to say any more.

    ``prepare`` does heavy reading and thinking before, outside a transaction; ``conclude`` runs in the transaction
    that settles the notice, told or dropped: it plans the next one. ``together`` makes the one screen of several
    notices of this kind, where those have one, from the id of their lead.
    """

    tell: Tell
    prepare: Prepare | None = None
    conclude: Conclude | None = None
    together: Together | None = None


Tellers = Mapping[str, Teller]


class _BrokenTellerError(Exception):
    """A bug in one notice: everything of the transaction is taken back, and that notice set aside."""

    def __init__(self, notice_id: int) -> None:
        super().__init__(notice_id)
        self.notice_id = notice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything of one member that is due about now, as the decision takes it."""

    work: Work
    to: Recipient
    rows: Mapping[int, Notice]
    rung: Rung


def as_pending(row: Notice, rep_hears_at: datetime | None = None) -> Pending:
    """A row as the decision takes it."""
    assert row.id is not None
    manner = MANNERS[row.kind]
    return Pending(id=row.id, kind=row.kind, manner=manner, due_at=row.due_at, on=row.on, rep_hears_at=rep_hears_at)


async def tell_due(store: Store, now: datetime, tellers: Tellers, compute: Compute) -> int:
    """Tell everything that is due, each member's in a transaction. Gives how many notices were settled or moved.

    What is urgent goes first, and who needs something prepared last: a hundred routes take a minute to plan.
    """
    settled = 0
    while True:
        async with store.read() as session:
            batch = await ledger.due_now(session, now)
        if not batch:
            return settled
        urgent = {member_id for member_id, kind in batch if kind in FREE_KINDS}
        slow = {member_id for member_id, kind in batch if (teller := tellers.get(kind)) and teller.prepare}
        members = sorted(dict.fromkeys(member_id for member_id, _ in batch), key=lambda one: one in slow)
        for member_id in urgent:
            settled += await _tell_member(store, member_id, now, tellers, compute, kinds=FREE_KINDS)
        for member_id in members:
            settled += await _tell_member(store, member_id, now, tellers, compute)


async def _tell_member(
    store: Store,
    member_id: int,
    now: datetime,
    tellers: Tellers,
    compute: Compute,
    kinds: Sequence[str] | None = None,
) -> int:
    try:
        prepared = await _prepare(store, member_id, now, tellers, compute) if kinds is None else {}
        async with store.begin() as session:
            return await _tell_in(session, member_id, now, tellers, prepared, kinds)
    except Unavailable:
        raise
    except _BrokenTellerError as broken:  # a bug in one notice must not silence everybody else's
        log.exception("notice %s failed", broken.notice_id, exc_info=broken.__cause__)
        async with store.begin() as session:
            await ledger.fail(session, broken.notice_id, repr(broken.__cause__), now)
        return 1


async def _tell_in(
    session: AsyncSession,
    member_id: int,
    now: datetime,
    tellers: Tellers,
    prepared: Mapping[int, Any],
    kinds: Sequence[str] | None,
) -> int:
    """Message after message, each decided from what the ones before it left."""
    # The member's row is the lock under which rings are counted and notices are merged.
    member = (
        await session.exec(select(Member).where(col(Member.id) == member_id).with_for_update(key_share=True))
    ).one()
    settled, skipped = 0, set[int]()
    while True:
        loaded = await _load(session, member, now, kinds)
        decisions = [one for one in await decisions_of(loaded) if one.id not in skipped]
        if not decisions:
            return settled
        message = first_message(decisions)
        waiting = {one.id for one in message if one.tells and tellers[one.kind].prepare and one.id not in prepared}
        skipped |= waiting
        settled += await _carry_out(loaded, [one for one in message if one.id not in waiting], tellers, prepared)


async def _load(session: AsyncSession, member: Member, now: datetime, kinds: Sequence[str] | None = None) -> Loaded:
    assert member.id is not None
    acting = await acting_by_member(session, member.id)
    rows = await ledger.pending_of(session, member.id, now + TOGETHER)
    for row in rows:
        if row.kind not in MANNERS and row.due_at <= now:
            assert row.id is not None
            raise _BrokenTellerError(row.id) from KeyError(f"no manner of {row.kind!r}")
    midnight = instant_of(acting.local(now).date(), time(0, 0), acting.zone)
    return Loaded(
        work=Work(session=session, acting=acting, now=now),
        to=await recipient_of(session, member, acting),
        rows={row.id: row for row in rows if row.id and row.kind in MANNERS and (kinds is None or row.kind in kinds)},
        rung=await ledger.rung_since(session, member.id, midnight, FREE_KINDS),
    )


async def decisions_of(loaded: Loaded) -> list[Decision]:
    """What the one decision says about what is due."""
    waits = await rep_hears_at(loaded.work.session, list(loaded.rows.values()))
    pending = [as_pending(row, waits.get(row.id or 0)) for row in loaded.rows.values()]
    return decide(pending, loaded.to, now=loaded.work.now, rung=loaded.rung)


async def rep_hears_at(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, datetime]:
    """When reps will hear of what these notices tell a manager, where they have not heard of it at all."""
    found: dict[int, datetime] = {}
    for row in notices:
        follows = MANNERS[row.kind].follows
        if follows is None or row.subject_id is None:
            continue
        query = select(Notice.fate, col(Notice.settled_at), col(Notice.due_at)).where(
            col(Notice.team_id) == row.team_id,
            col(Notice.subject_id) == row.subject_id,
            col(Notice.kind) == follows,
        )
        rows = (await session.exec(query)).all()
        waiting = [due_at for _, settled_at, due_at in rows if settled_at is None]
        if waiting and not any(fate in (Fate.TOLD, Fate.MERGED) for fate, _, _ in rows):
            assert row.id is not None
            found[row.id] = min(waiting)
    return found


async def _carry_out(loaded: Loaded, message: Sequence[Decision], tellers: Tellers, prepared: Mapping[int, Any]) -> int:
    """Do what was decided about one message: its notices are told in one screen, moved or dropped."""
    work, session = loaded.work, loaded.work.session
    told: list[tuple[Decision, Notice, Telling]] = []
    settled = 0
    for decision in message:
        notice = loaded.rows[decision.id]
        if decision.moves_to is not None:
            await ledger.move(session, notice, decision.moves_to, decision.why)
            settled += 1
            continue
        if not await ledger.claim(session, notice, work.now):
            continue
        settled += 1
        if not decision.tells:
            await ledger.conclude(session, notice, Fate.DROPPED, decision.why.value)
            continue
        telling = Telling(work=work, notice=notice, prepared=prepared.get(decision.id))
        if await _tell(tellers[notice.kind], telling):
            told.append((decision, notice, telling))
        else:
            await ledger.conclude(session, notice, Fate.DROPPED, Why.NOTHING_TO_SAY.value)
    if told:
        await _send(loaded, message, told, tellers)
    for decision in message:
        conclude = tellers[decision.kind].conclude
        if conclude is not None and decision.moves_to is None:
            await conclude(work, loaded.rows[decision.id])
    return settled


async def _tell(teller: Teller, telling: Telling) -> bool:
    try:
        return await teller.tell(telling)
    except Unavailable:
        raise
    except Exception as error:
        assert telling.notice.id is not None
        raise _BrokenTellerError(telling.notice.id) from error


async def _send(
    loaded: Loaded, message: Sequence[Decision], told: Sequence[tuple[Decision, Notice, Telling]], tellers: Tellers
) -> None:
    """Send what was told as one message, led by the first that had something to say."""
    work, lead, decided = loaded.work, told[0][1], message[0]
    screens = [screen for _, _, telling in told for screen in telling.screens]
    rings = decided.rings and bool(screens)
    lead.facts = {
        **lead.facts,
        "rung": loaded.rung.count + rings,
        "rings_a_day": loaded.to.rings_a_day,
        "merged": [notice.kind for _, notice, _ in told[1:]],
    }
    await ledger.conclude(work.session, lead, Fate.TOLD, decided.why.value, rang=rings)
    for _, notice, _ in told[1:]:
        await ledger.conclude(work.session, notice, Fate.MERGED, Why.TOGETHER.value, merged_into=lead.id)
    if not screens:
        return
    assert work.acting.chat_id is not None
    assert lead.id is not None
    together = tellers[lead.kind].together if {notice.kind for _, notice, _ in told} == {lead.kind} else None
    if len(screens) == 1:
        screen = screens[0]
    elif together is not None:
        screen = await together(work, lead.id)
    else:
        screen = await gathered_screen(work, lead.id, screens)
    pending = as_pending(lead)
    await outbox.show(
        work.session,
        work.acting.chat_id,
        # What rings comes below everything; what is silent edits its living message.
        replace(
            screen, rings=rings, place=Place.BELOW if rings else screen.place, notice=lead.id, snoozes=_snoozes(told)
        ),
        due_at=work.now,
        member_id=work.acting.member_id,
        key=f"push:{lead.key}",
        not_after=worthless_after(pending, loaded.to) if len(told) == 1 else None,
    )


def _snoozes(told: Sequence[tuple[Decision, Notice, Telling]]) -> bool:
    return any(MANNERS[notice.kind].snoozes for _, notice, _ in told)


async def _prepare(store: Store, member_id: int, now: datetime, tellers: Tellers, compute: Compute) -> dict[int, Any]:
    """What tellers make beforehand, by notice, for what would be told as things stand."""
    async with store.read() as session:
        member = (await session.exec(select(Member).where(col(Member.id) == member_id))).one()
        loaded = await _load(session, member, now)
        decisions = await decisions_of(loaded)
    prepared = {}
    for decision in decisions:
        teller = tellers.get(decision.kind)
        if decision.tells and teller is not None and teller.prepare is not None:
            on = loaded.rows[decision.id].on
            assert on is not None
            try:
                made = await compute.run(teller.prepare, loaded.work.acting, on, now)
            except Unavailable:
                raise
            except Exception as error:
                raise _BrokenTellerError(decision.id) from error
            prepared[decision.id] = made
    return prepared
