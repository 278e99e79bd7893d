"""A team's buyers over time, as the last refresh stored them: stages with margin, months, cohorts."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.domain.errors import Refused
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.scoring.team_figures import TOO_FEW, Share
from bot.domain.screen import Json, Screen
from bot.services.scoring.gathering import last_scoring
from bot.store.tables import TeamScoring

MONTHS_SHOWN, COHORTS_SHOWN, AGES_SHOWN = 6, 8, 8
DAYS_A_MONTH = 30.4
LIVING = "stages"


async def team_figures_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Customers and margin by stage, the last six months, repurchase and lifetime. Raises Refused."""
    scoring = await _last(session, acting)
    figures: dict[str, Any] = scoring.facts["figures"]

    def money(minor: int) -> str:
        return str(round(from_minor(minor, acting.currency)))

    days = figures["lifetime_days"]
    facts: dict[str, Json] = {
        "on": scoring.on.isoformat(),
        "currency": acting.currency,
        "stages": [
            {**one, "sales": money(one["sales_minor"]), "margin": money(one["margin_minor"])}
            for one in figures["stages"]
        ],
        "months": [{**one, "kept": share_facts(*one["kept"])} for one in figures["months"][-MONTHS_SHOWN:]],
        "repurchase": share_facts(*figures["repurchase"]),
        "lifetime_months": None if days is None else round(days / DAYS_A_MONTH),
        "cohorts": bool(figures["cohorts"]),
    }
    return Screen(template="replies/team_figures", facts=facts, living=LIVING)


async def cohorts_screen(session: AsyncSession, acting: Acting) -> Screen:
    """Of who began in a month, the part that ordered in each later month; of fewer than five nothing is said."""
    scoring = await _last(session, acting)
    cohorts: list[Json] = [
        {
            "month": one["month"],
            "size": one["size"],
            "percents": [round(100 * kept / one["size"]) for kept in one["kept"][1 : AGES_SHOWN + 1]]
            if one["size"] >= TOO_FEW
            else [],
        }
        for one in scoring.facts["figures"]["cohorts"][-COHORTS_SHOWN:]
    ]
    return Screen(template="replies/team_cohorts", facts={"cohorts": cohorts}, living=LIVING)


async def _last(session: AsyncSession, acting: Acting) -> TeamScoring:
    if not acting.sees_team:
        raise Refused("not_for_your_role")
    scoring = await last_scoring(session, acting.team_id)
    if scoring is None:
        raise Refused("no_scores_yet")
    return scoring


def share_facts(part: int, whole: int) -> dict[str, Json]:
    """A share with its counts; its percent is None where it is too few to say."""
    percent = Share(part=part, whole=whole).percent
    return {"part": part, "whole": whole, "percent": None if percent is None else round(percent)}
