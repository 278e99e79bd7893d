"""How often the word was kept: the figures of reps and of the team."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.people import Acting
from bot.domain.promises import Kept, KeptOnTime, kept_on_time
from bot.domain.vocabulary import PromiseSide
from bot.store.promises import visible_promises
from bot.store.tables import Promise, PromiseEvent

WINDOW = timedelta(days=90)


async def figures_by_member(session: AsyncSession, acting: Acting, now: datetime) -> Mapping[int, KeptOnTime]:
    """Kept on time of our promises first due in the last 90 days, of every visible owner who has one."""
    query = visible_promises(acting).where(
        col(Promise.side) == PromiseSide.OURS, col(Promise.due_at) >= now - WINDOW, col(Promise.due_at).is_not(None)
    )
    promises = (await session.exec(query)).all()
    made = select(col(PromiseEvent.promise_id), col(PromiseEvent.due_at)).where(
        col(PromiseEvent.team_id) == acting.team_id,
        col(PromiseEvent.event) == "made",
        col(PromiseEvent.promise_id).in_(query.with_only_columns(col(Promise.id))),
    )
    first_due = dict((await session.exec(made)).all())
    by_owner: dict[int, list[Kept]] = {}
    for promise in promises:
        due_at = first_due.get(promise.id or 0) or promise.due_at
        assert due_at is not None
        kept = Kept(state=promise.state, first_due_at=due_at, closed_at=promise.closed_at)
        by_owner.setdefault(promise.owner_id, []).append(kept)
    figures = {owner: kept_on_time(kept, now=now, zone=acting.zone) for owner, kept in by_owner.items()}
    return {owner: figure for owner, figure in figures.items() if figure.count}


async def own_or_team_figure(session: AsyncSession, acting: Acting, now: datetime) -> KeptOnTime:
    """The figure of all promises that a person sees: a rep's own, a manager's team's."""
    figures = (await figures_by_member(session, acting, now)).values()
    return KeptOnTime(on_time=sum(one.on_time for one in figures), count=sum(one.count for one in figures))
