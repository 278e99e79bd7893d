"""The funnel of a person's customers: a line a stage, the figures behind it, the deals of a stage."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.funnel import OPEN_STAGES, Funnel, StageFigures, is_stalled, measure_funnel, stall_limits
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.screen import Json, Place, Screen
from bot.domain.vocabulary import DealStage
from bot.services.funnel.reading import known_deals
from bot.services.funnel.showing import deal_line

LIVING = "funnel"
PAGE = 8
STALLED = "stalled"


async def measured(session: AsyncSession, acting: Acting, now: datetime) -> tuple[Funnel, Funnel]:
    """The funnel of what a person sees with the rates of the whole team, and the team's own.

    A rep's few deals teach little: rates, limits, velocity and forecasts are the team's.
    """
    today = acting.local(now).date()
    team = [one.deal for one in await known_deals(session, acting, whole_team=True)]
    seen = {one.deal_id for one in await known_deals(session, acting)}
    own = [deal for deal in team if deal.deal_id in seen or not deal.is_open]
    thresholds = acting.scoring.thresholds
    return measure_funnel(own, today, thresholds), measure_funnel(team, today, thresholds)


async def funnel_screen(session: AsyncSession, acting: Acting, now: datetime, *, below: bool = False) -> Screen:
    """Count, amount and weighted amount of every open stage."""
    own, _ = await measured(session, acting, now)
    facts: dict[str, Json] = {
        "team": acting.sees_team,
        "stages": [stage_facts(one, acting) for one in own.stages],
        "count": sum(one.count for one in own.stages),
        "stalled": sum(one.stalled for one in own.stages),
        "without_amount": sum(one.without_amount for one in own.stages),
        "weighted": _money(own.weighted_minor, acting),
        "currency": acting.currency,
        "won": own.won,
        "lost": own.lost,
    }
    return Screen(template="replies/funnel", facts=facts, living=LIVING, place=Place.BELOW if below else Place.EDIT)


def stage_facts(stage: StageFigures, acting: Acting) -> dict[str, Json]:
    """The figures of a stage as screens show them."""
    return {
        "stage": stage.stage.value,
        "count": stage.count,
        "amount": _money(stage.amount_minor, acting),
        "weighted": _money(stage.weighted_minor, acting),
        "stalled": stage.stalled,
        "percent": round(100 * stage.win.rate),
        "n": stage.win.closed,
        "conversion": None if stage.conversion is None else round(100 * stage.conversion),
        "median_days": stage.median_days,
        "stays": stage.stays,
        "limit": round(stage.stall_days),
    }


def _money(minor: int, acting: Acting) -> str:
    """Whole units: a funnel is no invoice."""
    return str(round(from_minor(minor, acting.currency)))


async def figures_screen(session: AsyncSession, acting: Acting, now: datetime) -> Screen:
    """Conversion, days, velocity and how good the forecasts were, of the whole team."""
    _, team = await measured(session, acting, now)
    velocity, brier = team.velocity, team.brier
    facts: dict[str, Json] = {
        "stages": [stage_facts(one, acting) for one in team.stages],
        "won": team.won,
        "lost": team.lost,
        "currency": acting.currency,
        "velocity": None
        if velocity is None
        else {"a_day": _money(round(velocity.minor_a_day), acting), "days": round(velocity.median_cycle_days)},
        "won_known": velocity.won if velocity else None,
        "brier": None
        if brier is None
        else {"score": round(brier.score, 2), "prior": round(brier.prior, 2), "n": brier.deals},
    }
    return Screen(template="replies/funnel_figures", facts=facts, living=LIVING)


async def stage_screen(session: AsyncSession, acting: Acting, which: str, number: int, now: datetime) -> Screen:
    """A page of the deals of a stage, or of all that stand still; the largest first. Raises Refused."""
    today = acting.local(now).date()
    if which != STALLED and which not in {stage.value for stage in OPEN_STAGES}:
        raise Refused("button_unknown")
    team = [one.deal for one in await known_deals(session, acting, whole_team=True)]
    limits = stall_limits(team, acting.scoring.thresholds)
    deals = [
        one
        for one in await known_deals(session, acting)
        if (is_stalled(one.deal, limits, today) if which == STALLED else one.deal.stage is DealStage(which))
    ]
    deals.sort(key=lambda one: (-(one.deal.amount_minor or 0), one.deal_id))
    pages = max(1, -(-len(deals) // PAGE))
    number = min(number, pages - 1)
    items: list[Json] = [
        {
            **deal_line(one, acting),
            "days": one.deal.days_in_stage(today),
            "stalled": is_stalled(one.deal, limits, today),
        }
        for one in deals[number * PAGE : (number + 1) * PAGE]
    ]
    facts: dict[str, Json] = {
        "which": which,
        "items": items,
        "total": len(deals),
        "number": number,
        "pages": pages,
        "currency": acting.currency,
    }
    return Screen(template="replies/funnel_stage", facts=facts, living=LIVING)
