"""Who fell since the last refresh: its rep hears first, in one silent message of the morning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.scoring.lifecycle import LifecycleStage
from bot.domain.scoring.segments import Movement, movement
from bot.domain.wall_time import instant_of
from bot.services.notices import ledger
from bot.services.people import acting_by_member
from bot.services.scoring.computing import Computed
from bot.services.scoring.gathering import Inputs, State
from bot.store.bulk import insert_many
from bot.store.tables import Member, ScoreFall

AT = time(7, 30)
ALIVE_BELOW = 0.5
SAME_KIND_AGAIN = timedelta(days=30)
AT_RISK = "at_risk"
# How far a stage is on the way out; coming nearer to its end is a fall.
DECLINE: Mapping[LifecycleStage, int] = MappingProxyType(
    {LifecycleStage.DECLINING: 1, LifecycleStage.DORMANT: 3, LifecycleStage.LOST: 4}
)
AT_RISK_DECLINE = 2


class FallKind(StrEnum):
    """Values are stored, so they never change."""

    SEGMENT = "segment"
    LIFECYCLE = "lifecycle"
    ALIVE = "alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    customer_id: int
    owner_id: int | None
    kind: FallKind
    before: str
    after: str


def find_falls(inputs: Inputs, computed: Computed) -> list[Fall]:
    """The falls since the last refresh; none at the first one, nor of what is measured by another rule since."""
    if inputs.settings_before is None or not inputs.settings_before.thresholds.score_like(inputs.settings.thresholds):
        return []
    same_method = inputs.method_before is computed.rfm_method
    falls: list[Fall] = []
    for scored in computed.scored:
        known, before = scored.known, inputs.before.get(scored.known.customer_id)
        if before is not None and not known.is_ended:
            now = State(
                segment=scored.segment,
                lifecycle=scored.lifecycle,
                at_risk=scored.values["at_risk"],
                p_alive=scored.values["p_alive"],
            )
            falls.extend(falls_between(known.customer_id, known.owner_id, before, now, same_method=same_method))
    return falls


def falls_between(
    customer_id: int, owner_id: int | None, before: State, now: State, *, same_method: bool = True
) -> Iterable[Fall]:
    """How a customer fell from one state to another; without ``same_method`` its segments cannot be compared."""

    def fall(kind: FallKind, was: str, is_now: str) -> Fall:
        return Fall(customer_id=customer_id, owner_id=owner_id, kind=kind, before=was, after=is_now)

    if same_method and before.segment and now.segment and movement(before.segment, now.segment) is Movement.FELL:
        yield fall(FallKind.SEGMENT, before.segment.value, now.segment.value)
    if _decline(now) > _decline(before):
        is_late = now.at_risk and DECLINE.get(now.lifecycle, 0) < AT_RISK_DECLINE
        yield fall(FallKind.LIFECYCLE, before.lifecycle.value, AT_RISK if is_late else now.lifecycle.value)
    if now.p_alive is not None and before.p_alive is not None and now.p_alive < ALIVE_BELOW <= before.p_alive:
        yield fall(FallKind.ALIVE, f"{before.p_alive:.2f}", f"{now.p_alive:.2f}")


def _decline(state: State) -> int:
    return max(DECLINE.get(state.lifecycle, 0), AT_RISK_DECLINE if state.at_risk else 0)


async def keep_falls(session: AsyncSession, team_id: int, on: date, falls: list[Fall], now: datetime) -> int:
    """Store falls and have each rep told the next morning. A kind is told once in 30 days of a customer."""
    if not falls:
        return 0
    query = select(col(ScoreFall.customer_id), col(ScoreFall.kind)).where(
        col(ScoreFall.team_id) == team_id, col(ScoreFall.on) > on - SAME_KIND_AGAIN
    )
    told = set((await session.exec(query)).all())
    fresh = [fall for fall in falls if (fall.customer_id, fall.kind.value) not in told]
    if fresh:
        rows: list[dict[str, Any]] = [
            {
                "team_id": team_id,
                "customer_id": fall.customer_id,
                "on": on,
                "kind": fall.kind.value,
                "before": fall.before,
                "after": fall.after,
            }
            for fall in fresh
        ]
        await insert_many(session, ScoreFall, rows)
    await _plan_notices(session, team_id, {fall.owner_id for fall in fresh if fall.owner_id is not None}, now)
    return len(fresh)


async def _plan_notices(session: AsyncSession, team_id: int, owners: set[int], now: datetime) -> None:
    joined = select(col(Member.id)).where(
        col(Member.team_id) == team_id,
        col(Member.id).in_(owners),
        col(Member.chat_id).is_not(None),
        col(Member.left_at).is_(None),
    )
    for member_id in (await session.exec(joined)).all() if owners else ():
        assert member_id is not None
        acting = await acting_by_member(session, member_id)
        today = acting.local(now).date()
        due_at = instant_of(today, AT, acting.zone)
        if due_at <= now:
            due_at = instant_of(today + timedelta(days=1), AT, acting.zone)
        await ledger.plan(session, team_id=team_id, member_id=member_id, kind=ledger.Kind.FALLS, due_at=due_at)
