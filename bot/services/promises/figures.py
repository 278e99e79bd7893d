"""How often the word was kept: the figures of reps and of the team."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.people import Acting
from bot.domain.promises import Kept, KeptOnTime, kept_on_time
from bot.domain.screen import Json
from bot.domain.vocabulary import PromiseSide
from bot.store.promises import visible_promises
from bot.store.tables import Promise, PromiseEvent

WINDOW = timedelta(days=90)
CUSTOMER_WINDOW = timedelta(days=365)


async def figures_by_member(session: AsyncSession, acting: Acting, now: datetime) -> Mapping[int, KeptOnTime]:
    """Kept on time of our promises first due in the last 90 days, of every visible owner who has one."""
    query = visible_promises(acting).where(
        col(Promise.side) == PromiseSide.OURS, col(Promise.due_at) >= now - WINDOW, col(Promise.due_at).is_not(None)
    )
    by_owner: dict[int, list[Kept]] = {}
    for promise, kept in await _what_became(session, acting, query):
        by_owner.setdefault(promise.owner_id, []).append(kept)
    figures = {owner: kept_on_time(kept, now=now, zone=acting.zone) for owner, kept in by_owner.items()}
    return {owner: figure for owner, figure in figures.items() if figure.count}


async def figures_of_customer(
    session: AsyncSession, acting: Acting, customer_id: int, now: datetime
) -> Mapping[PromiseSide, KeptOnTime]:
    """Both sides' word with a customer over the last year: what we kept on time, and what they did."""
    query = select(Promise).where(
        col(Promise.team_id) == acting.team_id,
        col(Promise.customer_id) == customer_id,
        col(Promise.due_at) >= now - CUSTOMER_WINDOW,
    )
    found = await _what_became(session, acting, query)
    return {
        side: kept_on_time([kept for one, kept in found if one.side is side], now=now, zone=acting.zone)
        for side in PromiseSide
    }


def figure_facts(figure: KeptOnTime) -> dict[str, Json]:
    """A figure as screens show one: with n and its interval."""
    interval = figure.interval
    return {
        "on_time": figure.on_time,
        "count": figure.count,
        "percent": figure.percent,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


async def word_facts(session: AsyncSession, acting: Acting, customer_id: int, now: datetime) -> dict[str, Json]:
    """Both sides' figures with a customer, by side."""
    figures = await figures_of_customer(session, acting, customer_id, now)
    return {side.value: figure_facts(figure) for side, figure in figures.items()}


async def _what_became(
    session: AsyncSession, acting: Acting, query: SelectOfScalar[Promise]
) -> list[tuple[Promise, Kept]]:
    """Promises that have a due time, with what was said at first: putting one off does not keep it."""
    promises = (await session.exec(query)).all()
    made = select(col(PromiseEvent.promise_id), col(PromiseEvent.due_at)).where(
        col(PromiseEvent.team_id) == acting.team_id,
        col(PromiseEvent.event) == "made",
        col(PromiseEvent.promise_id).in_(query.with_only_columns(col(Promise.id))),
    )
    first_due = dict((await session.exec(made)).all())
    became = []
    for promise in promises:
        due_at = first_due.get(promise.id or 0) or promise.due_at
        assert due_at is not None
        became.append((promise, Kept(state=promise.state, first_due_at=due_at, closed_at=promise.closed_at)))
    return became


async def own_or_team_figure(session: AsyncSession, acting: Acting, now: datetime) -> KeptOnTime:
    """The figure of all promises that a person sees: a rep's own, a manager's team's."""
    figures = (await figures_by_member(session, acting, now)).values()
    return KeptOnTime(on_time=sum(one.on_time for one in figures), count=sum(one.count for one in figures))
