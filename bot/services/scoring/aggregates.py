"""Keeps what is summed up of a customer current in the transaction that changes it: an order taken, a visit reported.

Sales, last order, silence, money at stake and the lifecycle stage follow at once; what compares customers with each
other (grade, segment, models) waits for the team's next refresh.
"""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.scoring.lifecycle import measure_lifecycle
from bot.domain.scoring.rhythm import measure_rhythms
from bot.services.scoring.falling import Fall, falls_between, keep_falls
from bot.services.scoring.gathering import State, last_scoring, read_orders, team_by_id
from bot.services.scoring.own_figures import PARTS, own_figures
from bot.services.team_settings import scoring_of
from bot.store.tables import Customer, CustomerScore

IDS_IN_A_QUERY = 500  # below every engine's limit of bound parameters


async def update_aggregates(session: AsyncSession, team_id: int, customer_ids: Collection[int], now: datetime) -> None:
    """Bring some customers up to the team's day; a fall is kept for its rep. Who has no scores yet waits for them."""
    team, scoring = await team_by_id(session, team_id), await last_scoring(session, team_id)
    if scoring is None:
        return
    on = now.astimezone(ZoneInfo(team.timezone)).date()
    thresholds, chosen = scoring_of(team.settings).thresholds, sorted(customer_ids)
    falls: list[Fall] = []
    for first in range(0, len(chosen), IDS_IN_A_QUERY):
        query = (
            select(CustomerScore, col(Customer.owner_id))
            .join(Customer, col(Customer.id) == col(CustomerScore.customer_id))
            .where(
                col(CustomerScore.team_id) == team_id,
                col(CustomerScore.customer_id).in_(chosen[first : first + IDS_IN_A_QUERY]),
                col(Customer.ended_at).is_(None),
            )
            .order_by(col(CustomerScore.customer_id))
        )
        scored = (await session.exec(query)).all()
        ids = np.array([score.customer_id for score, _ in scored], dtype=np.int64)
        book, future, foreign = await read_orders(session, team_id, team.currency, ids, on, only=True)
        rhythms = measure_rhythms(book, on.toordinal(), team_gap=scoring.facts["team_gap"])
        life = measure_lifecycle(book, rhythms, on.toordinal(), thresholds=thresholds)
        figures = own_figures(book, on, rhythms, life, future=future, foreign=foreign)
        for (score, owner_id), (values, parts) in zip(scored, figures, strict=True):
            before = _state(score)
            for name, value in values.items():
                setattr(score, name, value)
            score.parts = {name: part for name, part in score.parts.items() if name not in PARTS} | parts
            falls += falls_between(score.customer_id, owner_id, before, _state(score))
    await session.flush()
    await keep_falls(session, team_id, on, falls, now)


def _state(score: CustomerScore) -> State:
    return State(segment=score.segment, lifecycle=score.lifecycle, at_risk=score.at_risk, p_alive=score.p_alive)
