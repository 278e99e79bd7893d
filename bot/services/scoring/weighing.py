"""A team's weights and quotas: tried out on the stored figures before they are saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.people import Acting
from bot.domain.scoring.grading import TeamGrades, grade_team
from bot.domain.scoring.settings import INDICATORS, Indicator, Method, ScoringSettings, Threshold, Thresholds
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import Grade
from bot.services.scoring.gathering import team_by_id
from bot.services.team_settings import SCORING, scoring_of
from bot.services.work import Work
from bot.store.bulk import read_rows
from bot.store.tables import AuditEntry, Customer, CustomerScore

WEIGHT_STEP, QUOTA_STEP = 5, 1
NAMED = 5
_METHOD_LETTERS = {Method.MULTI: "m", Method.SINGLE: "s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A customer who would stand for another grade, segment or stage."""

    customer_id: int
    name: str
    before: StrEnum | None
    after: StrEnum | None


def dump_token(settings: ScoringSettings) -> str:
    """The settings as a button carries them: 30.15.15.20.20-7.13-m"""
    weights = ".".join(str(settings.weights[indicator]) for indicator in INDICATORS)
    return f"{weights}-{settings.a_percent}.{settings.b_percent}-{_METHOD_LETTERS[settings.method]}"


def load_token(token: str, thresholds: Thresholds) -> ScoringSettings:
    """The settings that a button carries, with the thresholds in force. Raises Refused("impossible_weights")."""
    try:
        weights, quotas, letter = token.split("-")
        a_percent, b_percent = (int(part) for part in quotas.split("."))
        numbers = [int(part) for part in weights.split(".")]
        return ScoringSettings(
            weights=dict(zip(INDICATORS, numbers, strict=True)),
            a_percent=a_percent,
            b_percent=b_percent,
            method=next(method for method, known in _METHOD_LETTERS.items() if known == letter),
            thresholds=thresholds,
        )
    except (ValueError, StopIteration) as error:
        raise Refused("impossible_weights") from error


async def scoring_screen(
    session: AsyncSession, acting: Acting, tried: ScoringSettings | None = None, *, below: bool = False
) -> Screen:
    """The settings in force, or others tried out: whose proposed grade would change. Only reads."""
    in_force = scoring_of((await team_by_id(session, acting.team_id)).settings)
    shown = tried or in_force
    changes = await preview(session, acting.team_id, in_force, shown) if shown != in_force else []
    facts: dict[str, Json] = {
        "weights": [_weight_facts(shown, indicator) for indicator in INDICATORS],
        "total": sum(shown.weights.values()),
        "a_percent": shown.a_percent,
        "b_percent": shown.b_percent,
        "method": shown.method.value,
        "a_sales": f"{shown.thresholds[Threshold.A_SALES]:g}",
        "b_sales": f"{shown.thresholds[Threshold.B_SALES]:g}",
        "is_tried": shown != in_force,
        **preview_facts(changes),
        "token": dump_token(shown),
        "in_force": dump_token(in_force),
        "tries": _tries(shown),
    }
    return Screen(template="replies/scoring", facts=facts, living="scoring", place=Place.BELOW if below else Place.EDIT)


async def preview(session: AsyncSession, team_id: int, before: ScoringSettings, after: ScoringSettings) -> list[Change]:
    """Whose proposed grade would change, best new grades first. Percentiles do not depend on the settings."""
    columns = col(Customer.id), col(Customer.name), col(CustomerScore.parts), col(CustomerScore.proposed)
    query = (
        select(*columns)
        .join(CustomerScore, col(CustomerScore.customer_id) == col(Customer.id))
        .where(col(Customer.team_id) == team_id, col(Customer.ended_at).is_(None))
        .order_by(col(Customer.name))
    )
    rows = await read_rows(session, query)
    values = np.full((len(rows), len(INDICATORS)), np.nan)
    for place, (_, _, stored, _) in enumerate(rows):
        for column, indicator in enumerate(INDICATORS):
            known = stored["indicators"].get(indicator.value)
            if known is not None:
                values[place, column] = known[0]
    old, new = _graded(values, before), _graded(values, after)
    changes = [
        Change(customer_id=row[0], name=row[1], before=was, after=now)
        for row, was, now in zip(rows, old.grades, new.grades, strict=True)
        if was is not now
    ]
    return sorted(changes, key=lambda change: (change.after or Grade.D, change.name))


def preview_facts(changes: Sequence[Change]) -> dict[str, Json]:
    """How many customers would stand elsewhere, and the first of them by name."""
    named: list[Json] = [
        {
            "name": change.name,
            "before": change.before.value if change.before else None,
            "after": change.after.value if change.after else None,
        }
        for change in changes[:NAMED]
    ]
    return {"changes": len(changes), "named": named}


def _graded(values: np.ndarray[tuple[int, int], np.dtype[np.float64]], settings: ScoringSettings) -> TeamGrades:
    return grade_team(values, settings)


async def save_settings(work: Work, settings: ScoringSettings) -> None:
    """Put settings in force from the next refresh. Raises Refused for who does not lead."""
    if not work.acting.leads:
        raise Refused("not_for_your_role")
    team = await team_by_id(work.session, work.acting.team_id)
    before = scoring_of(team.settings)
    # a new dictionary: the column does not notice a change inside the old one
    team.settings = {**team.settings, SCORING: settings.dump()}
    note_setting(work, {"from": dump_token(before), "to": dump_token(settings)})


def note_setting(work: Work, change: dict[str, Any]) -> None:
    """Write down who changed a setting of the team."""
    work.session.add(
        AuditEntry(
            team_id=work.acting.team_id,
            member_id=work.acting.member_id,
            at=work.now,
            action="scoring_set",
            subject="team",
            subject_id=work.acting.team_id,
            change=change,
        )
    )


def _weight_facts(settings: ScoringSettings, indicator: Indicator) -> Json:
    weight = settings.weights[indicator]
    return {
        "indicator": indicator.value,
        "weight": weight,
        "less": _try(settings, indicator, weight - WEIGHT_STEP),
        "more": _try(settings, indicator, weight + WEIGHT_STEP),
    }


def _try(settings: ScoringSettings, indicator: Indicator, weight: int) -> str | None:
    return _token_of(settings, weights={**settings.weights, indicator: weight})


def _tries(settings: ScoringSettings) -> dict[str, Json]:
    """The tokens of one step up or down of each quota, and of the other method."""
    a, b = settings.a_percent, settings.b_percent
    other = Method.SINGLE if settings.method is Method.MULTI else Method.MULTI
    return {
        "a_less": _token_of(settings, a_percent=a - QUOTA_STEP),
        "a_more": _token_of(settings, a_percent=a + QUOTA_STEP),
        "b_less": _token_of(settings, b_percent=b - QUOTA_STEP),
        "b_more": _token_of(settings, b_percent=b + QUOTA_STEP),
        "method": _token_of(settings, method=other),
    }


def _token_of(settings: ScoringSettings, **changed: object) -> str | None:
    """The token of changed settings; None where they are impossible, so that no button offers them."""
    try:
        return dump_token(replace(settings, **changed))  # type: ignore[arg-type] # checked when built
    except ValueError:
        return None
