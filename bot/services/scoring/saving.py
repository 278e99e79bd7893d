"""Stores what a refresh computed: scores, snapshots, grades that a review changed, falls, and the team's figures."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.scoring.reviewing import Ground
from bot.domain.vocabulary import GradeSource
from bot.services.scoring.computing import Computed, Scored
from bot.services.scoring.falling import find_falls, keep_falls
from bot.services.scoring.gathering import Inputs, Noted
from bot.store.bulk import core_table, insert_many, learn_sizes, read_rows, run_many, upsert_many
from bot.store.tables import Customer, CustomerScore, GradeDecision, ScoreSnapshot, Team, TeamScoring


async def save(session: AsyncSession, inputs: Inputs, computed: Computed, now: datetime) -> None:
    """Write a refresh in the given transaction, after whatever refresh of the team was first."""
    team_id = inputs.team_id
    await session.exec(select(col(Team.id)).where(col(Team.id) == team_id).with_for_update())
    if not inputs.before:
        await learn_sizes(session, Customer)
    current = await _current_grades(session, team_id)
    here = [scored for scored in computed.scored if scored.known.customer_id in current]
    await upsert_many(
        session, CustomerScore, [_score_row(team_id, scored) for scored in here], ("team_id", "customer_id")
    )
    changed = [
        scored
        for scored in here
        if _has_changed(scored) and current[scored.known.customer_id] == (scored.known.grade, scored.known.source)
    ]
    await _change_grades(session, team_id, changed, now)
    granted = {scored.known.customer_id for scored in changed}
    snapshots = [
        row
        for scored in here
        if (row := _snapshot_row(inputs, scored, is_granted=scored.known.customer_id in granted)) is not None
    ]
    await upsert_many(session, ScoreSnapshot, snapshots, ("team_id", "customer_id", "on"))
    identities = {scored.known.customer_id for scored in here}
    falls = [fall for fall in find_falls(inputs, computed) if fall.customer_id in identities]
    await keep_falls(session, team_id, inputs.on, falls, now)
    scoring = {
        "team_id": team_id,
        "on": inputs.on,
        "at": now,
        "rfm_method": computed.rfm_method,
        "reviewed": inputs.is_review,
        "facts": computed.facts,
    }
    await upsert_many(session, TeamScoring, [scoring], ("team_id", "on"), kept=("reviewed",))


async def _current_grades(session: AsyncSession, team_id: int) -> dict[int, tuple[Any, Any]]:
    """The grades as they are now: somebody may have set one since the team was read."""
    query = select(col(Customer.id), col(Customer.grade), col(Customer.grade_source))
    rows = await read_rows(session, query.where(col(Customer.team_id) == team_id))
    return {identity: (grade, source) for identity, grade, source in rows if identity is not None}


def _score_row(team_id: int, scored: Scored) -> dict[str, Any]:
    return {"team_id": team_id, "customer_id": scored.known.customer_id, **scored.values}


def _has_changed(scored: Scored) -> bool:
    known, review = scored.known, scored.review
    return (known.grade, known.source) != (review.grade, review.source)


def _snapshot_row(inputs: Inputs, scored: Scored, *, is_granted: bool) -> dict[str, Any] | None:
    """A snapshot where the standing changed, or where this month has none yet."""
    known, values = scored.known, scored.values
    grade = scored.review.grade if is_granted else known.grade
    standing = Noted(grade=grade, segment=scored.segment, lifecycle=scored.lifecycle)
    if inputs.noted.get(known.customer_id) == standing:
        return None
    copied = {name: values[name] for name in ("on", "segment", "lifecycle", "score", "p_alive", "sales_minor")}
    return {"team_id": inputs.team_id, "customer_id": known.customer_id, "grade": grade, **copied}


async def _change_grades(session: AsyncSession, team_id: int, changed: list[Scored], now: datetime) -> None:
    if not changed:
        return
    table = core_table(Customer)
    by_id = (
        update(table)
        .where(table.c.id == bindparam("customer"))
        .values(grade=bindparam("new_grade"), grade_source=bindparam("new_source"))
    )
    grades = [
        {"customer": one.known.customer_id, "new_grade": one.review.grade, "new_source": one.review.source}
        for one in changed
    ]
    await run_many(session, by_id, grades)
    decisions = [
        {
            "team_id": team_id,
            "customer_id": one.known.customer_id,
            "at": now,
            "before": one.known.grade,
            "before_source": one.known.source,
            "grade": one.review.grade,
            "source": one.review.source,
            "ground": one.review.ground,
            "score": one.values["score"],
            "reason": "",
        }
        for one in changed
    ]
    await insert_many(session, GradeDecision, decisions)
    ended = [one.known.customer_id for one in changed if one.review.ground is Ground.OVERRIDE_ENDED]
    if ended:
        await session.exec(
            update(GradeDecision)
            .where(
                col(GradeDecision.customer_id).in_(ended),
                col(GradeDecision.source) == GradeSource.OVERRIDE,
                col(GradeDecision.ended_at).is_(None),
            )
            .values(ended_at=now)
        )
