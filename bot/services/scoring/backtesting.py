"""The back-test of a team's scores: what they said a year ago, and what came of it; how good the win rates were."""

import asyncio
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.funnel import LEAST_CLOSED_FOR_BRIER, Brier, score_forecasts
from bot.domain.money import from_minor
from bot.domain.people import Acting
from bot.domain.scoring.replay import Replay, replay_year
from bot.domain.scoring.team_figures import TOO_FEW, Share
from bot.domain.screen import Screen
from bot.domain.vocabulary import Grade
from bot.services.funnel.reading import team_deals
from bot.services.scoring.computing import indicator_values
from bot.services.scoring.gathering import gather, team_by_id
from bot.store.unit import Store

MODEL_DIGITS, BRIER_DIGITS = 1, 2


async def backtest_team(store: Store, team_id: int, now: datetime) -> dict[str, Any]:
    """Replay the team's past year. Shares carry their counts; what is too few to say is None."""
    async with store.read() as session:
        team = await team_by_id(session, team_id)
        zone = ZoneInfo(team.timezone)
        inputs = await gather(session, team, now.astimezone(zone).date())
        deals = await team_deals(session, team_id, zone)

    def replay() -> tuple[Replay, Brier | None]:
        known = indicator_values(inputs)
        brier = score_forecasts(deals, inputs.settings.thresholds)
        return replay_year(inputs.book, inputs.on.toordinal(), known, inputs.settings), brier

    replayed, brier = await asyncio.to_thread(replay)
    closed = sum(not deal.is_open and len(deal.way) > 1 for deal in deals)
    return {
        "team": team.name,
        "on": inputs.on.isoformat(),
        **_facts(replayed, team.currency),
        "brier": None
        if brier is None
        else {"score": round(brier.score, BRIER_DIGITS), "prior": round(brier.prior, BRIER_DIGITS)},
        "closed_deals": closed,
        "deals_needed": LEAST_CLOSED_FOR_BRIER,
    }


async def backtest_screen(store: Store, acting: Acting, now: datetime) -> Screen:
    """The back-test of the acting person's team."""
    facts = await backtest_team(store, acting.team_id, now)
    on = date.fromisoformat(facts["on"])
    return Screen(template="replies/backtest", facts=facts, living=f"backtest:{on:%Y-%m}")


def _facts(replay: Replay, currency: str) -> dict[str, Any]:
    grades = {outcome.grade: outcome for outcome in replay.grades}
    a, b = grades.get(Grade.A), grades.get(Grade.B)
    can_compare = a is not None and b is not None and min(a.customers, b.customers) >= TOO_FEW
    return {
        "currency": currency,
        "grades": [
            {
                "grade": outcome.grade.value,
                "customers": outcome.customers,
                "mean_sales_after": str(round(from_minor(round(outcome.mean_sales_after), currency))),
            }
            for outcome in replay.grades
        ],
        "a_outbought_b": a.mean_sales_after > b.mean_sales_after if can_compare and a and b else None,
        "left_of_risk": _share(replay.left_of_risk),
        "left_of_rest": _share(replay.left_of_rest),
        "order_days_expected": None if replay.expected is None else round(replay.expected, MODEL_DIGITS),
        "order_days_seen": replay.ordered,
    }


def _share(share: Share) -> dict[str, Any]:
    percent = share.percent
    return {"part": share.part, "whole": share.whole, "percent": None if percent is None else round(percent)}


def describe(facts: dict[str, Any]) -> str:
    """The back-test in lines for a terminal."""
    lines = [f"{facts['team']}, the year to {facts['on']}, scored as of a year ago:"]
    lines += [
        f"  {one['grade']}: {one['customers']} customers, each bought {facts['currency']} {one['mean_sales_after']}"
        for one in facts["grades"]
    ]
    if not facts["grades"]:
        lines.append("  too few customers could be graded a year ago")
    verdicts = {True: "yes", False: "no", None: f"too few to say (under {TOO_FEW} of A or B)"}
    lines.append(f"  did A buy more than B: {verdicts[facts['a_outbought_b']]}")
    for name, words in (("left_of_risk", "at risk then"), ("left_of_rest", "not at risk then")):
        share = facts[name]
        said = "too few to say" if share["percent"] is None else f"{share['percent']} %"
        lines.append(f"  {words}: {share['part']} of {share['whole']} bought nothing since ({said})")
    seen, expected = facts["order_days_seen"], facts["order_days_expected"]
    said = "not enough orders for a model" if expected is None else f"the model expected {expected}"
    lines.append(f"  order days in the last 90 days, of who had bought before: {seen} ({said})")
    closed, brier = facts["closed_deals"], facts["brier"]
    if brier is None:
        lines.append(f"  win rates: too few closed deals to say ({closed} of {facts['deals_needed']})")
    else:
        lines.append(
            f"  win rates of {closed} closed deals: Brier score {brier['score']}, the prior alone {brier['prior']}"
            " (0 is perfect)"
        )
    return "\n".join(lines)
