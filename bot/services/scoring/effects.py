"""What another number would change, from what is stored: who would stand elsewhere, and what would be said of work."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.frequency import weekly_demand
from bot.domain.funnel import measure_funnel
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.platform import Candidate, Proposal, low_coverages, propose
from bot.domain.relationship import stage_of_share
from bot.domain.scoring.lifecycle import LifecycleStage, trends
from bot.domain.scoring.rfm import RfmMethod, segments_by_cuts
from bot.domain.scoring.rhythm import Silence, silence_of
from bot.domain.scoring.settings import ScoringSettings, Threshold, Thresholds
from bot.domain.screen import Json
from bot.domain.vocabulary import Grade
from bot.services.funnel.reading import team_deals
from bot.services.platform.coverage import recent_coverage
from bot.services.scoring.gathering import last_scoring
from bot.services.scoring.weighing import Change, preview, preview_facts
from bot.store.bulk import read_rows
from bot.store.tables import Customer, CustomerScore, ShareEstimate

Facts = dict[str, Json]
STEADY = (LifecycleStage.GROWING, LifecycleStage.DECLINING, LifecycleStage.MATURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A number of a team that is tried: what is in force before it, and what would be after."""

    session: AsyncSession
    acting: Acting
    name: Threshold
    before: ScoringSettings
    after: ScoringSettings
    now: datetime

    @property
    def both(self) -> tuple[Thresholds, Thresholds]:
        return self.before.thresholds, self.after.thresholds


async def effect_of(trial: Trial) -> Facts | None:
    """The effect by its kind; None where only time will show it."""
    effect = _EFFECTS.get(trial.name)
    return await effect(trial) if effect else None


async def effect_of_visits(
    session: AsyncSession, acting: Acting, before: Mapping[Grade, float], after: Mapping[Grade, float]
) -> Facts:
    """How many visits a week the team's customers would ask for."""
    query = (
        select(col(Customer.grade), func.count())
        .where(col(Customer.team_id) == acting.team_id, col(Customer.ended_at).is_(None))
        .group_by(col(Customer.grade))
    )
    counts = dict((await session.exec(query)).all())
    demand = [round(weekly_demand(counts, defaults=often), 1) for often in (before, after)]
    return {"kind": "visits", "before": f"{demand[0]:g}", "after": f"{demand[1]:g}"}


async def _grades(trial: Trial) -> Facts:
    return _moved("grade", await preview(trial.session, trial.acting.team_id, trial.before, trial.after))


async def _silences(trial: Trial) -> Facts:
    """How many customers would be as silent as the number says."""
    query = select(col(CustomerScore.overdue_ratio)).where(
        col(CustomerScore.team_id) == trial.acting.team_id, col(CustomerScore.overdue_ratio).is_not(None)
    )
    ratios, silence = (await trial.session.exec(query)).all(), Silence(trial.name.value)
    before, after = (sum(silence_of(ratio, numbers) is silence for ratio in ratios) for numbers in trial.both)
    return {"kind": "silent", "before": before, "after": after}


async def _trends(trial: Trial) -> Facts:
    """Who would grow or decline, of those who do either or neither."""
    rows = [
        (identity, name, parts["half_years"])
        for identity, name, parts, _, _ in await _scores(trial, col(CustomerScore.lifecycle).in_(STEADY))
        if "half_years" in parts
    ]
    halves = np.array([half for _, _, half in rows], dtype=np.float64).reshape(-1, 2)
    stages = []
    for numbers in trial.both:
        growing, declining = trends(halves[:, 0], halves[:, 1], numbers)
        stages.append(np.select([growing, declining], [0, 1], 2).tolist())
    changes = [
        Change(customer_id=identity, name=name, before=STEADY[was], after=STEADY[now])
        for (identity, name, _), was, now in zip(rows, *stages, strict=True)
        if was != now
    ]
    return _moved("lifecycle", changes)


async def _segments(trial: Trial) -> Facts:
    """Whose RFM segment would change: by fixed cuts alone, as fifths know none."""
    last = await last_scoring(trial.session, trial.acting.team_id)
    if last is None or last.rfm_method is not RfmMethod.FIXED_CUTS:
        return _moved("segment", [])
    rows = [row for row in await _scores(trial) if "rfm" in row[2]]
    ratio = np.array([np.nan if row[3] is None else row[3] for row in rows], dtype=np.float64)
    orders = np.array([row[2]["rfm"]["orders"] for row in rows], dtype=np.float64)
    money = np.array([row[2]["rfm"]["money_minor"] for row in rows], dtype=np.float64)
    found = [segments_by_cuts(ratio, orders, money, numbers) for numbers in trial.both]
    changes = [
        Change(customer_id=row[0], name=row[1], before=was, after=now)
        for row, was, now in zip(rows, *found, strict=True)
        if was is not now and row[4] is None
    ]
    return _moved("segment", changes)


async def _scores(trial: Trial, *conditions: Any) -> list[Any]:
    """Id, name, parts, overdue ratio and end of the team's customers, by name."""
    columns: tuple[Any, ...] = (
        col(Customer.id),
        col(Customer.name),
        col(CustomerScore.parts),
        col(CustomerScore.overdue_ratio),
        col(Customer.ended_at),
    )
    query = (
        select(*columns)
        .join(CustomerScore, col(CustomerScore.customer_id) == col(Customer.id))
        .where(col(Customer.team_id) == trial.acting.team_id, *conditions)
        .order_by(col(Customer.name))
    )
    return list(await read_rows(trial.session, query))


async def _work_platforms(trial: Trial) -> Facts:
    """How many customers would be proposed for the reps' work platforms."""
    query = select(col(Customer.id), col(Customer.owner_id), col(Customer.grade)).where(
        col(Customer.team_id) == trial.acting.team_id,
        col(Customer.ended_at).is_(None),
        col(Customer.owner_id).is_not(None),
    )
    held: defaultdict[int, list[Candidate]] = defaultdict(list)
    for identity, owner, grade in (await trial.session.exec(query)).all():
        held[owner or 0].append(Candidate(customer_id=identity or 0, grade=grade))
    before, after = ([propose(candidates, numbers) for candidates in held.values()] for numbers in trial.both)
    return {"kind": "work", "before": _sizes(before), "after": _sizes(after)}


def _sizes(proposals: Iterable[Proposal]) -> list[Json]:
    sizes = [(len(proposal.active), len(proposal.reserve)) for proposal in proposals]
    return [sum(active for active, _ in sizes), sum(reserve for _, reserve in sizes)]


async def _coverages(trial: Trial) -> Facts:
    """Which grades of the team would be warned of today."""
    today = trial.acting.local(trial.now).date()
    coverages = await recent_coverage(trial.session, trial.acting.team_id, today)
    warned: list[Json] = [
        {"grade": grade.value, "percent": round(100 * (coverages[grade].part or 0))}
        for grade in low_coverages(coverages, trial.after.thresholds)
    ]
    return {"kind": "cover", "warned": warned}


async def _relations(trial: Trial) -> Facts:
    """Whose newest share would mean another relationship stage. A range too wide means none by any border."""
    query = (
        select(col(Customer.id), col(Customer.name), col(ShareEstimate.low_percent), col(ShareEstimate.high_percent))
        .join(Customer, col(Customer.id) == col(ShareEstimate.customer_id))
        .where(
            col(ShareEstimate.team_id) == trial.acting.team_id,
            col(Customer.ended_at).is_(None),
            col(ShareEstimate.low_percent).is_not(None),
            col(ShareEstimate.high_percent).is_not(None),
        )
        .order_by(col(ShareEstimate.at), col(ShareEstimate.id))
    )
    changes = []
    newest = {row[0]: row[1:] for row in await read_rows(trial.session, query)}
    for identity, (name, low, high) in sorted(newest.items(), key=lambda one: one[1]):
        was, now = (stage_of_share(low, high, has_orders=True, thresholds=numbers) for numbers in trial.both)
        if was is not now:
            changes.append(Change(customer_id=identity, name=name, before=was, after=now))
    return _moved("relation", changes)


async def _deals(trial: Trial) -> Facts:
    """What the team's funnel would weigh, and how many deals would stand still."""
    deals = await team_deals(trial.session, trial.acting.team_id, trial.acting.zone)
    today, currency = trial.acting.local(trial.now).date(), trial.acting.currency

    def figures(numbers: Thresholds) -> list[Json]:
        funnel = measure_funnel(deals, today, numbers)
        weighted = round(from_minor(funnel.weighted_minor, currency))
        return [str(weighted), sum(stage.stalled for stage in funnel.stages)]

    before, after = (figures(numbers) for numbers in trial.both)
    return {"kind": "deals", "before": before, "after": after, "currency": currency}


def _moved(what: str, changes: list[Change]) -> Facts:
    return {"kind": "moved", "what": what, **preview_facts(changes)}


_EFFECTS: Mapping[Threshold, Callable[[Trial], Awaitable[Facts]]] = {
    **dict.fromkeys((Threshold.D_BELOW, Threshold.A_SALES, Threshold.B_SALES), _grades),
    **dict.fromkeys((Threshold.AT_RISK, Threshold.DORMANT, Threshold.LOST), _silences),
    **dict.fromkeys((Threshold.GROWING, Threshold.DECLINING), _trends),
    **dict.fromkeys((Threshold.R5, Threshold.R4, Threshold.R3, Threshold.R2), _segments),
    **dict.fromkeys((Threshold.F5, Threshold.F4, Threshold.F3, Threshold.F2), _segments),
    **dict.fromkeys((Threshold.M5, Threshold.M4, Threshold.M3, Threshold.M2), _segments),
    **dict.fromkeys((Threshold.WORK_A, Threshold.WORK_B, Threshold.WORK_RESERVE), _work_platforms),
    **dict.fromkeys((Threshold.COVER_A, Threshold.COVER_B), _coverages),
    **dict.fromkeys((Threshold.MAIN_SHARE, Threshold.PARTNER_SHARE), _relations),
    **dict.fromkeys((Threshold.WIN_LEAD, Threshold.WIN_CONTACT, Threshold.WIN_NEED), _deals),
    **dict.fromkeys((Threshold.WIN_PROPOSAL, Threshold.WIN_NEGOTIATION, Threshold.DEAL_DAYS), _deals),
}
